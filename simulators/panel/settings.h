// What the panel remembers from one start to the next: theme, layout, window. A small JSON file in
// the person's configuration folder; a file that is missing or damaged means the defaults.
#pragma once

#include <string>

namespace cardrig::panel {

enum class RightColumn { kWorld, kScenario, kNumbers };

struct Settings {
  bool light = false;  ///< theme
  int width_px = 1600, height_px = 1000;  ///< of the window
  float bottom_px = 260;  ///< height of the timeline
  float devices_part = 0.5F;  ///< of the width beside the kiosk's screen
  float details_part = 0.3F;  ///< of the width of the bottom
  RightColumn right = RightColumn::kWorld;
  double span_s = 60;  ///< of the timeline
  bool wires = true;  ///< the timeline shows what went over the wires

  bool operator==(const Settings&) const = default;
};

/// $XDG_CONFIG_HOME/cardrig/panel.json, or ~/.config/…; "" if neither is known.
[[nodiscard]] std::string settings_file();

[[nodiscard]] Settings load_settings(const std::string& file);
/// False: it could not be written. "": nothing is remembered.
bool save_settings(const Settings& settings, const std::string& file);

}  // namespace cardrig::panel
