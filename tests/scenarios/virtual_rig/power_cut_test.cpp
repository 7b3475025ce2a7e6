// The kiosk's computer loses power at every disk operation of one issuance, and at twenty other
// moments: never two cards, always settled as the table of outcomes says, reported exactly once.
#include <gtest/gtest.h>

#include "tests/scenarios/virtual_rig/visit.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;

constexpr int kShards = 4;

/// How many cards the platform has counted for the permit, by all outcomes.
int counted(const nlohmann::json& permit) {
  int n = 0;
  for (const char* key : {"delivered", "captured", "spoilt", "no_card", "unknown"}) {
    n += permit[key].get<int>();
  }
  return n;
}

/// The person does what a person does, as long as the kiosk is there: takes the card.
void finish_as_a_person_would(Visit& visit, Nanos limit) {
  const Nanos end = visit.rig.now() + limit;
  while (visit.rig.screen() != nullptr && visit.rig.now() < end) {
    const auto id = visit.rig.screen()->id;
    if (id == "take_card" && visit.rig.world().card_at_exit() != nullptr) {
      visit.act("world.take_card", {{"person", "p01"}});
    }
    if (id == "done" || id == "refused" || id == "out_of_service") return;
    visit.rig.advance(end);
  }
}

/// Switches on again and checks what every restart must hold.
void restart_and_judge(Visit& visit) {
  const int taken_before = visit.rig.world().count(sim::CardPlace::kTaken);
  if (visit.rig.world().document_on_reader() != nullptr) visit.act("world.lift_document");
  visit.run_for(5s);
  visit.act("kiosk.power_on");
  const bool back =
      visit.until_screen("welcome", 10min) || visit.until_screen("out_of_service", 1s);
  ASSERT_TRUE(back) << visit.story();
  auto permit = visit.permit("permit-1");
  if (visit.rig.screen()->id == "out_of_service") {
    EXPECT_EQ(permit["unknown"], 1) << visit.story();
    EXPECT_EQ(permit["delivered"], 0);
    visit.act("staff.found", {{"outcome", "none"}});
    ASSERT_TRUE(visit.until_screen("welcome", 10min)) << visit.story();
    permit = visit.permit("permit-1");
  }
  visit.run_for(60s);
  // Nothing new is printed after a restart, and nobody gets a second card.
  EXPECT_EQ(visit.rig.world().count(sim::CardPlace::kTaken), taken_before) << visit.story();
  EXPECT_LE(taken_before, 1);
  EXPECT_EQ(visit.rig.world().count(sim::CardPlace::kPath), 0) << visit.story();
  EXPECT_EQ(visit.rig.world().card_at_exit(), nullptr);
  EXPECT_EQ(permit["delivered"], taken_before) << visit.story();
  const auto pending = *visit.rig.query("kiosk.pending", {});
  EXPECT_EQ(pending["reports"], 0) << visit.story();
  EXPECT_EQ(pending["open"], 0);
  const std::string claim = permit["claim"];
  EXPECT_TRUE(claim != "granted" || counted(permit) > 0) << "a claim is left open\n"
                                                         << visit.story();
}

/// Disk operations from the touch that starts the issuance to the idle screen.
std::uint64_t operations_of_one_issuance() {
  Visit visit;
  EXPECT_TRUE(visit.up_to_printing("p01", "p01.resident", "permit-1")) << visit.story();
  const auto before = visit.rig.disk_operations();
  finish_as_a_person_would(visit, 5min);
  visit.run_for(30s);
  return visit.rig.disk_operations() - before;
}

class PowerCut : public ::testing::TestWithParam<int> {};

TEST_P(PowerCut, AtEveryDiskOperationOfOneIssuance) {
  const auto operations = operations_of_one_issuance();
  ASSERT_GT(operations, 10U);
  for (std::uint64_t n = 1 + static_cast<std::uint64_t>(GetParam()); n <= operations;
       n += kShards) {
    SCOPED_TRACE("power cut at disk operation " + std::to_string(n));
    Visit visit;
    ASSERT_TRUE(visit.up_to_printing("p01", "p01.resident", "permit-1"));
    visit.act("kiosk.power_cut", {{"disk_operation", n}});
    finish_as_a_person_would(visit, 5min);
    visit.run_for(30s);
    ASSERT_EQ(visit.rig.screen(), nullptr) << "the power failed";
    restart_and_judge(visit);
    if (HasFailure()) return;
  }
}

TEST_P(PowerCut, AtTwentyOtherMomentsOfOneIssuance) {
  for (int i = GetParam(); i < 20; i += kShards) {
    const Nanos moment = 250ms + i * 2100ms;  // up to the taking of the card, about 41 s in
    SCOPED_TRACE("power cut after " + std::to_string(moment / 1ms) + " ms");
    Visit visit;
    ASSERT_TRUE(visit.up_to_printing("p01", "p01.resident", "permit-1"));
    visit.run_for(moment);
    visit.act("kiosk.power_cut");
    ASSERT_EQ(visit.rig.screen(), nullptr);
    visit.run_for(90s);
    restart_and_judge(visit);
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Shard, PowerCut, ::testing::Range(0, kShards));

}  // namespace
}  // namespace cardrig::scenario
