// When to draw, and touches.
#include "kiosk/screen/screen_window.h"

#include <utility>

#include "kiosk/screen/illustrations.h"

namespace cardrig::screen {

using namespace std::chrono_literals;

namespace {
constexpr Nanos kRingStep = 200ms;  ///< between two drawings of a ring or a bar that moves
constexpr double kFade_s = 0.25;

double seconds(Nanos t) { return static_cast<double>(t.count()) / 1e9; }
}  // namespace

ScreenWindow::ScreenWindow(std::unique_ptr<Canvas> canvas, PaintOptions options, OnTouch on_touch)
    : canvas_(std::move(canvas)),
      options_(options),
      painter_(std::make_unique<ScreenPainter>(*canvas_, options)),
      on_touch_(std::move(on_touch)) {}

void ScreenWindow::show(const flow::Screen& screen) {
  new_id_ = new_id_ || screen.id != screen_.id;
  screen_ = screen;
  changed_ = true;
}

void ScreenWindow::set_language(flow::Language language) {
  language_ = language;
  changed_ = true;
}

bool ScreenWindow::must_draw(Nanos now) const {
  if (changed_ || frames_owed_ > 0 || canvas_->has_input() || drawn_ == 0) return true;
  const double since_s = seconds(now - shown_at_);
  if (since_s < kFade_s) return true;
  const bool moving = screen_.illustration != flow::Illustration::kNone && !screen_.picture;
  if (moving && !pose_at(since_s).resting) return now - last_drawn_ >= 33ms;
  const bool running = screen_.ends_at.has_value() || screen_.progress_goal >= 0;
  return running && now - last_drawn_ >= kRingStep;
}

bool ScreenWindow::frame(Nanos now) {
  const bool open = !canvas_->is_window() || canvas_->poll_window();
  if (screen_.id.empty() || !must_draw(now)) return open;
  if (new_id_) shown_at_ = now;
  if (canvas_->has_input()) frames_owed_ = 2;
  if (frames_owed_ > 0) --frames_owed_;
  changed_ = new_id_ = false;
  last_drawn_ = now;
  ++drawn_;
  std::vector<std::string> touched;
  {
    const ContextScope scope(canvas_->context());
    if (!painter_->fills(*canvas_)) painter_ = std::make_unique<ScreenPainter>(*canvas_, options_);
    painter_->prepare(screen_, language_);
    canvas_->begin_frame(now);
    touched = painter_->paint(now, seconds(now - shown_at_));
    canvas_->end_frame(painter_->ground());
  }
  for (const std::string& key : touched) on_touch_(flow::Intent{key});
  tell_drawn();
  return open;
}

void ScreenWindow::when_drawn(std::function<void()> f) {
  waiting_.push_back(std::move(f));
  tell_drawn();
}

/// A touch may have brought another screen in the same frame: then they wait for the next.
void ScreenWindow::tell_drawn() {
  if (!is_drawn()) return;
  for (const auto& f : std::exchange(waiting_, {})) f();
}

}  // namespace cardrig::screen
