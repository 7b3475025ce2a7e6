// Start-up, idling, going out of service and coming back; and the queue of touches.
#include "kiosk/flow/kiosk.h"

#include <gtest/gtest.h>

#include "tests/kiosk/flow/fakes.h"

namespace cardrig::flow {
namespace {

using card_printer::PathFault;
using id_reader::ReaderReason;
using testing::Lies;
using testing::Rig;

TEST(Kiosk, SettlesBeforeAnybodyIsServed) {
  Rig rig;
  rig.reader.lies = Lies::kIdCard;
  rig.start();
  ASSERT_EQ(rig.issuer.settle_calls, 1);
  std::string order;
  for (const Event& event : rig.trace.events()) {
    if (event.kind == "kiosk.screen") order += event.text("id") + " ";
  }
  EXPECT_EQ(order.substr(0, 17), "starting welcome ");
}

TEST(Kiosk, ServesNobodyWhileAnIssueIsOpenUntilStaffHaveSaidWhatTheyFound) {
  Rig rig;
  rig.issuer.open_at_start = issuance::Settled{platform::Outcome::kUnknown,
                                               issuance::Trouble::kCardFateUnknown, "open", true};
  rig.start();
  EXPECT_EQ(rig.screen().id, "out_of_service");
  EXPECT_EQ(rig.screen().staff_code, "P20");
  rig.run_for(10min);
  EXPECT_EQ(rig.screen().id, "out_of_service");
  EXPECT_TRUE(rig.kiosk->staff_found(platform::Outcome::kDelivered));
  EXPECT_TRUE(rig.run_until_screen("welcome", 5s));
  EXPECT_EQ(rig.issuer.found_by_staff, platform::Outcome::kDelivered);
  EXPECT_EQ(rig.kiosk->out_of_service(), std::nullopt);
}

// What staff said of nothing must not settle a card that is lost later.
TEST(Kiosk, AnAnswerOfStaffThatNobodyWaitsForIsForgotten) {
  Rig rig;
  rig.start();
  EXPECT_FALSE(rig.kiosk->staff_found(platform::Outcome::kNoCard));
  rig.issuer.settled = {platform::Outcome::kUnknown, issuance::Trouble::kCardFateUnknown, "", true};
  ASSERT_TRUE(rig.walk_to("refused"));
  EXPECT_FALSE(rig.kiosk->staff_found(platform::Outcome::kNoCard));
  ASSERT_TRUE(rig.run_until_screen("out_of_service", 30s));
  rig.run_for(10min);
  EXPECT_EQ(rig.screen().id, "out_of_service");
  EXPECT_EQ(rig.issuer.found_by_staff, std::nullopt);
}

TEST(Kiosk, SettlingThatHangsIsGivenUpInBoundedTime) {
  Rig rig;
  rig.issuer.settle_hangs = true;
  rig.start();
  EXPECT_TRUE(rig.run_until_screen("out_of_service", 11min));
  EXPECT_EQ(rig.kiosk->out_of_service(), Cause::kUnsettled);
  rig.issuer.settle_hangs = false;
  EXPECT_TRUE(rig.run_until_screen("welcome", 30s));
}

TEST(Kiosk, WhoTouchesWhileTheBoardIsSlowIsToldSoAtOnce) {
  Rig rig;
  rig.start();
  ASSERT_EQ(rig.screen().id, "welcome");
  rig.board.hangs = true;
  rig.touch("start");
  EXPECT_TRUE(rig.run_until_screen("moment", 1s));
  EXPECT_TRUE(rig.run_until_screen("out_of_service", 60s));
  EXPECT_EQ(rig.kiosk->out_of_service(), Cause::kControlBoard);
}

TEST(Kiosk, WhoTouchesWhileTheDevicesAnswerSeesNoOtherScreenFirst) {
  Rig rig;
  rig.start();
  rig.touch("start");
  ASSERT_TRUE(rig.run_until_screen("consent", 1s));
  rig.run_for(5s);
  for (const Event* event : rig.events("kiosk.screen")) EXPECT_NE(event->text("id"), "moment");
}

struct FaultCase {
  const char* name;
  std::function<void(Rig&, bool)> set;
  Cause cause;
};

class KioskFault : public ::testing::TestWithParam<FaultCase> {};

TEST_P(KioskFault, AtStartUpNamesTheCauseAndTheKioskComesBackAlone) {
  Rig rig;
  GetParam().set(rig, true);
  rig.start();
  ASSERT_TRUE(rig.run_until_screen("out_of_service", 60s));
  EXPECT_EQ(rig.kiosk->out_of_service(), GetParam().cause);
  rig.reader.lies = Lies::kIdCard;
  rig.run_for(60s);
  EXPECT_EQ(rig.screen().id, "out_of_service");
  EXPECT_EQ(rig.events("kiosk.out_of_service").size(), 1U);  // said once
  rig.reader.lies = Lies::kNothing;
  GetParam().set(rig, false);
  EXPECT_TRUE(rig.run_until_screen("welcome", 60s));
}

TEST_P(KioskFault, WhileIdleIsNoticed) {
  Rig rig;
  rig.start();
  ASSERT_EQ(rig.screen().id, "welcome");
  GetParam().set(rig, true);
  EXPECT_TRUE(rig.run_until_screen("out_of_service", 90s));
  EXPECT_EQ(rig.kiosk->out_of_service(), GetParam().cause);
  EXPECT_TRUE(rig.events("kiosk.session_started").empty());
}

const FaultCase kFaults[] = {
    {"reader_lost",
     [](Rig& rig, bool on) {
       rig.reader.start_fails = on ? std::optional(ReaderReason::kLinkLost) : std::nullopt;
       rig.reader.find_fails = rig.reader.start_fails;
     },
     Cause::kReader},
    {"reader_hangs", [](Rig& rig, bool on) { rig.reader.find_hangs = rig.reader.start_hangs = on; },
     Cause::kReader},
    {"camera_gone",
     [](Rig& rig, bool on) {
       rig.camera.state_now = on ? DeviceState::kOffline : DeviceState::kReady;
       rig.camera.start_fails = on ? std::optional(camera::CameraReason::kGone) : std::nullopt;
     },
     Cause::kCamera},
    {"board_offline", [](Rig& rig, bool on) { rig.board.offline = on; }, Cause::kControlBoard},
    {"board_hangs", [](Rig& rig, bool on) { rig.board.hangs = on; }, Cause::kControlBoard},
    {"outlet_blocked", [](Rig& rig, bool on) { rig.board.now.card_in_outlet = on; },
     Cause::kOutletBlocked},
    {"printer_offline", [](Rig& rig, bool on) { rig.path.offline = on; }, Cause::kPrinterOffline},
    {"printer_hangs", [](Rig& rig, bool on) { rig.path.hangs = on; }, Cause::kPrinterOffline},
    {"no_cards",
     [](Rig& rig, bool on) { rig.path.now.hopper = on ? SupplyState::kEmpty : SupplyState::kOk; },
     Cause::kNoCards},
    {"no_ribbon",
     [](Rig& rig, bool on) { rig.path.now.ribbon = on ? SupplyState::kMissing : SupplyState::kOk; },
     Cause::kNoRibbon},
    {"cover_open",
     [](Rig& rig, bool on) { rig.path.now.fault = on ? PathFault::kCoverOpen : PathFault::kNone; },
     Cause::kCoverOpen},
    {"feeder_jam",
     [](Rig& rig, bool on) { rig.path.now.fault = on ? PathFault::kFeederJam : PathFault::kNone; },
     Cause::kFeederJam},
    {"head_jam",
     [](Rig& rig, bool on) { rig.path.now.fault = on ? PathFault::kHeadJam : PathFault::kNone; },
     Cause::kHeadJam},
    {"ribbon_broken",
     [](Rig& rig, bool on) {
       rig.path.now.fault = on ? PathFault::kRibbonBroken : PathFault::kNone;
     },
     Cause::kPrinterFault},
    {"reader_not_authorised",
     [](Rig& rig, bool on) {
       rig.reader.start_fails = on ? std::optional(ReaderReason::kNotAuthorised) : std::nullopt;
       rig.reader.find_fails = rig.reader.start_fails;
     },
     Cause::kReaderNotAuthorised},
    {"reader_self_test",
     [](Rig& rig, bool on) {
       rig.reader.start_fails = on ? std::optional(ReaderReason::kSelfTestFailed) : std::nullopt;
       rig.reader.find_fails = rig.reader.start_fails;
     },
     Cause::kReaderSelfTest},
    {"reject_full", [](Rig& rig, bool on) { rig.path.now.reject_bin_full = on; },
     Cause::kRejectFull},
};
INSTANTIATE_TEST_SUITE_P(All, KioskFault, ::testing::ValuesIn(kFaults),
                         [](const auto& made) { return std::string(made.param.name); });

TEST(Kiosk, AFaultThatAppearsJustBeforeASessionStopsItAtOnce) {
  Rig rig;
  rig.start();
  rig.path.now.hopper = SupplyState::kEmpty;
  rig.reader.lies = Lies::kIdCard;
  EXPECT_TRUE(rig.run_until_screen("out_of_service", 2s));
  EXPECT_TRUE(rig.events("kiosk.session_started").empty());
}

TEST(Kiosk, ACardLeftInThePathIsNeverHandedOn) {
  Rig rig;
  rig.path.now.position = card_printer::CardPosition::kHead;
  rig.start();
  EXPECT_EQ(rig.path.rejected, 1);
  EXPECT_EQ(rig.screen().id, "welcome");

  Rig other;
  other.path.now.position = card_printer::CardPosition::kExit;
  other.start();
  EXPECT_EQ(other.path.retracted, 1);
}

TEST(Kiosk, ACardThatLiesThereAtStartUpIsNotRead) {
  Rig rig;
  rig.reader.lies = Lies::kIdCard;
  rig.start();
  rig.run_for(60s);
  EXPECT_EQ(rig.screen().id, "welcome");
  EXPECT_EQ(rig.screen().details[0].key, "welcome.old_card");
  rig.reader.lies = Lies::kNothing;
  rig.run_for(2s);
  EXPECT_EQ(rig.screen().details[0].key, "welcome.detail");
  rig.reader.lies = Lies::kIdCard;
  EXPECT_TRUE(rig.run_until_screen("consent", 2s));
}

TEST(Kiosk, ReportsAreSentAsSoonAsTheyCanBe) {
  Rig rig;
  rig.issuer.all_reported = false;
  rig.start();
  rig.run_for(60s);
  const int tried = rig.issuer.flushes;
  EXPECT_GE(tried, 3);
  EXPECT_LE(tried, 6);
  rig.issuer.all_reported = true;
  rig.run_for(30s);
  const int done = rig.issuer.flushes;
  rig.run_for(5min);
  EXPECT_EQ(rig.issuer.flushes, done);  // nothing is pending any more
}

TEST(Kiosk, AReportThatHangsDoesNotKeepPeopleWaiting) {
  Rig rig;
  rig.issuer.flush_hangs = true;
  rig.start();
  rig.reader.lies = Lies::kIdCard;
  EXPECT_TRUE(rig.run_until_screen("consent", 25s));
}

TEST(Kiosk, ASpoiltTwicePrinterWaitsForStaff) {
  Rig rig;
  rig.issuer.settled = {platform::Outcome::kSpoilt, issuance::Trouble::kCardSpoilt, "", true};
  rig.start();
  ASSERT_TRUE(rig.walk_to("refused"));
  ASSERT_TRUE(rig.run_until_screen("out_of_service", 30s));
  rig.run_for(10min);
  EXPECT_EQ(rig.screen().id, "out_of_service");
  EXPECT_TRUE(rig.kiosk->staff_found(platform::Outcome::kSpoilt));
  EXPECT_TRUE(rig.run_until_screen("welcome", 10s));
}

TEST(Kiosk, TouchesWithoutACardNeverLeadFurtherThanPlacingIt) {
  Rig rig;
  rig.start();
  for (int i = 0; i < 2000; ++i) {  // ghost touches, fault H3
    const auto& buttons = rig.screen().buttons;
    rig.touch(buttons[static_cast<std::size_t>(i * 7 % 5) % buttons.size()].key);
    rig.run_for(200ms);
  }
  EXPECT_EQ(rig.reader.reads, 0);
  EXPECT_EQ(rig.camera.frames, 0);
  EXPECT_EQ(rig.platform.asked, 0);
}

TEST(Kiosk, IsDroppedAtAnyMomentWithoutALeakOrACrash) {
  for (int cut_ms = 0; cut_ms < 70'000; cut_ms += 1'700) {
    Rig rig;
    rig.start();
    rig.reader.lies = Lies::kIdCard;
    for (int ms = 0; ms < cut_ms; ms += 100) {
      rig.run_for(100ms);
      if (rig.screen().id == "consent") rig.touch("agree");
      if (rig.screen().id == "preview") rig.touch("print");
    }
    rig.loop->drop_everything();
    rig.run_for(1min);
  }
}

TEST(Kiosk, RunsTwiceTheSameWay) {
  const auto hash = [] {
    Rig rig;
    rig.start();
    EXPECT_TRUE(rig.walk_to("done"));
    rig.run_for(60s);
    return rig.trace.hash();
  };
  EXPECT_EQ(hash(), hash());
}

// ---- the queue of touches ----------------------------------------------------------------------

TEST(IntentQueue, IgnoresTouchesOfButtonsThatThePresentScreenDoesNotHave) {
  Rig rig;
  rig.start();
  EXPECT_EQ(rig.touch("print"), TouchResult::kNoSuchButton);
  EXPECT_EQ(rig.screen().id, "welcome");
  const Event* event = rig.events("kiosk.touch").back();
  EXPECT_EQ(event->text("button"), "print");
  EXPECT_EQ(event->text("screen"), "welcome");
  EXPECT_EQ(event->text("result"), "no_such_button");
}

TEST(IntentQueue, ATouchMeantForTheScreenBeforeIsForgotten) {
  Rig rig;
  rig.start();
  Screen one;
  one.id = "one";
  one.buttons.push_back(Button{"yes", {}, true, true, {}});
  IntentQueue queue(*rig.loop, rig.tracer);
  queue.offer(one);
  EXPECT_EQ(queue.push({"yes"}), TouchResult::kAccepted);
  queue.offer(one);  // the same screen, drawn again
  EXPECT_TRUE(queue.take().has_value());
  EXPECT_EQ(queue.push({"yes"}), TouchResult::kAccepted);
  one.id = "two";
  queue.offer(one);
  EXPECT_FALSE(queue.take().has_value());
}

TEST(IntentQueue, AWaitEndsByTouchByTimeAndByWake) {
  Rig rig;
  IntentQueue queue(*rig.loop, rig.tracer);
  Screen screen;
  screen.id = "one";
  screen.buttons.push_back(Button{"yes", {}, true, true, {}});
  queue.offer(screen);
  std::string log;
  const auto waiter = [&]() -> Async<void> {
    for (int i = 0; i < 3; ++i) {
      const auto touch = co_await queue.wait(10s);
      log += (touch ? touch->button_key : "nothing") + "@" + std::to_string(rig.loop->now() / 1s) +
             " ";
    }
  };
  spawn(*rig.loop, waiter());
  rig.run_for(2s);
  queue.push({"yes"});
  rig.run_for(11s);
  queue.wake();
  rig.run_for(1s);
  EXPECT_EQ(log, "yes@2 nothing@12 nothing@13 ");
}

TEST(IntentQueue, ACancelledWaitUnwinds) {
  Rig rig;
  IntentQueue queue(*rig.loop, rig.tracer);
  std::string log;
  const auto waiter = [&]() -> Async<void> {
    const auto touch = co_await with_timeout(*rig.loop, 3s, queue.wait(1h));
    log += touch ? "ended" : "cancelled";
    const auto second = co_await queue.wait(1s);
    log += second ? " touched" : " nothing";
  };
  spawn(*rig.loop, waiter());
  rig.run_for(10s);
  EXPECT_EQ(log, "cancelled nothing");
}

}  // namespace
}  // namespace cardrig::flow
