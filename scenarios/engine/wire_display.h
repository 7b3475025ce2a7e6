// A display of its own for the kiosk's window: an X server without a screen (Xvfb), and the finger
// that touches it, through the server's XTEST extension (xdotool), so that a touch takes the way of
// a real one: server, SDL, the window.
//
// Several may run at a time. The server itself picks the first free number and says which. It
// listens on an abstract socket only, and needs no lock: nothing of it lies in the file system,
// however it ends. Its cookie, in the instance's folder, keeps other users away from what it shows.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "scenarios/engine/process.h"

namespace cardrig::scenario {

struct WireDisplaySpec {
  std::string folder;  ///< of the instance; outputs and the cookie go there
  Nanos start{std::chrono::seconds(60)};  ///< until the server has said its number
  Nanos touch{std::chrono::seconds(15)};  ///< for the pointer's way
  std::string server = "Xvfb", pointer = "xdotool";  ///< paths, or names to be found on the PATH
};

class WireDisplay {
 public:
  static constexpr int kWidth_px = 1080, kHeight_px = 1920;

  /// Throws std::runtime_error with one sentence.
  explicit WireDisplay(WireDisplaySpec spec);
  WireDisplay(const WireDisplay&) = delete;
  WireDisplay& operator=(const WireDisplay&) = delete;

  /// What a program needs in its environment to show its window here, drawn without OpenGL: a
  /// driver that imitates it would take every processor.
  [[nodiscard]] std::vector<std::string> environment() const;
  /// A finger comes down and leaves again. Returns what went wrong, in one sentence; "": nothing.
  [[nodiscard]] std::string touch(int x_px, int y_px);
  /// What else somebody can do who has a keyboard and a mouse, in the words of xdotool:
  /// {"key", "alt+F4", "Escape"}. Returns what touch() does.
  [[nodiscard]] std::string fiddle(std::vector<std::string> words);

  /// "The display died by signal 9 (Killed)."; "": it lives. Waits so long for its end.
  [[nodiscard]] std::string death(Nanos limit = Nanos(0));
  /// Ends it; to be called when the kiosk has ended. What was not as it should be, or "".
  [[nodiscard]] std::string stop() { return server_->stop(nullptr); }
  [[nodiscard]] pid_t pid() const { return server_->pid(); }
  /// ":1"
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  void write_cookie() const;
  [[nodiscard]] std::string cookie_file() const { return spec_.folder + "/display.cookie"; }

  WireDisplaySpec spec_;
  std::string pointer_;  // path
  std::unique_ptr<Process> server_;
  std::string name_;
};

}  // namespace cardrig::scenario
