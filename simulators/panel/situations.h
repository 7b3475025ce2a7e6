// Situations of the panel that its pictures in docs/images/panel show.
#pragma once

#include <string>
#include <vector>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

/// "printing", "jam"…
[[nodiscard]] const std::vector<std::string>& situations();

/// Brings a fresh run and its panel there. `after_s`: how long the good path of "printing" goes on.
/// False: there is no such situation.
bool bring_about(const std::string& situation, Run& run, PanelView& view, double after_s);

}  // namespace cardrig::panel
