// What a profile asks for, made: the ports of KioskApp on the machine's own wires, files and
// clocks.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "kiosk/app/kiosk_app.h"
#include "kiosk/app/profile_file.h"
#include "kiosk/app/program/kiosk_rig.h"
#include "kiosk/devices/camera/mjpeg_driver.h"
#include "kiosk/runtime/posix_files.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/screen/screen_window.h"

namespace cardrig::app {

/// The kiosk of one profile, from the start to the end of the program.
class KioskParts {
 public:
  /// Throws std::runtime_error, in one sentence, for what cannot be had: a key file, a certificate,
  /// a display. A device that is absent is no such thing: the kiosk starts, and says so on its
  /// screen.
  KioskParts(RealLoop& loop, ProfileFile file);
  ~KioskParts();
  KioskParts(const KioskParts&) = delete;
  KioskParts& operator=(const KioskParts&) = delete;

  void start();
  /// Draws the window, as long as there is one; `closed` is called when somebody closes it.
  void draw(std::function<void()> closed);
  [[nodiscard]] nlohmann::json health() const;
  [[nodiscard]] Trace& trace() { return trace_; }
  [[nodiscard]] KioskApp& app() { return *app_; }
  [[nodiscard]] OffsetCivilClock* offset_clock() { return offset_clock_.get(); }
  /// Null: the display is none.
  [[nodiscard]] screen::ScreenWindow* window() { return window_; }

 private:
  Ports ports();
  std::unique_ptr<StreamSource> source(const char* line, const WireChoice& wire);
  Tracer& wire_tracer();
  std::unique_ptr<StreamSource> reader_source();
  std::unique_ptr<StreamSource> platform_source();
  std::unique_ptr<id_reader::PhotoDecoder> photos();
  void make_camera();
  void make_display();
  void make_engine();

  RealLoop& loop_;
  ProfileFile file_;
  Trace trace_;
  Tracer tracer_;
  Tracer camera_tracer_;
  Tracer silent_;
  SystemCivilClock clock_;
  std::unique_ptr<OffsetCivilClock> offset_clock_;
  SystemEntropy entropy_;
  PosixFiles files_;
  FileKeySource journal_key_;
  std::shared_ptr<face::Engine> engine_;
  std::unique_ptr<camera::FrameSource> camera_;
  std::unique_ptr<flow::Display> display_;
  screen::ScreenWindow* window_ = nullptr;  ///< the display, if it is one
  speaker::NoSpeaker speaker_;  // no driver of a sound card yet
  std::unique_ptr<KioskApp> app_;
};

}  // namespace cardrig::app
