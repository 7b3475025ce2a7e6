// Screens as JSON, for the rig's socket: the engine at the other end shows in reports what the
// kiosk shows. Only ever for simulated people: a picture may be the live camera.
#pragma once

#include <nlohmann/json.hpp>

#include "kiosk/flow/screen.h"

namespace cardrig::flow {

/// {"id", "step", "tone", "title", "sentence", "details", "illustration", "buttons", "ends_at",
/// "total", "staff_code", "progress", "progress_goal", "progress_since", "progress_takes",
/// "large_text", "picture_is_camera", "picture"}. Names as in the trace's kiosk.screen; a text is
/// {"key", "values": [[name, value]…]}; times are nanoseconds, instants of the kiosk's monotonic
/// clock; "picture" is {"format": "png", "base64"}, or null: the screen has none, or none is
/// wanted.
[[nodiscard]] nlohmann::json screen_to_json(const Screen& screen, bool with_picture);

/// The screen again; members that it does not have are passed over. Throws
/// nlohmann::json::exception or std::invalid_argument if `json` is no screen.
[[nodiscard]] Screen screen_from_json(const nlohmann::json& json);

// The names of the trace.
[[nodiscard]] const char* to_string(Step step);
[[nodiscard]] const char* to_string(Tone tone);
/// "zh", "en"
[[nodiscard]] const char* to_string(Language language);

}  // namespace cardrig::flow
