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
  for (const std::string& pattern : known) {
    if (pattern == name) return true;
    if (pattern.ends_with("*") && name.starts_with(pattern.substr(0, pattern.size() - 1))) {
      return true;
    }
  }
  return false;
}

using scenario::EventKind;
using scenario::FieldKind;
using scenario::Vocabulary;

/// What the table of events must say of a value.
FieldKind::Holds kind_of(const Value& value) {
  if (std::holds_alternative<bool>(value)) return FieldKind::Holds::kBool;
  const bool number =
      std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
  return number ? FieldKind::Holds::kNumber : FieldKind::Holds::kAnything;
}

bool can_hold(const FieldKind& field, const Event& event) {
  using Holds = FieldKind::Holds;
  const Holds found = kind_of(*event.find(field.name));
  switch (field.holds) {
    case Holds::kWord:
      return knows(field.words, event.text(field.name));
    case Holds::kPermit:
      return found == Holds::kAnything;
    default:
      return field.holds == found;
  }
}

/// Compares the vocabulary with what runs say.
class Comparison {
 public:
  explicit Comparison(const Vocabulary& vocabulary) : vocabulary_(vocabulary) {}

  void add(const Event& event) {
    const EventKind* kind = vocabulary_.find_event(event.kind);
    if (kind == nullptr) {
      missing.insert("event " + event.kind);
      return;
    }
    said_.insert(event.kind);
    if (!kind->parties.empty() && !knows(kind->parties, event.party)) {
      missing.insert(event.kind + " of " + event.party);
    }
    for (const Field& field : event.fields) add_field(*kind, event, field.key);
    if (event.kind == "kiosk.screen") add_buttons(event.text("buttons"));
  }

  /// What the table has, and nobody said.
  [[nodiscard]] std::set<std::string> unsaid() const {
    std::set<std::string> names;
    for (const EventKind& kind : vocabulary_.events) {
      if (!said_.contains(kind.kind)) names.insert(kind.kind);
      if (!said_.contains(kind.kind) || kind.kind == "fault.injected") continue;
      for (const FieldKind& field : kind.fields) {
        const std::string name = kind.kind + "." + field.name;
        if (!said_.contains(name)) names.insert(name);
      }
    }
    return names;
  }

  std::set<std::string> missing;  ///< what was said, and is not in the table

 private:
  void add_field(const EventKind& kind, const Event& event, const std::string& key) {
    said_.insert(kind.kind + "." + key);
    for (const FieldKind& field : kind.fields) {
      if (field.name != key) continue;
      if (!can_hold(field, event)) missing.insert(kind.kind + "." + key + "=" + event.text(key));
      return;
    }
    missing.insert(kind.kind + "." + key);
  }

  void add_buttons(const std::string& list) {
    std::istringstream buttons(list);
    for (std::string key; buttons >> key;) {
      if (key.front() == '(') key = key.substr(1, key.size() - 2);  // disabled
      if (!knows(vocabulary_.buttons, key)) missing.insert("button " + key);
    }
  }

  const Vocabulary& vocabulary_;
  std::set<std::string> said_;
};

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
  Comparison comparison(*vocabulary);
  for (const auto& scenario : loaded.scenarios) {
    scenario::VirtualRig rig(**assets, {});
    static_cast<void>(run_scenario(scenario, rig, options));
    for (const auto& event : rig.trace().events()) comparison.add(event);
  }
  EXPECT_THAT(comparison.missing, testing::IsEmpty());
  // A camera that is stopped is told by the unit tests of its driver.
  EXPECT_THAT(comparison.unsaid(), testing::ElementsAre("camera.stopped"));
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

TEST(Suite, EveryFaultOfTheCatalogueHasAScenario) {
  const auto vocabulary = scenario::virtual_vocabulary(cli::find_root());
  ASSERT_TRUE(vocabulary);
  const auto loaded = cli::load_what({}, cli::find_root(), *vocabulary);
  ASSERT_TRUE(loaded.complaints.empty());
  std::set<std::string> injected;
  const auto note = [&](const scenario::Step& step) {
    if (step.act.verb == "fault.inject") injected.insert(step.act.args.at("name"));
  };
  for (const auto& scenario : loaded.scenarios) {
    for (const auto& step : scenario.given) note(step);
    for (const auto& step : scenario.steps) note(step);
  }
  for (const auto& fault : scenario::virtual_rung_faults()) {
    EXPECT_TRUE(injected.contains(fault.name)) << fault.name;
  }
}

}  // namespace
}  // namespace cardrig
