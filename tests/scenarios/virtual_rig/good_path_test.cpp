// The whole kiosk on the virtual rung: a complete issuance, and the same one again.
#include <gtest/gtest.h>

#include "tests/scenarios/virtual_rig/visit.h"

namespace cardrig::scenario {
namespace {

TEST(VirtualRig, IssuesACertificateToTheRightPerson) {
  Visit visit;
  ASSERT_TRUE(visit.good_session("p01", "p01.resident", "permit-1")) << visit.story();
  EXPECT_EQ(visit.permit("permit-1")["delivered"], 1);
  EXPECT_EQ(visit.permit("permit-1")["claim"], "used");
  EXPECT_EQ(visit.rig.world().count(sim::CardPlace::kTaken), 1);
  EXPECT_EQ(visit.rig.query("kiosk.pending", {})->at("reports"), 0);
}

TEST(VirtualRig, TheSameSeedGivesTheSameTraceAndAnotherSeedTheSameVerdict) {
  const auto run = [](std::uint64_t seed) {
    Visit visit({seed});
    EXPECT_TRUE(visit.good_session("p02", "p02.resident", "permit-1")) << visit.story();
    EXPECT_EQ(visit.permit("permit-1")["delivered"], 1);
    return visit.rig.trace().hash();
  };
  const auto first = run(1);
  EXPECT_EQ(run(1), first);
  EXPECT_NE(run(2), first);
}

}  // namespace
}  // namespace cardrig::scenario
