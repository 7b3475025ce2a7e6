// What the tests with the real programs share: the suite's scenarios, people and nets.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>

#include "scenarios/engine/loader.h"
#include "scenarios/engine/rig_assets.h"
#include "scenarios/engine/runner.h"
#include "scenarios/engine/virtual_vocabulary.h"

namespace cardrig::scenario {

/// What is slow to load, once.
struct Shared {
  Vocabulary vocabulary = *virtual_vocabulary(".");
  std::unique_ptr<RigAssets> assets;
  Shared() {
    auto loaded = load_rig_assets(".");
    if (!loaded) throw std::runtime_error(loaded.error().detail);
    assets = std::move(*loaded);
  }
};

inline Shared& shared() {
  static Shared shared;
  return shared;
}

inline Scenario scenario_of(const std::string& file, std::size_t row = 0) {
  auto loaded = load_file("scenarios/suite/" + file, file, shared().vocabulary);
  if (!loaded.complaints.empty()) throw std::runtime_error(to_string(loaded.complaints.front()));
  return loaded.scenarios.at(row);
}

inline std::string why(const ScenarioResult& result) {
  std::string text;
  for (const auto& f : result.failures) {
    text += f.what + "\n";
    for (const auto& line : f.saw) text += "  " + line + "\n";
  }
  return text;
}

inline RunOptions run_options() {
  RunOptions options;
  options.vocabulary = &shared().vocabulary;
  options.limit_factor = 3;
  return options;
}

}  // namespace cardrig::scenario
