#include "scenarios/engine/write_act.h"

#include <algorithm>

#include "scenarios/engine/acts.h"
#include "scenarios/engine/reading.h"

namespace cardrig::scenario {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json subject_of(const json& subject) {
  const bool plain = subject.size() == 2 && subject.value("kind", "") == "person";
  if (plain) return subject.value("person", "");
  ordered_json written;
  for (const char* key : {"kind", "person", "distance_m", "offset_m"}) {
    if (subject.contains(key)) written[key] = subject[key];
  }
  return written;
}

std::optional<ordered_json> subjects_of(const json& args) {
  if (!args.contains("subjects") || !args["subjects"].is_array()) return std::nullopt;
  const json& subjects = args["subjects"];
  if (subjects.size() == 1) return subject_of(subjects[0]);
  auto list = ordered_json::array();
  for (const json& subject : subjects) list.push_back(subject_of(subject));
  return list;
}

std::optional<ordered_json> fault_of(const json& args) {
  if (!args.contains("name")) return std::nullopt;
  if (!args.contains("params") || args["params"].empty()) return args["name"];
  ordered_json written{{"fault", args["name"]}};
  for (const auto& [name, value] : args["params"].items()) written[name] = value;
  return written;
}

ordered_json permit_of(const json& args) {
  ordered_json written;
  for (const std::string_view key :
       {"id", "person", "item", "state", "photo", "number", "listed"}) {
    const bool usual = key == "photo" || key == "listed";
    if (!args.contains(key) || (usual && args[key] == true)) continue;
    if (key == "number" && args[key] == json("")) continue;
    written[std::string(key)] = args[key];
  }
  return written;
}

std::optional<ordered_json> value_of(const ActSpec& act, const json& args) {
  switch (act.value) {
    case ActValue::kNothing:
      return true;
    case ActValue::kSubjects:
      return subjects_of(args);
    case ActValue::kFault:
      return fault_of(args);
    case ActValue::kPermit:
      return permit_of(args);
    case ActValue::kPowerCut:
      return args.empty() ? ordered_json(true) : ordered_json(args);
    case ActValue::kSeconds:
      if (!args.contains(act.arg) || !args[std::string(act.arg)].is_number()) return std::nullopt;
      return std::to_string(args[std::string(act.arg)].get<std::int64_t>()) + " s";
    default:
      if (!args.contains(act.arg)) return std::nullopt;
      return args[std::string(act.arg)];
  }
}

const ActSpec* find_verb(std::string_view verb) {
  const auto& table = acts();
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const ActSpec& a) { return a.verb == verb; });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace

std::optional<ordered_json> act_of(const RigMessage& message) {
  const ActSpec* act = find_verb(message.verb);
  if (act == nullptr) return std::nullopt;
  auto value = value_of(*act, message.args);
  if (!value) return std::nullopt;
  ordered_json written;
  written[std::string(act->key)] = std::move(*value);
  return written;
}

std::optional<RigMessage> as_a_file_says(const RigMessage& message) {
  const auto act = act_of(message);
  if (!act) return std::nullopt;
  std::vector<Complaint> complaints;
  Node node;
  if (!parse_located(act->dump(), "", node, complaints)) return std::nullopt;
  // Which names there are is for the rig to say: this is about the form alone.
  static const Vocabulary kAnyNames{};
  Reading reading{{"", complaints}, kAnyNames, {message.args.value("permit", std::string())}, {}};
  auto read = read_act(reading, node.members.front().key, node.members.front().value);
  if (!complaints.empty()) return std::nullopt;
  return read;
}

}  // namespace cardrig::scenario
