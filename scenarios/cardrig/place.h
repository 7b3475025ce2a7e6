// Where the repository is, and which scenarios a command line means.
#pragma once

#include <string>
#include <vector>

#include "scenarios/engine/loader.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::cli {

/// CARDRIG_ROOT, else the nearest folder above this one that holds scenarios/suite, else "".
[[nodiscard]] std::string find_root();

/// Scenarios of files, folders and tags; of the whole suite if `what` is empty. A word that is no
/// path is a tag: of the scenarios of the paths if there are any, else of the suite.
[[nodiscard]] scenario::Loaded load_what(const std::vector<std::string>& what,
                                         const std::string& root,
                                         const scenario::Vocabulary& vocabulary);

}  // namespace cardrig::cli
