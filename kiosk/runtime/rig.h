// The rig protocol: the small message set through which a scenario step, a click in the panel and
// an operator's answer act on a run. A function call on the virtual rung, a local socket elsewhere.
// The verbs and their arguments are documented in docs/protocols/rig.md.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/runtime/result.h"

namespace cardrig {

struct RigMessage {
  std::string verb;  ///< "world.place_document", "fault.inject", "kiosk.touch"…
  nlohmann::json args = nlohmann::json::object();
};

enum class RigReason {
  kUnknownVerb,
  kBadArguments,
  kNotPossibleNow,  ///< e.g. lifting a card where none lies
  kNotOnThisRung,  ///< a fault that this rung cannot produce
};

/// Takes messages and queries. `detail` of a failure is one sentence for the scenario's author.
class Rig {
 public:
  virtual ~Rig() = default;
  virtual Result<nlohmann::json, RigReason> send(const RigMessage& message) = 0;
};

}  // namespace cardrig
