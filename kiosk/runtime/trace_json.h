// Events as JSON, for the rig's socket: complete, unlike Trace::to_json_lines(), because the engine
// at the other end checks the invariants with them. Only ever for simulated people.
#pragma once

#include <nlohmann/json.hpp>

#include "kiosk/runtime/trace.h"

namespace cardrig {

/// {"id", "t" (ns), "party", "kind", "cause", "fields": [["key", value]…], "blobs": […]}; a
/// personal value is {"personal": kind, "raw": text}; a number that JSON has no sign for is
/// {"double": "nan" | "inf" | "-inf"}; a blob {"name", "type", "data": base64}.
[[nodiscard]] nlohmann::json event_to_json(const Event& event);
/// Throws nlohmann::json::exception or std::invalid_argument if `json` is no event.
[[nodiscard]] Event event_from_json(const nlohmann::json& json);

}  // namespace cardrig
