// Reads the acts of a scenario file: each becomes one message of the rig protocol.
#include <algorithm>

#include "kiosk/runtime/nearest.h"
#include "mock-platform/types.h"
#include "scenarios/engine/acts.h"
#include "scenarios/engine/reading.h"

namespace cardrig::scenario {
namespace {

const std::vector<std::string>& outcomes_found() {
  static const std::vector<std::string> names = {"delivered", "captured", "spoilt", "none"};
  return names;
}

std::optional<nlohmann::json> read_subject(Reading& reading, const Node& value) {
  if (value.is(Node::Kind::kString)) {
    const auto person = read_name(reading, value, "person", reading.vocabulary.people);
    if (!person) return std::nullopt;
    return nlohmann::json{{"kind", "person"}, {"person", *person}};
  }
  if (!want(reading, value, Node::Kind::kObject, "before_camera")) return std::nullopt;
  check_keys(reading, value, "What stands before the camera",
             {"kind", "person", "distance_m", "offset_m"});
  nlohmann::json subject{{"kind", "person"}};
  if (const Node* kind = value.find("kind")) {
    const auto name =
        read_name(reading, *kind, "kind of subject", {"person", "printed_photo", "screen"});
    if (!name) return std::nullopt;
    subject["kind"] = *name;
  }
  const Node* person = value.find("person");
  if (person == nullptr) {
    reading.complain(value.line, "What stands before the camera needs a \"person\".");
    return std::nullopt;
  }
  const auto name = read_name(reading, *person, "person", reading.vocabulary.people);
  if (!name) return std::nullopt;
  subject["person"] = *name;
  for (const auto& [key, low, high] :
       {std::tuple{"distance_m", 0.2, 10.0}, std::tuple{"offset_m", -5.0, 5.0}}) {
    const Node* number = value.find(key);
    if (number == nullptr) continue;
    const auto metres = read_number(reading, *number, key, low, high);
    if (!metres) return std::nullopt;
    subject[key] = *metres;
  }
  return subject;
}

std::optional<nlohmann::json> read_subjects(Reading& reading, const Node& value) {
  auto list = nlohmann::json::array();
  if (!value.is(Node::Kind::kList)) {
    auto subject = read_subject(reading, value);
    if (!subject) return std::nullopt;
    list.push_back(std::move(*subject));
    return list;
  }
  for (const Node& item : value.items) {
    auto subject = read_subject(reading, item);
    if (!subject) return std::nullopt;
    list.push_back(std::move(*subject));
  }
  return list;
}

std::vector<std::string> fault_names(const Vocabulary& vocabulary) {
  std::vector<std::string> names;
  for (const auto& spec : vocabulary.faults) names.push_back(spec.name);
  return names;
}

const sim::FaultSpec* find_fault(const Vocabulary& vocabulary, const std::string& name) {
  for (const auto& spec : vocabulary.faults) {
    if (spec.name == name) return &spec;
  }
  return nullptr;
}

std::optional<nlohmann::json> read_fault_params(Reading& reading, const Node& value,
                                                const sim::FaultSpec* spec) {
  auto params = nlohmann::json::object();
  std::vector<std::string> known{"fault"};
  if (spec != nullptr) {
    for (const auto& param : spec->params) known.push_back(param.name);
    check_keys(reading, value, "The fault \"" + spec->name + "\"", known);
  }
  for (const Member& member : value.members) {
    if (member.key == "fault") continue;
    double low = -1e18, high = 1e18;
    if (spec != nullptr) {
      const auto param = std::find_if(spec->params.begin(), spec->params.end(),
                                      [&](const auto& p) { return p.name == member.key; });
      if (param == spec->params.end()) return std::nullopt;  // check_keys has complained
      low = param->low;
      high = param->high;
    }
    const auto number = read_number(reading, member.value, member.key, low, high);
    if (!number) return std::nullopt;
    params[member.key] = *number;
  }
  return params;
}

std::optional<RigMessage> read_fault(Reading& reading, const Node& value) {
  const Node* name_node = &value;
  if (value.is(Node::Kind::kObject)) {
    name_node = value.find("fault");
    if (name_node == nullptr) {
      reading.complain(value.line, "\"inject\" needs the name of a \"fault\".");
      return std::nullopt;
    }
  }
  const auto name = read_name(reading, *name_node, "fault", fault_names(reading.vocabulary));
  if (!name) return std::nullopt;
  RigMessage message{"fault.inject", {{"name", *name}}};
  if (value.is(Node::Kind::kObject)) {
    const auto params = read_fault_params(reading, value, find_fault(reading.vocabulary, *name));
    if (!params) return std::nullopt;
    message.args["params"] = *params;
  }
  return message;
}

std::optional<RigMessage> read_power_cut(Reading& reading, const Node& value) {
  RigMessage message{"kiosk.power_cut", nlohmann::json::object()};
  if (value.is(Node::Kind::kBool) && value.boolean) return message;
  if (!want(reading, value, Node::Kind::kObject, "power_cut")) return std::nullopt;
  check_keys(reading, value, "\"power_cut\"", {"disk_operation"});
  if (const Node* operation = value.find("disk_operation")) {
    const auto n = read_integer(reading, *operation, "disk_operation", 1, 1'000'000);
    if (!n) return std::nullopt;
    message.args["disk_operation"] = *n;
  }
  return message;
}

/// The argument of an act that has exactly one.
std::optional<nlohmann::json> read_argument(Reading& reading, const ActSpec& act,
                                            const Node& value) {
  const auto name = [&](std::string_view what,
                        const std::vector<std::string>& known) -> std::optional<nlohmann::json> {
    const auto text = read_name(reading, value, what, known);
    if (!text) return std::nullopt;
    return nlohmann::json(*text);
  };
  switch (act.value) {
    case ActValue::kDocument:
      return name("document", reading.vocabulary.documents);
    case ActValue::kPerson:
      return name("person", reading.vocabulary.people);
    case ActValue::kFaultName:
      return name("fault", fault_names(reading.vocabulary));
    case ActValue::kPermitId:
      if (reading.permits.empty()) {
        reading.complain(value.line, "No permit is given before this line.");
        return std::nullopt;
      }
      return name("permit", reading.permits);
    case ActValue::kButton:
      return name("button", reading.vocabulary.buttons);
    case ActValue::kOutcome:
      return name("outcome that staff can find", outcomes_found());
    case ActValue::kSubjects:
      return read_subjects(reading, value);
    case ActValue::kNumber: {
      const auto number = read_number(reading, value, act.key, act.low, act.high);
      return number ? std::optional<nlohmann::json>(*number) : std::nullopt;
    }
    case ActValue::kInteger: {
      const auto number = read_integer(reading, value, act.key, static_cast<std::int64_t>(act.low),
                                       static_cast<std::int64_t>(act.high));
      return number ? std::optional<nlohmann::json>(*number) : std::nullopt;
    }
    case ActValue::kBool: {
      const auto flag = read_bool(reading, value, act.key);
      return flag ? std::optional<nlohmann::json>(*flag) : std::nullopt;
    }
    case ActValue::kSeconds: {
      const auto length = read_duration(reading, value, act.key, /*may_be_negative=*/true);
      if (!length) return std::nullopt;
      return nlohmann::json(std::chrono::duration_cast<std::chrono::seconds>(*length).count());
    }
    default:
      return std::nullopt;
  }
}

std::optional<std::string> read_record_number(Reading& reading, const Node& value) {
  auto number = read_text(reading, value, "number");
  if (!number || mock_platform::is_record_number(*number)) return number;
  reading.complain(value.line, "The \"number\" of a permit has 8 to 16 characters 0-9 A-Z, not \"" +
                                   *number + "\".");
  return std::nullopt;
}

}  // namespace

std::optional<RigMessage> read_permit(Reading& reading, const Node& value) {
  if (!want(reading, value, Node::Kind::kObject, "permit")) return std::nullopt;
  check_keys(reading, value, "A permit",
             {"id", "person", "item", "state", "photo", "number", "listed"});
  RigMessage message{"platform.permit", {{"item", "2.1"}, {"state", "approved"}, {"photo", true}}};
  bool whole = true;
  const auto take = [&](const char* key, const std::optional<std::string>& text) {
    whole = whole && text.has_value();
    if (text) message.args[key] = *text;
  };
  if (const Node* id = value.find("id")) take("id", read_text(reading, *id, "id"));
  if (const Node* person = value.find("person")) {
    take("person", read_name(reading, *person, "person", reading.vocabulary.people));
  }
  if (const Node* item = value.find("item")) {
    take("item", read_name(reading, *item, "item code", reading.vocabulary.items));
  }
  if (const Node* state = value.find("state")) {
    take("state", read_name(reading, *state, "state of a permit",
                            {"approved", "pending", "revoked", "issued"}));
  }
  if (const Node* number = value.find("number")) {
    take("number", read_record_number(reading, *number));
  }
  for (const char* key : {"photo", "listed"}) {
    const Node* node = value.find(key);
    if (node == nullptr) continue;
    const auto flag = read_bool(reading, *node, key);
    whole = whole && flag.has_value();
    if (flag) message.args[key] = *flag;
  }
  for (const char* key : {"id", "person"}) {
    if (value.find(key) != nullptr) continue;
    reading.complain(value.line, "A permit needs \"" + std::string(key) + "\".");
    whole = false;
  }
  if (message.args.contains("id")) {
    const std::string id = message.args["id"];
    const bool second =
        std::find(reading.permits.begin(), reading.permits.end(), id) != reading.permits.end();
    if (second) {
      reading.complain(value.find("id")->line,
                       "There is a permit \"" + id + "\" already; another one needs another id.");
      whole = false;
    } else {
      reading.permits.push_back(id);
    }
  }
  if (!whole) return std::nullopt;
  return message;
}

std::optional<RigMessage> read_act(Reading& reading, std::string_view key, const Node& value) {
  const ActSpec* act = find_act(key);
  if (act == nullptr) return std::nullopt;
  switch (act->value) {
    case ActValue::kNothing:
      if (!value.is(Node::Kind::kBool) || !value.boolean) {
        reading.complain(value.line, "\"" + std::string(key) + "\" must be true, but is " +
                                         value.describe() + ".");
        return std::nullopt;
      }
      return RigMessage{std::string(act->verb), nlohmann::json::object()};
    case ActValue::kFault:
      return read_fault(reading, value);
    case ActValue::kPermit:
      return read_permit(reading, value);
    case ActValue::kPowerCut:
      return read_power_cut(reading, value);
    default:
      break;
  }
  auto argument = read_argument(reading, *act, value);
  if (!argument) return std::nullopt;
  RigMessage message{std::string(act->verb), nlohmann::json::object()};
  message.args[std::string(act->arg)] = std::move(*argument);
  return message;
}

}  // namespace cardrig::scenario
