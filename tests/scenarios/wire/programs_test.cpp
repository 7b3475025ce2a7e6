// The wire rung with the real programs: a good path with the story of the virtual rung, what
// becomes of a run in which a program is killed, and that nothing is left of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <filesystem>

#include "scenarios/engine/suite.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/wire_rig.h"
#include "tests/scenarios/wire/suite_assets.h"

namespace cardrig::scenario {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::unique_ptr<WireRig> wire_rig() {
  WireRigOptions options;
  options.root = fs::absolute(".").string();
  return std::make_unique<WireRig>(shared().assets->people, options);
}

TEST(WireProgramsTest, TheGoodPathTellsTheStoryOfTheVirtualRung) {
  SuiteOptions options;
  options.run = run_options();
  options.make_rung = [](const RungOptions&) { return wire_rig(); };
  options.compare_with = [](const RungOptions& o) {
    VirtualRigOptions rig;
    rig.seed = o.seed;
    return std::make_unique<VirtualRig>(*shared().assets, rig);
  };
  const auto result =
      run_fresh(scenario_of("good_path/each_document.scenario.json"), options, nullptr);
  EXPECT_TRUE(result.passed) << why(result);
  EXPECT_EQ(result.same_story_as, "virtual");
  EXPECT_EQ(result.trace_hash, "");
}

TEST(WireProgramsTest, APictureOfEveryScreenAndCardCanBeHad) {
  PictureStore pictures;
  WireRigOptions wire;
  wire.root = fs::absolute(".").string();
  wire.pictures = true;
  WireRig rig(shared().assets->people, wire);
  const auto result =
      run_scenario(scenario_of("good_path/each_document.scenario.json"), rig, run_options());
  ASSERT_TRUE(result.passed) << why(result);
  flow::Screen camera;
  camera.picture_is_camera = true;
  EXPECT_NE(rig.drawn(camera).picture, nullptr);
  ASSERT_FALSE(rig.cards().empty());
  EXPECT_NE(rig.drawn_card(rig.cards().front()), nullptr);
}

class KilledProgram : public ::testing::TestWithParam<const char*> {};

TEST_P(KilledProgram, FailsTheRunInOneSentence) {
  const auto rig = wire_rig();
  rig->trace().subscribe([&](const Event& event) {
    if (event.kind == "card.fed") ::kill(rig->process_of(GetParam()), SIGKILL);
  });
  const auto result =
      run_scenario(scenario_of("good_path/each_document.scenario.json"), *rig, run_options());
  EXPECT_FALSE(result.passed);
  ASSERT_EQ(result.failures.size(), 1u) << why(result);
  EXPECT_THAT(result.failures[0].what, HasSubstr("died by signal 9 (Killed)")) << why(result);
}

INSTANTIATE_TEST_SUITE_P(Each, KilledProgram,
                         ::testing::Values("kiosk", "simulators", "mock-platform"));

TEST(WireProgramsTest, AKioskThatLosesPowerSettlesWhatItHadBegun) {
  const auto rig = wire_rig();
  const auto result =
      run_scenario(scenario_of("power/cut_when_fed.scenario.json"), *rig, run_options());
  EXPECT_TRUE(result.passed) << why(result);
}

TEST(WireProgramsTest, NothingIsLeftOfARun) {
  std::string folder;
  std::vector<pid_t> processes;
  {
    const auto rig = wire_rig();
    folder = rig->folder();
    const auto result = run_scenario(scenario_of("permit/none.scenario.json"), *rig, run_options());
    EXPECT_TRUE(result.passed) << why(result);
    for (const char* each : {"kiosk", "simulators", "mock-platform"}) {
      processes.push_back(rig->process_of(each));
    }
    EXPECT_EQ(rig->close(), "") << "each ends when asked, and takes its sockets and links along";
  }
  EXPECT_FALSE(fs::exists(folder));
  for (const pid_t process : processes) EXPECT_EQ(::kill(process, 0), -1);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

}  // namespace
}  // namespace cardrig::scenario
