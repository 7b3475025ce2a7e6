// Both directions.
#include "kiosk/runtime/trace_json.h"

#include <array>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "kiosk/runtime/base64.h"

namespace cardrig {

using nlohmann::json;

namespace {

struct KindName {
  Personal::Kind kind;
  const char* name;
};
constexpr std::array<KindName, 5> kKindNames{{{Personal::Kind::kName, "name"},
                                              {Personal::Kind::kIdNumber, "id_number"},
                                              {Personal::Kind::kDate, "date"},
                                              {Personal::Kind::kAddress, "address"},
                                              {Personal::Kind::kOther, "other"}}};

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
