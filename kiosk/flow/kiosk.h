// Kiosk: what runs for ever. It starts the devices, settles what was left open before anybody is
// served, idles on the welcome screen, runs sessions, and goes out of service naming the cause.
#pragma once

#include <optional>

#include "kiosk/flow/deps.h"
#include "kiosk/flow/endings.h"
#include "kiosk/flow/guide_lights.h"
#include "kiosk/flow/presenter.h"

namespace cardrig::flow {

/// Trace: kiosk.starting, kiosk.in_service, kiosk.out_of_service {cause, detail}, kiosk.staff_found
/// {outcome}; and what Session, Maintenance and Presenter write.
class Kiosk {
 public:
  explicit Kiosk(Deps deps)
      : deps_(deps),
        voice_(deps_.loop, deps_.clock, deps_.speaker, deps_.limits.voice),
        presenter_(deps_.display, deps_.intents, deps_.tracer, voice_),
        lights_(deps_.loop, deps_.board, deps_.limits.device_answer) {}
  Kiosk(const Kiosk&) = delete;
  Kiosk& operator=(const Kiosk&) = delete;

  /// Never ends by itself; start it with spawn(loop, kiosk.run()).
  Async<void> run();
  /// Staff cleared the card path and say what they found there. False: the kiosk is not waiting
  /// for that, and forgets it at once: an answer must never meet a later card.
  bool staff_found(platform::Outcome found);

  [[nodiscard]] const Screen& screen() const { return presenter_.present(); }
  [[nodiscard]] Language language() const { return presenter_.language(); }
  /// What keeps the kiosk out of service; nothing while it serves.
  [[nodiscard]] std::optional<Cause> out_of_service() const { return cause_; }

 private:
  struct Trouble {
    Cause cause;
    std::string detail;
  };
  using Check = std::optional<Trouble>;  // nothing: all well

  Async<Check> start_up();
  Async<Check> start_devices();
  Async<Check> settle();
  Async<Check> clear_path();
  Async<Check> serve();
  Async<Check> serve_one(bool by_card);
  Async<void> stay_out(Trouble trouble);

  Async<Check> check_devices();
  /// The same while a person waits, who is told so if it takes its time.
  Async<Check> check_devices_for_person();
  Async<Check> check_printer();
  Async<Check> check_board();
  Async<Check> check_platform();
  /// One look at the reader's field while idle. `found`: a card lies there.
  Async<Check> look_for_card(bool& found);
  Async<void> report_pending();
  void show_welcome();
  /// Looks at the service key if it is time for that; true: maintenance was open meanwhile.
  /// `ask_anyway`: also a board that was silent before, which costs seconds.
  Async<bool> maintain(bool ask_anyway);

  Deps deps_;
  Voice voice_;
  Presenter presenter_;
  GuideLights lights_;
  std::optional<Cause> cause_;
  std::optional<platform::Outcome> staff_found_;
  bool field_clear_ = false;
  bool reports_pending_ = false;
  bool staff_needed_ = false;  ///< a cause that the kiosk cannot see vanish
  int reader_strikes_ = 0;
  Nanos next_check_{0};
  Nanos next_key_look_{0};
  Nanos next_report_{0};
};

}  // namespace cardrig::flow
