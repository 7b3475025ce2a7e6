// What scenario files may name is what the kiosk and the simulators really say.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "scenarios/cardrig/place.h"
#include "scenarios/engine/acts.h"
#include "scenarios/engine/runner.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/virtual_vocabulary.h"

namespace cardrig {
namespace {

bool knows(const std::vector<std::string>& known, const std::string& name) {
  for (std::string pattern : known) {
    if (pattern == name) return true;
    if (pattern.ends_with("*") && name.starts_with(pattern.substr(0, pattern.size() - 1))) {
      return true;
    }
  }
  return false;
}

TEST(Vocabulary, IsWhatTheRigSays) {
  const std::string root = cli::find_root();
  ASSERT_FALSE(root.empty());
  const auto vocabulary = scenario::virtual_vocabulary(root);
  ASSERT_TRUE(vocabulary);
  auto assets = scenario::load_rig_assets(root);
  ASSERT_TRUE(assets) << assets.error().detail;
  const auto loaded = cli::load_what({}, root, *vocabulary);
  ASSERT_TRUE(loaded.complaints.empty());
  scenario::RunOptions options;
  options.vocabulary = &*vocabulary;
  std::set<std::string> unknown;
  for (const auto& scenario : loaded.scenarios) {
    scenario::VirtualRig rig(**assets, {});
    static_cast<void>(run_scenario(scenario, rig, options));
    for (const auto& event : rig.trace().events()) {
      if (!knows(vocabulary->events, event.kind)) unknown.insert("event " + event.kind);
      if (event.kind != "kiosk.screen") continue;
      if (!knows(vocabulary->screens, event.text("id")))
        unknown.insert("screen " + event.text("id"));
      std::istringstream buttons(event.text("buttons"));
      for (std::string key; buttons >> key;) {
        if (key.front() == '(') key = key.substr(1, key.size() - 2);  // disabled
        if (!knows(vocabulary->buttons, key)) unknown.insert("button " + key);
      }
    }
  }
  EXPECT_THAT(unknown, testing::IsEmpty());
}

TEST(Vocabulary, EveryActIsAVerbOfTheRig) {
  auto assets = scenario::load_rig_assets(cli::find_root());
  ASSERT_TRUE(assets) << assets.error().detail;
  scenario::VirtualRig rig(**assets, {});
  for (const auto& act : scenario::acts()) {
    const auto answer = rig.send({std::string(act.verb), nlohmann::json::object()});
    if (answer) continue;
    EXPECT_NE(answer.error().reason, RigReason::kUnknownVerb) << act.verb;
  }
}

}  // namespace
}  // namespace cardrig
