// The machine around an issuance, as a strict model of docs/protocols/card-path.md and
// control-board.md: card printer, outlet sensor, and the person who takes cards. It lives on the
// world's loop, outlives every kiosk, counts its cards, and refuses what the real one refuses.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/card_printer/print_jobs.h"
#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/runtime/async.h"

namespace cardrig::issuance {

using namespace std::chrono_literals;
using card_printer::CardPosition;
using card_printer::JobState;
using card_printer::PathFault;

enum class Place { kHopper, kPath, kExit, kTaken, kBin };

struct ModelCard {
  Place place = Place::kHopper;
  bool printed = false;
  std::string attempt;
};

/// Where a fault strikes a card on its way.
enum class Spot { kFeed, kHead, kPanel3, kExit };

class Machine {
 public:
  explicit Machine(Loop& world) : world_(world) { load(10); }

  // What a test sets up.
  void load(int cards) { cards_.resize(cards_.size() + static_cast<std::size_t>(cards)); }
  void empty_hopper();
  void strike(Spot spot, PathFault fault) { strikes_[spot] = fault; }
  void set_defect(PathFault fault);  ///< kNone: mended; a waiting job goes on
  bool jammed = false;  ///< reject, retract and present end in a jam
  bool bin_full = false;
  bool outlet_stuck = false;  ///< L10
  bool loses_cards = false;  ///< a finished card is swallowed on its way out
  bool path_answers = true, jobs_answer = true, board_answers = true;
  bool path_chatters = false;  ///< says without end that its status has changed
  bool loses_submit_answer = false;  ///< the job is taken, the connection breaks
  int busy_answers = 0;  ///< submits answered with "busy"
  std::optional<Nanos> takes_after = 3s;  ///< the person; nothing: walks away
  bool takes_during_retract = false;

  // What staff do.
  void remove_card_by_hand();

  // What a test looks at.
  [[nodiscard]] int count(Place place, bool printed) const;
  [[nodiscard]] int count(Place place) const;
  [[nodiscard]] int fed_for(const std::string& attempt) const;
  [[nodiscard]] int times_asked() const { return times_asked_; }  ///< for the path's status
  [[nodiscard]] int submissions() const { return submissions_; }
  [[nodiscard]] const std::vector<ModelCard>& cards() const { return cards_; }
  [[nodiscard]] int taken_unseen() const { return taken_unseen_; }
  [[nodiscard]] bool outlet_light() const { return outlet_light_; }

  // Mains.
  void power_cut();
  void power_on();

  // What the devices answer. Called by the adapters at the moment at which a request arrives.
  Result<card_printer::PathStatus, card_printer::PathReason> status();
  Result<Unit, card_printer::PathReason> begin_present();
  Result<Unit, card_printer::PathReason> begin_retract();
  Result<Unit, card_printer::PathReason> begin_reject();
  Result<Unit, card_printer::PathReason> clear_error();
  [[nodiscard]] bool moving() const { return moving_; }
  Result<card_printer::PrinterStatus, card_printer::PrintReason> printer_status();
  Result<int, card_printer::PrintReason> submit(const card_printer::PrintTicket& ticket);
  Result<card_printer::JobStatus, card_printer::PrintReason> job_status(int id);
  Result<std::vector<int>, card_printer::PrintReason> find_jobs(const std::string& attempt);
  Result<Unit, card_printer::PrintReason> cancel(int id);
  Result<control_board::BoardInputs, control_board::BoardReason> inputs();
  Result<Unit, control_board::BoardReason> set_outlet_light(bool on);

 private:
  struct Job {
    int id = 0;
    std::string attempt;
    JobState state = JobState::kProcessing;
    bool fed = false;
  };
  void later(Nanos delay, void (Machine::*step)());
  bool fails_at(Spot spot);
  void try_feed();
  void fed();
  void at_head();
  void panel3();
  void printed();
  void at_exit();
  void offer_to_person();
  void take();
  void into_bin();
  void presented();
  void abort_job();
  [[nodiscard]] bool printer_on() const { return world_.now() >= printer_up_at_; }
  [[nodiscard]] bool board_on() const { return world_.now() >= board_up_at_; }

  Loop& world_;
  std::vector<ModelCard> cards_;
  std::vector<std::size_t> in_path_;  // indices: one card, two at a double feed
  CardPosition position_ = CardPosition::kNone;
  bool moving_ = false;
  PathFault error_ = PathFault::kNone;
  PathFault defect_ = PathFault::kNone;
  bool error_after_feed_ = false;
  std::map<Spot, PathFault> strikes_;
  std::uint32_t fed_total_ = 100, printed_total_ = 98, rejected_total_ = 7;
  std::uint16_t seen_total_ = 65535, taken_total_ = 91;  // about to wrap
  std::optional<Job> job_;
  int next_job_ = 50;
  int submissions_ = 0;
  int times_asked_ = 0;
  int taken_unseen_ = 0;
  bool outlet_light_ = false;
  std::uint64_t epoch_ = 0;  // a power cut ends every movement
  Nanos printer_up_at_{0}, board_up_at_{0};
};

/// How one kiosk reaches the machine: 20 ms there, 20 ms back, and nothing without power.
struct Wire {
  Loop& loop;
  Machine& machine;
  const bool& kiosk_power;

  Async<void> travel() const;
};

class ModelJobs final : public card_printer::PrintJobs {
 public:
  explicit ModelJobs(Wire wire) : wire_(wire) {}
  Async<Result<card_printer::PrinterStatus, card_printer::PrintReason>> printer_status() override;
  Async<Result<int, card_printer::PrintReason>> submit(
      const card_printer::PrintTicket& ticket) override;
  Async<Result<card_printer::JobStatus, card_printer::PrintReason>> job_status(int id) override;
  Async<Result<std::vector<int>, card_printer::PrintReason>> find_jobs(
      const std::string& attempt) override;
  Async<Result<Unit, card_printer::PrintReason>> cancel(int id) override;

 private:
  Wire wire_;
};

class ModelPath final : public card_printer::CardPath {
 public:
  explicit ModelPath(Wire wire) : wire_(wire) {}
  Async<Result<Unit, card_printer::PathReason>> start() override;
  Async<Result<card_printer::PathStatus, card_printer::PathReason>> status() override;
  Async<void> wait_for_change(Nanos limit) override;
  Async<Result<Unit, card_printer::PathReason>> present() override;
  Async<Result<Unit, card_printer::PathReason>> retract() override;
  Async<Result<Unit, card_printer::PathReason>> reject() override;
  Async<Result<Unit, card_printer::PathReason>> clear_error() override;
  [[nodiscard]] card_printer::PathCapabilities capabilities() const override { return can; }

  card_printer::PathCapabilities can{true, true, true, true};

 private:
  enum class Movement { kPresent, kRetract, kReject };
  // Not a pointer to member: with UBSan, GCC 12 keeps what it checks of one across a suspension
  // on the stack.
  Async<Result<Unit, card_printer::PathReason>> move(Movement movement);
  Result<Unit, card_printer::PathReason> begin(Movement movement);
  Wire wire_;
};

class ModelBoard final : public control_board::ControlBoard {
 public:
  explicit ModelBoard(Wire wire) : wire_(wire) {}
  Async<Result<Unit, control_board::BoardReason>> start() override;
  Async<Result<control_board::BoardInputs, control_board::BoardReason>> inputs() override;
  Async<Result<Unit, control_board::BoardReason>> set_light(control_board::Light light,
                                                            bool on) override;
  [[nodiscard]] DeviceState state() const override { return DeviceState::kReady; }

 private:
  Wire wire_;
};

}  // namespace cardrig::issuance
