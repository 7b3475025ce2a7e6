// A panel off-screen, and a person's hands on it: everything goes through the canvas' event queue,
// as SDL's own events do.
#pragma once

#include <SDL2/SDL.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>

#include "scenarios/engine/virtual_vocabulary.h"
#include "simulators/panel/panel_view.h"

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
  screen::Canvas canvas{1600, 1000};
  Run run;
  PanelViewOptions options;
  std::unique_ptr<PanelView> view;
  Nanos now{0};
  int clicks = 0;

  explicit Panel(const std::string& save_as = "", const std::string& settings = "",
                 OpenLive live = nullptr)
      : run(assets(), vocabulary(), 1, std::move(live)) {
    options.save_as = save_as;
    options.drawn_portraits = true;
    options.settings_file = settings;
    options.suite = "scenarios/suite";
    view = std::make_unique<PanelView>(canvas, run, options);
    frames(2);
  }

  void frames(int count, Nanos each = std::chrono::milliseconds(16)) {
    for (int i = 0; i < count; ++i, now += each) view->frame(now);
  }
  void feed(std::uint32_t type, float x, float y) {
    SDL_Event event{};
    event.type = type;
    if (type == SDL_MOUSEMOTION) {
      event.motion.x = static_cast<int>(x);
      event.motion.y = static_cast<int>(y);
    } else {
      event.button.button = SDL_BUTTON_LEFT;
      event.button.x = static_cast<int>(x);
      event.button.y = static_cast<int>(y);
    }
    canvas.feed(event);
  }
  void click_at(const PanelView::Area& area) {
    const float x = area.x + area.width / 2;
    const float y = area.y + area.height / 2;
    feed(SDL_MOUSEMOTION, x, y);
    frames(1);
    feed(SDL_MOUSEBUTTONDOWN, x, y);
    feed(SDL_MOUSEBUTTONUP, x, y);
    frames(4);
    ++clicks;
  }
  void click(const std::string& name) {
    const auto area = view->area(name);
    ASSERT_TRUE(area.has_value()) << name << " is not on the panel";
    click_at(*area);
  }
  void touch(const std::string& kiosk_button) {
    const auto area = view->kiosk_button(kiosk_button);
    ASSERT_TRUE(area.has_value()) << kiosk_button << " is not on the kiosk's screen";
    click_at(*area);
  }
  void drag(const PanelView::Area& from, float to_x, float to_y) {
    const float x = from.x + from.width / 2;
    const float y = from.y + from.height / 2;
    feed(SDL_MOUSEMOTION, x, y);
    frames(1);
    feed(SDL_MOUSEBUTTONDOWN, x, y);
    frames(2);
    for (int i = 1; i <= 8; ++i) {
      feed(SDL_MOUSEMOTION, x + (to_x - x) * static_cast<float>(i) / 8,
           y + (to_y - y) * static_cast<float>(i) / 8);
      frames(1);
    }
    frames(2);
    feed(SDL_MOUSEBUTTONUP, to_x, to_y);
    frames(3);
  }
  void drag(const std::string& from, const std::string& to) {
    const auto source = view->area(from);
    const auto target = view->area(to);
    ASSERT_TRUE(source && target) << from << " or " << to << " is not on the panel";
    drag(*source, target->x + target->width / 2, target->y + target->height / 2);
  }
  void key(SDL_Scancode code, std::uint16_t modifiers = 0) {
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.keysym.scancode = code;
    event.key.keysym.mod = modifiers;
    canvas.feed(event);
    event.type = SDL_KEYUP;
    canvas.feed(event);
    if (modifiers != 0) {
      SDL_Event released{};  // of the modifier itself
      released.type = SDL_KEYUP;
      released.key.keysym.scancode = SDL_SCANCODE_LCTRL;
      canvas.feed(released);
    }
    frames(5);
  }
  void type(const char* text) {
    SDL_Event event{};
    event.type = SDL_TEXTINPUT;
    std::snprintf(event.text.text, sizeof event.text.text, "%s", text);
    canvas.feed(event);
    frames(2);
  }
  /// Lets virtual time pass until the kiosk shows this screen.
  bool await(const std::string& id) {
    for (int i = 0; i < 400 && screen() != id; ++i) {
      if (!run.run_until(run.rig().now() + std::chrono::milliseconds(500))) break;
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
