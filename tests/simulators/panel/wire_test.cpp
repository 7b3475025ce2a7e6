// The panel and the wire rung: sessions recorded in it tell the same story in real processes and
// real time; and it drives such processes itself, its own and those that run already.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "scenarios/engine/suite.h"
#include "scenarios/engine/wire_rig.h"
#include "tests/simulators/panel/sessions.h"

namespace cardrig::panel {
namespace {

class OnTheWire : public ::testing::TestWithParam<Session> {};

TEST_P(OnTheWire, ARecordedSessionTellsTheSameStory) {
  Panel panel;
  GetParam().act(panel);
  const std::string text = write_scenario(panel.run, GetParam().name);
  const auto loaded = scenario::load_text(text, GetParam().name, GetParam().name, vocabulary());
  ASSERT_EQ(loaded.scenarios.size(), 1U) << text;
  const bool honest = text.find("\"honest\"") != std::string::npos;

  scenario::SuiteOptions options;
  options.run.vocabulary = &vocabulary();
  options.run.limit_factor = 3;
  options.make_rung = [honest](const scenario::RungOptions& wanted) {
    scenario::WireRigOptions wire;
    wire.root = std::filesystem::absolute(".").string();
    wire.seed = wanted.seed;
    wire.timing = honest ? scenario::WireTiming::kHonest : scenario::WireTiming::kFast;
    return std::make_unique<scenario::WireRig>(assets().people, wire);
  };
  options.compare_with = [](const scenario::RungOptions& wanted) {
    scenario::VirtualRigOptions rig;
    rig.seed = wanted.seed;
    return std::make_unique<scenario::VirtualRig>(assets(), rig);
  };
  const auto result = run_fresh(loaded.scenarios[0], options, nullptr);
  std::string why = text;
  for (const auto& failure : result.failures) why += failure.what + "\n";
  EXPECT_TRUE(result.passed) << why;
  EXPECT_EQ(result.same_story_as, "virtual") << why;
}

INSTANTIATE_TEST_SUITE_P(Three, OnTheWire, ::testing::ValuesIn(kSessions),
                         [](const auto& one) { return std::string(one.param.name); });

// ---- driving programs --------------------------------------------------------------------------

using namespace std::chrono_literals;
using ::testing::HasSubstr;

scenario::WireRigOptions options_of(std::uint64_t seed) {
  scenario::WireRigOptions options;
  options.root = std::filesystem::absolute(".").string();
  options.seed = seed;
  options.timing = scenario::WireTiming::kFast;
  options.pictures = true;
  return options;
}

std::unique_ptr<scenario::Rung> start_programs(std::uint64_t seed) {
  return std::make_unique<scenario::WireRig>(assets().people, options_of(seed));
}

TEST(LivePanel, IsClickedThroughAVisitAndSavesWhatTheVirtualRungTellsAgain) {
  const std::string path = ::testing::TempDir() + "live_visit.scenario.json";
  Panel panel(path, "", start_programs);
  ASSERT_TRUE(panel.run.is_live());
  EXPECT_TRUE(panel.view->area("live").has_value());
  EXPECT_FALSE(panel.view->area("play").has_value());
  EXPECT_FALSE(panel.view->area("undo").has_value());
  good_path(panel);
  if (HasFatalFailure()) return;
  EXPECT_EQ(panel.run.truth().count(sim::CardPlace::kTaken), 1);
  panel.click("save");
  EXPECT_THAT(panel.view->status(), HasSubstr("it gives the same story on the virtual rung"));
  const auto loaded = scenario::load_paths({path}, vocabulary());
  EXPECT_EQ(loaded.scenarios.size(), 1U);
}

TEST(LivePanel, DoesNotGoBack) {
  Panel panel("", "", start_programs);
  ASSERT_TRUE(panel.await("welcome"));
  panel.click("lift");  // refused: nothing lies there
  const auto events = panel.run.rig().trace().events().size();
  panel.key(SDL_SCANCODE_Z, KMOD_CTRL);
  EXPECT_THAT(panel.view->status(), HasSubstr("Real time does not go back"));
  panel.run.go_to_event(1);
  EXPECT_GE(panel.run.rig().trace().events().size(), events);
}

TEST(LivePanel, InjectsAFaultAndSeesItClearedAndThePowerCut) {
  Panel panel("", "", start_programs);
  ASSERT_TRUE(panel.await("welcome"));
  panel.click("device camera");
  panel.click("fault camera.gone");
  EXPECT_THAT(panel.run.truth().faults, ::testing::ElementsAre("camera.gone"));
  panel.click("fault camera.gone");
  EXPECT_THAT(panel.run.truth().faults, ::testing::IsEmpty());
  panel.click("power cut");
  EXPECT_EQ(panel.screen(), "");
  panel.click("power on");
  EXPECT_TRUE(panel.await("welcome"));
}

TEST(LivePanel, StepsThroughAFileAndStopsAtABreakpoint) {
  Panel panel("", "", start_programs);
  panel.view->load_scenario("scenarios/suite/good_path/each_document.scenario.json");
  Player* player = panel.run.player();
  ASSERT_NE(player, nullptr) << panel.view->status();
  const std::size_t stop = player->rows().size() - 3;
  player->toggle_breakpoint(stop);
  player->go_on();
  const Nanos limit = panel.run.rig().now() + 2min;
  while (player->at() < stop && panel.run.rig().now() < limit &&
         player->state() == Player::State::kSteps) {
    panel.frames(1);
  }
  ASSERT_EQ(player->at(), stop) << player->failure();
  panel.frames(20);
  EXPECT_EQ(player->at(), stop);  // the world goes on; the file does not
  player->go_on();
  while (player->state() != Player::State::kPassed && panel.run.rig().now() < limit &&
         player->state() != Player::State::kFailed) {
    panel.frames(1);
  }
  EXPECT_EQ(player->state(), Player::State::kPassed) << player->failure();
}

TEST(LivePanel, AttachesToProgramsThatRunAndLeavesThemRunning) {
  scenario::WireRig theirs(assets().people, options_of(1));
  while (theirs.screen() == nullptr || theirs.screen()->id != "welcome") {
    ASSERT_EQ(theirs.trouble(), "");
    ASSERT_LT(theirs.now(), 60s);
    theirs.advance(theirs.now() + 100ms);
  }
  {
    Panel panel("", "", [&](std::uint64_t) {
      scenario::WireRigOptions options;
      options.attach = theirs.folder();
      options.pictures = true;
      return std::make_unique<scenario::WireRig>(assets().people, options);
    });
    ASSERT_TRUE(panel.await("welcome"));
    panel.click("permit approved");
    panel.click("stand here");
    panel.click("place");
    ASSERT_TRUE(panel.await("consent"));
    panel.click("power cut");
    EXPECT_THAT(panel.view->status(), HasSubstr("was started elsewhere"));
    panel.touch("cancel");
    panel.click("lift");
    ASSERT_TRUE(panel.await("welcome"));
  }
  theirs.advance(theirs.now() + 100ms);
  EXPECT_EQ(theirs.trouble(), "");
  bool placed = false;
  for (const Event& event : theirs.trace().events()) {
    placed = placed || event.kind == "world.document_placed";
  }
  EXPECT_TRUE(placed);  // what was done in the panel happened there
  EXPECT_EQ(theirs.close(), "");
}

TEST(LivePanel, SaysWhyItCannotBeginAgain) {
  bool there = true;
  Panel panel("", "", [&there](std::uint64_t seed) {
    if (!there) throw std::runtime_error("The simulators do not start.");
    return start_programs(seed);
  });
  ASSERT_TRUE(panel.await("welcome"));
  there = false;
  panel.click("restart");
  EXPECT_EQ(panel.view->status(), "The simulators do not start.");
  panel.click("lift");
  EXPECT_EQ(panel.screen(), "");
  there = true;
  panel.click("restart");
  EXPECT_TRUE(panel.await("welcome"));
}

TEST(LivePanel, SaysWhichProgramIsNotThere) {
  scenario::WireRigOptions options;
  options.attach = ::testing::TempDir();
  try {
    const scenario::WireRig none(assets().people, options);
    FAIL() << "there is nobody to attach to";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("The mock platform cannot be reached"));
  }
}

}  // namespace
}  // namespace cardrig::panel
