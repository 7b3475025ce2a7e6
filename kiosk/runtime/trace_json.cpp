// Both directions, and base64 (RFC 4648) for the blobs.
#include "kiosk/runtime/trace_json.h"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace cardrig {

using nlohmann::json;

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

struct KindName {
  Personal::Kind kind;
  const char* name;
};
constexpr std::array<KindName, 5> kKindNames{{{Personal::Kind::kName, "name"},
                                              {Personal::Kind::kIdNumber, "id_number"},
                                              {Personal::Kind::kDate, "date"},
                                              {Personal::Kind::kAddress, "address"},
                                              {Personal::Kind::kOther, "other"}}};

std::string to_base64(const std::vector<std::uint8_t>& bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 0x3F];
    }
  }
  return text;
}

std::array<std::int8_t, 256> digit_values() {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values.at(static_cast<unsigned char>(kDigits[i])) = static_cast<std::int8_t>(i);
  }
  return values;
}

/// Only what to_base64() writes: padded, without spaces, no stray bits in the last digit.
std::vector<std::uint8_t> from_base64(std::string_view text) {
  static const auto values = digit_values();
  if (text.size() % 4 != 0) throw std::invalid_argument("base64 comes in groups of four");
  const std::size_t digits = text.substr(0, text.find('=')).size();
  const std::size_t padding = text.size() - digits;
  if (padding > 2 || text.find_first_not_of('=', digits) != std::string_view::npos) {
    throw std::invalid_argument("base64 is padded by at most two signs, at its end");
  }
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, digits)) {
    const int value = values.at(static_cast<unsigned char>(c));
    if (value < 0) throw std::invalid_argument("a sign that base64 does not have");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  if (bits != 0) throw std::invalid_argument("base64 with bits after its end");
  return bytes;
}

json value_to_json(const Value& value) {
  struct Visitor {
    json operator()(bool b) const { return b; }
    json operator()(std::int64_t n) const { return n; }
    json operator()(double d) const {
      if (std::isfinite(d)) return d;
      return {{"double", std::isnan(d) ? "nan" : d > 0 ? "inf" : "-inf"}};
    }
    json operator()(const std::string& s) const { return s; }
    json operator()(const Personal& p) const {
      for (const auto& k : kKindNames) {
        if (k.kind == p.kind) return {{"personal", k.name}, {"raw", p.raw}};
      }
      throw std::invalid_argument("a personal value of no kind");
    }
  };
  return std::visit(Visitor{}, value);
}

double double_named(const std::string& name) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (name == "inf") return infinity;
  if (name == "-inf") return -infinity;
  throw std::invalid_argument("there is no number \"" + name + "\"");
}

Personal::Kind kind_named(const std::string& name) {
  for (const auto& k : kKindNames) {
    if (name == k.name) return k.kind;
  }
  throw std::invalid_argument("there is no kind of personal value \"" + name + "\"");
}

std::int64_t integer_from(const json& number) {
  if (number.is_number_unsigned() &&
      number.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    throw std::invalid_argument("an integer beyond 63 bits");
  }
  if (!number.is_number_integer()) throw std::invalid_argument("an integer was expected");
  return number.get<std::int64_t>();
}

EventId id_from(const json& number) {
  if (!number.is_number_unsigned()) throw std::invalid_argument("an id is a number from 0");
  return number.get<EventId>();
}

Value value_from_json(const json& value) {
  if (value.is_boolean()) return value.get<bool>();
  if (value.is_number_float()) return value.get<double>();
  if (value.is_number_integer()) return integer_from(value);
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_object())
    throw std::invalid_argument("a field's value is of no type that it may be");
  if (value.contains("double")) return double_named(value.at("double").get<std::string>());
  return Personal{kind_named(value.at("personal").get<std::string>()),
                  value.at("raw").get<std::string>()};
}

/// Field's constructors take their value by type; here it comes as a variant.
Field field_from_json(const json& pair) {
  if (!pair.is_array() || pair.size() != 2) {
    throw std::invalid_argument("a field is a list of its key and its value");
  }
  Field field(pair[0].get<std::string>(), false);
  field.value = value_from_json(pair[1]);
  return field;
}

const json& list_in(const json& object, const char* key) {
  const json& list = object.at(key);
  if (!list.is_array()) throw std::invalid_argument(std::string("\"") + key + "\" is a list");
  return list;
}

}  // namespace

json event_to_json(const Event& event) {
  json fields = json::array();
  for (const auto& f : event.fields) fields.push_back(json::array({f.key, value_to_json(f.value)}));
  json blobs = json::array();
  for (const auto& b : event.blobs) {
    blobs.push_back({{"name", b.name}, {"type", b.media_type}, {"data", to_base64(*b.data)}});
  }
  return {{"id", event.id},           {"t", event.time.count()}, {"party", event.party},
          {"kind", event.kind},       {"cause", event.cause},    {"fields", std::move(fields)},
          {"blobs", std::move(blobs)}};
}

Event event_from_json(const json& object) {
  Event event;
  event.id = id_from(object.at("id"));
  event.time = Nanos(integer_from(object.at("t")));
  event.party = object.at("party").get<std::string>();
  event.kind = object.at("kind").get<std::string>();
  event.cause = id_from(object.at("cause"));
  for (const auto& pair : list_in(object, "fields")) event.fields.push_back(field_from_json(pair));
  for (const auto& b : list_in(object, "blobs")) {
    event.blobs.push_back(make_blob(b.at("name").get<std::string>(),
                                    b.at("type").get<std::string>(),
                                    from_base64(b.at("data").get<std::string>())));
  }
  return event;
}

}  // namespace cardrig
