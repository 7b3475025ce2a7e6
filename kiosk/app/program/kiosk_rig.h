// The kiosk's end of the rig (docs/protocols/rig.md, docs/programs.md): what a profile with a test
// port lets others do.
#pragma once

#include <atomic>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "kiosk/app/kiosk_app.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig_port.h"
#include "kiosk/screen/screen_window.h"

namespace cardrig::app {

/// The machine's civil clock, made wrong by an offset. Only a kiosk with a test port has one.
class OffsetCivilClock final : public CivilClock {
 public:
  [[nodiscard]] CivilTime now() const override {
    return {system_.now().unix_ms + offset_ms_.load(std::memory_order_relaxed)};
  }
  void set_offset_ms(std::int64_t offset_ms) { offset_ms_ = offset_ms; }

 private:
  SystemCivilClock system_;
  std::atomic<std::int64_t> offset_ms_ = 0;  // offloaded work may look at the clock
};

class KioskRig {
 public:
  /// All must outlive this object and what it leaves on the loop. `window`: null: there is none.
  KioskRig(RealLoop& loop, KioskApp& app, OffsetCivilClock& clock, screen::ScreenWindow* window)
      : loop_(loop), app_(app), clock_(clock), window_(window) {}

  /// kiosk.touch, kiosk.screen, staff.found, clock.set_offset.
  Result<nlohmann::json, RigReason> send(const RigMessage& message);
  /// kiosk.pending, which asks the journal, and kiosk.buttons, which waits for the window.
  bool send_slow(const RigMessage& message, const RigPort::Answer& answer);

 private:
  using Verdict = Result<nlohmann::json, RigReason>;

  Verdict touch(const nlohmann::json& args);
  Verdict staff_found(const nlohmann::json& args);
  Verdict set_offset(const nlohmann::json& args);
  Verdict screen(const nlohmann::json& args);
  void tell_buttons(const RigPort::Answer& answer);
  static Async<void> tell_pending(journal::Journal& journal, RigPort::Answer answer);
  static Async<Verdict> pending(journal::Journal& journal);

  RealLoop& loop_;
  KioskApp& app_;
  OffsetCivilClock& clock_;
  screen::ScreenWindow* window_;
};

}  // namespace cardrig::app
