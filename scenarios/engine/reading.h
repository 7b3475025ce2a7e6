// Helpers of the loader: checked access to a file's values, with one sentence for every slip.
// Internal to scenarios/engine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/located_json.h"
#include "kiosk/runtime/located_reading.h"
#include "scenarios/engine/scenario.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

using located::Complaint;
using located::Member;
using located::Node;

/// What is known while one file is read.
struct Reading : located::Reading {
  const Vocabulary& vocabulary;
  std::vector<std::string> permits;  ///< ids declared so far, in the order of the file
  /// What ${name} stands for: "let", and the row of examples.
  std::map<std::string, Node> values;
};

/// 3, or {"at_least": 1, "at_most": 3}.
[[nodiscard]] std::optional<Amount> read_amount(Reading& reading, const Node& node,
                                                std::string_view what);

/// `touch: start`: a step or condition as its author wrote it, on one line, without the signs that
/// only a parser needs.
[[nodiscard]] std::string source_text(const Node& value);

// --- the parts of a file, each in its own .cpp ---

/// The message of an act; nothing after a complaint.
[[nodiscard]] std::optional<RigMessage> read_act(Reading& reading, std::string_view key,
                                                 const Node& value);
/// A permit's arguments; notes its id.
[[nodiscard]] std::optional<RigMessage> read_permit(Reading& reading, const Node& value);
[[nodiscard]] std::optional<EventPattern> read_event(Reading& reading, const Node& value);
[[nodiscard]] std::optional<Condition> read_condition(Reading& reading, const Node& value,
                                                      std::string_view what);
[[nodiscard]] std::optional<Step> read_step(Reading& reading, const Node& value);

}  // namespace cardrig::scenario
