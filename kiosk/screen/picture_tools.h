// Pictures on their way to the screen: fitted, mirrored, blurred outside the oval, with round
// corners. Done here and not by the renderer, which samples without smoothing.
#pragma once

#include <cstdint>

#include "kiosk/runtime/picture.h"

namespace cardrig::screen {

/// Where a face should be, as parts of the picture's width and height.
struct Oval {
  double centre_x = 0.5, centre_y = 0.48;
  double radius_x = 0.27, radius_y = 0.36;  ///< both as parts of the height
  friend bool operator==(const Oval&, const Oval&) = default;
};

/// Where and how the live picture is shown.
struct CameraFrame {
  int width_px = 0, height_px = 0;
  int radius_px = 0;  ///< of the corners
  std::uint32_t around = 0xFFFFFF;  ///< 0xRRGGBB, what shows in the corners
  Oval oval;
  friend bool operator==(const CameraFrame&, const CameraFrame&) = default;
};

/// The live picture: fills its frame, mirrored as people know themselves, blurred and veiled
/// outside the oval so that nobody in the background is shown. It comes many times a second: what
/// is the same in all pictures is made once, their memory is used again, because new pages cost
/// more than the drawing, and they are opaque, because that is what SDL copies fastest.
class CameraView {
 public:
  explicit CameraView(const CameraFrame& frame);

  [[nodiscard]] const CameraFrame& frame() const { return frame_; }
  /// BGRA, every pixel opaque. Until the next one is drawn.
  [[nodiscard]] const Picture& draw(const Picture& live);
  /// Nothing of the person is left in it.
  void wipe();

 private:
  CameraFrame frame_;
  Picture oval_mask_;  ///< 255 inside
  Picture corner_mask_;  ///< of the upper left corner; 255 inside
  Picture shown_;
  Picture sharp_;  ///< the live picture in the size of the frame
};

/// The whole picture at width × height with round corners. BGRA.
[[nodiscard]] Picture fitted(const Picture& picture, int width_px, int height_px, int radius_px);

/// Shrinks (area average) or enlarges (bilinear).
[[nodiscard]] Picture scaled(const Picture& picture, int width_px, int height_px);

}  // namespace cardrig::screen
