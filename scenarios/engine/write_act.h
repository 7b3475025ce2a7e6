// Rig messages as acts of a scenario file: what read_act() reads, the other way round. The panel
// records with it, and sends what a file would send.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "kiosk/runtime/rig.h"

namespace cardrig::scenario {

/// {"touch": "print"}; nothing: no act of a file stands for this message.
[[nodiscard]] std::optional<nlohmann::ordered_json> act_of(const RigMessage& message);

/// The message that reading this act gives: the same, with what a file leaves out filled in.
/// Nothing: no act stands for it, or its arguments are not those of one.
[[nodiscard]] std::optional<RigMessage> as_a_file_says(const RigMessage& message);

}  // namespace cardrig::scenario
