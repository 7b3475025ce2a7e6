// The rungs that `cardrig run` can run on, and what each of them has to say about a command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/cardrig/commands.h"
#include "scenarios/engine/loader.h"
#include "scenarios/engine/result.h"
#include "scenarios/engine/rung.h"

namespace cardrig::cli {

/// Why these arguments do not go together, in one sentence; nothing: they do.
[[nodiscard]] std::optional<std::string> unsound(const RunArgs& args);

/// What is slow to load (people, nets) is loaded by the first run of each process and kept, never
/// by the process that only shares out the work.
[[nodiscard]] scenario::RungFactory make_virtual_rungs(const std::string& root,
                                                       const std::string& engine);
[[nodiscard]] scenario::RungFactory make_wire_rungs(const std::string& root, const RunArgs& args);

/// What readers of the results must know of the rung.
[[nodiscard]] std::vector<std::string> notes_about(const RunArgs& args);

/// Takes out what the wire rung cannot run. A file that was asked for by name becomes a complaint.
[[nodiscard]] std::vector<scenario::SkippedScenario> skip_unfit(
    const std::vector<std::string>& what, scenario::Loaded& loaded);

}  // namespace cardrig::cli
