// Runs many scenarios, shared out to processes, and merges what they gave.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "scenarios/engine/result.h"
#include "scenarios/engine/rung.h"
#include "scenarios/engine/runner.h"
#include "scenarios/engine/scenario.h"

namespace cardrig::scenario {

/// What an earlier run of a scenario gave, to be repeated exactly.
struct Recorded {
  std::string hash;
  std::string trace_file;  ///< its events, line by line; "": there is only the hash
};

struct SuiteOptions {
  RungFactory make_rung;
  /// Every scenario runs on this rung too, with the limits as they are written; verdict and story
  /// must be the same (causal_order.h). Null: it does not.
  RungFactory compare_with;
  RunOptions run;  ///< vocabulary, seed, drawing; pictures are the suite's own
  int jobs = 1;
  bool twice = false;  ///< every scenario two times; the traces must be equal
  /// By scenario id: a run whose trace differs from this one fails, and says where.
  std::map<std::string, Recorded> recorded;
  bool pictures = false;  ///< for a report
  std::string trace_folder;  ///< where whole traces are written; "": nowhere
  std::function<double()> wall_s;  ///< seconds of a real clock, for people; null: none are shown
  /// Called in this process as results come, in any order.
  std::function<void(const ScenarioResult&, int done, int of)> progress;
};

/// A failed run during which the machine stood still for longer than this proves nothing, unless it
/// failed absolutely (Failure): it is repeated, at most so often, and the result says so.
inline constexpr Nanos kStandstillMax = std::chrono::milliseconds(200);
inline constexpr int kRepeatsMax = 2;

/// The results are in the order of `scenarios`.
[[nodiscard]] SuiteResult run_suite(const std::vector<Scenario>& scenarios,
                                    const SuiteOptions& options);

/// One scenario on a fresh rung; twice if asked.
[[nodiscard]] ScenarioResult run_fresh(const Scenario& scenario, const SuiteOptions& options,
                                       PictureStore* pictures);

}  // namespace cardrig::scenario
