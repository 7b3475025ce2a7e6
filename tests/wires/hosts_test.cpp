// Every simulated device under a host that breaks the rules of its wire: it stays within bounds of
// time and memory, and serves the next one.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/random.h"
#include "tests/simulators/plugs/wires.h"
#include "tests/wires/rig.h"

namespace cardrig::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMemoryMax_bytes = 48U << 20U;
constexpr Nanos kFloodFor = 500ms;
constexpr Nanos kStopsWithin = 30s;
/// A serial device works off what it was sent, a few hundred requests at its own pace, before it
/// hears the next host: a line loses nothing.
constexpr Nanos kServesOnWithin = 20s;
constexpr Nanos kStillFor = 1s;  // nothing taken for so long: the device has stopped listening

class Host : public ::testing::TestWithParam<WireOf> {
 protected:
  void SetUp() override {
    rig = GetParam().make();
    rig->serve();
    expect_good("before");
    before_bytes = resident_bytes();
  }
  void TearDown() override {
    if (!memory_can_be_judged()) return;
    const std::size_t after = resident_bytes();
    EXPECT_LT(after, before_bytes + kMemoryMax_bytes) << "memory grew";
  }

  /// The kiosk's own driver gets what it asks for, sooner or later.
  void expect_good(const char* when) {
    const Nanos end = rig->loop.now() + kServesOnWithin;
    std::string outcome = rig->start_driver();
    while (!outcome.empty() && rig->loop.now() < end) outcome = rig->start_driver();
    EXPECT_EQ(outcome, "") << when;
    rig->drop_driver();
  }

  /// What came of a flood.
  enum class End { kTime, kStopped, kHungUp };

  /// Writes what `next` gives as fast as it is taken, reading nothing. Ends after `limit`, when the
  /// device has long taken nothing, or when it hangs up; `again`: it is then called anew instead.
  End flood(std::unique_ptr<RawHost>& host, const std::function<Bytes()>& next, Nanos limit,
            bool again) {
    std::optional<End> end;
    std::size_t sent = 0;
    Bytes bytes;
    std::size_t at = 0;
    const Nanos start = rig->loop.now();
    Nanos taken_at = start;
    EXPECT_TRUE(rig->run_until([&] {
      const Nanos now = rig->loop.now();
      if (at == bytes.size()) {
        bytes = next();
        at = 0;
      }
      const auto size = host->write(std::span(bytes).subspan(at));
      at = size ? at + *size : 0;
      sent += size.value_or(0);
      if (!size && !again) end = End::kHungUp;
      if (!size) host = std::make_unique<RawHost>(*rig);
      if (size != 0U) taken_at = now;
      if (now - taken_at > kStillFor) end = End::kStopped;
      if (now - start > limit && !end) end = End::kTime;
      return end.has_value();
    }));
    EXPECT_GT(sent, 1000U);
    return end.value_or(End::kTime);
  }

  /// A hundred hosts begin a request, or ask and never read; all of them stay.
  void crowd() {
    const Bytes whole = rig->request();
    const auto half = std::span(whole).first(whole.size() / 2);
    const std::size_t descriptors = open_descriptors();
    std::vector<RawHost> hosts;
    for (int i = 0; i < 100; ++i) {
      hosts.emplace_back(*rig);
      hosts.back().write(rig->is_serial() || i % 2 == 0 ? half : std::span(whole));
      if (rig->is_serial()) hosts.clear();  // a port has one host at a time
      const Nanos until = rig->loop.now() + 1ms;
      rig->run_until([&] { return rig->loop.now() >= until; });
    }
    expect_good("beside the crowd");
    const auto are_few = [&] { return open_descriptors() <= descriptors + hosts.size() + 20; };
    EXPECT_TRUE(rig->run_until(are_few, 20s)) << "the device keeps what nobody uses";
    hosts.clear();
    expect_good("after the crowd");
  }

  std::unique_ptr<WireRig> rig;
  std::size_t before_bytes = 0;
};

TEST_P(Host, ThatSendsGarbage) {
  Random random(42);
  auto host = std::make_unique<RawHost>(*rig);
  const auto noise = [&random] {
    Bytes bytes(4096);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
    return bytes;
  };
  flood(host, noise, kFloodFor, /*again=*/true);
  host.reset();
  expect_good("after the garbage");
}

TEST_P(Host, ThatFloodsAndNeverReads) {
  auto host = std::make_unique<RawHost>(*rig);
  Bytes many;
  while (many.size() < 65536) {
    const Bytes one = rig->request();
    many.insert(many.end(), one.begin(), one.end());
  }
  // What it has to say is stopped at the host's end, so it must stop listening in turn, or go.
  const End end = flood(
      host, [&many] { return many; }, kStopsWithin, /*again=*/false);
  EXPECT_NE(end, End::kTime) << "the device listens for ever to somebody who never does";
  if (!rig->is_serial()) expect_good("beside the flood");
  host.reset();
  expect_good("after the flood");
}

TEST_P(Host, ThatStopsInTheMiddleAndStays) { crowd(); }

TEST_P(Host, ThatSendsByteByByte) {
  RawHost host(*rig);
  const Bytes request = rig->request();
  Bytes got;
  for (const std::uint8_t byte : request) {
    ASSERT_TRUE(rig->run_until([&] { return host.write(std::span(&byte, 1)).value() == 1; }));
    if (!rig->is_serial()) {
      rig->loop.context().restart();
      rig->loop.context().poll();
      continue;
    }
    const Nanos until = rig->loop.now() + 1ms;
    rig->run_until([&] { return rig->loop.now() >= until; });
  }
  EXPECT_TRUE(rig->run_until(
      [&] {
        const Bytes more = host.read();
        got.insert(got.end(), more.begin(), more.end());
        return rig->is_answer(got);
      },
      20s))
      << got.size() << " bytes came";
}

INSTANTIATE_TEST_SUITE_P(Wires, Host, ::testing::ValuesIn(served_wires()),
                         [](const auto& wire) { return wire.param.name; });

}  // namespace
}  // namespace cardrig::test
