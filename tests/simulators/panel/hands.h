// A person's hands on a panel. Each act is over when its events wait in the canvas; the next frames
// show what came of it.
#pragma once

#include <SDL2/SDL.h>

#include <cstdint>
#include <cstdio>
#include <string>

#include "kiosk/screen/canvas.h"

namespace cardrig::panel {

class Hands {
 public:
  virtual ~Hands() = default;
  virtual void move(int x_px, int y_px) = 0;
  virtual void press(int x_px, int y_px) = 0;
  virtual void release(int x_px, int y_px) = 0;
  /// One notch; up is away from the person.
  virtual void wheel(bool up) = 0;
  /// Down and up again. `modifiers`: 0 or KMOD_CTRL.
  virtual void key(SDL_Scancode code, std::uint16_t modifiers) = 0;
  virtual void type(const std::string& text) = 0;
};

/// Without a display: gives the canvas the events that SDL would.
class FedHands : public Hands {
 public:
  explicit FedHands(screen::Canvas& canvas) : canvas_(canvas) {}

  void move(int x_px, int y_px) override {
    SDL_Event event{};
    event.type = SDL_MOUSEMOTION;
    event.motion.x = x_px;
    event.motion.y = y_px;
    canvas_.feed(event);
  }
  void press(int x_px, int y_px) override { button(SDL_MOUSEBUTTONDOWN, x_px, y_px); }
  void release(int x_px, int y_px) override { button(SDL_MOUSEBUTTONUP, x_px, y_px); }

  void wheel(bool up) override {
    SDL_Event event{};
    event.type = SDL_MOUSEWHEEL;
    event.wheel.y = up ? 1 : -1;
    canvas_.feed(event);
  }

  void key(SDL_Scancode code, std::uint16_t modifiers) override {
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.keysym.scancode = code;
    event.key.keysym.mod = modifiers;
    canvas_.feed(event);
    event.type = SDL_KEYUP;
    canvas_.feed(event);
    if (modifiers == 0) return;
    SDL_Event released{};  // of the modifier itself
    released.type = SDL_KEYUP;
    released.key.keysym.scancode = SDL_SCANCODE_LCTRL;
    canvas_.feed(released);
  }

  void type(const std::string& text) override {
    SDL_Event event{};
    event.type = SDL_TEXTINPUT;
    std::snprintf(event.text.text, sizeof event.text.text, "%s", text.c_str());
    canvas_.feed(event);
  }

 private:
  void button(std::uint32_t type, int x_px, int y_px) {
    SDL_Event event{};
    event.type = type;
    event.button.button = SDL_BUTTON_LEFT;
    event.button.x = x_px;
    event.button.y = y_px;
    canvas_.feed(event);
  }

  screen::Canvas& canvas_;
};

}  // namespace cardrig::panel
