// Helpers of the loader: checked access to a file's values, with one sentence for every slip.
// Internal to scenarios/engine.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/engine/located_json.h"
#include "scenarios/engine/scenario.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

/// What is known while one file is read.
struct Reading {
  std::string file;
  const Vocabulary& vocabulary;
  std::vector<Complaint>& complaints;
  std::vector<std::string> permits;  ///< ids declared so far, in the order of the file
  /// What ${name} stands for: "let", and the row of examples.
  std::map<std::string, Node> values;

  /// Adds a complaint, unless the same one is there (rows of examples repeat the same lines).
  void complain(int line, std::string sentence);
};

/// True if `node` is of the kind; else complains: `"name" must be a text, but is the number 5.`
bool want(Reading& reading, const Node& node, Node::Kind kind, std::string_view what);
/// Complains about every member whose key is not in `allowed`.
void check_keys(Reading& reading, const Node& object, std::string_view what,
                const std::vector<std::string>& allowed);

[[nodiscard]] std::optional<std::string> read_text(Reading& reading, const Node& node,
                                                   std::string_view what);
[[nodiscard]] std::optional<bool> read_bool(Reading& reading, const Node& node,
                                            std::string_view what);
/// A whole number within [low, high].
[[nodiscard]] std::optional<std::int64_t> read_integer(Reading& reading, const Node& node,
                                                       std::string_view what, std::int64_t low,
                                                       std::int64_t high);
[[nodiscard]] std::optional<double> read_number(Reading& reading, const Node& node,
                                                std::string_view what, double low, double high);
/// "300 ms", "5 s", "2 min", "1.5 h"; with `may_be_negative` also "-30 s".
[[nodiscard]] std::optional<Nanos> read_duration(Reading& reading, const Node& node,
                                                 std::string_view what,
                                                 bool may_be_negative = false);
[[nodiscard]] std::optional<Nanos> parse_duration(std::string_view text);
/// 3, or {"at_least": 1, "at_most": 3}.
[[nodiscard]] std::optional<Amount> read_amount(Reading& reading, const Node& node,
                                                std::string_view what);
/// A text that must be one of `known`; `what` is "person", "fault"… An empty list knows nothing
/// and checks nothing. A known name may end with '*'.
[[nodiscard]] std::optional<std::string> read_name(Reading& reading, const Node& node,
                                                   std::string_view what,
                                                   const std::vector<std::string>& known);

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
