// The configuration files of one instance of the wire rung (docs/programs.md), as the engine writes
// them into the instance's folder.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace cardrig::scenario {

enum class WireTiming { kHonest, kFast };
[[nodiscard]] const char* to_string(WireTiming timing);

/// Where the programs are.
struct WirePrograms {
  std::string mock_platform;
  std::string simulators;
  std::string kiosk;
};
/// Those that lie beside this program.
[[nodiscard]] WirePrograms own_programs();

/// What the files are made of. Paths are absolute.
struct WireConfig {
  std::string folder;  ///< of the instance
  std::string root;  ///< of the repository: people and nets
  std::uint64_t seed = 1;
  WireTiming timing = WireTiming::kFast;
  std::string engine = "fast";  ///< face engine
  bool tls = true;
  std::string display = "none";  ///< "window", "full_screen"

  [[nodiscard]] std::string file(const std::string& name) const { return folder + "/" + name; }
};

/// Keys and, with TLS, certificates: what lies there before a program starts. Throws
/// std::runtime_error if they cannot be written.
void write_secrets(const WireConfig& config);
/// Each writes a file and returns its path. `platform` and `wires` are what the ready lines of the
/// mock platform and the simulators say. Throws std::runtime_error.
std::string write_platform_config(const WireConfig& config);
std::string write_simulators_config(const WireConfig& config, const std::string& platform);
std::string write_kiosk_config(const WireConfig& config, const nlohmann::json& wires);

}  // namespace cardrig::scenario
