// The wire rung with the kiosk's real window: a touch is a finger on an X display. The story is the
// virtual rung's, refusals are those of an intent, and a display that dies is named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>

#include "scenarios/engine/suite.h"
#include "scenarios/engine/virtual_rig.h"
#include "tests/scenarios/wire/suite_assets.h"
#include "tests/scenarios/wire/window_rig.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;

constexpr const char* kGoodPath = "good_path/each_document.scenario.json";

std::size_t touches_in(Trace& trace) {
  const auto& events = trace.events();
  return static_cast<std::size_t>(std::count_if(
      events.begin(), events.end(), [](const Event& e) { return e.kind == "kiosk.touch"; }));
}

TEST(WireWindowTest, TheGoodPathTellsTheStoryOfTheVirtualRung) {
  SuiteOptions options;
  options.run = run_options();
  options.make_rung = [](const RungOptions&) { return window_rig(); };
  options.compare_with = [](const RungOptions& o) {
    VirtualRigOptions rig;
    rig.seed = o.seed;
    return std::make_unique<VirtualRig>(*shared().assets, rig);
  };
  const auto result = run_fresh(scenario_of(kGoodPath), options, nullptr);
  EXPECT_TRUE(result.passed) << why(result);
  EXPECT_EQ(result.same_story_as, "virtual");
}

TEST(WireWindowTest, ATouchIsAFingerOnTheWindowAndAnswersAsTheIntentDoes) {
  const auto rig = window_rig();
  ASSERT_TRUE(rig->send({"world.mains", {{"on", true}}}));
  ASSERT_TRUE(sees(*rig, "welcome")) << rig->trouble();

  const auto none = rig->send({"kiosk.touch", {{"button", "print"}}});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason, RigReason::kNotPossibleNow);
  EXPECT_THAT(none.error().detail,
              ::testing::StartsWith("screen \"welcome\" has no button \"print\"; it has: "));
  EXPECT_THAT(none.error().detail, ::testing::HasSubstr("start"));
  rig->advance(rig->now() + 100ms);
  EXPECT_EQ(touches_in(rig->trace()), 0u) << "no finger came down";
  const auto bad = rig->send({"kiosk.touch", {{"button", 1}}});
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().detail, "\"button\" must be the key of a button");

  const auto touched = rig->send({"kiosk.touch", {{"button", "start"}}});
  ASSERT_TRUE(touched) << touched.error().detail;
  EXPECT_TRUE(sees(*rig, "consent")) << rig->trouble();
  EXPECT_EQ(touches_in(rig->trace()), 1u) << "one touch is one intent";
  EXPECT_EQ(rig->close(), "");
}

TEST(WireWindowTest, TheDisplayOutlivesAPowerCut) {
  const auto rig = window_rig();
  ASSERT_TRUE(sees(*rig, "welcome")) << rig->trouble();
  const pid_t display = rig->process_of("display");
  ASSERT_TRUE(rig->send({"kiosk.power_cut", {}}));
  rig->advance(rig->now() + 100ms);
  const auto dark = rig->send({"kiosk.touch", {{"button", "start"}}});
  ASSERT_FALSE(dark);
  EXPECT_EQ(dark.error().detail, "the kiosk's screen is dark");
  ASSERT_TRUE(rig->send({"kiosk.power_on", {}}));
  ASSERT_TRUE(sees(*rig, "welcome")) << rig->trouble();
  EXPECT_EQ(rig->process_of("display"), display);
  const auto touched = rig->send({"kiosk.touch", {{"button", "start"}}});
  EXPECT_TRUE(touched) << touched.error().detail;
  EXPECT_EQ(rig->close(), "");
}

TEST(WireWindowTest, ADisplayThatIsKilledFailsTheRunInOneSentence) {
  {
    const auto rig = window_rig();
    rig->trace().subscribe([&](const Event& event) {
      if (event.kind == "card.fed") ::kill(rig->process_of("display"), SIGKILL);
    });
    const auto result = run_scenario(scenario_of(kGoodPath), *rig, run_options());
    EXPECT_FALSE(result.passed);
    ASSERT_EQ(result.failures.size(), 1u) << why(result);
    EXPECT_THAT(result.failures[0].what,
                ::testing::HasSubstr("The display died by signal 9 (Killed)"))
        << why(result);
    EXPECT_EQ(rig->close(), "") << "it has been told";
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

}  // namespace
}  // namespace cardrig::scenario
