// Every driver of the kiosk on a device that breaks the rules of its wire: a typed reason in
// bounded time and memory, and work as usual once the device is itself again.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "tests/wires/rig.h"

namespace cardrig::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMemoryMax_bytes = 48U << 20U;
/// Of a start that tries several speeds, and each several times, and of a TLS handshake that drips
/// in byte by byte, in a build ten times as slow on a busy machine.
constexpr Nanos kAnswersWithin = 60s;

class Device : public ::testing::TestWithParam<std::tuple<WireOf, Misdeed>> {};

TEST_P(Device, IsFoundOutInTimeAndUsedAgain) {
  const auto& [wire, misdeed] = GetParam();
  const auto rig = wire.make();
  rig->misbehave(misdeed);
  const std::size_t before_bytes = resident_bytes();
  for (int i = 0; i < 2; ++i) {
    const Nanos start = rig->loop.now();
    EXPECT_NE(rig->start_driver(), "") << "the driver took it for a good device";
    EXPECT_LT(rig->loop.now() - start, kAnswersWithin);
  }
  if (memory_can_be_judged()) {
    EXPECT_LT(resident_bytes(), before_bytes + kMemoryMax_bytes) << "memory grew";
  }
  rig->relent();
  rig->serve();
  const Nanos end = rig->loop.now() + kAnswersWithin;
  std::string outcome = rig->start_driver();
  while (!outcome.empty() && rig->loop.now() < end) outcome = rig->start_driver();
  EXPECT_EQ(outcome, "") << "the same driver, on a device that is itself again";
  rig->drop_driver();
}

std::string name_of(const ::testing::TestParamInfo<Device::ParamType>& each) {
  return std::string(std::get<0>(each.param).name) + to_string(std::get<1>(each.param));
}

INSTANTIATE_TEST_SUITE_P(
    Wires, Device,
    ::testing::Combine(::testing::ValuesIn(all_wires()),
                       ::testing::Values(Misdeed::kSilence, Misdeed::kNeverReads, Misdeed::kHangsUp,
                                         Misdeed::kGarbage, Misdeed::kFlood, Misdeed::kHalfAnAnswer,
                                         Misdeed::kHalfAnAnswerAndHangsUp)),
    name_of);

/// All but the reader's: it is tried at every speed, each several times, which takes long.
std::vector<WireOf> dripping_wires() {
  std::vector<WireOf> wires = all_wires();
  std::erase_if(wires, [](const WireOf& wire) { return std::string(wire.name) == "IdReader"; });
  return wires;
}
INSTANTIATE_TEST_SUITE_P(Drips, Device,
                         ::testing::Combine(::testing::ValuesIn(dripping_wires()),
                                            ::testing::Values(Misdeed::kDrip)),
                         name_of);

class DrippingLine : public ::testing::TestWithParam<WireOf> {};

TEST_P(DrippingLine, CarriesEveryByteAloneAndTheDriverDoesNotMind) {
  const auto rig = GetParam().make();
  rig->serve(/*dripping=*/true);
  EXPECT_EQ(rig->start_driver(), "");
  rig->drop_driver();
}

INSTANTIATE_TEST_SUITE_P(Wires, DrippingLine, ::testing::ValuesIn(all_wires()),
                         [](const auto& wire) { return wire.param.name; });

}  // namespace
}  // namespace cardrig::test
