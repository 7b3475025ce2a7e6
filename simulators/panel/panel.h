// The control panel: a run by hand, virtual or of programs in real time. The kiosk's screen
// (touchable), what each device is and what the kiosk says of it, the world, the faults of the
// catalogue, and the timeline.
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
  std::string rung = "virtual";  ///< or "wire": starts programs of its own and ends them
  std::string timing = "fast";  ///< of the wire rung's devices, or "honest"
  /// Not empty: programs that run already; their rig sockets lie in this folder.
  std::string attach;
  int width_px = 0, height_px = 0;  ///< 0: as it was left, or 1600 × 1000
  bool kiosk_only = false;  ///< the kiosk's screen and the world beside it; people have permits
  /// Not empty: no window; brings a situation about (situations.h), writes a PNG with drawn
  /// portraits in place of photographs, and ends. "printing" plays a good path for
  /// `screenshot_after_s`.
  std::string screenshot;
  std::string situation = "printing";
  double screenshot_after_s = 24;
};

/// Returns the exit code: 0, or 2 when people, models, a display or a program are missing (said on
/// `err`).
int run_panel(const PanelArgs& args, std::ostream& err);

}  // namespace cardrig::panel
