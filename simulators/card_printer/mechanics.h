// The mechanics of the simulated card printer: one strict state machine. What it does, when it
// counts and what survives a power cut is written in docs/protocols/card-path.md.
//
// It knows nothing of wires: the IPP and card path servers show its view and pass commands on.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/devices/card_printer/protocol.h"
#include "kiosk/runtime/function.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/result.h"
#include "kiosk/runtime/trace.h"
#include "simulators/world/fault_catalogue.h"
#include "simulators/world/world.h"

namespace cardrig::sim {

/// Nominal times of a kiosk card printer (docs/protocols/card-path.md).
struct PrinterTimes {
  Nanos draw{std::chrono::seconds(1)};  ///< until the card has left the hopper
  Nanos feed{std::chrono::seconds(2)};  ///< from there to the head
  Nanos panel{std::chrono::seconds(4)};  ///< one pass under the head
  Nanos eject{std::chrono::seconds(2)};
  Nanos retract{std::chrono::seconds(3)};
  Nanos reject{std::chrono::seconds(4)};
  Nanos start{std::chrono::seconds(20)};  ///< from power-on until it can be reached
  Nanos heat_max{std::chrono::seconds(20)};
};

struct PrinterStock {
  int ribbon_capacity_panels = 1000;
  int ribbon_low_panels = 50;
  int hopper_low_cards = 5;
  int reject_bin_cards = 30;
};

/// Numbers of RFC 8011.
enum class JobPhase {
  kPending = 3,
  kProcessing = 5,
  kProcessingStopped = 6,
  kCanceled = 7,
  kAborted = 8,
  kCompleted = 9
};

struct PrinterJob {
  int id = 0;
  std::string name;
  std::string user;
  JobPhase phase = JobPhase::kPending;
  int impressions = 0;
  Nanos created_at{0};
  std::optional<Nanos> processing_at;
  std::optional<Nanos> completed_at;  ///< or canceled, or aborted
  PicturePtr face;
  std::vector<std::uint8_t> png;

  [[nodiscard]] bool is_finished() const { return static_cast<int>(phase) >= 7; }
};

enum class JobRefusal { kBusy, kNotAccepting };

/// All that the channels can tell; the codes are those of protocol.h.
struct PrinterView {
  std::uint8_t state = card_printer::protocol::kStateReady;
  std::uint8_t position = card_printer::protocol::kAtNone;
  std::uint8_t fault = card_printer::protocol::kFaultNone;
  bool after_feed = false;
  bool reject_full = false;
  bool job = false;
  bool cover_open = false;
  bool finished = false;
  std::uint8_t hopper = card_printer::protocol::kSupplyOk;
  std::uint8_t ribbon = card_printer::protocol::kSupplyOk;
  int panels_left = 0;
  int panels_capacity = 0;
  std::uint32_t fed = 0;
  std::uint32_t printed = 0;
  std::uint32_t rejected = 0;
  std::uint16_t starts = 0;

  bool operator==(const PrinterView&) const = default;
};

class PrinterMechanics {
 public:
  using Done = UniqueFunction<void(std::int8_t)>;  ///< a return code of the card path

  /// On, started and warm, ribbon full. The faults must have been declared.
  PrinterMechanics(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults,
                   PrinterTimes times, PrinterStock stock);
  ~PrinterMechanics();
  PrinterMechanics(const PrinterMechanics&) = delete;
  PrinterMechanics& operator=(const PrinterMechanics&) = delete;

  // Power. Everything but the EEPROM is lost at once; cards stay where they are.
  void power_off();
  void power_on();
  [[nodiscard]] bool is_started() const { return started_; }

  // Jobs. `face` is the decoded `png`.
  Result<int, JobRefusal> submit(PrinterJob job);
  [[nodiscard]] const std::map<int, PrinterJob>& jobs() const { return jobs_; }
  /// The job that is not finished, or nullptr.
  [[nodiscard]] const PrinterJob* current_job() const;
  /// False once its card has left the hopper, or if it is finished.
  bool cancel(int id);
  /// The current job waits for cards, not for anything else.
  [[nodiscard]] bool waits_for_cards() const;

  // Commands of the card path. `done` comes when the movement has ended; never after a power cut.
  void present(Done done);
  void retract(Done done);
  void reject(Done done);
  [[nodiscard]] std::int8_t clear_error();

  [[nodiscard]] PrinterView view() const;
  /// The view as it is sent over a wire: standing faults that it shows have taken effect.
  [[nodiscard]] PrinterView shown_view();
  /// A card is being fed, printed or moved.
  [[nodiscard]] bool is_moving() const { return activity_ != Activity::kNone; }
  /// Called after the view has changed, once an instant.
  void on_change(std::function<void()> f) { observer_ = std::move(f); }
  /// Called when a power cut begins or the printer has started.
  void on_power(std::function<void()> f) { power_observer_ = std::move(f); }

 private:
  enum class Activity {
    kNone,
    kDrawing,
    kFeeding,
    kPrinting,
    kEjecting,
    kPresenting,
    kRetracting,
    kRejecting
  };
  // What the printer writes to its EEPROM at the moment it happens.
  struct Eeprom {
    std::uint32_t fed = 0;
    std::uint32_t printed = 0;
    std::uint32_t rejected = 0;
    std::uint16_t starts = 1;
    int panels_left = 0;
    int next_job = 1;
    bool finished = false;  // the card in the path
  };

  void after(Nanos delay, void (PrinterMechanics::*step)());
  void stop_motor();
  void started();
  void warm();
  // The way of a card, step by step.
  void try_start();
  void drawn();
  void draw_cards();
  void feeder_failed();
  void at_head();
  void begin_panel();
  void middle_of_panel();
  void end_of_panel();
  void face_done();
  void half_out();
  void at_exit();
  void presented();
  void fallen();
  void fail(std::uint8_t fault, bool after_feed);
  void spoil_touched_card();
  void spoil_unfinished_card(int number);
  void finish_job(JobPhase phase);
  void end_movement(std::int8_t code);
  [[nodiscard]] std::int8_t may_move() const;
  void begin_fall(Activity activity, Nanos duration, Done done);
  // Faults.
  void fault_changed(const std::string& name, bool active);
  void cover(bool open);
  bool strikes_at_panel(const char* fault);
  void spend(const char* fault);
  [[nodiscard]] bool is_stuck() const;
  void world_changed();
  [[nodiscard]] bool hopper_empty() const;
  [[nodiscard]] std::uint8_t standing_defect() const;
  [[nodiscard]] bool reject_full() const;
  void changed();

  Loop& loop_;
  Tracer& tracer_;
  World& world_;
  FaultCatalogue& faults_;
  PrinterTimes times_;
  PrinterStock stock_;

  Eeprom eeprom_;
  // Physical: stays through a power cut.
  std::vector<int> path_cards_;
  std::uint8_t position_ = card_printer::protocol::kAtNone;
  bool cover_open_ = false;

  // Lost in a power cut.
  bool powered_ = true;
  bool started_ = true;
  bool heating_ = false;
  Nanos off_since_{0};
  Activity activity_ = Activity::kNone;
  TimerId step_timer_ = 0;
  TimerId power_timer_ = 0;
  std::uint8_t error_ = card_printer::protocol::kFaultNone;
  bool error_after_feed_ = false;
  std::map<int, PrinterJob> jobs_;
  int current_ = 0;
  int panel_ = 0;
  bool touched_ = false;  // the head has touched the card in work
  bool ghost_ = false;  // the printer believes in a card that is not there
  bool hopper_failed_ = false;  // the feeder found no card where the sensor saw one
  Done done_;

  std::map<std::string, int> left_to_strike_;  // cards that an injected jam still hits
  std::function<void()> observer_;
  std::function<void()> power_observer_;
  PrinterView last_view_;
  bool change_posted_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace cardrig::sim
