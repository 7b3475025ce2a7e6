// Making the parts, in the order in which they need each other.
#include "kiosk/app/program/parts.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include "kiosk/devices/id_reader/vendor/vendor_photos.h"
#include "kiosk/runtime/hidraw.h"
#include "kiosk/runtime/serial_port.h"

namespace cardrig::app {

namespace {

using namespace std::chrono_literals;

/// About what a session writes, pictures and bytes included, times ten: whoever follows the trace
/// may lag behind so far.
constexpr std::size_t kTraceMax_bytes = 64 << 20;
constexpr Nanos kFrame = 16ms;

class DarkDisplay final : public flow::Display {
 public:
  void show(const flow::Screen&) override {}
  void set_language(flow::Language) override {}
};

/// Chip photos are coded by a method that is not public; without a vendor's decoder none can be
/// compared with a face, and the kiosk refuses everybody.
class NoDecoder final : public id_reader::PhotoDecoder {
 public:
  Async<Result<Picture, id_reader::PhotoReason>> decode(
      std::span<const std::uint8_t, 1024>) override {
    co_return fail(id_reader::PhotoReason::kCannotStart, "no decoder of chip photos is installed");
  }
  [[nodiscard]] bool is_stand_in() const override { return false; }
};

std::string models_folder(const ProfileFile& file) {
  if (!file.face_models.empty()) return file.face_models;
  const char* root = std::getenv("CARDRIG_ROOT");
  const bool known = root != nullptr && *root != 0;
  return (known ? std::string(root) + "/" : std::string()) + ".cache/models";
}

std::string beside_this_program(const char* name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

std::vector<std::uint8_t> key(const std::string& path, bool production, std::size_t size = 0) {
  auto bytes = read_key_file(path, production, size);
  if (!bytes) throw std::runtime_error(bytes.error().detail);
  return std::move(*bytes);
}

}  // namespace

KioskParts::KioskParts(RealLoop& loop, ProfileFile file)
    : loop_(loop),
      file_(std::move(file)),
      trace_(monotonic_now),
      tracer_(trace_, "kiosk"),
      camera_tracer_(trace_, "camera"),
      silent_(trace_, "kiosk"),
      journal_key_(file_.journal_key_file) {
  silent_.mute();
  if (!file_.profile.test_port) {
    // Nobody can follow it: what is personal in it must not stay in memory for nothing. The masked
    // log takes what it needs of each event as it happens.
    trace_.keep_at_most(1);
    camera_tracer_.mute();
  } else {
    trace_.keep_at_most(kTraceMax_bytes);
    offset_clock_ = std::make_unique<OffsetCivilClock>();
  }
  const auto terminal_key = key(file_.terminal_key_file, file_.profile.production);
  file_.profile.terminal_key.assign(terminal_key.begin(), terminal_key.end());
  static_cast<void>(
      key(file_.journal_key_file, file_.profile.production, std::tuple_size_v<Key256>));
  make_engine();
  make_camera();
  make_display();
  auto made = KioskApp::make(file_.profile, ports());
  if (!made) throw std::runtime_error(made.error().detail);
  app_ = std::move(*made);
}

KioskParts::~KioskParts() { loop_.drop_everything(); }

/// What crosses the wires is what the chip holds: only a test port may hear it.
Tracer& KioskParts::wire_tracer() { return file_.profile.test_port ? tracer_ : silent_; }

std::unique_ptr<StreamSource> KioskParts::source(const char* line, const WireChoice& wire) {
  if (wire.serial.empty()) return tcp_source(loop_, wire_tracer(), line, wire.tcp);
  return serial_source(loop_, wire_tracer(), line, wire.serial, wire.baud);
}

std::unique_ptr<StreamSource> KioskParts::reader_source() {
  const WireChoice& wire = file_.id_reader;
  if (wire.hid.empty()) return source("id_reader", wire);
  return hid_stream_source(loop_, hidraw_source(loop_, wire_tracer(), "id_reader", wire.hid),
                           wire.framing);
}

std::unique_ptr<id_reader::PhotoDecoder> KioskParts::photos() {
  if (file_.photos == Photos::kStandIn) return id_reader::make_stand_in_decoder();
  if (file_.photos == Photos::kNone) return std::make_unique<NoDecoder>();
  id_reader::VendorPhotosConfig config;
  config.program = beside_this_program("photo-decoder");
  config.library = file_.profile.photos.library;
  config.limit = file_.profile.photos.limit;
  return id_reader::make_vendor_photos(loop_, tracer_, std::move(config));
}

std::unique_ptr<StreamSource> KioskParts::platform_source() {
  if (!file_.tls) return source("platform", file_.platform);
  return tls_source(loop_, wire_tracer(), "platform", file_.platform.tcp, *file_.tls);
}

Ports KioskParts::ports() {
  CivilClock& clock = offset_clock_ ? static_cast<CivilClock&>(*offset_clock_) : clock_;
  return Ports{loop_,
               clock,
               tracer_,
               entropy_,
               journal_key_,
               files_,
               *camera_,
               *engine_,
               *display_,
               photos(),
               reader_source(),
               source("print_jobs", file_.print_jobs),
               source("card_path", file_.card_path),
               source("control_board", file_.control_board),
               platform_source(),
               speaker_,
               trace_};
}

void KioskParts::make_engine() {
  auto engine = face::shared_engine(file_.face_engine, models_folder(file_));
  if (!engine) throw std::runtime_error(engine.error().detail);
  engine_ = std::move(*engine);
}

void KioskParts::make_camera() {
  camera::MjpegConfig config;
  config.host = file_.camera.host;
  config.target = file_.camera.target;
  // Megabytes a second that say nothing: the pictures that are used have events of their own.
  auto wire = tcp_source(loop_, silent_, "camera", file_.camera.endpoint);
  camera_ = std::make_unique<camera::MjpegCamera>(loop_, camera_tracer_, std::move(wire),
                                                  std::move(config));
}

void KioskParts::make_display() {
  const DisplayChoice& wanted = file_.display;
  if (wanted.kind == DisplayKind::kNone) {
    display_ = std::make_unique<DarkDisplay>();
    return;
  }
  const bool full = wanted.kind == DisplayKind::kFullScreen;
  auto canvas = std::make_unique<screen::Canvas>("kiosk", wanted.width_px, wanted.height_px, true);
  if (full) canvas->lock_to_display();
  screen::PaintOptions paint;
  paint.dark = wanted.dark;
  auto window = std::make_unique<screen::ScreenWindow>(
      std::move(canvas), paint,
      [this](const flow::Intent& intent) { app_->touch(intent.button_key); });
  window_ = window.get();
  display_ = std::move(window);
}

void KioskParts::start() { app_->start(); }

void KioskParts::draw(std::function<void()> closed) {
  if (window_ == nullptr) return;
  if (!window_->frame(loop_.now())) return closed();
  loop_.after(kFrame, [this, next = std::move(closed)]() mutable { draw(std::move(next)); });
}

nlohmann::json KioskParts::health() const {
  const flow::Screen& screen = app_->screen();
  const bool out = screen.id == "out_of_service";
  const bool maintained = screen.id.starts_with("maintenance");
  return {{"ok", !screen.id.empty() && !out && !maintained},
          {"program", "kiosk"},
          {"profile", file_.profile.name},
          {"production", file_.profile.production},
          {"screen", screen.id},
          {"maintenance", maintained},
          {"cause", out || maintained ? screen.staff_code : ""}};
}

}  // namespace cardrig::app
