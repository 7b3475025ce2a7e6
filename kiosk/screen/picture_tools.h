// Pictures on their way to the screen: fitted, mirrored, blurred outside the oval, with round
// corners. Done here and not by the renderer, which samples without smoothing.
#pragma once

#include "kiosk/runtime/picture.h"

namespace cardrig::screen {

/// Where a face should be, as parts of the picture's width and height.
struct Oval {
  double centre_x = 0.5, centre_y = 0.48;
  double radius_x = 0.27, radius_y = 0.36;  ///< both as parts of the height
};

/// The live picture: fills width × height, mirrored as people know themselves, blurred and veiled
/// outside the oval so that nobody in the background is shown, with round corners. BGRA.
[[nodiscard]] Picture camera_view(const Picture& live, int width_px, int height_px, int radius_px,
                                  const Oval& oval);

/// The whole picture at width × height with round corners. BGRA.
[[nodiscard]] Picture fitted(const Picture& picture, int width_px, int height_px, int radius_px);

/// Shrinks (area average) or enlarges (bilinear).
[[nodiscard]] Picture scaled(const Picture& picture, int width_px, int height_px);

}  // namespace cardrig::screen
