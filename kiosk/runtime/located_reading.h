// Checked access to the values of a file of JSON, with one sentence for every slip. For files that
// people write; the kinds of error are always said in the same words.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/located_json.h"

namespace cardrig::located {

/// Where complaints about one file go.
struct Reading {
  std::string file;
  std::vector<Complaint>& complaints;

  /// Adds a complaint, unless the same one is there.
  void complain(int line, std::string sentence);
};

/// `"word"`
[[nodiscard]] std::string in_quotes(std::string_view word);

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
/// Is `word` one of `known`? A known name may end with '*'.
[[nodiscard]] bool is_known(std::string_view word, const std::vector<std::string>& known);
/// A text that must be one of `known`; `what` is "person", "fault"… An empty list knows nothing
/// and checks nothing. A known name may end with '*'.
[[nodiscard]] std::optional<std::string> read_name(Reading& reading, const Node& node,
                                                   std::string_view what,
                                                   const std::vector<std::string>& known);

}  // namespace cardrig::located
