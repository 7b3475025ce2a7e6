// Off-screen photographs.
#include "kiosk/screen/screen_renderer.h"

namespace cardrig::screen {

namespace {
constexpr double kAtRest_s = 3600;
}

ScreenRenderer::ScreenRenderer(RenderOptions options)
    : canvas_(options.width_px, options.height_px), painter_(canvas_, options.paint) {}

Picture ScreenRenderer::draw(const flow::Screen& screen, flow::Language language, Nanos now) {
  return draw_at(screen, language, now, kAtRest_s);
}

Picture ScreenRenderer::draw_at(const flow::Screen& screen, flow::Language language, Nanos now,
                                double since_shown_s) {
  const ContextScope scope(canvas_.context());
  painter_.prepare(screen, language);
  canvas_.begin_frame(now);
  painter_.paint(now, since_shown_s);
  canvas_.end_frame(painter_.ground());
  return canvas_.picture();
}

std::string ScreenRenderer::hit_test(int x_px, int y_px) const {
  const auto x = static_cast<float>(x_px);
  const auto y = static_cast<float>(y_px);
  for (const Hit& hit : painter_.hits()) {
    if (x >= hit.x && x < hit.x + hit.width && y >= hit.y && y < hit.y + hit.height) return hit.key;
  }
  return {};
}

}  // namespace cardrig::screen
