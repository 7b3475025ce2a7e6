// How a message of the rig stands in the trace: what a person types and what only they know is
// masked there, like everything personal.
#pragma once

#include <string>

#include "kiosk/runtime/rig.h"

namespace cardrig::scenario {

/// The arguments as JSON, masked.
[[nodiscard]] std::string traced_args(const RigMessage& message);

}  // namespace cardrig::scenario
