// The walkthrough of the README, followed click by click. Each line of it ends with a comment that
// names the control:
//
//   1. Under *Permits*, click **approved**. <!-- click permit approved -->
//   5. … <!-- until screen consent; touch agree -->
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "scenarios/engine/runner.h"
#include "tests/simulators/panel/clicks.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

constexpr int kClicksAtMost = 12;

/// The acts of the walkthrough: "click place", "until screen consent"…
std::vector<std::string> acts_of_readme() {
  std::ifstream in("README.md", std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  const std::regex comment("<!-- panel: ([^>]*) -->");
  std::vector<std::string> acts;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), comment);
       it != std::sregex_iterator(); ++it) {
    std::istringstream parts((*it)[1].str());
    for (std::string part; std::getline(parts, part, ';');) {
      acts.push_back(part.substr(part.find_first_not_of(' ')));
    }
  }
  return acts;
}

/// A person waits and looks; the run plays.
bool until(Panel& panel, const std::string& what) {
  const auto seen = panel.run.history().count_of(what.substr(what.find(' ') + 1));
  for (int i = 0; i < 1000; ++i) {
    if (what.starts_with("screen ") && panel.screen() == what.substr(7)) return true;
    if (what.starts_with("event ") &&
        panel.run.history().count_of(what.substr(6)) > (seen > 0 ? seen - 1 : 0)) {
      return true;
    }
    panel.frames(1, 100ms);
  }
  return false;
}

void follow(Panel& panel, const std::string& act) {
  SCOPED_TRACE(act);
  if (act.starts_with("click ")) return panel.click(act.substr(6));
  if (act.starts_with("touch ")) return panel.touch(act.substr(6));
  ASSERT_TRUE(act.starts_with("until ")) << "the README says what this test does not know";
  ASSERT_TRUE(until(panel, act.substr(6))) << "the kiosk shows " << panel.screen();
  panel.frames(2);
}

TEST(Walkthrough, APaperJamInMidPrintIsCausedSeenAndSaved) {
  const std::string path = ::testing::TempDir() + "walkthrough.scenario.json";
  Panel panel(path);
  const auto acts = acts_of_readme();
  ASSERT_GT(acts.size(), 10U);
  for (const std::string& act : acts) {
    follow(panel, act);
    if (HasFatalFailure()) return;
  }
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
