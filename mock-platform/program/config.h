// The configuration of the mock platform's program (docs/programs.md), read from its file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/located_json.h"
#include "mock-platform/mock_platform.h"
#include "mock-platform/port.h"

namespace cardrig::mock_platform {

struct ProgramConfig {
  std::string rig;  ///< path of the socket; "": none
  std::string health;  ///< "HOST:PORT"; "": none
  std::string listen;  ///< "HOST:PORT"
  std::optional<TlsSetup> tls;
  MockPlatformConfig platform;
};

/// Nothing: `complaints` says what is wrong, and in which line.
[[nodiscard]] std::optional<ProgramConfig> read_config(const std::string& path,
                                                       std::vector<located::Complaint>& complaints);

}  // namespace cardrig::mock_platform
