// The model of printer, outlet sensor and person.
#include "tests/kiosk/issuance/machine.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "kiosk/runtime/check.h"

namespace cardrig::issuance {

using card_printer::PathReason;
using card_printer::PathStatus;
using card_printer::PrinterState;
using card_printer::PrintReason;
using control_board::BoardReason;

namespace {
constexpr Nanos kTravel = 20ms;
constexpr Nanos kPrinterStart = 20s;
constexpr Nanos kBoardStart = 2s;
}  // namespace

// ---- what a test sets up and looks at ----------------------------------------------------------

void Machine::empty_hopper() {
  std::erase_if(cards_, [](const ModelCard& c) { return c.place == Place::kHopper; });
}

void Machine::set_defect(PathFault fault) {
  defect_ = fault;
  try_feed();
}

int Machine::count(Place place, bool printed) const {
  return static_cast<int>(std::count_if(cards_.begin(), cards_.end(), [&](const ModelCard& c) {
    return c.place == place && c.printed == printed;
  }));
}
int Machine::count(Place place) const { return count(place, true) + count(place, false); }

int Machine::fed_for(const std::string& attempt) const {
  return static_cast<int>(std::count_if(cards_.begin(), cards_.end(),
                                        [&](const ModelCard& c) { return c.attempt == attempt; }));
}

void Machine::remove_card_by_hand() {
  for (const auto i : in_path_) cards_[i].place = Place::kBin;
  in_path_.clear();
  position_ = CardPosition::kNone;
  jammed = false;
}

// ---- mains -------------------------------------------------------------------------------------

void Machine::power_cut() {
  ++epoch_;
  moving_ = false;
  job_.reset();
  error_ = PathFault::kNone;
  outlet_light_ = false;
  if (position_ == CardPosition::kMoving) position_ = CardPosition::kHead;
  printer_up_at_ = board_up_at_ = Nanos::max();
  // The card in the bezel can be taken without power, too; nobody counts it then.
  if (position_ == CardPosition::kExit) offer_to_person();
}

void Machine::power_on() {
  printer_up_at_ = world_.now() + kPrinterStart;
  board_up_at_ = world_.now() + kBoardStart;
  if (position_ == CardPosition::kNone || position_ == CardPosition::kExit) return;
  const bool finished = cards_[in_path_.front()].printed;
  error_ = PathFault::kOther;  // card in path at start
  error_after_feed_ = !finished;
}

// ---- a card on its way -------------------------------------------------------------------------

void Machine::later(Nanos delay, void (Machine::*step)()) {
  world_.after(delay, [this, step, epoch = epoch_] {
    if (epoch == epoch_) (this->*step)();
  });
}

bool Machine::fails_at(Spot spot) {
  const auto it = strikes_.find(spot);
  if (it == strikes_.end()) return false;
  error_ = it->second;
  strikes_.erase(it);
  error_after_feed_ = spot != Spot::kFeed;
  abort_job();
  return true;
}

void Machine::abort_job() {
  moving_ = false;
  if (job_) job_->state = JobState::kAborted;
}

void Machine::try_feed() {
  if (!job_ || job_->fed || job_->state > JobState::kProcessingStopped || moving_) return;
  const bool blank = count(Place::kHopper) > 0;
  if (defect_ != PathFault::kNone || !blank) {
    job_->state =
        defect_ == PathFault::kNone ? JobState::kProcessing : JobState::kProcessingStopped;
    later(1s, &Machine::try_feed);
    return;
  }
  job_->state = JobState::kProcessing;
  moving_ = true;
  later(1s, &Machine::fed);
}

void Machine::fed() {
  if (fails_at(Spot::kFeed)) return;
  if (count(Place::kHopper) == 0) {  // the rollers found nothing: the job waits for cards
    moving_ = false;
    return try_feed();
  }
  const bool two =
      strikes_.contains(Spot::kHead) && strikes_[Spot::kHead] == PathFault::kDoubleFeed;
  for (int n = two ? 2 : 1; n > 0; --n) {
    const auto blank = std::find_if(cards_.begin(), cards_.end(),
                                    [](const ModelCard& c) { return c.place == Place::kHopper; });
    CARDRIG_CHECK(blank != cards_.end());
    blank->place = Place::kPath;
    blank->attempt = job_->attempt;
    in_path_.push_back(static_cast<std::size_t>(blank - cards_.begin()));
    ++fed_total_;
  }
  job_->fed = true;
  position_ = CardPosition::kMoving;
  later(2s, &Machine::at_head);
}

void Machine::at_head() {
  position_ = CardPosition::kHead;
  if (fails_at(Spot::kHead)) return;
  later(12s, &Machine::panel3);
}

void Machine::panel3() {
  if (fails_at(Spot::kPanel3)) return;
  later(8s, &Machine::printed);
}

void Machine::printed() {
  ++printed_total_;
  cards_[in_path_.front()].printed = true;
  position_ = CardPosition::kMoving;
  later(2s, &Machine::at_exit);
}

void Machine::at_exit() {
  if (loses_cards) {  // P23: completed, and no card came out
    moving_ = false;
    job_->state = JobState::kCompleted;
    position_ = CardPosition::kNone;
    cards_[in_path_.front()].place = Place::kPath;
    in_path_.clear();
    return;
  }
  position_ = CardPosition::kFlip;
  if (fails_at(Spot::kExit)) return;
  if (job_) job_->state = JobState::kCompleted;
  presented();
}

void Machine::presented() {
  moving_ = false;
  position_ = CardPosition::kExit;
  cards_[in_path_.front()].place = Place::kExit;
  if (board_on()) ++seen_total_;
  offer_to_person();
}

void Machine::offer_to_person() {
  if (!takes_after) return;
  world_.after(*takes_after, [this] { take(); });
}

void Machine::take() {
  if (position_ != CardPosition::kExit) return;
  if (moving_ && !takes_during_retract) return;  // it is being drawn in
  cards_[in_path_.front()].place = Place::kTaken;
  in_path_.clear();
  position_ = CardPosition::kNone;
  if (board_on()) {
    ++taken_total_;
  } else {
    ++taken_unseen_;
  }
}

void Machine::into_bin() {
  moving_ = false;
  for (const auto i : in_path_) {
    cards_[i].place = Place::kBin;
    ++rejected_total_;
  }
  in_path_.clear();
  position_ = CardPosition::kNone;
}

// ---- the command channel -----------------------------------------------------------------------

Result<PathStatus, PathReason> Machine::status() {
  ++times_asked_;
  if (!printer_on() || !path_answers) return fail(PathReason::kOffline);
  PathStatus s;
  const bool blank = count(Place::kHopper) > 0;
  const bool latched = error_ != PathFault::kNone;
  s.fault = latched ? error_ : defect_;
  s.fault_after_feed = latched && error_after_feed_;
  s.device = moving_ ? DeviceState::kBusy : latched ? DeviceState::kFault : DeviceState::kReady;
  s.position = position_;
  s.hopper = blank ? SupplyState::kOk : SupplyState::kEmpty;
  s.ribbon = SupplyState::kOk;
  s.reject_bin_full = bin_full;
  s.cards_fed_total = fed_total_;
  s.cards_printed_total = printed_total_;
  s.cards_rejected_total = rejected_total_;
  return s;
}

Result<Unit, PathReason> Machine::begin_present() {
  if (!printer_on() || !path_answers) return fail(PathReason::kOffline);
  if (moving_ || in_path_.empty()) return fail(PathReason::kNotPossible);
  if (!cards_[in_path_.front()].printed) return fail(PathReason::kNotPossible);
  if (position_ == CardPosition::kExit) return ok();
  const bool latched = error_ != PathFault::kNone && error_ != PathFault::kOther;
  if (latched || jammed) return fail(PathReason::kJam);
  error_ = PathFault::kNone;
  moving_ = true;
  later(2s, &Machine::presented);
  return ok();
}

Result<Unit, PathReason> Machine::begin_retract() {
  if (!printer_on() || !path_answers) return fail(PathReason::kOffline);
  if (moving_ || position_ != CardPosition::kExit) return fail(PathReason::kNotPossible);
  return begin_reject();
}

Result<Unit, PathReason> Machine::begin_reject() {
  if (!printer_on() || !path_answers) return fail(PathReason::kOffline);
  if (moving_ || in_path_.empty()) return fail(PathReason::kNotPossible);
  if (bin_full) return fail(PathReason::kRejectFull);
  if (jammed) return fail(PathReason::kJam);
  moving_ = true;
  if (takes_during_retract && position_ == CardPosition::kExit) {
    later(1s, &Machine::take);
    world_.after(3s, [this] { moving_ = false; });
    return ok();
  }
  if (position_ == CardPosition::kExit) position_ = CardPosition::kMoving;
  for (const auto i : in_path_) cards_[i].place = Place::kPath;
  later(3s, &Machine::into_bin);
  return ok();
}

Result<Unit, PathReason> Machine::clear_error() {
  if (!printer_on() || !path_answers) return fail(PathReason::kOffline);
  if (!in_path_.empty() && position_ != CardPosition::kExit) {
    error_ = PathFault::kOther;
    error_after_feed_ = !cards_[in_path_.front()].printed;
  } else {
    error_ = PathFault::kNone;
  }
  return ok();
}

// ---- the print channel -------------------------------------------------------------------------

Result<card_printer::PrinterStatus, PrintReason> Machine::printer_status() {
  if (!printer_on() || !jobs_answer) return fail(PrintReason::kUnreachable);
  card_printer::PrinterStatus s;
  const bool active = job_ && job_->state <= JobState::kProcessingStopped;
  s.queued_jobs = active ? 1 : 0;
  s.state = active ? PrinterState::kProcessing : PrinterState::kIdle;
  return s;
}

Result<int, PrintReason> Machine::submit(const card_printer::PrintTicket& ticket) {
  if (!printer_on() || !jobs_answer) return fail(PrintReason::kUnreachable);
  EXPECT_EQ(ticket.width_px, 1016);
  EXPECT_EQ(ticket.height_px, 648);
  EXPECT_FALSE(ticket.png.empty());
  if (busy_answers > 0) {
    --busy_answers;
    return fail(PrintReason::kBusy);
  }
  if (job_ && job_->state <= JobState::kProcessingStopped) return fail(PrintReason::kBusy);
  if (error_ != PathFault::kNone || !in_path_.empty()) return fail(PrintReason::kRefused);
  ++submissions_;
  job_ = Job{next_job_++, ticket.attempt_id};
  try_feed();
  if (std::exchange(loses_submit_answer, false)) return fail(PrintReason::kTimeout);
  return job_->id;
}

Result<card_printer::JobStatus, PrintReason> Machine::job_status(int id) {
  if (!printer_on() || !jobs_answer) return fail(PrintReason::kUnreachable);
  if (!job_ || job_->id != id) return fail(PrintReason::kNoSuchJob);
  card_printer::JobStatus s;
  s.state = job_->state;
  return s;
}

Result<std::vector<int>, PrintReason> Machine::find_jobs(const std::string& attempt) {
  if (!printer_on() || !jobs_answer) return fail(PrintReason::kUnreachable);
  const bool mine = job_ && job_->state <= JobState::kProcessingStopped && job_->attempt == attempt;
  return mine ? std::vector<int>{job_->id} : std::vector<int>{};
}

Result<Unit, PrintReason> Machine::cancel(int id) {
  if (!printer_on() || !jobs_answer) return fail(PrintReason::kUnreachable);
  if (!job_ || job_->id != id) return fail(PrintReason::kNoSuchJob);
  if (job_->fed || moving_) return fail(PrintReason::kRefused);
  job_->state = JobState::kCanceled;
  return ok();
}

// ---- the board ---------------------------------------------------------------------------------

Result<control_board::BoardInputs, BoardReason> Machine::inputs() {
  if (!board_on() || !board_answers) return fail(BoardReason::kTimeout);
  control_board::BoardInputs in;
  in.card_in_outlet = position_ == CardPosition::kExit || outlet_stuck;
  in.cards_seen_total = seen_total_;
  in.cards_taken_total = taken_total_;
  return in;
}

Result<Unit, BoardReason> Machine::set_outlet_light(bool on) {
  if (!board_on() || !board_answers) return fail(BoardReason::kTimeout);
  outlet_light_ = on;
  return ok();
}

// ---- as one kiosk sees them --------------------------------------------------------------------

// A kiosk without power is a coroutine that never goes on: its loop is dropped a moment later.
Async<void> Wire::travel() const {
  co_await sleep_for(loop, kTravel);
  while (!kiosk_power) co_await sleep_for(loop, 1h);
}

Async<Result<card_printer::PrinterStatus, PrintReason>> ModelJobs::printer_status() {
  co_await wire_.travel();
  auto answer = wire_.machine.printer_status();
  co_await wire_.travel();
  co_return answer;
}
Async<Result<int, PrintReason>> ModelJobs::submit(const card_printer::PrintTicket& ticket) {
  co_await wire_.travel();
  auto answer = wire_.machine.submit(ticket);
  co_await wire_.travel();
  co_return answer;
}
Async<Result<card_printer::JobStatus, PrintReason>> ModelJobs::job_status(int id) {
  co_await wire_.travel();
  auto answer = wire_.machine.job_status(id);
  co_await wire_.travel();
  co_return answer;
}
Async<Result<std::vector<int>, PrintReason>> ModelJobs::find_jobs(const std::string& attempt) {
  co_await wire_.travel();
  auto answer = wire_.machine.find_jobs(attempt);
  co_await wire_.travel();
  co_return answer;
}
Async<Result<Unit, PrintReason>> ModelJobs::cancel(int id) {
  co_await wire_.travel();
  auto answer = wire_.machine.cancel(id);
  co_await wire_.travel();
  co_return answer;
}

Async<Result<Unit, PathReason>> ModelPath::start() {
  const auto s = co_await status();
  if (!s) co_return tl::unexpected(s.error());
  co_return ok();
}
Async<void> ModelPath::wait_for_change(Nanos limit) {
  return sleep_for(wire_.loop, wire_.machine.path_chatters ? Nanos{0} : limit);
}

Async<Result<PathStatus, PathReason>> ModelPath::status() {
  co_await wire_.travel();
  auto answer = wire_.machine.status();
  co_await wire_.travel();
  co_return answer;
}
Async<Result<Unit, PathReason>> ModelPath::present() { return move(Movement::kPresent); }
Async<Result<Unit, PathReason>> ModelPath::retract() { return move(Movement::kRetract); }
Async<Result<Unit, PathReason>> ModelPath::reject() { return move(Movement::kReject); }

Result<Unit, PathReason> ModelPath::begin(Movement movement) {
  switch (movement) {
    case Movement::kPresent:
      return wire_.machine.begin_present();
    case Movement::kRetract:
      return wire_.machine.begin_retract();
    case Movement::kReject:
      return wire_.machine.begin_reject();
  }
  return fail(PathReason::kUnsupported);
}

Async<Result<Unit, PathReason>> ModelPath::move(Movement movement) {
  co_await wire_.travel();
  auto begun = begin(movement);
  const Nanos limit = wire_.loop.now() + 10s;
  while (begun && wire_.machine.moving()) {
    if (wire_.loop.now() >= limit) co_return fail(PathReason::kTimeout);
    co_await sleep_for(wire_.loop, 100ms);
    co_await wire_.travel();
  }
  co_await wire_.travel();
  co_return begun;
}
Async<Result<Unit, PathReason>> ModelPath::clear_error() {
  co_await wire_.travel();
  auto answer = wire_.machine.clear_error();
  co_await wire_.travel();
  co_return answer;
}

Async<Result<Unit, BoardReason>> ModelBoard::start() {
  const auto in = co_await inputs();
  if (!in) co_return tl::unexpected(in.error());
  co_return ok();
}
Async<Result<control_board::BoardInputs, BoardReason>> ModelBoard::inputs() {
  co_await wire_.travel();
  auto answer = wire_.machine.inputs();
  co_await wire_.travel();
  co_return answer;
}
Async<Result<Unit, BoardReason>> ModelBoard::set_light(control_board::Light light, bool on) {
  co_await wire_.travel();
  Result<Unit, BoardReason> answer = ok();
  if (light == control_board::Light::kOutlet) answer = wire_.machine.set_outlet_light(on);
  co_await wire_.travel();
  co_return answer;
}

}  // namespace cardrig::issuance
