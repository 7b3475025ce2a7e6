// The maintenance screens behind the service key: when they open, what they show, and that nobody
// is disturbed or told of.
#include <gtest/gtest.h>

#include "tests/kiosk/flow/fakes.h"

namespace cardrig::flow {
namespace {

using testing::Rig;

std::vector<std::string> rows_of(const Screen& screen, Language language = Language::kChinese) {
  std::vector<std::string> rows;
  for (const Text& text : screen.details) rows.push_back(render_text(text, language));
  return rows;
}

bool has_row(const Screen& screen, const std::string& row) {
  const auto rows = rows_of(screen);
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

class ServiceKey : public ::testing::Test {
 protected:
  void open() {
    rig.start();
    rig.board.now.service_key = true;
    ASSERT_TRUE(rig.run_until_screen("maintenance", 5s));
  }
  void open_page(const std::string& page) {
    ASSERT_EQ(rig.touch(page), TouchResult::kAccepted);
    ASSERT_TRUE(rig.run_until_screen("maintenance_" + page, 2s));
  }

  Rig rig;
};

TEST_F(ServiceKey, OpensMaintenanceAndTurnedBackLeavesIt) {
  open();
  EXPECT_EQ(rows_of(rig.screen()), std::vector<std::string>{"状态：可以使用"});
  EXPECT_EQ(rig.events("kiosk.maintenance").size(), 1U);
  rig.run_for(10min);
  EXPECT_EQ(rig.screen().id, "maintenance") << "as long as the key is turned";
  open_page("supplies");
  rig.board.now.service_key = false;
  ASSERT_TRUE(rig.run_until_screen("welcome", 5s)) << "from any page";
  EXPECT_EQ(rig.events("kiosk.maintenance").back()->text("open"), "false");
  EXPECT_TRUE(rig.walk_to("done")) << "the next person is served";
}

TEST_F(ServiceKey, TurnedBackLeavesItHoweverOftenSomebodyTouches) {
  open();
  rig.board.now.service_key = false;
  for (int i = 0; i < 10 && rig.screen().id.starts_with("maintenance"); ++i) {
    rig.touch(i % 2 == 0 ? "counters" : "menu");
    rig.run_for(500ms);
  }
  EXPECT_FALSE(rig.screen().id.starts_with("maintenance"));
}

TEST_F(ServiceKey, DisturbsNoSession) {
  rig.start();
  ASSERT_TRUE(rig.walk_to("preview"));
  rig.board.now.service_key = true;
  rig.run_for(20s);
  EXPECT_EQ(rig.screen().id, "preview");
  rig.touch("print");
  ASSERT_TRUE(rig.run_until_screen("done", 60s));
  EXPECT_TRUE(rig.run_until_screen("maintenance", 20s)) << "as soon as the person is gone";
}

TEST_F(ServiceKey, WorksWhenTheKioskIsOutOfService) {
  rig.path.now.hopper = SupplyState::kEmpty;
  rig.start();
  ASSERT_TRUE(rig.run_until_screen("out_of_service", 5s));
  rig.board.now.service_key = true;
  ASSERT_TRUE(rig.run_until_screen("maintenance", 5s));
  EXPECT_EQ(rig.screen().staff_code, "P1");
  EXPECT_EQ(rows_of(rig.screen()), std::vector<std::string>{"状态：空白卡用完了"});
  open_page("supplies");
  EXPECT_TRUE(has_row(rig.screen(), "空白卡：已用完"));
  rig.path.now.hopper = SupplyState::kOk;
  rig.touch("menu");
  rig.board.now.service_key = false;
  EXPECT_TRUE(rig.run_until_screen("welcome", 20s)) << "and the kiosk tries again";
}

TEST_F(ServiceKey, ABoardThatFallsSilentCountsAsTurnedBackInTheEnd) {
  open();
  rig.board.offline = true;
  EXPECT_TRUE(rig.run_until_screen("out_of_service", 60s));
}

TEST_F(ServiceKey, TheSelfTestAsksEveryDevice) {
  open();
  open_page("self_test");
  rig.run_for(10s);
  EXPECT_EQ(rows_of(rig.screen()),
            (std::vector<std::string>{"读卡器：正常", "摄像头：正常", "制证机：正常",
                                      "控制板：正常", "考试平台：正常", "登记存储：正常"}));
  EXPECT_EQ(rig.events("kiosk.self_test").size(), 6U);
  rig.touch("menu");
  EXPECT_EQ(rig.screen().id, "maintenance");
}

TEST_F(ServiceKey, TheSelfTestShowsEachAnswerAsItComes) {
  open();
  rig.path.hangs = true;
  rig.touch("self_test");
  rig.run_for(100ms);  // two pictures of the camera
  EXPECT_EQ(rig.screen().details.size(), 2U) << "the printer takes its time";
  EXPECT_EQ(rig.touch("menu"), TouchResult::kNoSuchButton);
  rig.run_for(10s);
  EXPECT_TRUE(has_row(rig.screen(), "制证机：异常（timeout）"));
  EXPECT_EQ(rig.touch("menu"), TouchResult::kAccepted);
}

TEST_F(ServiceKey, TheSelfTestIsNotContentWithAPictureThatStandsStill) {
  open();
  rig.camera.frozen = true;
  rig.touch("self_test");
  rig.run_for(10s);
  EXPECT_TRUE(has_row(rig.screen(), "摄像头：异常（no_frame）"));
}

TEST_F(ServiceKey, TheSelfTestNamesWhatIsWrong) {
  open();
  rig.camera.frame_fails = camera::CameraReason::kNoFrame;
  rig.path.now.fault = card_printer::PathFault::kCoverOpen;
  rig.platform.health_fails = platform::PlatformReason::kUnreachable;
  rig.service.journal_fails = journal::JournalReason::kDiskFull;
  rig.touch("self_test");
  rig.run_for(10s);
  const auto rows = rows_of(rig.screen());
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0], "读卡器：正常");
  EXPECT_EQ(rows[1], "摄像头：异常（no_frame）");
  EXPECT_EQ(rows[2], "制证机：异常（cover_open）");
  EXPECT_EQ(rows[3], "控制板：正常");
  EXPECT_EQ(rows[4], "考试平台：异常（unreachable）");
  EXPECT_EQ(rows[5], "登记存储：异常（disk full）");
}

TEST_F(ServiceKey, SuppliesAndCountersAreShown) {
  rig.path.now.ribbon = SupplyState::kLow;
  rig.path.now.ribbon_panels_left = 40;
  rig.path.now.cards_rejected_total = 3;
  rig.service.counted = {12, 2, 1, 0};
  open();
  open_page("supplies");
  EXPECT_EQ(rows_of(rig.screen()),
            (std::vector<std::string>{"空白卡：充足", "色带：快用完", "色带剩余色块：40",
                                      "废卡盒：未满", "累计废卡：3"}));
  rig.touch("menu");
  open_page("counters");
  EXPECT_EQ(rows_of(rig.screen()),
            (std::vector<std::string>{"已领取：12", "已收回：2", "已作废：1", "待查：0"}));
  rig.touch(kLanguageButton);
  EXPECT_EQ(rows_of(rig.screen(), Language::kEnglish)[0], "issued: 12");
}

TEST_F(ServiceKey, LastIssuancesAreShownMasked) {
  open();
  open_page("issuances");
  EXPECT_TRUE(has_row(rig.screen(), "还没有制过证"));
  rig.touch("menu");
  for (int i = 0; i < 9; ++i) {
    rig.service.past.push_back({CivilTime{1781488980000}, i == 0 ? "张*国" : "",
                                i == 0 ? "110***********002X" : "", "permit-1",
                                platform::Outcome::kCaptured});
  }
  open_page("issuances");
  const auto rows = rows_of(rig.screen());
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[0], "06-15 10:03  张*国  110***********002X  已收回");
  EXPECT_EQ(rows[1], "06-15 10:03  permit-1  已收回");
}

TEST_F(ServiceKey, TheLogIsWrittenAndWhereItIsNotTheReasonIsTold) {
  open();
  open_page("export_log");
  EXPECT_TRUE(has_row(rig.screen(), "已写入 kiosk-log-20260615-100312.jsonl"));
  EXPECT_EQ(rig.service.exports, 1);
  rig.touch("menu");
  rig.service.export_fails = FileReason::kNoSpace;
  open_page("export_log");
  EXPECT_TRUE(has_row(rig.screen(), "没有写成（no space）"));
  EXPECT_EQ(rig.events("kiosk.log_exported").back()->text("ok"), "false");
}

}  // namespace
}  // namespace cardrig::flow
