// The walkthrough of the README, followed click by click. Each line of it ends with a comment that
// names the control:
//
//   1. Under *Permits*, click **approved**. <!-- panel: click permit approved -->
//   5. … <!-- panel: until screen consent; touch agree -->
#pragma once

#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/simulators/panel/clicks.h"

namespace cardrig::panel {

/// The acts of the walkthrough: "click place", "until screen consent"…
inline std::vector<std::string> acts_of_readme() {
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
inline bool until(Panel& panel, const std::string& what) {
  const auto seen = panel.run.history().count_of(what.substr(what.find(' ') + 1));
  for (int i = 0; i < 1000; ++i) {
    if (what.starts_with("screen ") && panel.screen() == what.substr(7)) return true;
    if (what.starts_with("event ") &&
        panel.run.history().count_of(what.substr(6)) > (seen > 0 ? seen - 1 : 0)) {
      return true;
    }
    panel.frames(1, std::chrono::milliseconds(100));
  }
  return false;
}

inline void follow(Panel& panel, const std::string& act) {
  SCOPED_TRACE(act);
  if (act.starts_with("click ")) return panel.click(act.substr(6));
  if (act.starts_with("touch ")) return panel.touch(act.substr(6));
  ASSERT_TRUE(act.starts_with("until ")) << "the README says what this test does not know";
  ASSERT_TRUE(until(panel, act.substr(6))) << "the kiosk shows " << panel.screen();
  panel.frames(2);
}

/// All of it; where the session is to be saved, `panel` knows.
inline void follow_readme(Panel& panel) {
  const auto acts = acts_of_readme();
  ASSERT_GT(acts.size(), 10U);
  for (const std::string& act : acts) {
    follow(panel, act);
    if (::testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace cardrig::panel
