#include "kiosk/runtime/rig_lines.h"

#include <array>

#include "kiosk/runtime/trace_json.h"

namespace cardrig {

using nlohmann::json;

namespace {

/// nlohmann writes and compares nested values by recursion: no message needs this many levels.
constexpr int kDepthMax = 64;

struct ReasonName {
  RigReason reason;
  const char* name;
};
constexpr std::array<ReasonName, 4> kReasonNames{{{RigReason::kUnknownVerb, "unknown_verb"},
                                                  {RigReason::kBadArguments, "bad_arguments"},
                                                  {RigReason::kNotPossibleNow, "not_possible_now"},
                                                  {RigReason::kNotOnThisRung, "not_on_this_rung"}}};

std::string line_of(const json& object) {
  return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

/// Brackets outside of texts; of text that is no JSON, whatever it gives.
bool is_too_deep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_text = !in_text;
    if (in_text) {
      if (c == '\\') ++i;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kDepthMax) return true;
  }
  return false;
}

tl::unexpected<Error<Unit>> no_request(const char* sentence) { return fail(Unit{}, sentence); }

}  // namespace

const char* to_string(RigReason reason) {
  for (const auto& r : kReasonNames) {
    if (r.reason == reason) return r.name;
  }
  return "?";
}

std::optional<RigReason> rig_reason(std::string_view name) {
  for (const auto& r : kReasonNames) {
    if (name == r.name) return r.reason;
  }
  return std::nullopt;
}

Result<RigRequest, Unit> read_rig_request(std::string_view line) {
  if (is_too_deep(line)) return no_request("lists and objects are nested too deep");
  json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object()) return no_request("a line must be one JSON object");
  RigRequest request;
  if (const auto id = object.find("id"); id != object.end()) {
    if (!id->is_number_integer()) return no_request("\"id\" must be an integer");
    request.id = *id;
  }
  const auto verb = object.find("verb");
  if (verb == object.end() || !verb->is_string()) return no_request("\"verb\" must be a text");
  request.message.verb = verb->get<std::string>();
  if (const auto args = object.find("args"); args != object.end()) {
    if (!args->is_object()) return no_request("\"args\" must be an object");
    request.message.args = std::move(*args);
  }
  return request;
}

std::string rig_request_line(std::uint64_t id, const RigMessage& message) {
  return line_of({{"id", id}, {"verb", message.verb}, {"args", message.args}});
}

std::string rig_answer_line(const json& id, const Result<json, RigReason>& answer) {
  json line = {{"id", id}};
  if (answer) {
    line["ok"] = *answer;
  } else {
    line["error"] = {{"reason", to_string(answer.error().reason)},
                     {"detail", answer.error().detail}};
  }
  return line_of(line);
}

std::string rig_complaint_line(const std::string& sentence) {
  return line_of({{"error", {{"reason", "not_the_protocol"}, {"detail", sentence}}}});
}

std::string rig_event_line(const Event& event) {
  return line_of({{"event", event_to_json(event)}});
}

std::string rig_mark_line(Nanos time) { return line_of({{"mark", time.count()}}); }

}  // namespace cardrig
