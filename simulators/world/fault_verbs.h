// The rig's verbs about faults, on one catalogue: fault.inject, fault.clear, faults.active,
// faults.inert, faults.clear_all (docs/protocols/rig.md).
#pragma once

#include <nlohmann/json.hpp>

#include "kiosk/runtime/rig.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

/// kUnknownVerb for every other verb.
[[nodiscard]] Result<nlohmann::json, RigReason> send_fault_verb(FaultCatalogue& faults,
                                                                const RigMessage& message);

}  // namespace cardrig::sim
