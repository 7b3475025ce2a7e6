// A person's hands as an X client: pointer and keyboard of the X server, moved through its XTEST
// extension. What they do takes the way of a real mouse and keyboard: server, SDL's X11 driver,
// SDL's queue, Canvas::poll_window().
#pragma once

#include <string>
#include <vector>

#include "scenarios/engine/wire_display.h"
#include "tests/simulators/panel/hands.h"

namespace cardrig::panel {

class XHands : public Hands {
 public:
  /// Both must outlive this object; the canvas is a window at the top left of the display.
  XHands(scenario::WireDisplay& display, screen::Canvas& window);
  ~XHands() override;
  XHands(const XHands&) = delete;
  XHands& operator=(const XHands&) = delete;

  void move(int x_px, int y_px) override;
  void press(int x_px, int y_px) override;
  void release(int x_px, int y_px) override;
  void wheel(bool up) override;
  void key(SDL_Scancode code, std::uint16_t modifiers) override;
  void type(const std::string& text) override;
  /// As a window manager does when somebody drags the window's corner.
  void resize(int width_px, int height_px);

 private:
  static int note(void* hands, SDL_Event* event);
  void act(const std::vector<std::string>& commands);
  /// Takes SDL's events to the canvas until one came, since the last act, for which `wanted` holds.
  template <class Wanted>
  void await(const char* what, Wanted wanted);
  void await_keys_up(const char* what, int pressed_at_least);

  scenario::WireDisplay& display_;
  screen::Canvas& window_;
  std::vector<SDL_Event> came_;  // since the last act began
  int x_px_ = -1, y_px_ = -1;
};

}  // namespace cardrig::panel
