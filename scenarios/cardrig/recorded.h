// What an earlier run left: a report, its results.json, or a trace. `cardrig replay` repeats it.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "scenarios/engine/suite.h"

namespace cardrig::cli {

struct RecordedRun {
  std::string file;  ///< of the scenario
  std::string row;  ///< of its examples; "": it has none
  std::uint64_t seed = 0;
  scenario::Recorded left;
};

/// "row" of "cards/jam.scenario.json#row"; "" without one. (What stands before it depends on the
/// folder that was named.)
[[nodiscard]] std::string row_of(const std::string& scenario_id);

/// `path` is the folder of a report, a results.json or a trace (*.jsonl). Scenario files are looked
/// for here and below `root`. The error is one sentence.
[[nodiscard]] tl::expected<std::vector<RecordedRun>, std::string> read_recorded(
    const std::string& path, const std::string& root);

}  // namespace cardrig::cli
