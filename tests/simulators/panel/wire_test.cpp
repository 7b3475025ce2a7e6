// Sessions recorded in the panel, run again in real processes and real time: the story and the
// verdict of the virtual rung.
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

}  // namespace
}  // namespace cardrig::panel
