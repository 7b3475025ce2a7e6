// The card path driver against the simulated printer: every operation, lost and foreign frames.
#include "tests/kiosk/devices/card_printer/driver_stand.h"

namespace cardrig::test {
namespace {

using card_printer::CardPosition;
using card_printer::PathFault;
using card_printer::PathReason;
namespace fault = sim::printer_fault;

TEST(PathDriver, SaysWhatThePrinterCanDo) {
  DriverStand stand;
  EXPECT_FALSE(stand.path.capabilities().can_reject);
  ASSERT_TRUE(stand.wait(stand.path.start()).has_value());
  const auto can = stand.path.capabilities();
  EXPECT_TRUE(can.can_retract && can.can_reject && can.counts_cards && can.knows_position);
  EXPECT_EQ(stand.path.info().model, "CARDRIG KP-1");
  EXPECT_EQ(stand.path.info().serial, "SIM-0000001");
}

TEST(PathDriver, FollowsACard) {
  DriverStand stand;
  auto status = stand.status();
  EXPECT_EQ(status.device, DeviceState::kReady);
  EXPECT_EQ(status.position, CardPosition::kNone);
  EXPECT_EQ(status.hopper, SupplyState::kOk);
  EXPECT_EQ(status.ribbon_panels_left, 1000);
  stand.print();
  stand.run_until(10);
  status = stand.status();
  EXPECT_EQ(status.device, DeviceState::kBusy);
  EXPECT_EQ(status.position, CardPosition::kHead);
  EXPECT_EQ(status.cards_fed_total, 1U);
  EXPECT_EQ(status.cards_printed_total, 0U);
  stand.run_until(24.5);
  EXPECT_EQ(stand.status().position, CardPosition::kMoving);
  stand.run_until(30);
  status = stand.status();
  EXPECT_EQ(status.position, CardPosition::kExit);
  EXPECT_TRUE(status.card_finished);
  EXPECT_EQ(status.cards_printed_total, 1U);
  EXPECT_TRUE(stand.wait(stand.path.present()).has_value());
  const double before_s = stand.now_s();
  EXPECT_TRUE(stand.wait(stand.path.retract()).has_value());
  EXPECT_NEAR(stand.now_s() - before_s, 3.0, 0.1) << "answered when the card has fallen";
  EXPECT_EQ(stand.status().cards_rejected_total, 1U);
}

TEST(PathDriver, ReasonsOfRefusals) {
  DriverStand stand;
  EXPECT_EQ(stand.wait(stand.path.retract()).error().reason, PathReason::kNotPossible);
  EXPECT_EQ(stand.wait(stand.path.reject()).error().reason, PathReason::kNotPossible);
  stand.inject(fault::kJamInHead, {{"stuck", 1}});
  stand.print();
  stand.run_for(30);
  const auto status = stand.status();
  EXPECT_EQ(status.fault, PathFault::kHeadJam);
  EXPECT_TRUE(status.fault_after_feed);
  EXPECT_EQ(status.device, DeviceState::kFault);
  EXPECT_EQ(stand.wait(stand.path.clear_error()).error().reason, PathReason::kJam);
  EXPECT_EQ(stand.wait(stand.path.reject()).error().reason, PathReason::kJam);
  stand.clear(fault::kJamInHead);
  stand.inject(fault::kRejectBinFull);
  EXPECT_TRUE(stand.status().reject_bin_full);
  EXPECT_EQ(stand.wait(stand.path.reject()).error().reason, PathReason::kRejectFull);
  stand.clear(fault::kRejectBinFull);
  EXPECT_TRUE(stand.wait(stand.path.reject()).has_value());
  EXPECT_TRUE(stand.wait(stand.path.clear_error()).has_value());
  EXPECT_EQ(stand.status().device, DeviceState::kReady);
}

struct Seen {
  const char* fault;
  PathFault shown;
  bool after_feed;
  double at_s;
};
class Faults : public testing::TestWithParam<Seen> {};
TEST_P(Faults, AreShownOnTheirAxis) {
  DriverStand stand;
  stand.inject(GetParam().fault);
  stand.print();
  stand.run_until(GetParam().at_s);
  const auto status = stand.status();
  EXPECT_EQ(status.fault, GetParam().shown);
  EXPECT_EQ(status.fault_after_feed, GetParam().after_feed);
  EXPECT_EQ(status.device, DeviceState::kFault);
  EXPECT_TRUE(stand.took_effect(GetParam().fault));
}
INSTANTIATE_TEST_SUITE_P(
    All, Faults,
    testing::Values(Seen{fault::kJamAtFeeder, PathFault::kFeederJam, false, 10},
                    Seen{fault::kJamInHead, PathFault::kHeadJam, true, 40},
                    Seen{fault::kJamAtExit, PathFault::kExitJam, true, 40},
                    Seen{fault::kCoverOpened, PathFault::kCoverOpen, false, 40},
                    Seen{fault::kRibbonOut, PathFault::kRibbonOut, true, 40},
                    Seen{fault::kRibbonMissing, PathFault::kRibbonMissing, false, 40},
                    Seen{fault::kHeadTooHot, PathFault::kHeadTemperature, false, 40},
                    Seen{fault::kDoubleFeed, PathFault::kDoubleFeed, true, 40}));

TEST(PathDriver, EventsBetweenQuestionsAreTolerated) {
  DriverStand stand;
  ASSERT_TRUE(stand.wait(stand.path.start()).has_value());
  stand.print();
  stand.run_for(30);  // nobody reads the events meanwhile
  EXPECT_EQ(stand.status().position, CardPosition::kExit);
  // The retract's own events come before its answer.
  EXPECT_TRUE(stand.wait(stand.path.retract()).has_value());
}

/// How long wait_for_change() took, in seconds.
double waited_s(DriverStand& stand, Nanos limit) {
  auto whole = [](card_printer::CardPath& path, Nanos time) -> Async<bool> {
    co_await path.wait_for_change(time);
    co_return true;
  };
  const double before_s = stand.now_s();
  EXPECT_TRUE(stand.wait(whole(stand.path, limit)));
  return stand.now_s() - before_s;
}

TEST(PathDriver, AChangeIsHeardAtOnceAndNothingIsAskedMeanwhile) {
  DriverStand stand;
  (void)stand.status();
  EXPECT_NEAR(waited_s(stand, std::chrono::seconds(5)), 5.0, 0.01) << "nothing has changed";
  stand.print();
  const auto asked = stand.times_of("printer.path").size();
  EXPECT_LT(waited_s(stand, std::chrono::seconds(5)), 1.5) << "the printer is busy";
  EXPECT_EQ(stand.times_of("printer.path").size(), asked);
  EXPECT_EQ(stand.status().device, DeviceState::kBusy);
}

TEST(PathDriver, AChangeBeforeTheWaitIsHeardOnceAndNotAfterAStatus) {
  DriverStand stand;
  (void)stand.status();
  stand.print();
  stand.run_for(0.5);  // nobody reads the event
  EXPECT_NEAR(waited_s(stand, std::chrono::milliseconds(200)), 0.0, 0.01);
  EXPECT_NEAR(waited_s(stand, std::chrono::milliseconds(200)), 0.2, 0.01);
  stand.run_for(3);
  (void)stand.status();
  EXPECT_NEAR(waited_s(stand, std::chrono::milliseconds(200)), 0.2, 0.01) << "it was in the status";
}

TEST(PathDriver, WithoutAChannelTheWholeLimitPasses) {
  DriverStand stand;
  EXPECT_NEAR(waited_s(stand, std::chrono::seconds(1)), 1.0, 0.01) << "never opened";
  (void)stand.status();
  stand.path_line.set_reach(Plug::Reach::kUnplugged);
  EXPECT_NEAR(waited_s(stand, std::chrono::seconds(1)), 1.0, 0.01);
  stand.path_line.set_reach(Plug::Reach::kOpen);
  EXPECT_EQ(stand.status().device, DeviceState::kReady);
}

TEST(PathDriver, OverlappingCallsAreSentOneAfterTheOther) {
  DriverStand stand;
  stand.print();
  stand.run_for(30);
  std::optional<Result<Unit, PathReason>> retracted;
  std::optional<Result<card_printer::PathStatus, PathReason>> status;
  spawn(*stand.kiosk_loop, keep(stand.path.retract(), retracted));
  spawn(*stand.kiosk_loop, keep(stand.path.status(), status));
  stand.run_for(2);
  EXPECT_FALSE(retracted || status);
  stand.run_for(2);
  ASSERT_TRUE(retracted && status);
  EXPECT_TRUE(retracted->has_value());
  EXPECT_EQ((*status)->position, CardPosition::kNone);
}

TEST(PathDriver, LostAnswerOfAMovement) {
  DriverStand stand;
  stand.print();
  stand.run_for(30);
  stand.path_line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (!to_device) bytes.clear();
  });
  EXPECT_EQ(stand.wait(stand.path.retract()).error().reason, PathReason::kTimeout);
  stand.path_line.set_tamper(nullptr);
  const auto status = stand.status();
  EXPECT_EQ(status.cards_rejected_total, 1U) << "it was made all the same";
  EXPECT_EQ(status.position, CardPosition::kNone);
}

TEST(PathDriver, DamagedFramesAreTimeOuts) {
  DriverStand stand;
  stand.path_line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (!to_device && !bytes.empty()) bytes.back() ^= 0x10;
  });
  EXPECT_EQ(stand.wait(stand.path.status()).error().reason, PathReason::kTimeout);
  stand.path_line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (to_device && !bytes.empty()) bytes.back() ^= 0x10;
  });
  EXPECT_EQ(stand.wait(stand.path.status()).error().reason, PathReason::kTimeout);
  stand.path_line.set_tamper(nullptr);
  EXPECT_TRUE(stand.wait(stand.path.status()).has_value());
}

TEST(PathDriver, NoiseBeforeAFrameIsSkipped) {
  DriverStand stand;
  stand.path_line.set_tamper([](bool, std::vector<std::uint8_t>& bytes) {
    const std::vector<std::uint8_t> noise{0x00, 0x02, 0x01, 0xFF, 0xFF, 0x02, 0x55};
    bytes.insert(bytes.begin(), noise.begin(), noise.end());
  });
  EXPECT_TRUE(stand.wait(stand.path.status()).has_value());
}

TEST(PathDriver, UnpluggedAndBack) {
  DriverStand stand;
  ASSERT_TRUE(stand.wait(stand.path.start()).has_value());
  stand.inject(fault::kUnplugged);
  EXPECT_EQ(stand.wait(stand.path.status()).error().reason, PathReason::kOffline);
  stand.clear(fault::kUnplugged);
  EXPECT_TRUE(stand.wait(stand.path.status()).has_value());
}

TEST(PathDriver, UnpluggedDuringAMovement) {
  DriverStand stand;
  stand.print();
  stand.run_for(30);
  stand.device_loop->after(1s, [&stand] { stand.inject(fault::kUnplugged); });
  EXPECT_EQ(stand.wait(stand.path.retract()).error().reason, PathReason::kOffline);
  stand.run_for(5);
  stand.clear(fault::kUnplugged);
  EXPECT_EQ(stand.status().cards_rejected_total, 1U);
}

TEST(PathDriver, PowerCutAndStart) {
  DriverStand stand;
  stand.print();
  stand.run_until(10);
  const auto before = stand.status();
  stand.world.set_mains(false);
  EXPECT_EQ(stand.wait(stand.path.status()).error().reason, PathReason::kOffline);
  stand.world.set_mains(true);
  stand.run_for(60);
  const auto after = stand.status();
  EXPECT_EQ(after.cards_fed_total, before.cards_fed_total);
  EXPECT_EQ(after.position, CardPosition::kHead);
  EXPECT_EQ(after.fault, PathFault::kOther);
  EXPECT_TRUE(after.fault_after_feed);
  EXPECT_EQ(after.starts_total, before.starts_total + 1);
  EXPECT_TRUE(stand.wait(stand.path.reject()).has_value());
  EXPECT_EQ(stand.status().device, DeviceState::kReady);
}

TEST(PathDriver, PowerCycleOfThePrinterAlone) {
  DriverStand stand;
  stand.print();
  stand.run_until(10);
  stand.inject(fault::kPowerCycle);
  EXPECT_TRUE(stand.took_effect(fault::kPowerCycle));
  EXPECT_EQ(stand.wait(stand.path.status()).error().reason, PathReason::kOffline);
  stand.run_for(60);
  EXPECT_EQ(stand.status().fault, PathFault::kOther);
}

TEST(PathDriver, BlackHoleEndsInTime) {
  DriverStand stand;
  stand.path_line.set_reach(MemoryLine::Reach::kBlackHole);
  const double before_s = stand.now_s();
  EXPECT_EQ(stand.wait(stand.path.status()).error().reason, PathReason::kTimeout);
  EXPECT_LE(stand.now_s() - before_s, 2.001);
}

TEST(PathDriver, GivingUpAWaitingCallLeavesTheOthersAlone) {
  DriverStand stand;
  stand.print();
  stand.run_for(30);
  std::optional<Result<Unit, PathReason>> retracted;
  spawn(*stand.kiosk_loop, keep(stand.path.retract(), retracted));
  const auto given_up = stand.wait(with_timeout(*stand.kiosk_loop, 1s, stand.path.status()));
  EXPECT_FALSE(given_up.has_value());
  stand.run_for(5);
  ASSERT_TRUE(retracted.has_value());
  EXPECT_TRUE(retracted->has_value());
  EXPECT_TRUE(stand.wait(stand.path.status()).has_value());
}

}  // namespace
}  // namespace cardrig::test
