// The table of permits: all of the run, with what the platform can still do with each.
#include <gtest/gtest.h>

#include "tests/simulators/panel/sessions.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;

bool shows(Panel& panel, const std::string& name) { return panel.view->area(name).has_value(); }

nlohmann::json permit(Panel& panel, const std::string& id) {
  return panel.run.rig().query("platform.permit", {{"permit", id}}).value();
}

TEST(Permits, AllAreThereTheNewestFirst) {
  Panel panel;
  for (int i = 0; i < 6; ++i) panel.click("permit approved");
  EXPECT_TRUE(shows(panel, "row panel-6"));
  EXPECT_FALSE(shows(panel, "row panel-1")) << "six rows are a screenful more than there is room";
  const auto row = panel.view->area("row panel-6");
  ASSERT_TRUE(row.has_value());
  for (int i = 0; i < 20; ++i) panel.wheel_at(*row, /*up=*/false);
  EXPECT_TRUE(shows(panel, "row panel-1"));
  EXPECT_FALSE(shows(panel, "row panel-6"));
  panel.click("revoke panel-1");
  EXPECT_EQ(permit(panel, "panel-1")["state"], "revoked");
  EXPECT_FALSE(shows(panel, "revoke panel-1"));
}

TEST(Permits, APendingOneIsApproved) {
  Panel panel;
  panel.click("permit pending");
  EXPECT_FALSE(shows(panel, "withdraw panel-1"));
  EXPECT_FALSE(shows(panel, "free panel-1"));
  panel.click("approve panel-1");
  EXPECT_EQ(permit(panel, "panel-1")["state"], "approved");
  EXPECT_FALSE(shows(panel, "approve panel-1"));
}

TEST(Permits, AClaimThatWasGrantedIsWithdrawn) {
  Panel panel;
  to_print(panel);
  panel.wait(1s);
  ASSERT_EQ(permit(panel, "panel-1")["claim"], "granted");
  panel.click("withdraw panel-1");
  EXPECT_EQ(permit(panel, "panel-1")["claim"], "withdrawn");
  EXPECT_FALSE(shows(panel, "withdraw panel-1"));
}

TEST(Permits, TheClaimOfACapturedCardIsFreed) {
  Panel panel;
  to_print(panel);
  ASSERT_TRUE(panel.await("take_card"));
  ASSERT_TRUE(panel.await_event("platform.report"));  // nobody took it
  ASSERT_EQ(permit(panel, "panel-1")["claim"], "captured");
  panel.click("free panel-1");
  EXPECT_EQ(panel.run.refusal(), "");
  EXPECT_EQ(permit(panel, "panel-1")["claim"], "ended");
}

TEST(Permits, ARunThatBeginsAgainHasNone) {
  Panel panel;
  panel.click("permit approved");
  ASSERT_TRUE(shows(panel, "row panel-1"));
  panel.click("restart");
  panel.frames(2);
  EXPECT_FALSE(shows(panel, "row panel-1"));
  panel.click("permit pending");
  EXPECT_TRUE(shows(panel, "approve panel-1"));
}

}  // namespace
}  // namespace cardrig::panel
