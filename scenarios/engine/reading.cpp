#include "scenarios/engine/reading.h"

namespace cardrig::scenario {

std::optional<Amount> read_amount(Reading& reading, const Node& node, std::string_view what) {
  constexpr std::int64_t kMost = 1'000'000;
  if (!node.is(Node::Kind::kObject)) {
    const auto exact = read_integer(reading, node, what, 0, kMost);
    if (!exact) return std::nullopt;
    return Amount{*exact, *exact};
  }
  check_keys(reading, node, located::in_quotes(what), {"at_least", "at_most"});
  Amount amount{0, kMost};
  if (const Node* low = node.find("at_least")) {
    const auto value = read_integer(reading, *low, "at_least", 0, kMost);
    if (!value) return std::nullopt;
    amount.low = *value;
  }
  if (const Node* high = node.find("at_most")) {
    const auto value = read_integer(reading, *high, "at_most", 0, kMost);
    if (!value) return std::nullopt;
    amount.high = *value;
  }
  if (amount.low > amount.high) {
    reading.complain(node.line,
                     located::in_quotes(what) + " can never hold: its least is above its most.");
    return std::nullopt;
  }
  return amount;
}

namespace {

/// Without the quotes and braces that only a parser needs: `kind: face.result, fields: (…)`.
std::string plain_text(const Node& value, bool outermost) {
  std::string text;
  const auto join = [&](const std::string& piece) { text += (text.empty() ? "" : ", ") + piece; };
  switch (value.kind) {
    case Node::Kind::kString:
      return value.text;
    case Node::Kind::kList:
      for (const Node& item : value.items) join(plain_text(item, false));
      return value.items.empty() ? "nobody" : "[" + text + "]";
    case Node::Kind::kObject:
      break;
    default:
      return value.to_json().dump();
  }
  for (const Member& member : value.members) {
    if (member.key == "note") continue;
    const bool bare_true = member.value.is(Node::Kind::kBool) && member.value.boolean;
    join(bare_true && outermost ? member.key : member.key + ": " + plain_text(member.value, false));
  }
  return outermost ? text : "(" + text + ")";
}

}  // namespace

std::string source_text(const Node& value) { return plain_text(value, true); }

}  // namespace cardrig::scenario
