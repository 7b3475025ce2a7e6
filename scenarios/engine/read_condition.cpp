// Reads what a scenario expects: screens, events, cards, permits, outcomes.
#include <algorithm>
#include <array>

#include "kiosk/runtime/nearest.h"
#include "scenarios/engine/reading.h"

namespace cardrig::scenario {
namespace {

constexpr std::array kPlaces = {std::pair{"hopper", sim::CardPlace::kHopper},
                                std::pair{"path", sim::CardPlace::kPath},
                                std::pair{"exit", sim::CardPlace::kExit},
                                std::pair{"taken", sim::CardPlace::kTaken},
                                std::pair{"reject_bin", sim::CardPlace::kRejectBin},
                                std::pair{"staff", sim::CardPlace::kStaff}};

const std::vector<std::string>& outcomes() {
  static const std::vector<std::string> names = {"delivered", "captured", "spoilt",
                                                 "none",      "unknown",  "no_attempt"};
  return names;
}

std::string as_text(const Node& value) {
  return value.is(Node::Kind::kString) ? value.text : value.to_json().dump();
}

bool is_scalar(const Node& value) {
  return value.is(Node::Kind::kString) || value.is(Node::Kind::kBool) || value.is_number();
}

bool is_number(const std::string& text) {
  char* end = nullptr;
  std::strtod(text.c_str(), &end);
  return !text.empty() && *end == 0;
}

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Could the field ever hold this? Complains if not: such a "never" could not fail.
bool can_hold(Reading& reading, int line, const EventKind& event, const FieldKind& field,
              const std::string& wanted) {
  const std::string name = "The field \"" + field.name + "\" of " + event.kind;
  switch (field.holds) {
    case FieldKind::Holds::kAnything:
      return true;
    case FieldKind::Holds::kBool:
      if (wanted == "true" || wanted == "false") return true;
      reading.complain(line, name + " is true or false, never \"" + wanted + "\".");
      return false;
    case FieldKind::Holds::kNumber:
      if (is_number(wanted)) return true;
      reading.complain(line, name + " is a number, never \"" + wanted + "\".");
      return false;
    case FieldKind::Holds::kWord:
      if (located::is_known(wanted, field.words)) return true;
      reading.complain(line,
                       name + " is never \"" + wanted + "\"" + did_you_mean(wanted, field.words));
      return false;
    case FieldKind::Holds::kPermit:
      if (wanted.empty() || contains(reading.permits, wanted)) return true;
      reading.complain(
          line, "There is no permit \"" + wanted + "\"" + did_you_mean(wanted, reading.permits));
      return false;
  }
  return true;
}

/// Null after a complaint.
const FieldKind* find_field(Reading& reading, const Member& member, const EventKind& event) {
  std::vector<std::string> names;
  for (const FieldKind& field : event.fields) {
    if (field.name == member.key) return &field;
    names.push_back(field.name);
  }
  reading.complain(member.line, "The event " + event.kind + " has no field \"" + member.key + "\"" +
                                    did_you_mean(member.key, names));
  return nullptr;
}

/// `event` is null if the vocabulary knows no events.
std::optional<FieldPattern> read_field(Reading& reading, const Member& member,
                                       const EventKind* event) {
  const FieldKind* kind = nullptr;
  if (event != nullptr && (kind = find_field(reading, member, *event)) == nullptr) {
    return std::nullopt;
  }
  FieldPattern field;
  field.key = member.key;
  const Node* wanted = &member.value;
  if (wanted->is(Node::Kind::kObject)) {
    check_keys(reading, *wanted, "The field \"" + member.key + "\"", {"not"});
    wanted = wanted->find("not");
    field.negated = true;
  }
  if (wanted == nullptr || !is_scalar(*wanted)) {
    reading.complain(member.value.line,
                     "The field \"" + member.key +
                         "\" must be a text, a number, true or false, or {\"not\": one of these}.");
    return std::nullopt;
  }
  field.wanted = as_text(*wanted);
  if (kind != nullptr && !can_hold(reading, member.value.line, *event, *kind, field.wanted)) {
    return std::nullopt;
  }
  return field;
}

bool read_screen(Reading& reading, const Node& value, Condition& condition) {
  ScreenPattern screen;
  const auto take_id = [&](const Node& node) {
    const auto id = read_name(reading, node, "screen", reading.vocabulary.screens);
    if (id) screen.id = *id;
    return id.has_value();
  };
  if (!value.is(Node::Kind::kObject)) {
    if (!take_id(value)) return false;
    condition.screen = screen;
    return true;
  }
  check_keys(reading, value, "A screen", {"id", "button", "buttons", "staff_code", "title"});
  const Node* id = value.find("id");
  if (id == nullptr) {
    reading.complain(value.line, "A screen needs an \"id\".");
    return false;
  }
  if (!take_id(*id)) return false;
  const auto take_button = [&](const Node& node) {
    const auto key = read_name(reading, node, "button", reading.vocabulary.buttons);
    if (key) screen.buttons.push_back(*key);
    return key.has_value();
  };
  if (const Node* button = value.find("button"); button && !take_button(*button)) return false;
  if (const Node* buttons = value.find("buttons")) {
    if (!want(reading, *buttons, Node::Kind::kList, "buttons")) return false;
    for (const Node& button : buttons->items) {
      if (!take_button(button)) return false;
    }
  }
  if (const Node* code = value.find("staff_code")) {
    const auto read = read_name(reading, *code, "staff code", reading.vocabulary.staff_codes);
    if (!read) return false;
    screen.staff_code = *read;
  }
  if (const Node* title = value.find("title")) {
    const auto read = read_name(reading, *title, "text", reading.vocabulary.texts);
    if (!read) return false;
    screen.title = *read;
  }
  condition.screen = screen;
  return true;
}

bool read_events(Reading& reading, const Node& value, Condition& condition) {
  if (!value.is(Node::Kind::kList)) {
    const auto event = read_event(reading, value);
    if (event) condition.events.push_back(*event);
    return event.has_value();
  }
  for (const Node& item : value.items) {
    const auto event = read_event(reading, item);
    if (!event) return false;
    condition.events.push_back(*event);
  }
  return true;
}

bool read_cards(Reading& reading, const Node& value, Condition& condition) {
  if (!want(reading, value, Node::Kind::kObject, "cards")) return false;
  std::vector<std::string> places;
  places.reserve(kPlaces.size());
  for (const auto& [name, place] : kPlaces) places.emplace_back(name);
  check_keys(reading, value, "\"cards\"", places);
  for (const auto& [name, place] : kPlaces) {
    const Node* node = value.find(name);
    if (node == nullptr) continue;
    const auto amount = read_amount(reading, *node, name);
    if (!amount) return false;
    condition.cards.emplace_back(place, *amount);
  }
  return true;
}

bool read_permit_state(Reading& reading, const Member& member, Condition& condition) {
  static const std::vector<std::string> numbers = {"delivered", "captured", "spoilt",
                                                   "no_card",   "unknown",  "foreign_lookups"};
  const auto& known = reading.permits;
  if (std::find(known.begin(), known.end(), member.key) == known.end()) {
    reading.complain(member.line,
                     "There is no permit \"" + member.key + "\"" + did_you_mean(member.key, known));
    return false;
  }
  const Node& value = member.value;
  if (!want(reading, value, Node::Kind::kObject, member.key)) return false;
  auto keys = numbers;
  keys.insert(keys.end(), {"state", "claim"});
  check_keys(reading, value, "The state of a permit", keys);
  PermitPattern permit;
  permit.permit = member.key;
  const auto take = [&](const char* key, const std::vector<std::string>& names) {
    const Node* node = value.find(key);
    if (node == nullptr) return true;
    const auto text = read_name(reading, *node, std::string(key) + " of a permit", names);
    if (text) permit.texts.emplace_back(key, *text);
    return text.has_value();
  };
  if (!take("state", reading.vocabulary.permit_states)) return false;
  if (!take("claim", reading.vocabulary.claim_states)) return false;
  for (const std::string& key : numbers) {
    const Node* node = value.find(key);
    if (node == nullptr) continue;
    const auto amount = read_amount(reading, *node, key);
    if (!amount) return false;
    permit.numbers.emplace_back(key, *amount);
  }
  condition.permits.push_back(std::move(permit));
  return true;
}

bool read_permits(Reading& reading, const Node& value, Condition& condition) {
  if (!want(reading, value, Node::Kind::kObject, "permits")) return false;
  for (const Member& member : value.members) {
    if (!read_permit_state(reading, member, condition)) return false;
  }
  return true;
}

bool read_counts(Reading& reading, const Node& value, Condition& condition) {
  if (!want(reading, value, Node::Kind::kObject, "counts")) return false;
  for (const Member& member : value.members) {
    const auto known = reading.vocabulary.event_kinds();
    if (!known.empty() && !contains(known, member.key)) {
      reading.complain(member.line, "There is no kind of event \"" + member.key + "\"" +
                                        did_you_mean(member.key, known));
      return false;
    }
    const auto amount = read_amount(reading, member.value, member.key);
    if (!amount) return false;
    condition.counts.emplace_back(member.key, *amount);
  }
  return true;
}

bool read_kiosk(Reading& reading, const Node& value, Condition& condition) {
  const auto rest =
      read_name(reading, value, "state of the kiosk", {"idle", "out_of_service", "at_rest"});
  if (!rest) return false;
  condition.kiosk = *rest == "idle"             ? KioskRest::kIdle
                    : *rest == "out_of_service" ? KioskRest::kOutOfService
                                                : KioskRest::kEither;
  return true;
}

bool read_outcome(Reading& reading, const Node& value, Condition& condition) {
  const auto outcome = read_name(reading, value, "outcome", outcomes());
  if (outcome) condition.outcome = *outcome;
  return outcome.has_value();
}

using PartReader = bool (*)(Reading&, const Node&, Condition&);
constexpr std::array kParts = {
    std::pair{"screen", PartReader{read_screen}},   std::pair{"event", PartReader{read_events}},
    std::pair{"events", PartReader{read_events}},   std::pair{"cards", PartReader{read_cards}},
    std::pair{"permits", PartReader{read_permits}}, std::pair{"outcome", PartReader{read_outcome}},
    std::pair{"counts", PartReader{read_counts}},   std::pair{"kiosk", PartReader{read_kiosk}}};

}  // namespace

std::optional<EventPattern> read_event(Reading& reading, const Node& value) {
  EventPattern pattern;
  const auto take_kind = [&](const Node& node) {
    const auto kind = read_name(reading, node, "kind of event", reading.vocabulary.event_kinds());
    if (kind) pattern.kind = *kind;
    return kind.has_value();
  };
  if (!value.is(Node::Kind::kObject)) {
    if (!take_kind(value)) return std::nullopt;
    return pattern;
  }
  check_keys(reading, value, "An event", {"kind", "party", "fields"});
  const Node* kind = value.find("kind");
  if (kind == nullptr) {
    reading.complain(value.line, "An event needs a \"kind\".");
    return std::nullopt;
  }
  if (!take_kind(*kind)) return std::nullopt;
  const EventKind* known = reading.vocabulary.find_event(pattern.kind);
  if (const Node* party = value.find("party")) {
    const auto text = read_text(reading, *party, "party");
    if (!text) return std::nullopt;
    if (known != nullptr && !known->parties.empty() && !contains(known->parties, *text)) {
      std::string parties;
      for (const auto& name : known->parties) parties += (parties.empty() ? "" : " or ") + name;
      reading.complain(party->line, "The event " + known->kind + " is never of the party \"" +
                                        *text + "\", only of " + parties + ".");
      return std::nullopt;
    }
    pattern.party = *text;
  }
  if (const Node* fields = value.find("fields")) {
    if (!want(reading, *fields, Node::Kind::kObject, "fields")) return std::nullopt;
    for (const Member& member : fields->members) {
      auto field = read_field(reading, member, known);
      if (!field) return std::nullopt;
      pattern.fields.push_back(std::move(*field));
    }
  }
  return pattern;
}

std::optional<Condition> read_condition(Reading& reading, const Node& value,
                                        std::string_view what) {
  if (!want(reading, value, Node::Kind::kObject, what)) return std::nullopt;
  Condition condition;
  condition.line = value.line;
  condition.text = source_text(value);
  std::vector<std::string> keys;
  keys.reserve(kParts.size());
  for (const auto& [key, reader] : kParts) keys.emplace_back(key);
  const std::size_t before = reading.complaints.size();
  check_keys(reading, value, "\"" + std::string(what) + "\"", keys);
  bool whole = reading.complaints.size() == before;
  for (const auto& [key, reader] : kParts) {
    const Node* node = value.find(key);
    if (node != nullptr) whole = reader(reading, *node, condition) && whole;
  }
  if (value.members.empty()) {
    reading.complain(value.line, "\"" + std::string(what) + "\" expects nothing.");
    whole = false;
  }
  if (!whole) return std::nullopt;
  return condition;
}

}  // namespace cardrig::scenario
