#include "tests/simulators/panel/x_hands.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

namespace cardrig::panel {

namespace {

constexpr int kPatience_ms = 30'000;
constexpr int kEventsAtMost = 10'000;

/// The keysym's name, as X has it, of the key's name, as SDL has it.
std::string keysym_name(SDL_Scancode code) {
  std::string name = SDL_GetScancodeName(code);
  if (name == ".") return "period";
  if (name == "Space" || name.size() == 1) {
    name[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(name[0])));
  }
  return name;
}

}  // namespace

XHands::XHands(scenario::WireDisplay& display, screen::Canvas& window)
    : display_(display), window_(window) {
  SDL_AddEventWatch(note, this);
  // From here on every other place is a movement, which the server tells of.
  act({"mousemove", "0", "0"});
  await("pointer in the corner", [](const SDL_Event& event) {
    return event.type == SDL_MOUSEMOTION && event.motion.x == 0 && event.motion.y == 0;
  });
  x_px_ = y_px_ = 0;
}

XHands::~XHands() { SDL_DelEventWatch(note, this); }

int XHands::note(void* hands, SDL_Event* event) {
  static_cast<XHands*>(hands)->came_.push_back(*event);
  return 1;
}

void XHands::act(const std::vector<std::string>& commands) {
  came_.clear();
  EXPECT_EQ(display_.do_by_hand(commands), "");
}

template <class Wanted>
void XHands::await(const char* what, Wanted wanted) {
  std::size_t looked_at = 0;
  for (int i = 0; i < kEventsAtMost; ++i) {
    EXPECT_TRUE(window_.poll_window()) << "the window was closed";
    for (; looked_at < came_.size(); ++looked_at) {
      if (wanted(came_[looked_at])) return;
    }
    if (SDL_WaitEventTimeout(nullptr, kPatience_ms) == 0) break;
  }
  ADD_FAILURE() << "SDL's X11 driver never told of the " << what;
}

void XHands::move(int x_px, int y_px) {
  if (x_px == x_px_ && y_px == y_px_) return;
  x_px_ = x_px;
  y_px_ = y_px;
  act({"mousemove", std::to_string(x_px), std::to_string(y_px)});
  await("movement", [&](const SDL_Event& event) {
    return event.type == SDL_MOUSEMOTION && event.motion.x == x_px && event.motion.y == y_px;
  });
}

void XHands::press(int x_px, int y_px) {
  move(x_px, y_px);
  act({"mousedown", "1"});
  await("button going down", [&](const SDL_Event& event) {
    return event.type == SDL_MOUSEBUTTONDOWN && event.button.x == x_px && event.button.y == y_px;
  });
}

void XHands::release(int x_px, int y_px) {
  move(x_px, y_px);
  act({"mouseup", "1"});
  await("button going up", [&](const SDL_Event& event) {
    return event.type == SDL_MOUSEBUTTONUP && event.button.x == x_px && event.button.y == y_px;
  });
}

void XHands::wheel(bool up) {
  act({"click", up ? "4" : "5"});  // as X has it
  await("wheel", [up](const SDL_Event& event) {
    return event.type == SDL_MOUSEWHEEL && event.wheel.y == (up ? 1 : -1);
  });
}

void XHands::await_keys_up(const char* what, int pressed_at_least) {
  int down = 0;
  int pressed = 0;
  await(what, [&](const SDL_Event& event) {
    // A key that is held is told of as pressed again and again.
    if (event.type == SDL_KEYDOWN && event.key.repeat == 0) ++down, ++pressed;
    if (event.type == SDL_KEYUP) --down;
    return down == 0 && pressed >= pressed_at_least;
  });
}

void XHands::key(SDL_Scancode code, std::uint16_t modifiers) {
  const bool control = (modifiers & KMOD_CTRL) != 0;
  act({"key", (control ? "ctrl+" : "") + keysym_name(code)});
  await_keys_up("key", control ? 2 : 1);
}

void XHands::type(const std::string& text) {
  act({"type", "--delay", "1", text});
  std::string typed;
  int down = 0;
  await("text", [&](const SDL_Event& event) {
    if (event.type == SDL_TEXTINPUT) typed += event.text.text;
    if (event.type == SDL_KEYDOWN && event.key.repeat == 0) ++down;
    if (event.type == SDL_KEYUP) --down;
    return typed == text && down == 0;
  });
}

void XHands::resize(int width_px, int height_px) {
  act({"search", "--name", "^cardrig$", "windowsize", std::to_string(width_px),
       std::to_string(height_px)});
  await("window's new size", [&](const SDL_Event& event) {
    return event.type == SDL_WINDOWEVENT && event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED &&
           event.window.data1 == width_px && event.window.data2 == height_px;
  });
}

}  // namespace cardrig::panel
