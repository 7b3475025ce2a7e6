// Reads scenario files and says everything that is wrong with them, one sentence a slip.
#pragma once

#include <string>
#include <vector>

#include "kiosk/runtime/located_json.h"
#include "scenarios/engine/scenario.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

using located::Complaint;

struct Loaded {
  std::vector<Scenario> scenarios;  ///< one for each row of examples; none of a faulty file
  std::vector<Complaint> complaints;  ///< in the order of files and lines
};

/// `text` is the content of `file`. A row of examples adds "#" and its name to `id`.
/// Examples in a file of their own are looked for beside `file`.
[[nodiscard]] Loaded load_text(std::string_view text, const std::string& file,
                               const std::string& id, const Vocabulary& vocabulary);
[[nodiscard]] Loaded load_file(const std::string& file, const std::string& id,
                               const Vocabulary& vocabulary);

/// All `*.scenario.json` of the files and folders (searched to any depth, in the order of names).
/// A path that does not exist is a complaint. Ids are paths relative to the folder given.
[[nodiscard]] Loaded load_paths(const std::vector<std::string>& paths,
                                const Vocabulary& vocabulary);

}  // namespace cardrig::scenario
