// The lines of the rig's socket, one JSON object each: what rig_port.h and rig_client.h write and
// read. docs/protocols/rig.md describes them.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/runtime/rig.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

/// Of a request. Answers and events may be longer: they carry pictures.
inline constexpr std::size_t kRigRequestMax_bytes = 1 << 20;
inline constexpr std::size_t kRigLineMax_bytes = 64 << 20;

struct RigRequest {
  nlohmann::json id;  ///< a number, or null if the request had none
  RigMessage message;
};

/// The request, or one sentence about what the line should have been.
[[nodiscard]] Result<RigRequest, Unit> read_rig_request(std::string_view line);

[[nodiscard]] const char* to_string(RigReason reason);
[[nodiscard]] std::optional<RigReason> rig_reason(std::string_view name);

// Each with its newline. Text that is no UTF-8 is mended, so that a line can always be read.
[[nodiscard]] std::string rig_request_line(std::uint64_t id, const RigMessage& message);
[[nodiscard]] std::string rig_answer_line(const nlohmann::json& id,
                                          const Result<nlohmann::json, RigReason>& answer);
/// {"error": {"reason": "not_the_protocol", "detail"}}: what the port says to bad lines.
[[nodiscard]] std::string rig_complaint_line(const std::string& sentence);
[[nodiscard]] std::string rig_event_line(const Event& event);
[[nodiscard]] std::string rig_mark_line(Nanos time);

}  // namespace cardrig
