// Is everything there that one card needs? Asked just before the intent is committed.
#pragma once

#include <optional>
#include <string>

#include "kiosk/issuance/issuance.h"

namespace cardrig::issuance {

struct Obstacle {
  std::string what;  ///< for staff
  bool passes = false;  ///< may go away by itself: heating, a cover to be closed, no answer
};

/// Printer, hopper, ribbon, path, reject bin, outlet and queue. Nothing: a card can be printed, and
/// `baseline` holds what counters and sensor said.
Async<std::optional<Obstacle>> printer_obstacle(const Deps& deps, journal::Baseline& baseline);
/// The same, waiting up to prepare_limit for what passes by itself.
Async<std::optional<Obstacle>> wait_for_printer(const Deps& deps, journal::Baseline& baseline);

}  // namespace cardrig::issuance
