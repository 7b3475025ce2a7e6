// The acts of a scenario file and the rig messages that they stand for. One table: the loader, the
// reference in docs/scenarios.md and the check of the published schema read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cardrig::scenario {

/// What stands behind an act's key.
enum class ActValue {
  kNothing,  ///< true
  kDocument,  ///< id of a document
  kPerson,  ///< id of a person
  kSubjects,  ///< a person, or a list of subjects; an empty list: nobody
  kNumber,  ///< within low..high
  kInteger,  ///< within low..high
  kBool,
  kFault,  ///< a fault's name, or an object with "fault" and its parameters
  kFaultName,
  kPermit,  ///< an object
  kPermitId,
  kButton,
  kPowerCut,  ///< true, or {"disk_operation": n}
  kOutcome,
  kSeconds,  ///< a duration, may be negative
};

struct ActSpec {
  std::string_view key;  ///< in the file: "place_document"
  std::string_view verb;  ///< of the rig message: "world.place_document"
  std::string_view arg;  ///< the argument that the value becomes; "": see `value`
  ActValue value;
  double low = 0;
  double high = 0;
  std::string_view help;
};

[[nodiscard]] const std::vector<ActSpec>& acts();
[[nodiscard]] const ActSpec* find_act(std::string_view key);

}  // namespace cardrig::scenario
