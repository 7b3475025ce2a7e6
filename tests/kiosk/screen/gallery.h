// Sample screens for tests and golden pictures: every screen, with a drawn scene in the place of
// the camera's picture, never a photograph.
#pragma once

#include <string>
#include <vector>

#include "kiosk/flow/screens.h"

namespace cardrig::screen::testing {

struct Sample {
  std::string name;
  flow::Screen screen;
};

/// The instant at which the samples are photographed: countdowns and bars are then part of the way.
inline constexpr Nanos kPhotographedAt = std::chrono::seconds(100);

/// A drawn person before a wall with a striped poster, 640 × 480 BGR.
[[nodiscard]] Picture drawn_scene();
[[nodiscard]] std::vector<Sample> samples();

}  // namespace cardrig::screen::testing
