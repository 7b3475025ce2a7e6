// Start-up, idling, recovery.
#include "kiosk/flow/kiosk.h"

#include <algorithm>
#include <utility>

#include "kiosk/flow/maintenance.h"
#include "kiosk/flow/screens.h"
#include "kiosk/flow/session.h"
#include "kiosk/runtime/async.h"

namespace cardrig::flow {

using card_printer::CardPosition;
using id_reader::ReaderReason;

bool Kiosk::staff_found(platform::Outcome found) {
  if (!staff_needed_) return false;
  staff_found_ = found;
  deps_.intents.wake();
  return true;
}

Async<void> Kiosk::run() {
  deps_.tracer.emit("kiosk.starting");
  presenter_.start_over(screens::starting());
  for (;;) {
    Check trouble = co_await start_up();
    if (!trouble) {
      cause_.reset();
      deps_.tracer.emit("kiosk.in_service");
      trouble = co_await serve();
    }
    if (trouble) co_await stay_out(std::move(*trouble));
  }
}

// Shows the cause, then waits for staff or for the next attempt. Start-up itself is the attempt:
// the screen stays up meanwhile.
Async<void> Kiosk::stay_out(Trouble trouble) {
  if (cause_ != trouble.cause) {
    cause_ = trouble.cause;
    deps_.tracer.emit("kiosk.out_of_service",
                      {{"cause", to_string(trouble.cause)}, {"detail", trouble.detail}});
  }
  if (needs_staff(trouble.cause)) staff_needed_ = true;
  presenter_.start_over(screens::out_of_service(trouble.cause));
  const Nanos next_attempt = deps_.loop.now() + deps_.limits.recover;
  do {
    if (co_await maintain(true)) presenter_.start_over(screens::out_of_service(trouble.cause));
    const Nanos left = std::max(next_attempt - deps_.loop.now(), Nanos{0});
    const bool more = staff_needed_ || left > Nanos{0};
    if (!staff_found_ && more) {
      (void)co_await deps_.intents.wait(staff_needed_
                                            ? deps_.limits.service_key_poll
                                            : std::min(left, deps_.limits.service_key_poll));
    }
    if (staff_found_) {
      const platform::Outcome found = *std::exchange(staff_found_, std::nullopt);
      deps_.tracer.emit("kiosk.staff_found", {{"outcome", to_string(found)}});
      (void)co_await with_timeout(deps_.loop, deps_.limits.settle, deps_.issuer.staff_found(found));
      staff_needed_ = false;
      co_return;
    }
  } while (staff_needed_ || deps_.loop.now() < next_attempt);
}

Async<bool> Kiosk::maintain(bool ask_anyway) {
  const bool asks = ask_anyway || deps_.board.state() == DeviceState::kReady;
  if (deps_.loop.now() < next_key_look_ || !asks) co_return false;
  next_key_look_ = deps_.loop.now() + deps_.limits.service_key_poll;
  const auto inputs =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.board.inputs());
  if (!inputs || !*inputs || !(*inputs)->service_key) co_return false;
  Maintenance maintenance(deps_, presenter_);
  co_await maintenance.run(cause_);
  co_return true;
}

// ---- start-up ----------------------------------------------------------------------------------

Async<Kiosk::Check> Kiosk::start_up() {
  if (auto trouble = co_await start_devices()) co_return trouble;
  if (auto trouble = co_await settle()) co_return trouble;
  if (auto trouble = co_await clear_path()) co_return trouble;
  if (auto trouble = co_await check_devices()) co_return trouble;
  co_return co_await check_platform();
}

// Each one gets its chance, so that a broken camera does not keep the printer's open issue from
// being settled; the first trouble is named.
Async<Kiosk::Check> Kiosk::start_devices() {
  const auto path =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.path.start());
  if (!path || !*path) {
    co_return Trouble{Cause::kPrinterOffline, path ? to_string(path->error().reason) : "timeout"};
  }
  const auto board =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.board.start());
  if (!board || !*board) {
    co_return Trouble{Cause::kControlBoard, board ? to_string(board->error().reason) : "timeout"};
  }
  co_return std::nullopt;
}

Async<Kiosk::Check> Kiosk::settle() {
  const auto settled =
      co_await with_timeout(deps_.loop, deps_.limits.settle, deps_.issuer.settle_all());
  if (!settled) co_return Trouble{Cause::kUnsettled, "settling took too long"};
  if (*settled) co_return Trouble{cause_of(**settled), (*settled)->detail};
  reports_pending_ = true;  // to be found out
  const auto reader =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.reader.start());
  if (!reader || !*reader) {
    const auto why = reader ? reader->error().reason : ReaderReason::kTimeout;
    co_return Trouble{cause_of(why), to_string(why)};
  }
  const auto camera =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.camera.start());
  if (!camera || !*camera) {
    co_return Trouble{Cause::kCamera, camera ? to_string(camera->error().reason) : "timeout"};
  }
  co_return std::nullopt;
}

// With everything settled, a card that is still in the path belongs to nobody: into the reject bin
// with it, before the next person could be handed it.
Async<Kiosk::Check> Kiosk::clear_path() {
  const auto status =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.path.status());
  if (!status || !*status) co_return std::nullopt;  // check_devices() says what is wrong
  const CardPosition position = (*status)->position;
  if (position == CardPosition::kExit) {
    (void)co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.path.retract());
  } else if (position == CardPosition::kHead || position == CardPosition::kFlip) {
    (void)co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.path.reject());
  }
  co_return std::nullopt;
}

// ---- idling ------------------------------------------------------------------------------------

void Kiosk::show_welcome() { presenter_.start_over(screens::welcome(!field_clear_)); }

Async<Kiosk::Check> Kiosk::serve() {
  field_clear_ = true;  // until a look at the field says otherwise
  bool first_look = true;
  next_check_ = deps_.loop.now() + deps_.limits.device_check;
  show_welcome();
  for (;;) {
    std::optional<Intent> touch;
    if (!first_look) touch = co_await deps_.intents.wait(deps_.limits.idle_poll);
    if (touch) {
      if (auto trouble = co_await serve_one(false)) co_return trouble;
      continue;
    }
    bool found = false;
    if (auto trouble = co_await look_for_card(found)) co_return trouble;
    if (first_look && found) field_clear_ = false;
    if (!found && !field_clear_) field_clear_ = true;
    first_look = false;
    if (presenter_.present().tone != screens::welcome(!field_clear_).tone) show_welcome();
    if (found && field_clear_) {
      if (auto trouble = co_await serve_one(true)) co_return trouble;
      continue;
    }
    if (deps_.loop.now() >= next_check_) {
      next_check_ = deps_.loop.now() + deps_.limits.device_check;
      if (auto trouble = co_await check_devices()) co_return trouble;
    }
    co_await report_pending();
    if (co_await maintain(false)) show_welcome();
  }
}

Async<Kiosk::Check> Kiosk::serve_one(bool by_card) {
  // Nobody is led through everything in vain: the printer is looked at before the person begins.
  if (auto trouble = co_await check_devices_for_person()) co_return trouble;
  SessionResult result;
  {
    Session session(deps_, presenter_, lights_);
    result = co_await session.run(by_card, field_clear_);
  }
  field_clear_ = result.field_clear;
  reports_pending_ = true;
  next_report_ = deps_.loop.now();
  next_check_ = deps_.loop.now() + deps_.limits.device_check;
  if (result.cause) {
    co_return Trouble{*result.cause,
                      std::string("noticed in a session: ") + to_string(result.ending)};
  }
  show_welcome();
  co_return std::nullopt;
}

Async<Kiosk::Check> Kiosk::look_for_card(bool& found) {
  const auto answer =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.reader.find_card());
  const auto reason = !answer   ? std::optional(ReaderReason::kTimeout)
                      : *answer ? std::nullopt
                                : std::optional(answer->error().reason);
  found = !reason || reason == ReaderReason::kNotAnIdCard;
  if (found || reason == ReaderReason::kNoCard || reason == ReaderReason::kCardMoved) {
    reader_strikes_ = 0;
    co_return std::nullopt;
  }
  const bool hopeless = reason == ReaderReason::kNotAuthorised ||
                        reason == ReaderReason::kSelfTestFailed ||
                        reason == ReaderReason::kLinkLost;
  if (!hopeless && ++reader_strikes_ < 3) co_return std::nullopt;
  reader_strikes_ = 0;
  const auto restarted =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.reader.start());
  if (restarted && *restarted) co_return std::nullopt;
  co_return Trouble{cause_of(*reason), to_string(*reason)};
}

Async<void> Kiosk::report_pending() {
  if (!reports_pending_ || deps_.loop.now() < next_report_) co_return;
  const auto all_sent =
      co_await with_timeout(deps_.loop, deps_.limits.platform, deps_.issuer.flush_reports());
  reports_pending_ = !(all_sent && *all_sent);
  next_report_ = deps_.loop.now() + deps_.limits.report_retry;
}

// ---- checks ------------------------------------------------------------------------------------

namespace {

std::optional<Cause> cause_of(const card_printer::PathStatus& status) {
  if (const auto cause = flow::cause_of(status.fault)) return cause;
  if (status.reject_bin_full) return Cause::kRejectFull;
  if (status.hopper == SupplyState::kEmpty || status.hopper == SupplyState::kMissing) {
    return Cause::kNoCards;
  }
  if (status.ribbon == SupplyState::kEmpty || status.ribbon == SupplyState::kMissing) {
    return Cause::kNoRibbon;
  }
  if (status.device == DeviceState::kFault) return Cause::kPrinterFault;
  if (status.device == DeviceState::kOffline) return Cause::kPrinterOffline;
  return std::nullopt;
}

}  // namespace

Async<Kiosk::Check> Kiosk::check_devices() {
  if (auto trouble = co_await check_printer()) co_return trouble;
  if (auto trouble = co_await check_board()) co_return trouble;
  const DeviceState camera = deps_.camera.state();
  if (camera != DeviceState::kOffline && camera != DeviceState::kFault) co_return std::nullopt;
  const auto restarted =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.camera.start());
  if (restarted && *restarted) co_return std::nullopt;
  co_return Trouble{Cause::kCamera, to_string(camera)};
}

Async<Kiosk::Check> Kiosk::check_devices_for_person() {
  const TimerId notice =
      deps_.loop.after(deps_.limits.notice, [this] { presenter_.show(screens::moment()); });
  Check trouble = co_await check_devices();
  deps_.loop.cancel(notice);
  co_return trouble;
}

Async<Kiosk::Check> Kiosk::check_printer() {
  std::string detail;
  for (int tries = 0; tries < 2; ++tries) {
    const auto status =
        co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.path.status());
    if (status && *status) {
      const auto cause = cause_of(**status);
      if (!cause) co_return std::nullopt;
      co_return Trouble{*cause, to_string((*status)->fault)};
    }
    detail = status ? to_string(status->error().reason) : "timeout";
    (void)co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.path.start());
  }
  co_return Trouble{Cause::kPrinterOffline, detail};
}

// A card in the outlet while nobody is served: a stuck sensor (fault L10) or a foreign object.
Async<Kiosk::Check> Kiosk::check_board() {
  std::string detail;
  for (int tries = 0; tries < 2; ++tries) {
    const auto inputs =
        co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.board.inputs());
    if (inputs && *inputs) {
      if (!(*inputs)->card_in_outlet) co_return std::nullopt;
      co_return Trouble{Cause::kOutletBlocked, "the outlet sensor is covered"};
    }
    detail = inputs ? to_string(inputs->error().reason) : "timeout";
    (void)co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.board.start());
  }
  co_return Trouble{Cause::kControlBoard, detail};
}

// A platform that cannot be reached is said to the person who asks; one that does not accept this
// kiosk (wrong clock, unknown terminal) will accept nobody.
Async<Kiosk::Check> Kiosk::check_platform() {
  const auto health =
      co_await with_timeout(deps_.loop, deps_.limits.platform, deps_.platform.health());
  if (health && !*health && health->error().reason == platform::PlatformReason::kUnauthorised) {
    co_return Trouble{Cause::kNotAuthorised, health->error().detail};
  }
  co_return std::nullopt;
}

}  // namespace cardrig::flow
