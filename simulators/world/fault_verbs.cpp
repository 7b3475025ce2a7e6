// From the rig's words to the catalogue's calls.
#include "simulators/world/fault_verbs.h"

namespace cardrig::sim {

namespace {

using nlohmann::json;
using Answer = Result<json, RigReason>;

RigReason rig_reason(FaultReason reason) {
  switch (reason) {
    case FaultReason::kAlreadyActive:
    case FaultReason::kNotActive:
      return RigReason::kNotPossibleNow;
    case FaultReason::kNotOnThisRung:
      return RigReason::kNotOnThisRung;
    case FaultReason::kUnknown:
    case FaultReason::kBadParameter:
      break;
  }
  return RigReason::kBadArguments;
}

Answer to_answer(const Result<Unit, FaultReason>& result) {
  if (result) return json::object();
  return fail(rig_reason(result.error().reason), result.error().detail);
}

}  // namespace

Answer send_fault_verb(FaultCatalogue& faults, const RigMessage& message) {
  const auto& [verb, args] = message;
  if (!args.is_object()) return fail(RigReason::kBadArguments, "the arguments must be an object");
  if (verb == "faults.active") return json(faults.active());
  if (verb == "faults.inert") return json(faults.inert());
  if (verb == "faults.clear_all") {
    faults.clear_all();
    return json::object();
  }
  if (verb != "fault.inject" && verb != "fault.clear") {
    return fail(RigReason::kUnknownVerb, "there is no verb \"" + verb + "\"");
  }
  const auto name = args.find("name");
  if (name == args.end() || !name->is_string()) {
    return fail(RigReason::kBadArguments, "\"name\" must be the name of a fault");
  }
  if (verb == "fault.clear") return to_answer(faults.clear(name->get<std::string>()));
  const json params = args.value("params", json::object());
  if (!params.is_object()) return fail(RigReason::kBadArguments, "\"params\" must be an object");
  return to_answer(faults.inject(name->get<std::string>(), params));
}

}  // namespace cardrig::sim
