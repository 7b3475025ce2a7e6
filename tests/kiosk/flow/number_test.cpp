// The number of a training or exam, typed on the keypad: what it finds, what is refused, and that
// it is neither shown nor kept.
#include <gtest/gtest.h>

#include "kiosk/runtime/masking.h"
#include "tests/kiosk/flow/fakes.h"

namespace cardrig::flow {
namespace {

using platform::PlatformReason;
using platform::Refusal;
using testing::Lies;
using testing::Rig;

constexpr const char* kOwn = "P2026000001";
constexpr const char* kForeign = "K2026000002";
constexpr const char* kUnknown = "P2026999999";

class EnteredNumber : public ::testing::Test {
 protected:
  EnteredNumber() {
    rig.platform.permits.clear();
    rig.platform.records[kOwn] = {"permit-9", "电工作业", "1.1", "低压电工作业", Refusal::kNone};
    rig.platform.foreign_numbers = {kForeign};
  }
  /// From the idle screen to the keypad, by the refusal of somebody without any permit.
  void walk_to_keypad() {
    rig.start();
    ASSERT_TRUE(rig.walk_to("refused"));
    ASSERT_EQ(rig.touch("enter_number"), TouchResult::kAccepted);
    ASSERT_EQ(rig.screen().id, "enter_number");
  }
  void type(const std::string& number) {
    for (const char c : number) {
      const bool digit = c >= '0' && c <= '9';
      ASSERT_EQ(rig.touch((digit ? kDigitKey : kLetterKey) + std::string(1, c)),
                TouchResult::kAccepted);
    }
  }
  void look_up(const std::string& number) {
    type(number);
    ASSERT_EQ(rig.touch("enter"), TouchResult::kAccepted);
    rig.run_for(1s);
  }

  Rig rig;
};

TEST_F(EnteredNumber, FindsAPermitThatThePlatformDidNotList) {
  walk_to_keypad();
  look_up(kOwn);
  ASSERT_EQ(rig.screen().id, "preview");
  EXPECT_EQ(rig.platform.looked_up, std::vector<std::string>{kOwn});
  EXPECT_EQ(rig.platform.last_person.id_number, "11010519491231002X") << "the document's owner";
  rig.touch("print");
  ASSERT_TRUE(rig.run_until_screen("done", 60s));
  EXPECT_EQ(rig.issuer.issued, std::vector<std::string>{"permit-9"});
}

TEST_F(EnteredNumber, PrintsNothingForWhoeverStandsThereNow) {
  walk_to_keypad();
  // The holder walked away, and somebody knows the number.
  rig.camera.shows = [] { return testing::Shows::kStranger; };
  look_up(kOwn);
  ASSERT_EQ(rig.screen().id, "preview");
  rig.touch("print");
  ASSERT_EQ(rig.screen().id, "face");
  rig.run_for(3min);
  EXPECT_TRUE(rig.issuer.issued.empty());
  EXPECT_EQ(rig.screen().id, "welcome");
}

TEST_F(EnteredNumber, IsTypedNoLongerThanTheMatchHolds) {
  walk_to_keypad();
  for (int i = 0; i < 30 && rig.screen().id == "enter_number"; ++i) {
    rig.run_for(10s);
    rig.touch("delete");
  }
  EXPECT_NE(rig.screen().id, "enter_number") << "whoever goes on touching does not hold it open";
  EXPECT_TRUE(rig.events("kiosk.session_ended").size() == 1);
}

TEST_F(EnteredNumber, TriedThreeTimesInVainIsSuspicious) {
  walk_to_keypad();
  for (int i = 0; i < 3; ++i) look_up(kUnknown);
  ASSERT_EQ(rig.screen().id, "refused");
  ASSERT_EQ(rig.events("kiosk.suspicion").size(), 1U);
  EXPECT_EQ(rig.events("kiosk.suspicion")[0]->text("what"), "numbers_tried");
}

TEST_F(EnteredNumber, IsOfferedBesideAListAndWhatItFindsStandsFirst) {
  rig.platform.permits = {{"permit-1", "焊接", "2.1", "熔化焊接", Refusal::kNone},
                          {"permit-2", "高处", "3.1", "登高架设", Refusal::kNone}};
  rig.platform.records[kOwn].refusal = Refusal::kNotApproved;
  rig.start();
  rig.reader.lies = Lies::kIdCard;
  ASSERT_TRUE(rig.run_until_screen("consent", 5s));
  rig.touch("agree");
  ASSERT_TRUE(rig.run_until_screen("choose", 20s));
  rig.touch("enter_number");
  rig.touch("back");
  ASSERT_EQ(rig.screen().id, "choose");
  rig.touch("enter_number");
  look_up(kOwn);
  ASSERT_EQ(rig.screen().id, "choose") << "not approved: in the list, with its reason";
  EXPECT_EQ(rig.touch("choose:0"), TouchResult::kDisabled);
  rig.touch("choose:1");
  ASSERT_EQ(rig.screen().id, "preview");
  rig.touch("back");
  rig.platform.records[kOwn].refusal = Refusal::kNone;
  rig.touch("enter_number");
  look_up(kOwn);
  ASSERT_EQ(rig.screen().id, "preview");
  rig.touch("print");
  ASSERT_TRUE(rig.run_until_screen("done", 60s));
  EXPECT_EQ(rig.issuer.issued, std::vector<std::string>{"permit-9"});
}

TEST_F(EnteredNumber, OfAnotherPersonIsRefusedAndReportedAndNobodyIsNamed) {
  walk_to_keypad();
  look_up(kForeign);
  ASSERT_EQ(rig.screen().id, "enter_number");
  EXPECT_EQ(rig.sentence(), "这个号码不在您名下");
  EXPECT_EQ(render_text(rig.screen().details[0], Language::kChinese),
            "刚才输入的尾号是 0002，还可试 2 次。");
  EXPECT_EQ(rig.screen().entry, "");
  ASSERT_EQ(rig.events("kiosk.suspicion").size(), 1U);
  EXPECT_EQ(rig.events("kiosk.suspicion")[0]->text("what"), "number_of_another");
  EXPECT_TRUE(rig.step_seen("number", "other_person"));
  look_up(kOwn);
  EXPECT_EQ(rig.screen().id, "preview") << "a slip of the finger ends nothing";
}

TEST_F(EnteredNumber, ThatNobodyHasMayBeTriedThreeTimesInAVisit) {
  walk_to_keypad();
  look_up(kUnknown);
  EXPECT_EQ(rig.sentence(), "没有找到这个号码");
  EXPECT_TRUE(rig.events("kiosk.suspicion").empty());
  look_up("K2026999998");
  rig.touch("back");
  ASSERT_EQ(rig.screen().id, "refused");
  rig.touch("enter_number");
  look_up(kForeign);
  ASSERT_EQ(rig.screen().id, "refused") << "going back gives no new tries";
  EXPECT_EQ(rig.screen().staff_code, "D11");
  EXPECT_EQ(rig.touch("enter_number"), TouchResult::kNoSuchButton);
  rig.touch("finish");
  ASSERT_TRUE(rig.run_until_screen("welcome", 10s));
  EXPECT_EQ(rig.ended(), "number_tries");
  EXPECT_EQ(rig.platform.looked_up.size(), 3U);
}

TEST_F(EnteredNumber, IsAskedAgainOnceWhenThePlatformDoesNotAnswer) {
  rig.platform.lookup_failures = {PlatformReason::kUnreachable};
  walk_to_keypad();
  look_up(kOwn);
  ASSERT_TRUE(rig.run_until_screen("preview", 10s));
  EXPECT_EQ(rig.platform.looked_up.size(), 2U);
}

TEST_F(EnteredNumber, PlatformTroubleEndsTheVisitAndCountsAsNoTry) {
  const std::pair<PlatformReason, const char*> troubles[] = {
      {PlatformReason::kUnreachable, "platform_down"},
      {PlatformReason::kTimeout, "platform_down"},
      {PlatformReason::kBadAnswer, "platform_wrong"}};
  for (const auto& [reason, ending] : troubles) {
    Rig own;
    own.platform.permits.clear();
    own.platform.lookup_failures.assign(2, reason);
    own.start();
    ASSERT_TRUE(own.walk_to("refused"));
    own.touch("enter_number");
    for (int i = 0; i < 10; ++i) own.touch("digit:7");
    own.touch("enter");
    ASSERT_TRUE(own.run_until_screen("refused", 30s)) << ending;
    own.touch("finish");
    ASSERT_TRUE(own.run_until_screen("welcome", 60s));
    EXPECT_EQ(own.ended(), ending);
  }
}

TEST_F(EnteredNumber, CanBeCorrectedAndIsShortAndLongEnough) {
  walk_to_keypad();
  EXPECT_EQ(rig.touch("delete"), TouchResult::kAccepted) << "nothing to delete is no mistake";
  type("P20260000");
  EXPECT_EQ(rig.touch("enter"), TouchResult::kDisabled);
  type("02");
  rig.touch("delete");
  type("1");
  EXPECT_EQ(rig.screen().entry, "•••• •••• ••1");
  type("23456");
  EXPECT_EQ(rig.touch("digit:7"), TouchResult::kDisabled) << "sixteen are the most";
  for (int i = 0; i < 5; ++i) rig.touch("delete");
  rig.touch("enter");
  rig.run_for(1s);
  EXPECT_EQ(rig.platform.looked_up, std::vector<std::string>{kOwn});
}

TEST_F(EnteredNumber, LeavingOrWalkingAwayEndsTheVisit) {
  walk_to_keypad();
  type("P2026");
  rig.touch("cancel");
  ASSERT_TRUE(rig.run_until_screen("welcome", 5s));
  EXPECT_EQ(rig.ended(), "cancelled");
  ASSERT_TRUE(rig.walk_to("refused"));
  rig.touch("enter_number");
  type("P2026");
  rig.reader.lies = Lies::kNothing;
  ASSERT_TRUE(rig.run_until_screen("more_time", 55s));
  rig.touch("more_time");
  ASSERT_EQ(rig.screen().id, "enter_number");
  EXPECT_EQ(rig.screen().entry, "•••• 6") << "what was typed is still there";
  ASSERT_TRUE(rig.run_until_screen("welcome", 5min));
  EXPECT_EQ(rig.ended(), "time_up");
  EXPECT_TRUE(rig.platform.looked_up.empty());
}

TEST_F(EnteredNumber, ARecordThatCannotBePrintedIsRefusedWithItsReason) {
  rig.platform.records[kOwn].refusal = Refusal::kRevoked;
  walk_to_keypad();
  look_up(kOwn);
  ASSERT_EQ(rig.screen().id, "refused");
  EXPECT_EQ(rig.screen().staff_code, "D2");
}

TEST_F(EnteredNumber, IsInNoTraceAndOnNoScreen) {
  walk_to_keypad();
  look_up(kForeign);
  look_up(kOwn);
  rig.touch("cancel");
  ASSERT_TRUE(rig.run_until_screen("welcome", 10s));
  const std::string trace = rig.trace.to_json_lines();
  for (const char* number : {kOwn, kForeign, "digit:2", "letter:K"}) {
    // The list of the keypad's buttons is no secret; which were touched is.
    for (const Event* touch : rig.events("kiosk.touch")) {
      EXPECT_NE(touch->text("button"), number);
    }
    if (std::string(number).size() > 9) {
      EXPECT_EQ(trace.find(number), std::string::npos);
    }
  }
  for (const Screen& screen : rig.display.shown) {
    for (const Text& text : screen.details) {
      EXPECT_EQ(render_text(text, Language::kChinese).find("2026"), std::string::npos);
    }
    if (!screen.entry) continue;
    EXPECT_EQ(screen.entry->find("20"), std::string::npos) << *screen.entry;
  }
}

TEST(MaskTyped, ShowsTheLastCharacterOnly) {
  EXPECT_EQ(mask_typed(""), "");
  EXPECT_EQ(mask_typed("P"), "P");
  EXPECT_EQ(mask_typed("P2026"), "•••• 6");
  EXPECT_EQ(mask_typed("12345678"), "•••• •••8");
}

}  // namespace
}  // namespace cardrig::flow
