// The pure rules: what the sources together say about a card, and what is done next.
#include <gtest/gtest.h>

#include "kiosk/issuance/next_step.h"

namespace cardrig::issuance {
namespace {

using card_printer::CardPosition;
using card_printer::PathFault;
using namespace std::chrono_literals;

const journal::Baseline kBase{100, 98, 7, 65535, 65535};

struct Seen {
  unsigned fed = 0, printed = 0, rejected = 0;
  CardPosition position = CardPosition::kNone;
  unsigned seen = 0, taken = 0;
  bool covered = false;
};

Sources sources(const Seen& s) {
  Sources all;
  all.capabilities = {true, true, true, true};
  card_printer::PathStatus p;
  p.device = DeviceState::kReady;
  p.position = s.position;
  p.cards_fed_total = kBase.cards_fed_total + s.fed;
  p.cards_printed_total = kBase.cards_printed_total + s.printed;
  p.cards_rejected_total = kBase.cards_rejected_total + s.rejected;
  p.hopper = p.ribbon = SupplyState::kOk;
  all.path = p;
  control_board::BoardInputs b;
  b.cards_seen_total = static_cast<std::uint16_t>(kBase.cards_seen_total + s.seen);
  b.cards_taken_total = static_cast<std::uint16_t>(kBase.cards_taken_total + s.taken);
  b.card_in_outlet = s.covered;
  all.board = b;
  return all;
}

Fate fate(const Seen& s) { return judge(sources(s), kBase); }

TEST(Judge, FollowsACardThroughTheMachine) {
  EXPECT_EQ(fate({}), Fate::kNotFed);
  EXPECT_EQ(fate({1, 0, 0, CardPosition::kMoving}), Fate::kMoving);
  for (const auto p : {CardPosition::kFeeder, CardPosition::kHead, CardPosition::kFlip}) {
    EXPECT_EQ(fate({1, 0, 0, p}), Fate::kInPath);
  }
  EXPECT_EQ(fate({1, 1, 0, CardPosition::kExit, 1, 0, true}), Fate::kAtExit);
  EXPECT_EQ(fate({1, 1, 0, CardPosition::kNone, 1, 1}), Fate::kTaken);
  EXPECT_EQ(fate({1, 1, 1, CardPosition::kNone, 1, 0}), Fate::kInBinWhole);
  EXPECT_EQ(fate({1, 0, 1, CardPosition::kNone}), Fate::kInBinSpoilt);
}

TEST(Judge, CountersThatWrapAreCountedOn) {
  EXPECT_EQ(fate({1, 1, 0, CardPosition::kNone, 1, 1}), Fate::kTaken) << "from 65535 to 0";
}

TEST(Judge, WhatContradictsItselfIsLost) {
  EXPECT_EQ(fate({1, 1, 0, CardPosition::kNone, 0, 0}), Fate::kLost) << "P23";
  EXPECT_EQ(fate({1, 1, 0, CardPosition::kNone, 1, 0}), Fate::kLost) << "taken, and nobody saw it";
  EXPECT_EQ(fate({1, 0, 0, CardPosition::kNone, 1, 1}), Fate::kLost) << "half a card in a hand";
  EXPECT_EQ(fate({1, 1, 1, CardPosition::kNone, 1, 1}), Fate::kLost) << "two fates";
  EXPECT_EQ(fate({0, 0, 0, CardPosition::kNone, 1, 1}), Fate::kLost) << "taken, never fed";
  EXPECT_EQ(fate({2, 1, 0, CardPosition::kNone, 1, 1}), Fate::kLost) << "one of two taken";
  EXPECT_EQ(fate({40, 1, 0, CardPosition::kHead}), Fate::kLost) << "another printer's counter";
  EXPECT_EQ(fate({0, 1, 0, CardPosition::kNone}), Fate::kLost) << "printed, never fed";
  EXPECT_EQ(fate({1, 1, 0, CardPosition::kNone, 9, 9}), Fate::kLost) << "the board's were reset";
}

TEST(Judge, TwoCardsTogetherAreSpoilt) {
  EXPECT_EQ(fate({2, 0, 2, CardPosition::kNone}), Fate::kInBinSpoilt);
  EXPECT_EQ(fate({2, 0, 1, CardPosition::kNone}), Fate::kLost);
}

TEST(Judge, AForeignCardInTheOutletIsNoneOfOurs) {
  EXPECT_EQ(fate({0, 0, 0, CardPosition::kNone, 1, 0, true}), Fate::kNotFed);
}

TEST(Judge, WithoutThePathTheSensorSpeaksAlone) {
  Sources s = sources({1, 1, 0, CardPosition::kNone, 1, 1});
  s.path.reset();
  EXPECT_EQ(judge(s, kBase), Fate::kTakenUnsure);
  s = sources({1, 1, 0, CardPosition::kExit, 1, 0, true});
  s.path.reset();
  EXPECT_EQ(judge(s, kBase), Fate::kAtExit);
  s = sources({});
  s.path.reset();
  EXPECT_EQ(judge(s, kBase), Fate::kNotKnown) << "silence is not absence";
  s = sources({});
  s.capabilities.counts_cards = false;
  EXPECT_EQ(judge(s, kBase), Fate::kNotKnown);
}

TEST(Judge, WithoutTheBoardACardThatIsGoneIsLost) {
  Sources s = sources({1, 1, 0, CardPosition::kNone, 1, 1});
  s.board.reset();
  EXPECT_EQ(judge(s, kBase), Fate::kLost);
  s = sources({1, 0, 1, CardPosition::kNone});
  s.board.reset();
  EXPECT_EQ(judge(s, kBase), Fate::kInBinSpoilt);
}

struct NextStep : testing::Test {
  Times t;
  Circumstances here = [] {
    Circumstances c;
    c.person_is_here = true;
    return c;
  }();
  Circumstances restart;

  Step next(const Seen& seen, JobView job, Nanos stable, const Circumstances& c,
            DeviceState device = DeviceState::kReady, PathFault fault = PathFault::kNone,
            bool after_feed = false) const {
    Sight s;
    s.sources = sources(seen);
    s.sources.path->device = device;
    s.sources.path->fault = fault;
    s.sources.path->fault_after_feed = after_feed;
    s.job = job;
    s.fate = judge(s.sources, kBase);
    s.finished = seen.printed > 0;
    s.stable = stable;
    return next_step(s, c, t);
  }
};

TEST_F(NextStep, NothingIsNoCardWhileAJobCouldStillFeedOne) {
  EXPECT_EQ(next({}, JobView::kActive, 1h, here), Step::kWait);
  EXPECT_EQ(next({}, JobView::kUnreachable, 1h, here), Step::kWait);
  EXPECT_EQ(next({}, JobView::kUnreachable, 1h, restart), Step::kWait);
  EXPECT_EQ(next({}, JobView::kActive, 1h, restart), Step::kCancelJob);
  EXPECT_EQ(next({}, JobView::kEnded, 1h, here, DeviceState::kBusy), Step::kWait);
  EXPECT_EQ(next({}, JobView::kEnded, t.grace - 1ms, here), Step::kWait);
  EXPECT_EQ(next({}, JobView::kEnded, t.grace, here), Step::kEndNoCard);
}

TEST_F(NextStep, AnUnclearSubmitOrACompletedJobIsGivenLonger) {
  Circumstances unclear = here;
  unclear.submit_unclear = true;
  EXPECT_EQ(next({}, JobView::kEnded, 2 * t.grace, unclear), Step::kWait);
  EXPECT_EQ(next({}, JobView::kEnded, 4 * t.grace, unclear), Step::kEndNoCard);
  EXPECT_EQ(next({}, JobView::kCompleted, 2 * t.grace, here), Step::kWait);
  EXPECT_EQ(next({}, JobView::kCompleted, 4 * t.grace, here), Step::kEndNoCard);
}

TEST_F(NextStep, AJobThatWaitsOnADefectIsCancelledInTheEnd) {
  const auto step = [&](Nanos stable) {
    return next({}, JobView::kActive, stable, here, DeviceState::kReady, PathFault::kRibbonMissing);
  };
  EXPECT_EQ(step(t.defect_limit - 1ms), Step::kWait);
  EXPECT_EQ(step(t.defect_limit), Step::kCancelJob);
}

TEST_F(NextStep, ASpoiltCardGoesToTheBinAndAFinishedOneToThePerson) {
  const Seen half{1, 0, 0, CardPosition::kHead}, whole{1, 1, 0, CardPosition::kFlip};
  const auto fault = DeviceState::kFault;
  EXPECT_EQ(next(half, JobView::kEnded, 0s, here, fault, PathFault::kHeadJam, true),
            Step::kClearAway);
  EXPECT_EQ(next(whole, JobView::kEnded, t.grace, here, fault, PathFault::kExitJam, true),
            Step::kPresent);
  EXPECT_EQ(next(whole, JobView::kEnded, t.grace, restart, fault, PathFault::kOther, false),
            Step::kClearAway);
  Circumstances failed = here;
  failed.present_failed = true;
  EXPECT_EQ(next(whole, JobView::kEnded, t.grace, failed, fault, PathFault::kExitJam, true),
            Step::kClearAway);
  Circumstances shown = here;
  shown.shown_for = 70s;
  EXPECT_EQ(next(whole, JobView::kEnded, t.grace, shown, fault, PathFault::kExitJam, true),
            Step::kClearAway)
      << "never offered twice";
}

TEST_F(NextStep, NothingIsMovedWhileThePrinterWorks) {
  const Seen half{1, 0, 0, CardPosition::kHead};
  EXPECT_EQ(next(half, JobView::kActive, 1h, here, DeviceState::kBusy), Step::kWait);
  EXPECT_EQ(next(half, JobView::kEnded, 1h, restart, DeviceState::kStarting), Step::kWait);
  EXPECT_EQ(next({1, 0, 0, CardPosition::kMoving}, JobView::kEnded, 1h, restart), Step::kWait);
}

TEST_F(NextStep, ACardAtTheExitIsOfferedRemindedOfAndDrawnIn) {
  const Seen out{1, 1, 0, CardPosition::kExit, 1, 0, true};
  EXPECT_EQ(next(out, JobView::kCompleted, 0s, here), Step::kOffer);
  Circumstances c = here;
  c.shown_for = t.take_card - 1ms;
  EXPECT_EQ(next(out, JobView::kCompleted, 0s, c), Step::kWait);
  c.shown_for = t.take_card;
  EXPECT_EQ(next(out, JobView::kCompleted, 0s, c), Step::kRemind);
  c.reminded = true;
  EXPECT_EQ(next(out, JobView::kCompleted, 0s, c), Step::kWait);
  c.shown_for = 2 * t.take_card;
  EXPECT_EQ(next(out, JobView::kCompleted, 0s, c), Step::kCapture);
  EXPECT_EQ(next(out, JobView::kCompleted, 0s, restart), Step::kCapture)
      << "after a restart nobody knows who stands there";
  EXPECT_EQ(next({1, 0, 0, CardPosition::kExit, 1, 0, true}, JobView::kEnded, 0s, here),
            Step::kCapture)
      << "half a card is for nobody";
}

TEST_F(NextStep, EndsAreBelievedAtOnceAndDoubtOnlyAfterAWhile) {
  EXPECT_EQ(next({1, 1, 0, CardPosition::kNone, 1, 1}, JobView::kEnded, 0s, here),
            Step::kEndDelivered);
  EXPECT_EQ(next({1, 1, 1, CardPosition::kNone, 1, 0}, JobView::kEnded, 0s, here),
            Step::kEndCaptured);
  EXPECT_EQ(next({1, 0, 1, CardPosition::kNone}, JobView::kEnded, 0s, here), Step::kEndSpoilt);
  const Seen lost{1, 1, 0, CardPosition::kNone};
  EXPECT_EQ(next(lost, JobView::kCompleted, t.grace, here), Step::kWait);
  EXPECT_EQ(next(lost, JobView::kCompleted, 2 * t.grace, here), Step::kEndUnknown);
}

}  // namespace
}  // namespace cardrig::issuance
