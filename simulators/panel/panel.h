// The control panel: a virtual run by hand. The kiosk's screen (touchable), what each device is and
// what the kiosk says of it, the world, the faults of the catalogue, and the timeline.
//
// Everything acts through rig messages, like a scenario: what was clicked is in the trace, and can
// be typed in the command palette (Ctrl-K).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace cardrig::panel {

struct PanelArgs {
  std::string root;  ///< the repository's root
  std::string engine = "fast";  ///< face engine
  std::uint64_t seed = 1;
  int width_px = 0, height_px = 0;  ///< 0: as it was left, or 1600 × 1000
  bool kiosk_only = false;  ///< the kiosk's screen and the world beside it; people have permits
  /// Not empty: no window; brings a situation about (situations.h), writes a PNG with drawn
  /// portraits in place of photographs, and ends. "printing" plays a good path for
  /// `screenshot_after_s`.
  std::string screenshot;
  std::string situation = "printing";
  double screenshot_after_s = 24;
};

/// Returns the exit code: 0, or 2 when people, models or a display are missing (said on `err`).
int run_panel(const PanelArgs& args, std::ostream& err);

}  // namespace cardrig::panel
