// One issuance with everything that can go wrong while the power stays on.
#include "kiosk/issuance/issuance.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/kiosk/issuance/site.h"

namespace cardrig::issuance {
namespace {

using platform::ClaimState;
using platform::Outcome;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// Issues and checks what always holds; the rest is the test's.
Settled issue(Site& site) {
  const auto settled = site.issue();
  EXPECT_TRUE(settled);
  for (int i = 0; i < 2 && !site.platform.down; ++i) static_cast<void>(site.flush());
  if (!site.platform.down) site.expect_consistent("after the issuance");
  return settled ? *settled : Settled{};
}

/// The trace as "kind attempt-phase" lines, for the order of what matters.
std::vector<std::string> order(const Site& site) {
  std::vector<std::string> lines;
  for (const auto& e : site.trace.events()) {
    if (e.kind == "journal.committed") lines.push_back("commit " + e.text("phase"));
    if (e.kind == "issuance.stage") lines.push_back(e.text("stage"));
    if (e.kind == "issuance.settled") lines.push_back("settled " + e.text("outcome"));
    if (e.kind == "issuance.report") lines.push_back("report " + e.text("result"));
  }
  return lines;
}

TEST(Issuance, DeliversInTheOrderOfTheDesign) {
  Site site;
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kDelivered);
  EXPECT_EQ(s.trouble, Trouble::kNone);
  EXPECT_FALSE(s.out_of_service);
  EXPECT_THAT(order(site), ElementsAre("commit attempt", "claiming", "commit claimed", "preparing",
                                       "commit intent", "printing", "take_card", "commit settled",
                                       "settled delivered", "report ok"));
  EXPECT_THAT(site.kiosk->stages,
              ElementsAre(Stage::kClaiming, Stage::kPreparing, Stage::kPrinting, Stage::kTakeCard));
  EXPECT_EQ(site.machine.fed_for(site.attempt()), 1);
  EXPECT_FALSE(site.machine.outlet_light()) << "off again";
}

TEST(Issuance, APrinterThatChattersIsNotFloodedWithQuestions) {
  Site quiet;
  issue(quiet);
  Site site;
  site.machine.path_chatters = true;
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kDelivered);
  const double whole_s = std::chrono::duration<double>(site.time.now()).count();
  EXPECT_GT(site.machine.times_asked(), quiet.machine.times_asked());
  EXPECT_LE(site.machine.times_asked(), 20 * whole_s);
}

TEST(Issuance, ThePlatformsDataAreCommittedBeforeAnyCardMoves) {
  Site site;
  ASSERT_FALSE(site.issue_until(2s, false));  // the job has been sent
  EXPECT_EQ(site.machine.submissions(), 1);
  site.restart_after(1s);
  const auto open = site.open_records();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].phase, journal::Phase::kIntent);
  EXPECT_EQ(open[0].certificate->name, site.person.name);
  EXPECT_EQ(open[0].baseline.cards_fed_total, 100U);
  EXPECT_EQ(open[0].baseline.cards_seen_total, 65535);
}

// ---- the platform ------------------------------------------------------------------------------

TEST(Issuance, ARefusedClaimPrintsNothing) {
  Site site;
  site.platform.refusal = platform::Refusal::kRevoked;
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kNoCard);
  EXPECT_EQ(s.trouble, Trouble::kClaimRefused);
  EXPECT_FALSE(s.out_of_service);
  EXPECT_EQ(site.machine.submissions(), 0);
}

TEST(Issuance, APlatformThatIsDownPrintsNothingAndIsToldLater) {
  Site site;
  site.platform.down = true;
  const Settled s = issue(site);
  EXPECT_EQ(s.trouble, Trouble::kPlatformDown);
  EXPECT_FALSE(s.out_of_service);
  EXPECT_EQ(site.machine.submissions(), 0);
  EXPECT_EQ(site.pending().size(), 1U);
  site.platform.down = false;
  EXPECT_TRUE(site.flush());
  site.expect_consistent("after the platform came back");
  EXPECT_FALSE(site.platform.claim(site.attempt(), kPermit))
      << "a claim that was under way is refused when it arrives late";
}

TEST(Issuance, ALostAnswerToTheClaimIsAskedForAgainWithTheSameAttempt) {
  Site site;
  site.platform.lost_replies = 1;
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
  EXPECT_EQ(site.platform.claim_calls, 2);
  EXPECT_EQ(site.platform.claims.size(), 1U);
}

TEST(Issuance, AClaimWhoseAnswersAreAllLostIsGivenBack) {
  Site site;
  site.platform.lost_replies = 2;
  const Settled s = issue(site);
  EXPECT_EQ(s.trouble, Trouble::kPlatformDown);
  EXPECT_EQ(site.platform.claims.begin()->second.state, ClaimState::kReleased);
  EXPECT_EQ(site.platform.permits[kPermit], "approved");
}

TEST(Issuance, APlatformThatLiesAboutThePersonPrintsNothing) {
  const std::vector<std::function<void(certificate::Certificate&)>> lies = {
      [](auto& c) { c.name = "李四"; },
      [](auto& c) { c.number = "T110105194912310038"; },
      [](auto& c) { c.number.erase(0, 1); },
      [](auto& c) { c.permit_id = "permit-2"; },
  };
  for (const auto& lie : lies) {
    Site site;
    lie(site.platform.certificate);
    const Settled s = issue(site);
    EXPECT_EQ(s.trouble, Trouble::kPlatformLied);
    EXPECT_EQ(s.outcome, Outcome::kNoCard);
    EXPECT_EQ(site.machine.submissions(), 0);
    EXPECT_EQ(site.platform.claims.begin()->second.state, ClaimState::kReleased);
    EXPECT_THAT(s.detail, testing::Not(HasSubstr(site.person.name)));
  }
}

TEST(Issuance, ALowerCaseCheckCharacterIsTheSameNumber) {
  Site site;
  site.platform.certificate.number = "T11010519491231002x";
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
}

TEST(Issuance, WithoutAnElectronicPhotoNothingIsPrinted) {
  Site site;
  site.platform.certificate.photo = nullptr;
  EXPECT_EQ(issue(site).trouble, Trouble::kClaimRefused);
  EXPECT_EQ(site.machine.submissions(), 0);
}

TEST(Issuance, TheClaimIsAskedOnceMoreAndAWithdrawnOnePrintsNothing) {
  Site site;
  site.machine.set_defect(PathFault::kCoverOpen);
  site.world->after(15s, [&] {
    site.platform.withdraw_all();
    site.machine.set_defect(PathFault::kNone);
  });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->trouble, Trouble::kWithdrawn);
  EXPECT_EQ(s->outcome, Outcome::kNoCard);
  EXPECT_EQ(site.machine.submissions(), 0);
}

TEST(Issuance, AClaimWithdrawnWhileTheSpoiltCardIsPutAwayPrintsNoSecondOne) {
  Site site;
  site.machine.strike(Spot::kHead, PathFault::kHeadJam);
  site.platform.withdraws_after_spoilt = true;
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->trouble, Trouble::kWithdrawn);
  EXPECT_EQ(site.machine.submissions(), 1);
}

TEST(Issuance, APlatformThatIsSilentNowIsBelievedForAWhile) {
  Site site;
  site.machine.set_defect(PathFault::kCoverOpen);
  site.world->after(5s, [&] { site.platform.down = true; });
  site.world->after(15s, [&] { site.machine.set_defect(PathFault::kNone); });
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
}

TEST(Issuance, APlatformThatIsSilentForTooLongPrintsNothing) {
  Site site;
  site.times.claim_age_limit = 10s;
  site.kiosk.reset();
  ASSERT_TRUE(site.start());
  site.machine.set_defect(PathFault::kCoverOpen);
  site.world->after(5s, [&] { site.platform.down = true; });
  site.world->after(15s, [&] { site.machine.set_defect(PathFault::kNone); });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->trouble, Trouble::kPlatformDown);
  EXPECT_EQ(s->outcome, Outcome::kNoCard);
  EXPECT_EQ(site.machine.submissions(), 0);
}

// Whatever the platform thinks of the permit: it does not know yet that a card was delivered.
TEST(Issuance, APermitWhoseLastCardIsUnreportedIsNotServedAgain) {
  Site site;
  site.world->after(10s, [&] { site.platform.down = true; });
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
  ASSERT_EQ(site.pending().size(), 1U);
  site.platform.permits[kPermit] = "approved";
  const auto again = site.issue();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outcome, Outcome::kNoCard);
  EXPECT_EQ(again->trouble, Trouble::kPlatformDown);
  EXPECT_FALSE(again->out_of_service) << "others may be served";
  EXPECT_EQ(site.platform.claim_calls, 1);
  EXPECT_EQ(site.machine.submissions(), 1);

  site.platform.down = false;  // now the report goes first, and the platform refuses
  const auto late = site.issue();
  ASSERT_TRUE(late);
  EXPECT_EQ(late->trouble, Trouble::kClaimRefused);
  EXPECT_EQ(site.machine.submissions(), 1);
  EXPECT_EQ(site.platform.delivered(kPermit), 1);
}

TEST(Issuance, AReportWhoseAnswerIsLostIsCountedOnce) {
  Site site;
  site.platform.lost_report_replies = 2;
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
  for (int i = 0; i < 4; ++i) static_cast<void>(site.flush());
  site.expect_consistent("after the repetitions");
  EXPECT_THAT(site.outcomes(), ElementsAre("delivered"));
  EXPECT_GE(site.events("issuance.report"), 3);
}

// ---- the printer, before a card has moved ------------------------------------------------------

TEST(Issuance, WithAnEmptyHopperNothingIsSent) {
  Site site;
  site.machine.empty_hopper();
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->trouble, Trouble::kPrinterNotReady);
  EXPECT_EQ(s->detail, "no cards in the hopper");
  EXPECT_TRUE(s->out_of_service);
  EXPECT_EQ(site.machine.submissions(), 0);
  EXPECT_EQ(site.platform.permits[kPermit], "approved");
}

TEST(Issuance, EveryObstacleStopsItBeforeTheIntent) {
  const std::vector<std::function<void(Machine&)>> obstacles = {
      [](Machine& m) { m.bin_full = true; },
      [](Machine& m) { m.outlet_stuck = true; },
      [](Machine& m) { m.path_answers = false; },
      [](Machine& m) { m.jobs_answer = false; },
      [](Machine& m) { m.board_answers = false; },
      [](Machine& m) { m.set_defect(PathFault::kRibbonMissing); },
  };
  for (const auto& set_up : obstacles) {
    Site site;
    set_up(site.machine);
    const auto s = site.issue();
    ASSERT_TRUE(s);
    EXPECT_EQ(s->trouble, Trouble::kPrinterNotReady);
    EXPECT_EQ(s->outcome, Outcome::kNoCard);
    EXPECT_TRUE(s->out_of_service);
    EXPECT_EQ(site.machine.submissions(), 0);
    EXPECT_THAT(order(site), testing::Not(Contains("commit intent")));
    EXPECT_EQ(site.platform.permits[kPermit], "approved");
  }
}

TEST(Issuance, ACardThatEndsBetweenCheckAndFeedIsCancelledAndReleased) {  // P2
  Site site;
  site.world->after(300ms, [&] { site.machine.empty_hopper(); });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(site.machine.submissions(), 1);
  EXPECT_EQ(s->outcome, Outcome::kNoCard);
  EXPECT_EQ(s->trouble, Trouble::kPrinterNotReady);
  EXPECT_TRUE(s->out_of_service);
  EXPECT_EQ(site.platform.permits[kPermit], "approved");
  // The job is cancelled for good: cards that are loaded later stay blank.
  site.machine.load(5);
  site.time.run_until(site.time.now() + 5min);
  EXPECT_EQ(site.machine.count(Place::kHopper), 5);
}

TEST(Issuance, AJamAtTheFeederUsesNoCard) {  // P6
  Site site;
  site.machine.strike(Spot::kFeed, PathFault::kFeederJam);
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kNoCard);
  EXPECT_EQ(s.trouble, Trouble::kPrinterNotReady);
  EXPECT_TRUE(s.out_of_service) << "the jam is still there";
  EXPECT_EQ(site.machine.submissions(), 1) << "not retried blindly";
}

TEST(Issuance, ABusyPrinterIsAskedAgainWithoutASecondJob) {  // P29
  Site site;
  site.machine.busy_answers = 2;
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
  EXPECT_EQ(site.machine.submissions(), 1);
}

TEST(Issuance, AJobWhoseAcceptanceIsLostIsFoundAndNotSentAgain) {
  Site site;
  site.machine.loses_submit_answer = true;
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
  EXPECT_EQ(site.machine.submissions(), 1);
}

TEST(Issuance, ACardThatCannotBeDrawnIsNotPrinted) {  // R28
  Site site;
  site.draw = [](const certificate::Certificate&) {
    return std::optional<std::vector<std::uint8_t>>();
  };
  site.kiosk.reset();
  ASSERT_TRUE(site.start());
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kNoCard);
  EXPECT_FALSE(s.out_of_service);
  EXPECT_EQ(site.machine.submissions(), 0);
}

// ---- a card on its way -------------------------------------------------------------------------

TEST(Issuance, ASpoiltCardIsRejectedReportedAndRetriedOnTheSameClaim) {  // P3
  Site site;
  site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kDelivered);
  EXPECT_FALSE(s.out_of_service);
  EXPECT_EQ(site.machine.count(Place::kBin, false), 1);
  EXPECT_EQ(site.machine.count(Place::kTaken, true), 1);
  EXPECT_THAT(site.outcomes(), ElementsAre("spoilt", "delivered"));
  EXPECT_EQ(site.platform.claims.size(), 1U);
  EXPECT_THAT(site.kiosk->stages, Contains(Stage::kRetrying));
  // The report of the first card precedes the intent of the second.
  const auto lines = order(site);
  const auto reported = std::find(lines.begin(), lines.end(), "report ok");
  EXPECT_EQ(std::count(lines.begin(), reported, "commit intent"), 1);
  EXPECT_EQ(std::count(reported, lines.end(), "commit intent"), 1);
}

TEST(Issuance, ASecondSpoiltCardEndsIt) {
  Site site;
  site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
  site.world->after(17s, [&] { site.machine.strike(Spot::kHead, PathFault::kHeadJam); });
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kSpoilt);
  EXPECT_EQ(s.trouble, Trouble::kCardSpoilt);
  EXPECT_TRUE(s.out_of_service);
  EXPECT_EQ(site.machine.submissions(), 2);
  EXPECT_EQ(site.platform.permits[kPermit], "ended");
}

TEST(Issuance, WithoutThePlatformsLeaveASpoiltCardIsNotRetried) {
  Site site;
  site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
  site.platform.refuses_retry = true;
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kSpoilt);
  EXPECT_TRUE(s.out_of_service);
  EXPECT_EQ(site.machine.submissions(), 1);
}

TEST(Issuance, ASpoiltCardIsNotRetriedWhileItsReportDoesNotArrive) {
  Site site;
  site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
  site.world->after(5s, [&] { site.platform.down = true; });
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kSpoilt);
  EXPECT_EQ(site.machine.submissions(), 1);
  site.platform.down = false;
  EXPECT_TRUE(site.flush());
  site.expect_consistent("after the platform came back");
  EXPECT_EQ(site.platform.permits[kPermit], "approved") << "the rest of the claim went back";
}

TEST(Issuance, TwoCardsFedTogetherAreBothRejected) {  // P26
  Site site;
  site.machine.strike(Spot::kHead, PathFault::kDoubleFeed);
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kDelivered);
  EXPECT_EQ(site.machine.count(Place::kBin), 2);
  EXPECT_THAT(site.outcomes(), ElementsAre("spoilt", "delivered"));
}

TEST(Issuance, AHeadJamThatCannotBeClearedIsUnknownUntilStaffHaveBeenThere) {  // P7
  Site site;
  site.machine.strike(Spot::kPanel3, PathFault::kHeadJam);
  site.machine.jammed = true;
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->outcome, Outcome::kUnknown);
  EXPECT_EQ(s->trouble, Trouble::kCardFateUnknown);
  EXPECT_TRUE(s->out_of_service);
  EXPECT_EQ(site.platform.claims.begin()->second.state, ClaimState::kUnknown);
  const auto next = site.issue();
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->out_of_service) << "nobody is served before";
  EXPECT_EQ(site.platform.claims.size(), 1U);
  EXPECT_FALSE(site.staff_found(Outcome::kSpoilt)) << "the card is still in the path";
  EXPECT_FALSE(site.staff_found(Outcome::kUnknown));
  site.machine.remove_card_by_hand();
  EXPECT_TRUE(site.staff_found(Outcome::kSpoilt));
  EXPECT_TRUE(site.open_records().empty());
  EXPECT_THAT(site.outcomes(), ElementsAre("unknown", "spoilt"));
  EXPECT_EQ(site.platform.permits[kPermit], "approved");
  const auto again = site.issue();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->outcome, Outcome::kDelivered);
}

TEST(Issuance, StaffCanClearThePrinterWhenNothingIsUnknown) {
  Site site;
  site.machine.strike(Spot::kFeed, PathFault::kFeederJam);
  ASSERT_TRUE(issue(site).out_of_service);
  EXPECT_TRUE(site.staff_found(Outcome::kNoCard));
  const auto next = site.issue();
  ASSERT_TRUE(next);
  EXPECT_EQ(next->outcome, Outcome::kDelivered);
}

TEST(Issuance, AJamAtTheExitIsClearedAndTheFinishedCardPresented) {  // P8
  Site site;
  site.machine.strike(Spot::kExit, PathFault::kExitJam);
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kDelivered);
  EXPECT_EQ(site.machine.submissions(), 1);
}

TEST(Issuance, ACompletedJobWithoutACardIsUnknown) {  // P23
  Site site;
  site.machine.loses_cards = true;
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->outcome, Outcome::kUnknown);
  EXPECT_TRUE(s->out_of_service);
  EXPECT_EQ(site.machine.submissions(), 1);
}

TEST(Issuance, TheSensorWinsOverALostCompletion) {  // P24
  Site site;
  site.world->after(10s, [&] { site.machine.jobs_answer = site.machine.path_answers = false; });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->outcome, Outcome::kDelivered);
  EXPECT_EQ(site.machine.count(Place::kTaken, true), 1);
}

TEST(Issuance, APrinterThatVanishesInMidPrintIsUnknownInBoundedTime) {
  Site site;
  site.machine.takes_after.reset();
  site.world->after(10s, [&] {
    site.machine.power_cut();
    site.machine.board_answers = true;
  });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->outcome, Outcome::kUnknown);
  EXPECT_LE(site.time.now(), 5min);
}

TEST(Issuance, APrinterThatRestartsInMidPrintSpoilsTheCardOnly) {  // P21
  Site site;
  site.world->after(10s, [&] {
    site.machine.power_cut();
    site.machine.power_on();
  });
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kDelivered);
  EXPECT_THAT(site.outcomes(), ElementsAre("spoilt", "delivered"));
}

// ---- the person --------------------------------------------------------------------------------

TEST(Issuance, ACardThatIsNotTakenIsRemindedOfRetractedAndCaptured) {  // P25
  Site site;
  site.machine.takes_after.reset();
  const Settled s = issue(site);
  EXPECT_EQ(s.outcome, Outcome::kCaptured);
  EXPECT_EQ(s.trouble, Trouble::kCardNotTaken);
  EXPECT_FALSE(s.out_of_service);
  EXPECT_THAT(site.kiosk->stages,
              ElementsAre(Stage::kClaiming, Stage::kPreparing, Stage::kPrinting, Stage::kTakeCard,
                          Stage::kTakeCardReminder, Stage::kRetracting));
  EXPECT_EQ(site.machine.count(Place::kBin, true), 1);
  EXPECT_FALSE(site.machine.outlet_light());
}

TEST(Issuance, ACardTakenAfterTheReminderIsDelivered) {
  Site site;
  site.machine.takes_after = 45s;
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
}

TEST(Issuance, ACardTakenInTheMomentOfTheRetractIsDelivered) {
  Site site;
  site.machine.takes_after.reset();
  site.machine.takes_during_retract = true;
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
}

TEST(Issuance, ACardThatCannotBeDrawnInClosesTheService) {
  Site site;
  site.machine.takes_after.reset();
  site.world->after(40s, [&] { site.machine.bin_full = true; });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->outcome, Outcome::kUnknown);
  EXPECT_TRUE(s->out_of_service);
}

TEST(Issuance, TheBoardMayFallSilentWhileTheCardWaits) {
  Site site;
  site.machine.takes_after = 20s;
  site.world->after(32s, [&] { site.machine.board_answers = false; });
  site.world->after(40s, [&] { site.machine.board_answers = true; });
  EXPECT_EQ(issue(site).outcome, Outcome::kDelivered);
}

// ---- the journal -------------------------------------------------------------------------------

TEST(Issuance, WithoutAWritableJournalNothingIsClaimed) {  // H8
  for (const char* fault : {"disk.full", "disk.read_only"}) {
    Site site;
    ASSERT_TRUE(site.faults.inject(fault));
    const auto s = site.issue();
    ASSERT_TRUE(s);
    EXPECT_EQ(s->trouble, Trouble::kJournalFailed);
    EXPECT_TRUE(s->out_of_service);
    EXPECT_EQ(site.platform.claim_calls, 0);
    EXPECT_EQ(site.machine.submissions(), 0);
  }
}

TEST(Issuance, AJournalThatFailsBeforeTheIntentPrintsNothingAndGivesTheClaimBack) {
  for (const Nanos when : {20ms, 120ms, 170ms}) {
    Site site;
    site.world->after(when, [&] { ASSERT_TRUE(site.faults.inject("disk.read_only")); });
    const auto s = site.issue();
    ASSERT_TRUE(s);
    EXPECT_EQ(s->trouble, Trouble::kJournalFailed);
    EXPECT_TRUE(s->out_of_service);
    EXPECT_EQ(site.machine.submissions(), 0);
    EXPECT_EQ(site.platform.permits[kPermit], "approved");
    ASSERT_TRUE(site.faults.clear("disk.read_only"));
    EXPECT_FALSE(site.settle_all());
    site.expect_consistent("after the disk was mended");
  }
}

TEST(Issuance, AJournalThatFailsDuringThePrintIsSettledWhenItIsMended) {
  Site site;
  site.world->after(10s, [&] { ASSERT_TRUE(site.faults.inject("disk.full")); });
  const auto s = site.issue();
  ASSERT_TRUE(s);
  EXPECT_EQ(s->trouble, Trouble::kJournalFailed);
  EXPECT_EQ(s->outcome, Outcome::kDelivered);
  EXPECT_TRUE(s->out_of_service);
  EXPECT_TRUE(site.outcomes().empty()) << "nothing is reported that is not in the journal";
  ASSERT_TRUE(site.faults.clear("disk.full"));
  EXPECT_FALSE(site.settle_all());
  site.expect_consistent("after the disk was mended");
  EXPECT_THAT(site.outcomes(), ElementsAre("delivered"));
}

TEST(Issuance, PersonsAreForgottenOnceReported) {
  Site site;
  ASSERT_EQ(issue(site).outcome, Outcome::kDelivered);
  const auto writes = site.disk.operations();
  ASSERT_TRUE(site.flush());
  EXPECT_EQ(site.disk.operations(), writes) << "nothing is left to forget";
}

TEST(Issuance, TheTraceHoldsNoPersonalData) {
  Site site;
  site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
  ASSERT_EQ(issue(site).outcome, Outcome::kDelivered);
  const std::string lines = site.trace.to_json_lines();
  EXPECT_EQ(lines.find(site.person.name), std::string::npos);
  EXPECT_EQ(lines.find(site.person.id_number), std::string::npos);
}

// ---- who may end it ----------------------------------------------------------------------------

Async<void> give_up_after(Site& site, Nanos limit, std::optional<Settled>& settled,
                          bool& timed_out) {
  auto work = site.kiosk->issuance->issue(site.person, kPermit, nullptr);
  auto wrapped = [](Async<Settled> w, std::optional<Settled>& into) -> Async<Settled> {
    into = co_await std::move(w);
    co_return *into;
  };
  const auto done =
      co_await with_timeout(*site.kiosk->loop, limit, wrapped(std::move(work), settled));
  timed_out = !done;
}

TEST(Issuance, ASessionThatTimesOutDoesNotCancelIt) {
  for (const Nanos limit : {Nanos(1ms), Nanos(100ms), Nanos(10s), Nanos(33s)}) {
    Site site;
    std::optional<Settled> settled;
    bool timed_out = false;
    spawn(*site.kiosk->loop, give_up_after(site, limit, settled, timed_out));
    site.time.run_until(5min);
    ASSERT_TRUE(settled) << limit / 1ms;
    EXPECT_EQ(settled->outcome, Outcome::kDelivered);
    site.expect_consistent("after the session's time-out");
  }
}

TEST(Issuance, TwoRunsWithOneSeedAreTheSame) {
  const auto hash = [] {
    Site site(7);
    site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
    issue(site);
    return site.trace.hash();
  };
  EXPECT_EQ(hash(), hash());
}

TEST(Issuance, ASecondPersonIsServedAfterTheFirst) {
  Site site;
  ASSERT_EQ(issue(site).outcome, Outcome::kDelivered);
  site.platform.permits["permit-2"] = "approved";
  site.platform.certificate.permit_id = "permit-2";
  auto second = site.run(site.kiosk->issuance->issue(site.person, "permit-2", nullptr));
  EXPECT_EQ(second.outcome, Outcome::kDelivered);
  EXPECT_EQ(site.machine.count(Place::kTaken, true), 2);
}

TEST(Issuance, WithoutACardPathOnlyTheSensorSpeaksAndDoubtIsUnknown) {
  Site taken;
  taken.kiosk->path.can = {};
  const auto delivered = taken.issue();
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->outcome, Outcome::kDelivered);
  Site jammed;
  jammed.kiosk->path.can = {};
  jammed.machine.strike(Spot::kFeed, PathFault::kFeederJam);
  const auto unknown = jammed.issue();
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->outcome, Outcome::kUnknown);
}

}  // namespace
}  // namespace cardrig::issuance
