// The walkthrough of the README, off-screen: it needs no more clicks than it promises, and what was
// saved gives the session's trace.
#include "tests/simulators/panel/walkthrough.h"

#include <gmock/gmock.h>

#include "scenarios/engine/runner.h"

namespace cardrig::panel {
namespace {

using ::testing::HasSubstr;

constexpr int kClicksAtMost = 12;

TEST(Walkthrough, APaperJamInMidPrintIsCausedSeenAndSaved) {
  const std::string path = ::testing::TempDir() + "walkthrough.scenario.json";
  Panel panel(path);
  follow_readme(panel);
  if (HasFatalFailure()) return;
  EXPECT_LE(panel.clicks, kClicksAtMost);
  EXPECT_EQ(panel.run.history().count_of("card.spoilt"), 1);
  EXPECT_THAT(panel.view->status(), HasSubstr("it gives the same trace, "));
  const auto loaded = scenario::load_paths({path}, vocabulary());
  ASSERT_EQ(loaded.scenarios.size(), 1U);
  scenario::VirtualRig rig(assets(), {});
  scenario::RunOptions how;
  how.vocabulary = &vocabulary();
  const auto result = run_scenario(loaded.scenarios[0], rig, how);
  EXPECT_TRUE(result.passed) << result.failures.front().what;
  EXPECT_EQ(result.trace_hash, panel.run.rig().trace().hash());
}

}  // namespace
}  // namespace cardrig::panel
