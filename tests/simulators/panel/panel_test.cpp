// The panel, clicked through the real event path, off-screen.
#include "simulators/panel/panel.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "simulators/panel/situations.h"
#include "tests/simulators/panel/clicks.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;

TEST(Panel, PlaysPausesAndSteps) {
  Panel panel;
  EXPECT_EQ(panel.run.rig().now(), 0s);
  panel.frames(10, 100ms);
  EXPECT_EQ(panel.run.rig().now(), 0s);  // a run begins paused
  panel.click("step");
  const auto events = panel.run.rig().trace().events().size();
  panel.click("step");
  EXPECT_GT(panel.run.rig().trace().events().size(), events);
  panel.click("speed 4");
  panel.click("play");
  panel.frames(10, 100ms);
  EXPECT_GT(panel.run.rig().now(), 3s);
  EXPECT_LT(panel.run.rig().now(), 6s);
  panel.click("play");
  const Nanos stopped = panel.run.rig().now();
  panel.frames(10, 100ms);
  EXPECT_EQ(panel.run.rig().now(), stopped);
}

TEST(Panel, AWholeIssueByHand) {
  Panel panel;
  panel.click("permit approved");
  panel.click("stand here");
  ASSERT_TRUE(panel.await("welcome"));
  panel.click("place");
  ASSERT_TRUE(panel.await("consent"));
  const auto agree = panel.view->kiosk_button("agree");
  ASSERT_TRUE(agree.has_value());
  panel.click_at(*agree);
  ASSERT_TRUE(panel.await("preview"));
  panel.click_at(*panel.view->kiosk_button("print"));
  ASSERT_TRUE(panel.await("take_card"));
  panel.click("take card");
  panel.click("lift");
  EXPECT_TRUE(panel.await("welcome"));
  EXPECT_EQ(panel.run.truth().count(sim::CardPlace::kTaken), 1);
}

TEST(Panel, AFaultIsInjectedAndCleared) {
  Panel panel;
  panel.click("device card_printer");
  const std::string name = "card_printer.jam_in_head";
  panel.click("fault " + name);
  EXPECT_EQ(panel.run.truth().faults, std::vector<std::string>{name});
  panel.frames(2);
  panel.click("fault " + name);
  EXPECT_TRUE(panel.run.truth().faults.empty());
}

TEST(Panel, WhatCanBeClickedCanBeTyped) {
  Panel panel;
  panel.key(SDL_SCANCODE_K, KMOD_CTRL);
  panel.type("place_document p03.");
  panel.key(SDL_SCANCODE_RETURN);
  EXPECT_TRUE(panel.run.truth().document.starts_with("p03.")) << panel.run.truth().document;
}

TEST(Panel, ARefusedMessageIsSaidAndChangesNothing) {
  Panel panel;
  panel.click("lift");
  EXPECT_FALSE(panel.run.refusal().empty());
  panel.click("power cut");
  EXPECT_EQ(panel.screen(), "");
  panel.frames(2);
  panel.click("power on");
  EXPECT_TRUE(panel.await("welcome"));
}

TEST(Panel, EveryCommandNamesAVerbThatTheRigKnows) {
  Panel panel;
  EXPECT_GT(panel.view->commands().size(), 100U);
  for (const Command& command : panel.view->commands()) {
    if (command.verb.empty()) continue;
    RigMessage message;
    message.verb = command.verb;
    message.args = command.args;
    const auto answer = panel.run.rig().send(message);
    if (answer) continue;
    EXPECT_NE(answer.error().reason, RigReason::kUnknownVerb) << command.name;
    EXPECT_NE(answer.error().reason, RigReason::kBadArguments) << command.name;
  }
}

TEST(Panel, BeginsAgainTheSameWay) {
  Panel panel;
  panel.run.run_until(5s);
  const std::string hash = panel.run.rig().trace().hash();
  panel.click("restart");
  EXPECT_EQ(panel.run.rig().now(), 0s);
  panel.run.run_until(5s);
  EXPECT_EQ(panel.run.rig().trace().hash(), hash);
}

class Photograph : public ::testing::TestWithParam<std::string> {};

TEST_P(Photograph, NeedsNoDisplay) {
  const std::string path = ::testing::TempDir() + "panel_" + std::to_string(::getpid()) + ".png";
  PanelArgs args;
  args.root = ".";
  args.screenshot = path;
  args.situation = GetParam();
  std::ostringstream err;
  ASSERT_EQ(run_panel(args, err), 0) << err.str();
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  EXPECT_GT(file.tellg(), 50'000);
  ::unlink(path.c_str());
}

INSTANTIATE_TEST_SUITE_P(Each, Photograph, ::testing::ValuesIn(situations()),
                         [](const auto& one) { return one.param; });

TEST(Panel, KnowsNoOtherSituation) {
  PanelArgs args;
  args.root = ".";
  args.screenshot = ::testing::TempDir() + "panel.png";
  args.situation = "holiday";
  std::ostringstream err;
  EXPECT_EQ(run_panel(args, err), 2);
  EXPECT_NE(err.str().find("holiday"), std::string::npos);
}

}  // namespace
}  // namespace cardrig::panel
