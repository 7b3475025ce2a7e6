// The names that scenario files may use on the virtual rung: what its parts declare, and what the
// kiosk's flow can show.
#pragma once

#include <optional>
#include <string>

#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

/// `root` is the repository's root, where the data of the simulated people lie. Nothing: they are
/// missing there.
[[nodiscard]] std::optional<Vocabulary> virtual_vocabulary(const std::string& root);

}  // namespace cardrig::scenario
