// The configuration of the simulators' program: which devices it plays, and where they are plugged
// in (docs/programs.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/located_json.h"

namespace cardrig::sim {

/// Where a device is served.
struct ServedAt {
  enum class Kind { kPty, kTcp };
  Kind kind = Kind::kTcp;
  std::string path;  ///< of the pseudo-terminal's link
  std::string host;  ///< numeric
  unsigned short port = 0;  ///< 0: any free one
};

struct NetworkAt {
  ServedAt at;
  ServedAt to;
};

struct ProgramConfig {
  std::string rig;  ///< "": none
  std::string health;  ///< "": none
  std::uint64_t seed = 1;
  /// The civil time at which the program starts; nothing: the machine's.
  std::optional<CivilTime> starts_at;
  bool fast = false;
  std::string people;  ///< "": where the fixtures lie

  // Absent: not served here.
  std::optional<ServedAt> id_reader, card_path, print_jobs, control_board, camera;
  std::optional<NetworkAt> network;
};

/// Every mistake is one complaint; with any, the configuration is not to be used.
[[nodiscard]] ProgramConfig read_program_config(const std::string& file,
                                                std::vector<located::Complaint>& complaints);

/// "2026-06-15T10:00:00+08:00"
[[nodiscard]] std::optional<CivilTime> parse_civil_time(const std::string& text);

}  // namespace cardrig::sim
