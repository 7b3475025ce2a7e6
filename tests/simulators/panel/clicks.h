// A panel, and a person who acts on it: off-screen, where everything goes through the canvas' event
// queue as SDL's own events do, or in a window, by the hands of an X client (x_hands.h).
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "scenarios/engine/virtual_vocabulary.h"
#include "simulators/panel/panel_view.h"
#include "tests/simulators/panel/hands.h"

namespace cardrig::panel {

inline scenario::RigAssets& assets() {
  static const auto loaded = scenario::load_rig_assets(".");
  EXPECT_TRUE(loaded.has_value()) << "make the target people first";
  return **loaded;
}

inline const scenario::Vocabulary& vocabulary() {
  static const scenario::Vocabulary known = scenario::virtual_vocabulary(".").value();
  return known;
}

struct Panel {
  static constexpr int kWidth_px = 1600, kHeight_px = 1000;

  std::unique_ptr<screen::Canvas> owned_canvas;
  screen::Canvas& canvas = *owned_canvas;
  std::unique_ptr<Hands> hands;
  Run run;
  PanelViewOptions options;
  std::unique_ptr<PanelView> view;
  Nanos now{0};
  int clicks = 0;

  explicit Panel(const std::string& save_as = "", const std::string& settings = "",
                 OpenLive live = nullptr)
      : owned_canvas(std::make_unique<screen::Canvas>(kWidth_px, kHeight_px)),
        hands(std::make_unique<FedHands>(canvas)),
        run(assets(), vocabulary(), 1, std::move(live)) {
    open(save_as, settings);
  }
  Panel(std::unique_ptr<screen::Canvas> window, std::unique_ptr<Hands> client,
        const std::string& save_as = "", const std::string& settings = "")
      : owned_canvas(std::move(window)), hands(std::move(client)), run(assets(), vocabulary(), 1) {
    open(save_as, settings);
  }

  void open(const std::string& save_as, const std::string& settings) {
    options.save_as = save_as;
    options.drawn_portraits = true;
    options.settings_file = settings;
    options.suite = "scenarios/suite";
    view = std::make_unique<PanelView>(canvas, run, options);
    frames(2);
  }

  /// Time passes in frames only: what a person's hands take does not count.
  void frames(int count, Nanos each = std::chrono::milliseconds(16)) {
    for (int i = 0; i < count; ++i, now += each) {
      EXPECT_TRUE(!canvas.is_window() || canvas.poll_window()) << "the window was closed";
      view->frame(now);
    }
  }
  /// At least so many, and until the canvas has taken everything.
  void settle(int count) {
    frames(count);
    while (canvas.has_input()) frames(1);
  }
  void click_at(const PanelView::Area& area) {
    const int x = static_cast<int>(area.x + area.width / 2);
    const int y = static_cast<int>(area.y + area.height / 2);
    hands->move(x, y);
    frames(1);
    hands->press(x, y);
    hands->release(x, y);
    settle(4);
    ++clicks;
  }
  void click(const std::string& name) {
    const auto area = view->area(name);
    ASSERT_TRUE(area.has_value()) << name << " is not on the panel";
    click_at(*area);
  }
  void wheel_at(const PanelView::Area& area, bool up) {
    hands->move(static_cast<int>(area.x + area.width / 2),
                static_cast<int>(area.y + area.height / 2));
    frames(1);
    hands->wheel(up);
    settle(2);
  }
  void touch(const std::string& kiosk_button) {
    const auto area = view->kiosk_button(kiosk_button);
    ASSERT_TRUE(area.has_value()) << kiosk_button << " is not on the kiosk's screen";
    click_at(*area);
  }
  void drag(const PanelView::Area& from, float to_x, float to_y) {
    const float x = from.x + from.width / 2;
    const float y = from.y + from.height / 2;
    const auto at = [&](auto act, int eighths) {
      ((*hands).*act)(static_cast<int>(x + (to_x - x) * static_cast<float>(eighths) / 8),
                      static_cast<int>(y + (to_y - y) * static_cast<float>(eighths) / 8));
    };
    at(&Hands::move, 0);
    frames(1);
    at(&Hands::press, 0);
    frames(2);
    for (int i = 1; i <= 8; ++i) {
      at(&Hands::move, i);
      frames(1);
    }
    frames(2);
    at(&Hands::release, 8);
    settle(3);
  }
  void drag(const std::string& from, const std::string& to) {
    const auto source = view->area(from);
    const auto target = view->area(to);
    ASSERT_TRUE(source && target) << from << " or " << to << " is not on the panel";
    drag(*source, target->x + target->width / 2, target->y + target->height / 2);
  }
  void key(SDL_Scancode code, std::uint16_t modifiers = 0) {
    hands->key(code, modifiers);
    settle(5);
  }
  void type(const std::string& text) {
    hands->type(text);
    settle(2);
  }
  /// Lets virtual time pass until the kiosk shows this screen.
  bool await(const std::string& id) {
    for (int i = 0; i < 400 && screen() != id; ++i) {
      if (!run.run_until(run.rig().now() + std::chrono::milliseconds(500))) break;
      if (!run.rig().trouble().empty()) break;
    }
    frames(2);
    return screen() == id;
  }
  /// …until the trace has an event of this kind more than now.
  bool await_event(const std::string& kind) {
    const auto seen = run.history().count_of(kind);
    for (int i = 0; i < 2000 && run.history().count_of(kind) == seen; ++i) {
      run.run_until(run.rig().now() + std::chrono::milliseconds(100));
    }
    frames(2);
    return run.history().count_of(kind) > seen;
  }
  void wait(Nanos length) {
    run.run_until(run.rig().now() + length);
    frames(2);
  }
  std::string screen() { return run.rig().screen() == nullptr ? "" : run.rig().screen()->id; }
};

}  // namespace cardrig::panel
