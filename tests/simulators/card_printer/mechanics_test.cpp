// The printer's mechanics: times, counters, places of cards, and what each fault leaves behind.
#include <algorithm>

#include "simulators/card_printer/pictures.h"
#include "tests/simulators/card_printer/printer_stand.h"

namespace cardrig::test {
namespace {

using sim::CardPlace;
using sim::JobPhase;
using sim::PrinterMechanics;
namespace fault = sim::printer_fault;
namespace protocol = card_printer::protocol;

TEST(Mechanics, PrintsOneCardInTheTimesOfTheProtocol) {
  PrinterStand stand;
  const int job = stand.print("attempt-7");
  stand.run_until(40);
  EXPECT_EQ(stand.times_of("card.fed"), std::vector<double>{1});
  EXPECT_EQ(stand.times_of("card.panel"), (std::vector<double>{7, 11, 15, 19, 23}));
  EXPECT_EQ(stand.times_of("card.printed"), std::vector<double>{23});
  EXPECT_EQ(stand.times_of("card.at_exit"), std::vector<double>{25});
  const auto& card = stand.world.card(1);
  EXPECT_EQ(card.place, CardPlace::kExit);
  EXPECT_TRUE(card.printed);
  EXPECT_FALSE(card.spoilt);
  EXPECT_EQ(card.attempt_id, "attempt-7");
  EXPECT_EQ(*card.face, *sample_face());
  EXPECT_EQ(card.face_png, sample_png());
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
  EXPECT_EQ(stand.printer().jobs().at(job).impressions, 1);
  const auto view = stand.view();
  EXPECT_EQ(view.fed, 1U);
  EXPECT_EQ(view.printed, 1U);
  EXPECT_EQ(view.rejected, 0U);
  EXPECT_EQ(view.panels_left, 995);
  EXPECT_TRUE(view.finished);
}

TEST(Mechanics, ShowsWhereTheCardIs) {
  PrinterStand stand;
  stand.print();
  const std::vector<std::pair<double, std::uint8_t>> expected{
      {0.9, protocol::kAtNone},    {1.1, protocol::kAtFeeder}, {2.9, protocol::kAtFeeder},
      {3.1, protocol::kAtHead},    {22.9, protocol::kAtHead},  {23.1, protocol::kAtFlip},
      {24.1, protocol::kAtMoving}, {25.1, protocol::kAtExit}};
  for (const auto& [t_s, position] : expected) {
    stand.run_until(t_s);
    EXPECT_EQ(stand.view().position, position) << t_s;
  }
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
  ASSERT_TRUE(stand.world.take_card("p01"));
  EXPECT_EQ(stand.view().position, protocol::kAtNone);
  EXPECT_FALSE(stand.view().finished);
}

TEST(Mechanics, TakesOneJobAtATime) {
  PrinterStand stand;
  stand.print();
  sim::PrinterJob second;
  second.face = sample_face();
  const auto refused = stand.printer().submit(second);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, sim::JobRefusal::kBusy);
}

TEST(Mechanics, NextJobWaitsForTheBezel) {
  PrinterStand stand;
  stand.print("a");
  stand.run_until(30);
  const int second = stand.print("b");
  stand.run_until(40);
  EXPECT_EQ(stand.phase(second), JobPhase::kProcessingStopped);
  EXPECT_EQ(stand.view().fed, 1U);
  ASSERT_TRUE(stand.world.take_card("p01"));
  stand.run_until(70);
  EXPECT_EQ(stand.phase(second), JobPhase::kCompleted);
  EXPECT_EQ(stand.world.card(2).place, CardPlace::kExit);
  EXPECT_EQ(stand.world.card(2).attempt_id, "b");
}

TEST(Mechanics, RetractedCardFallsIntoTheBinAndCannotBeTakenMeanwhile) {
  PrinterStand stand;
  stand.print();
  stand.run_until(30);
  int code = 1000;
  stand.printer().retract([&code](std::int8_t c) { code = c; });
  EXPECT_FALSE(stand.world.take_card("p01"));
  stand.run_for(2.9);
  EXPECT_EQ(stand.view().rejected, 0U);
  EXPECT_EQ(code, 1000);
  stand.run_for(0.2);
  EXPECT_EQ(code, protocol::kCodeDone);
  EXPECT_EQ(stand.view().rejected, 1U);
  EXPECT_EQ(stand.world.card(1).place, CardPlace::kRejectBin);
  EXPECT_FALSE(stand.world.card(1).spoilt);
}

TEST(Mechanics, RefusesCommandsThatDoNotFit) {
  PrinterStand stand;
  EXPECT_EQ(stand.move(&PrinterMechanics::present), protocol::kCodeNotPossible);
  EXPECT_EQ(stand.move(&PrinterMechanics::retract), protocol::kCodeNotPossible);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeNotPossible);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  stand.print();
  stand.run_for(5);
  EXPECT_EQ(stand.move(&PrinterMechanics::present), protocol::kCodeBusy);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeBusy);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeBusy);
  stand.run_until(30);
  EXPECT_EQ(stand.move(&PrinterMechanics::present), protocol::kCodeDone);  // it is out already
  EXPECT_EQ(stand.world.card(1).place, CardPlace::kExit);
}

TEST(Mechanics, CancelsUntilTheCardHasLeftTheHopper) {
  PrinterStand stand;
  const int first = stand.print();
  stand.run_for(0.9);
  EXPECT_TRUE(stand.printer().cancel(first));
  EXPECT_EQ(stand.phase(first), JobPhase::kCanceled);
  stand.run_for(40);
  EXPECT_EQ(stand.view().fed, 0U);
  const int second = stand.print();
  stand.run_for(1.1);
  EXPECT_FALSE(stand.printer().cancel(second));
  EXPECT_FALSE(stand.printer().cancel(first));
  EXPECT_FALSE(stand.printer().cancel(99));
  stand.run_for(40);
  EXPECT_EQ(stand.phase(second), JobPhase::kCompleted);
}

// --- supplies ---

TEST(Mechanics, EmptyHopperWaitsForCardsAndGoesOn) {
  PrinterStand stand(0);
  EXPECT_EQ(stand.view().hopper, protocol::kSupplyEmpty);
  const int job = stand.print();
  stand.run_for(60);
  EXPECT_EQ(stand.phase(job), JobPhase::kProcessing);
  EXPECT_TRUE(stand.printer().waits_for_cards());
  stand.world.load_hopper(3);
  EXPECT_EQ(stand.view().hopper, protocol::kSupplyLow);
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
}

TEST(Mechanics, CardsEndAfterTheJobWasTaken) {
  PrinterStand stand;
  stand.inject(fault::kOutOfCards);
  EXPECT_EQ(stand.view().hopper, protocol::kSupplyOk);
  const int job = stand.print();
  stand.run_for(30);
  EXPECT_TRUE(stand.took_effect(fault::kOutOfCards));
  EXPECT_EQ(stand.view().hopper, protocol::kSupplyEmpty);
  EXPECT_TRUE(stand.printer().waits_for_cards());
  EXPECT_TRUE(stand.printer().cancel(job));
  EXPECT_EQ(stand.view().fed, 0U);
  stand.clear(fault::kOutOfCards);
  EXPECT_EQ(stand.view().hopper, protocol::kSupplyOk);
}

TEST(Mechanics, RibbonEndsDuringACard) {
  PrinterStand stand;
  stand.inject(fault::kRibbonOut, {{"at_panel", 3}});
  const int job = stand.print();
  stand.run_for(60);
  EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
  const auto view = stand.view();
  EXPECT_EQ(view.fault, protocol::kFaultRibbonOut);
  EXPECT_TRUE(view.after_feed);
  EXPECT_EQ(view.ribbon, protocol::kSupplyEmpty);
  EXPECT_EQ(view.position, protocol::kAtHead);
  const auto& card = stand.world.card(1);
  EXPECT_TRUE(card.spoilt);
  // Yellow and magenta are on it, cyan is not: the red channel is the card's white.
  EXPECT_EQ(card.face->pixels[0], sample_face()->pixels[0]);
  EXPECT_EQ(card.face->pixels[1], sample_face()->pixels[1]);
  EXPECT_EQ(card.face->pixels[2], 0xFF);
  EXPECT_EQ(*sim::decode_png(card.face_png), *card.face);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
  stand.clear(fault::kRibbonOut);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
  EXPECT_EQ(stand.view().panels_left, 1000);
}

TEST(Mechanics, RibbonThatIsUsedUpEndsACardToo) {
  PrinterStand stand;
  stand.inject(fault::kRibbonLow, {{"panels", 7}});
  EXPECT_EQ(stand.view().ribbon, protocol::kSupplyLow);
  stand.print();
  stand.run_for(30);
  ASSERT_TRUE(stand.world.take_card("p01"));
  const int second = stand.print();
  stand.run_for(30);
  EXPECT_EQ(stand.phase(second), JobPhase::kAborted);
  EXPECT_EQ(stand.view().fault, protocol::kFaultRibbonOut);
  EXPECT_TRUE(stand.world.card(2).spoilt);
}

TEST(Mechanics, MissingRibbonIsADefect) {
  PrinterStand stand;
  stand.inject(fault::kRibbonMissing);
  EXPECT_EQ(stand.view().state, protocol::kStateWarning);
  EXPECT_FALSE(stand.view().after_feed);
  const int job = stand.print();
  stand.run_for(60);
  EXPECT_EQ(stand.phase(job), JobPhase::kProcessingStopped);
  EXPECT_EQ(stand.view().fed, 0U);
  stand.clear(fault::kRibbonMissing);
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
}

TEST(Mechanics, FullRejectBinTakesNothing) {
  PrinterStand stand;
  stand.print();
  stand.run_for(30);
  stand.inject(fault::kRejectBinFull);
  EXPECT_EQ(stand.move(&PrinterMechanics::retract), protocol::kCodeRejectFull);
  EXPECT_TRUE(stand.took_effect(fault::kRejectBinFull));
  EXPECT_EQ(stand.world.card(1).place, CardPlace::kExit);
  stand.clear(fault::kRejectBinFull);
  EXPECT_EQ(stand.move(&PrinterMechanics::retract), protocol::kCodeDone);
}

TEST(Mechanics, RejectBinHolds30Cards) {
  PrinterStand stand(31);
  for (int i = 1; i <= 30; ++i) {
    stand.print("a" + std::to_string(i));
    stand.run_for(26);
    ASSERT_EQ(stand.move(&PrinterMechanics::retract), protocol::kCodeDone) << i;
  }
  EXPECT_TRUE(stand.view().reject_full);
  const int job = stand.print("a31");
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kProcessingStopped);
  stand.world.empty_reject_bin();
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
}

// --- jams ---

TEST(Mechanics, FeederJamUsesNoCard) {
  PrinterStand stand;
  stand.inject(fault::kJamAtFeeder);
  const int job = stand.print();
  stand.run_for(10);
  EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
  EXPECT_EQ(stand.view().fault, protocol::kFaultFeederJam);
  EXPECT_FALSE(stand.view().after_feed);
  EXPECT_EQ(stand.view().fed, 0U);
  EXPECT_EQ(stand.count(CardPlace::kHopper), 10);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeMechanical);
  stand.clear(fault::kJamAtFeeder);
  EXPECT_EQ(stand.view().fault, protocol::kFaultFeederJam) << "latched until it is cleared";
  sim::PrinterJob refused;
  refused.face = sample_face();
  EXPECT_EQ(stand.printer().submit(refused).error().reason, sim::JobRefusal::kNotAccepting);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  const int again = stand.print();
  stand.run_for(30);
  EXPECT_EQ(stand.phase(again), JobPhase::kCompleted);
}

TEST(Mechanics, HeadJamSpoilsTheCardAndRejectFreesIt) {
  PrinterStand stand;
  stand.inject(fault::kJamInHead);
  const int job = stand.print();
  stand.run_for(60);
  EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
  EXPECT_EQ(stand.view().fault, protocol::kFaultHeadJam);
  EXPECT_TRUE(stand.view().after_feed);
  EXPECT_TRUE(stand.world.card(1).spoilt);
  EXPECT_FALSE(stand.faults.is_active(fault::kJamInHead)) << "one card, as the parameter says";
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  EXPECT_EQ(stand.view().fault, protocol::kFaultCardInPath);
  EXPECT_EQ(stand.view().state, protocol::kStateError);
  EXPECT_EQ(stand.move(&PrinterMechanics::present), protocol::kCodeNotPossible);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
  EXPECT_EQ(stand.view().rejected, 1U);
}

TEST(Mechanics, StuckCardStaysUntilStaffFreeIt) {
  PrinterStand stand;
  stand.inject(fault::kJamInHead, {{"stuck", 1}});
  stand.print();
  stand.run_for(60);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeMechanical);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeMechanical);
  EXPECT_EQ(stand.view().position, protocol::kAtHead);
  EXPECT_EQ(stand.view().rejected, 0U);
  stand.clear(fault::kJamInHead);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
  EXPECT_EQ(stand.view().fault, protocol::kFaultHeadJam);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
}

TEST(Mechanics, StaffTakeTheCardOutByHand) {
  PrinterStand stand;
  stand.inject(fault::kJamInHead, {{"stuck", 1}});
  stand.print();
  stand.run_for(60);
  stand.world.move_card(1, CardPlace::kStaff);
  stand.clear(fault::kJamInHead);
  EXPECT_EQ(stand.view().position, protocol::kAtNone);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
  EXPECT_EQ(stand.view().rejected, 0U);
}

TEST(Mechanics, FinishedCardJammedAtTheExitCanStillBePresented) {
  PrinterStand stand;
  stand.inject(fault::kJamAtExit);
  const int job = stand.print();
  stand.run_for(60);
  EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
  EXPECT_EQ(stand.view().fault, protocol::kFaultExitJam);
  EXPECT_TRUE(stand.view().finished);
  EXPECT_FALSE(stand.world.card(1).spoilt);
  EXPECT_EQ(stand.view().printed, 1U);
  EXPECT_EQ(stand.move(&PrinterMechanics::present), protocol::kCodeMechanical);
  EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  EXPECT_EQ(stand.move(&PrinterMechanics::present), protocol::kCodeDone);
  EXPECT_EQ(stand.world.card(1).place, CardPlace::kExit);
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
}

TEST(Mechanics, TwoCardsFedTogetherAreBothRejected) {
  PrinterStand stand;
  stand.inject(fault::kDoubleFeed);
  const int job = stand.print();
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
  EXPECT_EQ(stand.view().fault, protocol::kFaultDoubleFeed);
  EXPECT_EQ(stand.view().fed, 2U);
  EXPECT_EQ(stand.count(CardPlace::kPath), 2);
  EXPECT_FALSE(stand.world.card(1).spoilt) << "no head has touched it, and it is in no bin yet";
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
  EXPECT_EQ(stand.view().rejected, 2U);
  EXPECT_TRUE(stand.world.card(1).spoilt);
  EXPECT_TRUE(stand.world.card(2).spoilt);
  EXPECT_EQ(stand.times_of("card.spoilt").size(), 2U);
}

TEST(Mechanics, LastCardCannotBeFedTwice) {
  PrinterStand stand(1);
  stand.inject(fault::kDoubleFeed);
  const int job = stand.print();
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
  EXPECT_EQ(stand.faults.inert(), std::vector<std::string>{fault::kDoubleFeed});
}

TEST(Mechanics, CompletedWithoutACard) {
  PrinterStand stand;
  stand.inject(fault::kCompletedWithoutCard);
  const int job = stand.print();
  stand.run_for(40);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
  EXPECT_TRUE(stand.took_effect(fault::kCompletedWithoutCard));
  EXPECT_EQ(stand.view().fed, 0U);
  EXPECT_EQ(stand.view().printed, 0U);
  EXPECT_EQ(stand.count(CardPlace::kHopper), 10);
}

// --- cover and heat ---

TEST(Mechanics, CoverOpenBeforeTheFeedIsADefect) {
  PrinterStand stand;
  const int job = stand.print();
  stand.run_for(0.5);
  stand.inject(fault::kCoverOpened);
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kProcessingStopped);
  EXPECT_EQ(stand.view().fault, protocol::kFaultCoverOpen);
  EXPECT_FALSE(stand.view().after_feed);
  EXPECT_EQ(stand.view().fed, 0U);
  stand.clear(fault::kCoverOpened);
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
}

TEST(Mechanics, CoverOpenDuringACardIsAnError) {
  for (const bool by_panel : {false, true}) {
    PrinterStand stand;
    if (by_panel) stand.inject(fault::kCoverOpened, {{"at_panel", 2}});
    const int job = stand.print();
    stand.run_for(9);
    if (!by_panel) stand.inject(fault::kCoverOpened);
    stand.run_for(30);
    EXPECT_TRUE(stand.took_effect(fault::kCoverOpened));
    EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
    EXPECT_EQ(stand.view().fault, protocol::kFaultCoverOpen);
    EXPECT_TRUE(stand.view().after_feed);
    EXPECT_TRUE(stand.world.card(1).spoilt);
    EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeNotReady);
    EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeNotReady);
    stand.clear(fault::kCoverOpened);
    EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
    EXPECT_EQ(stand.printer().clear_error(), protocol::kCodeDone);
  }
}

TEST(Mechanics, CoverOpenedDuringARetractKeepsTheCardInside) {
  PrinterStand stand;
  stand.print();
  stand.run_for(30);
  int code = 1000;
  stand.printer().retract([&code](std::int8_t c) { code = c; });
  stand.run_for(1);
  stand.inject(fault::kCoverOpened);
  stand.run_for(10);
  EXPECT_EQ(code, protocol::kCodeNotReady);
  EXPECT_EQ(stand.world.card(1).place, CardPlace::kPath);
  EXPECT_EQ(stand.view().position, protocol::kAtFlip);
  EXPECT_EQ(stand.view().rejected, 0U);
}

TEST(Mechanics, HotHeadWaitsOrAborts) {
  PrinterStand stand;
  stand.inject(fault::kHeadTooHot);
  const int job = stand.print();
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kProcessingStopped);
  EXPECT_EQ(stand.view().fault, protocol::kFaultHeadTemperature);
  stand.clear(fault::kHeadTooHot);
  stand.inject(fault::kHeadTooHot, {{"at_panel", 5}});
  stand.run_for(30);
  EXPECT_EQ(stand.phase(job), JobPhase::kAborted);
  EXPECT_TRUE(stand.view().after_feed);
  EXPECT_TRUE(stand.world.card(1).spoilt);
}

// --- power ---

TEST(Mechanics, StartsColdAfterALongPowerCut) {
  PrinterStand stand;
  stand.world.set_mains(false);
  EXPECT_FALSE(stand.printer().is_started());
  stand.run_until(3600);
  stand.world.set_mains(true);
  stand.run_for(19.9);
  EXPECT_FALSE(stand.printer().is_started());
  stand.run_for(0.2);
  EXPECT_TRUE(stand.printer().is_started());
  EXPECT_EQ(stand.view().state, protocol::kStateStarting);
  const int job = stand.print();
  EXPECT_EQ(stand.phase(job), JobPhase::kPending);
  stand.run_for(19.8);
  EXPECT_EQ(stand.phase(job), JobPhase::kPending);
  stand.run_for(26);
  EXPECT_EQ(stand.phase(job), JobPhase::kCompleted);
  EXPECT_EQ(stand.view().starts, 2);
}

TEST(Mechanics, PowerCycleFaultCutsTheMachineAlone) {
  PrinterStand stand;
  stand.print();
  stand.run_for(10);
  stand.inject(fault::kPowerCycle, {{"off_s", 3}});
  stand.run_for(2);
  EXPECT_FALSE(stand.printer().is_started());
  stand.run_for(30);
  EXPECT_TRUE(stand.printer().is_started());
  EXPECT_EQ(stand.view().fault, protocol::kFaultCardInPath);
}

/// The power fails at one moment of a print, comes back, and everything is looked at.
class PowerCut : public testing::TestWithParam<int> {};

TEST_P(PowerCut, LosesTheJobAndNothingElse) {
  const double cut_s = GetParam() * 0.25 + 0.1;
  PrinterStand stand;
  stand.print("attempt-1");
  stand.run_until(cut_s);
  const auto before = stand.view();
  stand.world.set_mains(false);
  stand.run_for(10);
  const auto events = stand.times_of("card.panel").size();
  stand.world.set_mains(true);
  stand.run_for(200);

  const auto after = stand.view();
  EXPECT_EQ(after.fed, before.fed);
  EXPECT_EQ(after.printed, before.printed);
  EXPECT_EQ(after.rejected, before.rejected);
  EXPECT_EQ(after.panels_left, before.panels_left);
  EXPECT_EQ(after.starts, before.starts + 1);
  EXPECT_TRUE(stand.printer().jobs().empty()) << "a job does not survive";
  EXPECT_EQ(stand.times_of("card.panel").size(), events) << "nothing is printed by itself";

  const auto& card = stand.world.card(1);
  EXPECT_EQ(card.printed, cut_s > 23);
  EXPECT_EQ(card.spoilt, cut_s > 3 && cut_s < 23);
  EXPECT_EQ(after.finished, cut_s > 23);
  if (cut_s < 1) {
    EXPECT_EQ(card.place, CardPlace::kHopper);
    EXPECT_EQ(after.state, protocol::kStateReady);
  } else if (cut_s < 25) {
    EXPECT_EQ(card.place, CardPlace::kPath);
    EXPECT_EQ(after.fault, protocol::kFaultCardInPath);
    const auto position = cut_s < 3    ? protocol::kAtFeeder
                          : cut_s < 23 ? protocol::kAtHead
                                       : protocol::kAtFlip;
    EXPECT_EQ(after.position, position);
    sim::PrinterJob refused;
    refused.face = sample_face();
    EXPECT_FALSE(stand.printer().submit(refused).has_value());
    EXPECT_EQ(stand.move(&PrinterMechanics::present),
              card.printed ? protocol::kCodeDone : protocol::kCodeNotPossible);
    if (!card.printed) {
      EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
      EXPECT_EQ(stand.view().rejected, before.rejected + 1);
      EXPECT_TRUE(stand.world.card(1).spoilt) << "fed, unfinished, in the bin";
      EXPECT_EQ(stand.times_of("card.spoilt").size(), 1U);
    }
    EXPECT_EQ(stand.view().state, protocol::kStateReady);
  } else {
    EXPECT_EQ(card.place, CardPlace::kExit);
    EXPECT_EQ(after.state, protocol::kStateReady);
  }
  const auto next = stand.view().position == protocol::kAtExit ? 0 : stand.print("attempt-2");
  EXPECT_NE(next, 1) << "job numbers rise over power cycles";
}

INSTANTIATE_TEST_SUITE_P(EveryQuarterSecond, PowerCut, testing::Range(0, 108));

TEST(Mechanics, PowerCutDuringARetractLeavesTheCardInside) {
  PrinterStand stand;
  stand.print();
  stand.run_until(30);
  bool answered = false;
  stand.printer().retract([&answered](std::int8_t) { answered = true; });
  stand.run_for(1.5);
  stand.world.set_mains(false);
  stand.run_for(10);
  stand.world.set_mains(true);
  stand.run_for(60);
  EXPECT_FALSE(answered);
  EXPECT_EQ(stand.world.card(1).place, CardPlace::kPath);
  EXPECT_EQ(stand.view().position, protocol::kAtFlip);
  EXPECT_EQ(stand.view().rejected, 0U);
  EXPECT_TRUE(stand.view().finished);
  EXPECT_EQ(stand.move(&PrinterMechanics::reject), protocol::kCodeDone);
  EXPECT_EQ(stand.view().rejected, 1U);
}

TEST(Mechanics, CardCanBeTakenFromTheBezelWithoutPower) {
  PrinterStand stand;
  stand.print();
  stand.run_until(30);
  stand.world.set_mains(false);
  EXPECT_TRUE(stand.world.take_card("p01"));
  stand.run_for(10);
  stand.world.set_mains(true);
  stand.run_for(60);
  EXPECT_EQ(stand.view().position, protocol::kAtNone);
  EXPECT_EQ(stand.view().state, protocol::kStateReady);
}

TEST(Mechanics, SameRunSameTrace) {
  const auto run = [] {
    PrinterStand stand;
    stand.inject(fault::kJamInHead);
    stand.print();
    stand.run_for(100);
    return stand.trace.hash();
  };
  EXPECT_EQ(run(), run());
}

}  // namespace
}  // namespace cardrig::test
