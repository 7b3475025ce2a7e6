// ScreenWindow: the kiosk's display in a window. It draws when something has changed or moves, and
// nothing while a screen rests; touches become intents.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/flow/screen.h"
#include "kiosk/screen/canvas.h"
#include "kiosk/screen/screen_painter.h"

namespace cardrig::screen {

class ScreenWindow final : public flow::Display {
 public:
  using OnTouch = std::function<void(const flow::Intent&)>;

  /// On any canvas: a window, or an off-screen one that is fed with events.
  ScreenWindow(std::unique_ptr<Canvas> canvas, PaintOptions options, OnTouch on_touch);

  void show(const flow::Screen& screen) override;
  void set_language(flow::Language language) override;

  /// Takes input and draws if need be. To be called some 60 times a second. False: closed.
  bool frame(Nanos now);
  /// Calls `f` once the screen that was shown last stands in the window: at once, or in the frame
  /// that draws it. Before the first screen there is nothing to wait for: it waits on.
  void when_drawn(std::function<void()> f);
  /// Frames that were really drawn.
  [[nodiscard]] int drawn() const { return drawn_; }
  [[nodiscard]] Canvas& canvas() { return *canvas_; }
  /// Where the buttons are that the last frame drew.
  [[nodiscard]] const std::vector<Hit>& hits() const { return painter_->hits(); }

 private:
  [[nodiscard]] bool is_drawn() const { return drawn_ > 0 && !changed_; }
  void tell_drawn();
  [[nodiscard]] bool must_draw(Nanos now) const;

  std::unique_ptr<Canvas> canvas_;
  PaintOptions options_;
  std::unique_ptr<ScreenPainter> painter_;  ///< another one when the window has another size
  OnTouch on_touch_;
  flow::Screen screen_;
  flow::Language language_ = flow::Language::kChinese;
  bool changed_ = false, new_id_ = false;
  int frames_owed_ = 0;  ///< after input: a press must be seen to be let go
  Nanos shown_at_{0}, last_drawn_{0};
  int drawn_ = 0;
  std::vector<std::function<void()>> waiting_;  ///< for is_drawn()
};

}  // namespace cardrig::screen
