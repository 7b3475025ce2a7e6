// Back to any instant, and on in another way; and a scenario file step by step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "scenarios/engine/loader.h"
#include "scenarios/engine/runner.h"
#include "tests/simulators/panel/sessions.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string hash(Panel& panel) { return panel.run.rig().trace().hash(); }

/// To the consent screen, with two acts before it.
void to_consent(Panel& panel) {
  come_forward(panel);
  panel.click("place");
  ASSERT_TRUE(panel.await("consent"));
}

TEST(TimeMachine, GoesBackAndOnInAnotherWay) {
  Panel panel;
  to_consent(panel);
  const Nanos then = panel.run.rig().now();
  const std::string before = hash(panel);
  panel.wait(500ms);
  panel.touch("agree");
  panel.wait(3s);
  ASSERT_EQ(panel.run.deeds().size(), 4U);
  panel.run.go_back(then);
  panel.frames(3);
  EXPECT_EQ(hash(panel), before);
  EXPECT_EQ(panel.run.rig().now(), then);
  EXPECT_EQ(panel.run.deeds().size(), 3U);
  panel.touch("cancel");
  panel.wait(1s);
  EXPECT_NE(panel.screen(), "consent");
  const Repeated again = repeat_scenario(panel.run, write_scenario(panel.run, "x"));
  EXPECT_TRUE(again.same_trace) << again.failure;
}

TEST(TimeMachine, TheNowLineIsDragged) {
  Panel panel;
  come_forward(panel);
  panel.wait(20s);
  const auto line = panel.view->area("now line");
  ASSERT_TRUE(line.has_value());
  panel.drag(*line, line->x - 200, line->y + 8);
  EXPECT_LT(panel.run.rig().now(), 20s);
  EXPECT_GT(panel.run.rig().now(), 1s);
  EXPECT_EQ(panel.run.rig().trace().events().empty(), false);
}

TEST(TimeMachine, AnEventIsGoneBackTo) {
  Panel panel;
  to_consent(panel);
  EventId placed = 0;
  for (const Event& event : panel.run.rig().trace().events()) {
    if (event.kind == "world.document_placed") placed = event.id;
  }
  panel.view->select(placed);
  panel.frames(2);
  panel.click("go back");
  // What the same act told at once is there, too.
  EXPECT_GE(panel.run.rig().trace().events().size(), placed);
  EXPECT_LE(panel.run.rig().trace().events().size(), placed + 3);
  EXPECT_EQ(panel.run.deeds().size(), 3U);
  ASSERT_TRUE(panel.await("consent"));
}

TEST(TimeMachine, TheLastActIsTakenBack) {
  Panel panel;
  to_consent(panel);
  panel.click("network");
  EXPECT_FALSE(panel.run.truth().network);
  panel.key(SDL_SCANCODE_Z, KMOD_CTRL);
  EXPECT_TRUE(panel.run.truth().network);
  EXPECT_EQ(panel.screen(), "consent");
  EXPECT_EQ(panel.run.deeds().size(), 3U);
}

TEST(TimeMachine, WhatWasArmedIsArmedAgain) {
  Panel panel;
  panel.click("device card_printer");
  panel.click("options card_printer.ribbon_low");
  panel.click("arm after card_printer.ribbon_low");
  panel.wait(1s);
  panel.run.go_back(500ms);
  EXPECT_TRUE(panel.run.truth().faults.empty());
  panel.wait(2s);
  EXPECT_EQ(panel.run.truth().faults.size(), 1U);
}

// ---- a scenario file ---------------------------------------------------------------------------

constexpr const char* kJam = "scenarios/suite/printing/jam_in_head.scenario.json";

/// What the engine makes of the same file, if nothing is mended afterwards.
scenario::ScenarioResult run_unhealed(const char* file) {
  auto loaded = scenario::load_paths({file}, vocabulary());
  scenario::Scenario one = loaded.scenarios.at(0);
  one.heal = false;
  scenario::VirtualRigOptions options;
  options.seed = one.seed.value_or(1);
  scenario::VirtualRig rig(assets(), options);
  scenario::RunOptions how;
  how.vocabulary = &vocabulary();
  return run_scenario(one, rig, how);
}

TEST(Player, GivesTheTraceOfTheEngine) {
  Panel panel;
  panel.view->load_scenario(kJam);
  ASSERT_NE(panel.run.player(), nullptr) << panel.view->status();
  panel.frames(2);
  panel.click("run on");
  for (int i = 0; i < 400 && panel.run.player()->state() < Player::State::kPassed; ++i) {
    panel.run.run_until(panel.run.rig().now() + 1s);
  }
  panel.frames(2);
  EXPECT_EQ(panel.run.player()->state(), Player::State::kPassed) << panel.run.player()->failure();
  const auto result = run_unhealed(kJam);
  EXPECT_TRUE(result.passed);
  EXPECT_EQ(hash(panel), result.trace_hash);
  // What a file does is recorded like what a person does.
  const Repeated again = repeat_scenario(panel.run, write_scenario(panel.run, "x"));
  EXPECT_TRUE(again.passed) << again.failure;
}

TEST(Player, StopsAtBreakpointsAndGoesStepByStep) {
  Panel panel;
  panel.view->load_scenario(kJam);
  panel.frames(2);
  Player& player = *panel.run.player();
  panel.run.run_until(1s);
  EXPECT_EQ(player.at(), 0U) << "it waits for its first step";
  panel.click("next step");
  panel.run.run_until(1s);
  EXPECT_EQ(player.at(), 1U);
  EXPECT_FALSE(panel.run.playing);
  panel.click("breakpoint 6");
  panel.click("run on");
  for (int i = 0; i < 100 && panel.run.run_until(panel.run.rig().now() + 1s); ++i) {
  }
  EXPECT_EQ(player.at(), 6U);
  EXPECT_EQ(player.rows()[5].state, scenario::StepState::kDone);
  EXPECT_EQ(player.rows()[6].state, scenario::StepState::kNotReached);
  panel.key(SDL_SCANCODE_F10);
  for (int i = 0; i < 100 && panel.run.run_until(panel.run.rig().now() + 1s); ++i) {
  }
  EXPECT_EQ(player.at(), 7U);
}

TEST(Player, SaysWhyAStepFailed) {
  Panel panel;
  const std::string path = ::testing::TempDir() + "wrong.scenario.json";
  std::ofstream(path) << R"({"name": "x", "steps": [
    {"expect": {"screen": "welcome"}}, {"expect": {"screen": "face"}, "within": "2 s"}]})";
  panel.view->load_scenario(path);
  panel.run.player()->go_on();
  EXPECT_FALSE(panel.run.run_until(20s));
  EXPECT_EQ(panel.run.player()->state(), Player::State::kFailed);
  EXPECT_THAT(panel.run.player()->failure(), HasSubstr("the screen was welcome"));
  panel.view->load_scenario("scenarios/suite/nothing.scenario.json");
  panel.frames(2);
  EXPECT_THAT(panel.view->status(), HasSubstr("There is no such file"));
}

}  // namespace
}  // namespace cardrig::panel
