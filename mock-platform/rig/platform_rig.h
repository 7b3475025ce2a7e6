// The mock platform's end of the rig protocol (docs/protocols/rig.md): acts of the authority,
// permits, and the faults of the platform, as messages. The virtual rung calls it, and the program
// puts it behind its rig port.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/runtime/rig.h"
#include "mock-platform/mock_platform.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::mock_platform {

class PlatformRig {
 public:
  /// Both must outlive this object. Whoever declared the platform's faults in `faults` carries them
  /// to the platform (PlatformFaults).
  PlatformRig(MockPlatform& platform, sim::FaultCatalogue& faults)
      : platform_(platform), faults_(faults) {}

  /// platform.add_permit, .approve, .revoke, .withdraw, .free, the query platform.permit, and the
  /// verbs of fault_verbs.h; kUnknownVerb for every other.
  Result<nlohmann::json, RigReason> send(const RigMessage& message);

 private:
  using Answer = Result<nlohmann::json, RigReason>;

  Answer add_permit(const nlohmann::json& args);
  Answer act(const std::string& verb, const std::string& permit_id);

  MockPlatform& platform_;
  sim::FaultCatalogue& faults_;
};

}  // namespace cardrig::mock_platform
