// ScreenRenderer: photographs screens off-screen, without a display, a video driver or a thread.
// For film strips, golden pictures, and the kiosk's screen within the panel.
#pragma once

#include <string>
#include <vector>

#include "kiosk/flow/screen.h"
#include "kiosk/screen/canvas.h"
#include "kiosk/screen/screen_painter.h"

namespace cardrig::screen {

struct RenderOptions {
  int width_px = 1080;
  int height_px = 1920;  ///< 540 × 960 for reports; wider than high: landscape
  PaintOptions paint;
};

class ScreenRenderer {
 public:
  explicit ScreenRenderer(RenderOptions options = {});

  /// The screen with every movement at rest, BGR. `now`: for the ring and the bar.
  [[nodiscard]] Picture draw(const flow::Screen& screen, flow::Language language, Nanos now);
  /// The same at a moment of its movement.
  [[nodiscard]] Picture draw_at(const flow::Screen& screen, flow::Language language, Nanos now,
                                double since_shown_s);
  /// The key of the button at this pixel of what was drawn last; "" if there is none.
  [[nodiscard]] std::string hit_test(int x_px, int y_px) const;
  [[nodiscard]] const std::vector<Hit>& hits() const { return painter_.hits(); }
  [[nodiscard]] ScreenPainter& painter() { return painter_; }

 private:
  Canvas canvas_;
  ScreenPainter painter_;
};

}  // namespace cardrig::screen
