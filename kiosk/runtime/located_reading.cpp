#include "kiosk/runtime/located_reading.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <utility>

#include "kiosk/runtime/nearest.h"

namespace cardrig::located {
namespace {

const char* name_of(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::kNull:
      return "nothing";
    case Node::Kind::kBool:
      return "true or false";
    case Node::Kind::kInteger:
      return "a whole number";
    case Node::Kind::kNumber:
      return "a number";
    case Node::Kind::kString:
      return "a text";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kObject:
      return "an object";
  }
  return "?";
}

std::string plain(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

bool fits(std::string_view word, std::string_view known) {
  if (!known.empty() && known.back() == '*') {
    known.remove_suffix(1);
    return word.size() > known.size() && word.substr(0, known.size()) == known;
  }
  return word == known;
}

}  // namespace

std::string in_quotes(std::string_view word) { return "\"" + std::string(word) + "\""; }

void Reading::complain(int line, std::string sentence) {
  Complaint complaint{file, line, std::move(sentence)};
  if (std::find(complaints.begin(), complaints.end(), complaint) == complaints.end()) {
    complaints.push_back(std::move(complaint));
  }
}

bool want(Reading& reading, const Node& node, Node::Kind kind, std::string_view what) {
  if (node.is(kind)) return true;
  reading.complain(node.line, in_quotes(what) + " must be " + name_of(kind) + ", but is " +
                                  node.describe() + ".");
  return false;
}

void check_keys(Reading& reading, const Node& object, std::string_view what,
                const std::vector<std::string>& allowed) {
  for (const Member& member : object.members) {
    if (std::find(allowed.begin(), allowed.end(), member.key) != allowed.end()) continue;
    reading.complain(member.line, std::string(what) + " knows no " + in_quotes(member.key) +
                                      did_you_mean(member.key, allowed));
  }
}

std::optional<std::string> read_text(Reading& reading, const Node& node, std::string_view what) {
  if (!want(reading, node, Node::Kind::kString, what)) return std::nullopt;
  if (node.text.empty()) {
    reading.complain(node.line, in_quotes(what) + " must not be empty.");
    return std::nullopt;
  }
  return node.text;
}

std::optional<bool> read_bool(Reading& reading, const Node& node, std::string_view what) {
  if (!want(reading, node, Node::Kind::kBool, what)) return std::nullopt;
  return node.boolean;
}

std::optional<std::int64_t> read_integer(Reading& reading, const Node& node, std::string_view what,
                                         std::int64_t low, std::int64_t high) {
  if (!want(reading, node, Node::Kind::kInteger, what)) return std::nullopt;
  if (node.integer < low || node.integer > high) {
    reading.complain(node.line, in_quotes(what) + " must lie between " + std::to_string(low) +
                                    " and " + std::to_string(high) + ", but is " +
                                    std::to_string(node.integer) + ".");
    return std::nullopt;
  }
  return node.integer;
}

std::optional<double> read_number(Reading& reading, const Node& node, std::string_view what,
                                  double low, double high) {
  if (!node.is_number()) {
    reading.complain(node.line,
                     in_quotes(what) + " must be a number, but is " + node.describe() + ".");
    return std::nullopt;
  }
  if (node.number < low || node.number > high) {
    reading.complain(node.line, in_quotes(what) + " must lie between " + plain(low) + " and " +
                                    plain(high) + ", but is " + plain(node.number) + ".");
    return std::nullopt;
  }
  return node.number;
}

std::optional<Nanos> parse_duration(std::string_view text) {
  std::size_t at = 0;
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) at = 1;
  const std::size_t number_from = at;
  while (at < text.size() &&
         (std::isdigit(static_cast<unsigned char>(text[at])) != 0 || text[at] == '.')) {
    ++at;
  }
  const std::string number(text.substr(number_from, at - number_from));
  while (at < text.size() && text[at] == ' ') ++at;
  const std::string_view unit = text.substr(at);
  double factor_ns = 0;
  if (unit == "ms") factor_ns = 1e6;
  if (unit == "s") factor_ns = 1e9;
  if (unit == "min") factor_ns = 60e9;
  if (unit == "h") factor_ns = 3600e9;
  // Sixteen signs say a nanosecond within a day, as a recorded wait needs it.
  if (number.empty() || number.size() > 16 || factor_ns == 0 || !std::isdigit(number.front()) ||
      std::count(number.begin(), number.end(), '.') > 1) {
    return std::nullopt;
  }
  const double value_ns = std::strtod(number.c_str(), nullptr) * factor_ns;
  constexpr double kLongest_ns = 400.0 * 24 * 3600e9;
  if (value_ns > kLongest_ns) return std::nullopt;
  const Nanos length(static_cast<std::int64_t>(std::llround(value_ns)));
  return negative ? -length : length;
}

std::optional<Nanos> read_duration(Reading& reading, const Node& node, std::string_view what,
                                   bool may_be_negative) {
  const auto length =
      node.is(Node::Kind::kString) ? parse_duration(node.text) : std::optional<Nanos>();
  if (!length || (!may_be_negative && *length < Nanos(0))) {
    reading.complain(node.line, in_quotes(what) +
                                    " must be a duration such as \"5 s\", \"300 ms\" or \"2 min\","
                                    " but is " +
                                    node.describe() + ".");
    return std::nullopt;
  }
  return length;
}

bool is_known(std::string_view word, const std::vector<std::string>& known) {
  return std::any_of(known.begin(), known.end(), [&](const auto& k) { return fits(word, k); });
}

std::optional<std::string> read_name(Reading& reading, const Node& node, std::string_view what,
                                     const std::vector<std::string>& known) {
  auto name = read_text(reading, node, what);
  if (!name) return std::nullopt;
  if (!known.empty() && !is_known(*name, known)) {
    reading.complain(node.line, "There is no " + std::string(what) + " " + in_quotes(*name) +
                                    did_you_mean(*name, known));
    return std::nullopt;
  }
  return name;
}

}  // namespace cardrig::located
