// The composition root: takes what differs between rungs (ports), picks the drivers, and starts the
// kiosk. Simulated and real devices are the same here: a port is a port.
#pragma once

#include <memory>
#include <string>

#include "kiosk/app/profile.h"
#include "kiosk/devices/camera/frame_source.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/devices/speaker/speaker.h"
#include "kiosk/face/engine.h"
#include "kiosk/flow/intents.h"
#include "kiosk/flow/kiosk.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/files.h"

namespace cardrig::app {

struct Ports {
  Loop& loop;
  CivilClock& clock;
  Tracer& tracer;
  Entropy& entropy;
  KeySource& keys;
  Files& files;
  camera::FrameSource& camera;
  face::Engine& engine;
  flow::Display& display;
  std::unique_ptr<id_reader::PhotoDecoder> photos;
  std::unique_ptr<StreamSource> reader;
  std::unique_ptr<StreamSource> print_jobs;
  std::unique_ptr<StreamSource> card_path;
  std::unique_ptr<StreamSource> board;
  std::unique_ptr<StreamSource> platform;
  speaker::Speaker& speaker;
  Trace& trace;  ///< what the tracer writes to: the masked log is made of it
};

class KioskApp {
 public:
  /// Refuses what a production profile must not have.
  static Result<std::unique_ptr<KioskApp>, ProfileReason> make(Profile profile, Ports ports);
  ~KioskApp();
  KioskApp(const KioskApp&) = delete;
  KioskApp& operator=(const KioskApp&) = delete;

  /// Starts the kiosk's coroutine on its loop.
  void start();
  flow::TouchResult touch(const std::string& button_key);
  /// False: the kiosk does not wait for staff.
  bool staff_found(platform::Outcome found);
  [[nodiscard]] const flow::Screen& screen() const;
  [[nodiscard]] flow::Language language() const;
  /// For queries of the rig: what is still to be settled and reported.
  [[nodiscard]] journal::Journal& journal();

 private:
  struct Parts;
  explicit KioskApp(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace cardrig::app
