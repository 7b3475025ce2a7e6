// The drawn, moving pictures that explain the one act of a screen. Drawn in a square of 400 × 400
// units around `centre`; each has a pose in which it rests.
#pragma once

#include <imgui.h>

#include "kiosk/flow/screen.h"
#include "kiosk/screen/palette.h"

namespace cardrig::screen {

/// Where in its movement a picture stands: 0..1 while it moves, kRest when it has explained enough.
struct Pose {
  float phase = 0;
  bool resting = true;
};

/// Three rounds of movement, then rest. `since_s`: seconds since the screen came up.
[[nodiscard]] Pose pose_at(double since_s);

/// `unit_px`: pixels of one unit.
void draw_illustration(ImDrawList& list, flow::Illustration which, flow::Tone tone, ImVec2 centre,
                       float unit_px, Pose pose, const Palette& palette);

}  // namespace cardrig::screen
