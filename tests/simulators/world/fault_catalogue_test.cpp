// The fault catalogue: refusals, parameters, effects, inert faults.
#include "simulators/world/fault_catalogue.h"

#include <gtest/gtest.h>

namespace cardrig::sim {
namespace {

class FaultCatalogueTest : public ::testing::Test {
 protected:
  FaultCatalogueTest() {
    FaultSpec slow;
    slow.name = "device.slow";
    slow.params = {{"delay_ms", 1, 5000, 300, "how slow"}};
    faults.declare(slow);
    FaultSpec once;
    once.name = "device.jam";
    once.once = true;
    faults.declare(once);
  }
  [[nodiscard]] int count(const std::string& kind) const {
    int n = 0;
    for (const auto& e : trace.events()) n += e.kind == kind ? 1 : 0;
    return n;
  }

  Trace trace{[] { return Nanos(0); }};
  Tracer tracer{trace, "world"};
  FaultCatalogue faults{tracer};
};

TEST_F(FaultCatalogueTest, AnUnknownFaultIsRefusedAloud) {
  const auto result = faults.inject("device.slwo");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, FaultReason::kUnknown);
  EXPECT_EQ(result.error().detail, "there is no fault \"device.slwo\"");
}

TEST_F(FaultCatalogueTest, ParametersAreCheckedAndHaveInitialValues) {
  EXPECT_EQ(faults.inject("device.slow", {{"delay", 5}}).error().reason,
            FaultReason::kBadParameter);
  EXPECT_EQ(faults.inject("device.slow", {{"delay_ms", 0}}).error().detail,
            "delay_ms of device.slow must be a number from 1 to 5000");
  EXPECT_EQ(faults.inject("device.slow", {{"delay_ms", "5"}}).error().reason,
            FaultReason::kBadParameter);
  ASSERT_TRUE(faults.inject("device.slow"));
  EXPECT_EQ(faults.param("device.slow", "delay_ms"), 300);
  EXPECT_EQ(faults.inject("device.slow").error().reason, FaultReason::kAlreadyActive);
}

TEST_F(FaultCatalogueTest, AFaultWithoutEffectIsInert) {
  ASSERT_TRUE(faults.inject("device.slow"));
  ASSERT_TRUE(faults.inject("device.jam"));
  EXPECT_EQ(faults.inert(), (std::vector<std::string>{"device.jam", "device.slow"}));
  EXPECT_TRUE(faults.strikes("device.jam"));
  EXPECT_EQ(faults.inert(), (std::vector<std::string>{"device.slow"}));
  ASSERT_TRUE(faults.clear("device.slow"));
  EXPECT_EQ(faults.inert(), (std::vector<std::string>{"device.slow"})) << "clearing mends nothing";
}

TEST_F(FaultCatalogueTest, AOnceFaultSpendsItself) {
  ASSERT_TRUE(faults.inject("device.jam"));
  EXPECT_TRUE(faults.strikes("device.jam"));
  EXPECT_FALSE(faults.strikes("device.jam"));
  EXPECT_EQ(count("fault.effect"), 1);
  EXPECT_EQ(count("fault.cleared"), 1);
}

TEST_F(FaultCatalogueTest, ObserversHearOfInjectionAndClearing) {
  std::string heard;
  faults.on_change(
      [&](const std::string& name, bool active) { heard += name + (active ? "+" : "-"); });
  ASSERT_TRUE(faults.inject("device.slow"));
  faults.clear_all();
  EXPECT_EQ(heard, "device.slow+device.slow-");
  EXPECT_EQ(faults.clear("device.slow").error().reason, FaultReason::kNotActive);
}

TEST_F(FaultCatalogueTest, DeclaringANameTwiceStopsTheProgram) {
  FaultSpec again;
  again.name = "device.jam";
  EXPECT_DEATH(faults.declare(again), "declared once");
}

}  // namespace
}  // namespace cardrig::sim
