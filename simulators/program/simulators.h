// The simulators of the wire rung: one world, and every device that the configuration names,
// plugged in where it says.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>

#include "kiosk/runtime/real_loop.h"
#include "simulators/program/config.h"

namespace cardrig::sim {

class Simulators {
 public:
  /// Serves as long as it lives, on `loop`. `stop` is called for the rig's "stop". Throws
  /// std::runtime_error, in one sentence, if something cannot be had.
  Simulators(RealLoop& loop, const ProgramConfig& config, std::function<void()> stop);
  ~Simulators();
  Simulators(const Simulators&) = delete;
  Simulators& operator=(const Simulators&) = delete;

  /// The line that says so: docs/programs.md.
  [[nodiscard]] nlohmann::json ready_line() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cardrig::sim
