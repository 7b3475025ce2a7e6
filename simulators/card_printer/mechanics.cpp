// The way of a card through the printer, and everything that can stop it.
#include "simulators/card_printer/mechanics.h"

#include <algorithm>
#include <array>
#include <utility>

#include "kiosk/runtime/check.h"
#include "simulators/card_printer/faults.h"
#include "simulators/card_printer/pictures.h"

namespace cardrig::sim {

namespace protocol = card_printer::protocol;

namespace {

constexpr std::array<const char*, 5> kPanelNames{"Y", "M", "C", "K", "O"};
constexpr int kPanels = static_cast<int>(kPanelNames.size());
constexpr std::size_t kCardsAtOnce = 1;
constexpr std::size_t kJobsKept = 100;  // finished ones that can still be asked for

const char* position_name(std::uint8_t position) {
  constexpr std::array<const char*, 6> kNames{"none", "feeder", "head", "flip", "exit", "moving"};
  return kNames.at(position);
}

const char* state_name(std::uint8_t state) {
  constexpr std::array<const char*, 5> kNames{"starting", "ready", "busy", "warning", "error"};
  return kNames.at(state);
}

const char* supply_name(std::uint8_t supply) {
  constexpr std::array<const char*, 4> kNames{"ok", "low", "empty", "missing"};
  return kNames.at(supply);
}

const char* fault_name(std::uint8_t fault) {
  constexpr std::array<const char*, 12> kNames{
      "none",         "cover_open",     "feeder_jam",    "head_jam",         "exit_jam",
      "ribbon_out",   "ribbon_missing", "ribbon_broken", "head_temperature", "double_feed",
      "cleaning_due", "card_in_path"};
  return kNames.at(fault);
}

}  // namespace

PrinterMechanics::PrinterMechanics(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults,
                                   PrinterTimes times, PrinterStock stock)
    : loop_(loop), tracer_(tracer), world_(world), faults_(faults), times_(times), stock_(stock) {
  eeprom_.panels_left = stock_.ribbon_capacity_panels;
  world_.on_change([this, weak = std::weak_ptr<bool>(alive_)](const std::string&) {
    if (!weak.expired()) world_changed();
  });
  faults_.on_change(
      [this, weak = std::weak_ptr<bool>(alive_)](const std::string& name, bool active) {
        if (!weak.expired()) fault_changed(name, active);
      });
  last_view_ = view();
}

PrinterMechanics::~PrinterMechanics() {
  loop_.cancel(step_timer_);
  loop_.cancel(power_timer_);
}

void PrinterMechanics::after(Nanos delay, void (PrinterMechanics::*step)()) {
  step_timer_ = loop_.after(delay, [this, step] {
    step_timer_ = 0;
    (this->*step)();
    changed();
  });
}

void PrinterMechanics::stop_motor() {
  loop_.cancel(std::exchange(step_timer_, 0));
  activity_ = Activity::kNone;
}

// --- power ---

void PrinterMechanics::power_off() {
  if (!powered_) return;
  powered_ = false;
  started_ = false;
  heating_ = false;
  off_since_ = loop_.now();
  spoil_touched_card();
  stop_motor();
  loop_.cancel(std::exchange(power_timer_, 0));
  // A card at rest always covers a sensor; one that was between two is felt by the flip station's.
  if (position_ == protocol::kAtMoving) position_ = protocol::kAtFlip;
  error_ = protocol::kFaultNone;
  error_after_feed_ = false;
  jobs_.clear();
  current_ = 0;
  touched_ = false;
  ghost_ = false;
  hopper_failed_ = false;
  done_ = nullptr;
  tracer_.emit("printer.power", {{"on", false}});
  changed();
  if (power_observer_) power_observer_();
}

void PrinterMechanics::power_on() {
  if (powered_) return;
  powered_ = true;
  tracer_.emit("printer.power", {{"on", true}});
  power_timer_ = loop_.after(times_.start, [this] { started(); });
}

void PrinterMechanics::started() {
  power_timer_ = 0;
  started_ = true;
  ++eeprom_.starts;
  tracer_.emit("printer.started",
               {{"starts", int{eeprom_.starts}}, {"position", position_name(position_)}});
  const Nanos cold = std::min(times_.heat_max, (loop_.now() - off_since_) / 6);
  heating_ = true;
  power_timer_ = loop_.after(cold, [this] { warm(); });
  changed();
  if (power_observer_) power_observer_();
}

void PrinterMechanics::warm() {
  power_timer_ = 0;
  heating_ = false;
  try_start();
  changed();
}

// --- jobs ---

const PrinterJob* PrinterMechanics::current_job() const {
  const auto it = jobs_.find(current_);
  return it == jobs_.end() ? nullptr : &it->second;
}

Result<int, JobRefusal> PrinterMechanics::submit(PrinterJob job) {
  CARDRIG_CHECK(started_ && job.face != nullptr);
  if (current_ != 0) return cardrig::fail(JobRefusal::kBusy);
  const bool card_in_path = !path_cards_.empty() && position_ != protocol::kAtExit;
  if (error_ != protocol::kFaultNone || card_in_path) {
    return cardrig::fail(JobRefusal::kNotAccepting);
  }
  const int id = eeprom_.next_job++;
  job.id = id;
  job.phase = JobPhase::kPending;
  job.created_at = loop_.now();
  current_ = id;
  tracer_.emit("printer.job", {{"job", job.id}, {"attempt", job.name}, {"state", "accepted"}});
  jobs_.emplace(id, std::move(job));
  try_start();
  changed();
  return id;
}

bool PrinterMechanics::cancel(int id) {
  if (id != current_ || current_ == 0) return false;
  const bool card_moved = activity_ != Activity::kNone && activity_ != Activity::kDrawing;
  if (card_moved) return false;
  stop_motor();
  finish_job(JobPhase::kCanceled);
  changed();
  return true;
}

bool PrinterMechanics::waits_for_cards() const {
  return current_ != 0 && activity_ == Activity::kNone && !heating_ &&
         standing_defect() == protocol::kFaultNone && position_ != protocol::kAtExit &&
         !reject_full() && hopper_empty();
}

void PrinterMechanics::finish_job(JobPhase phase) {
  auto& job = jobs_.at(current_);
  job.phase = phase;
  job.completed_at = loop_.now();
  job.face = nullptr;  // its card has what was printed
  job.png = std::vector<std::uint8_t>();  // assigning {} would keep the room
  const char* name = phase == JobPhase::kCompleted  ? "completed"
                     : phase == JobPhase::kCanceled ? "canceled"
                                                    : "aborted";
  tracer_.emit("printer.job", {{"job", job.id}, {"attempt", job.name}, {"state", name}});
  if (jobs_.size() > kJobsKept) jobs_.erase(jobs_.begin());
  current_ = 0;
  ghost_ = false;
  touched_ = false;
}

// --- the way of a card ---

void PrinterMechanics::try_start() {
  if (!started_ || activity_ != Activity::kNone || current_ == 0) return;
  auto& job = jobs_.at(current_);
  if (heating_) {
    job.phase = JobPhase::kPending;
  } else if (standing_defect() != protocol::kFaultNone || position_ == protocol::kAtExit ||
             reject_full()) {
    job.phase = JobPhase::kProcessingStopped;
  } else {
    job.phase = JobPhase::kProcessing;
    if (!job.processing_at) job.processing_at = loop_.now();
    if (hopper_empty()) return;
    activity_ = Activity::kDrawing;
    after(times_.draw, &PrinterMechanics::drawn);
  }
}

void PrinterMechanics::drawn() {
  activity_ = Activity::kFeeding;
  if (faults_.is_active(printer_fault::kJamAtFeeder)) {
    // The rollers slip; the feeder gives up when no card has reached its sensor in time.
    return after(times_.feed, &PrinterMechanics::feeder_failed);
  }
  if (faults_.strikes(printer_fault::kOutOfCards)) {
    activity_ = Activity::kNone;
    hopper_failed_ = true;
    return;
  }
  if (faults_.is_active(printer_fault::kCompletedWithoutCard)) {
    ghost_ = true;
  } else if (world_.next_blank() == nullptr) {
    activity_ = Activity::kNone;  // staff took the cards out meanwhile
    return;
  } else {
    draw_cards();
  }
  after(times_.feed, &PrinterMechanics::at_head);
}

void PrinterMechanics::draw_cards() {
  const bool two =
      faults_.is_active(printer_fault::kDoubleFeed) && world_.count(CardPlace::kHopper) >= 2;
  position_ = protocol::kAtFeeder;
  eeprom_.finished = false;
  for (int i = 0; i < (two ? 2 : 1); ++i) {
    CardThing* card = world_.next_blank();
    CARDRIG_CHECK(card != nullptr);
    const int number = card->number;
    card->attempt_id = jobs_.at(current_).name;
    path_cards_.push_back(number);
    world_.move_card(number, CardPlace::kPath);
    ++eeprom_.fed;
    tracer_.emit("card.fed", {{"card", number},
                              {"attempt", jobs_.at(current_).name},
                              {"job", current_},
                              {"fed_total", eeprom_.fed}});
  }
}

void PrinterMechanics::feeder_failed() {
  if (!faults_.strikes(printer_fault::kJamAtFeeder)) {
    activity_ = Activity::kNone;  // mended in time: the feeder tries again
    return try_start();
  }
  fail(protocol::kFaultFeederJam, false);
}

void PrinterMechanics::at_head() {
  if (!ghost_) position_ = protocol::kAtHead;
  if (path_cards_.size() > kCardsAtOnce) {
    static_cast<void>(faults_.strikes(printer_fault::kDoubleFeed));
    return fail(protocol::kFaultDoubleFeed, true);
  }
  activity_ = Activity::kPrinting;
  panel_ = 0;
  begin_panel();
}

void PrinterMechanics::begin_panel() {
  if (eeprom_.panels_left == 0 && !ghost_) return fail(protocol::kFaultRibbonOut, true);
  touched_ = !ghost_;
  after(times_.panel / 2, &PrinterMechanics::middle_of_panel);
}

void PrinterMechanics::middle_of_panel() {
  if (!ghost_) {
    if (strikes_at_panel(printer_fault::kJamInHead)) {
      fail(protocol::kFaultHeadJam, true);
      return spend(printer_fault::kJamInHead);
    }
    if (strikes_at_panel(printer_fault::kRibbonOut)) {
      eeprom_.panels_left = 0;
      return fail(protocol::kFaultRibbonOut, true);
    }
    if (strikes_at_panel(printer_fault::kHeadTooHot)) {
      return fail(protocol::kFaultHeadTemperature, true);
    }
    if (strikes_at_panel(printer_fault::kCoverOpened)) return cover(true);
  }
  after(times_.panel / 2, &PrinterMechanics::end_of_panel);
}

void PrinterMechanics::end_of_panel() {
  if (!ghost_) {
    --eeprom_.panels_left;
    tracer_.emit("card.panel", {{"card", path_cards_.front()},
                                {"panel", kPanelNames.at(static_cast<std::size_t>(panel_))},
                                {"panels_left", eeprom_.panels_left}});
  }
  if (++panel_ < kPanels) return begin_panel();
  if (!ghost_) face_done();
  activity_ = Activity::kEjecting;
  after(times_.eject / 2, &PrinterMechanics::half_out);
}

void PrinterMechanics::face_done() {
  auto& job = jobs_.at(current_);
  job.impressions = 1;
  CardThing& card = world_.card(path_cards_.front());
  CARDRIG_CHECK(!card.printed && !card.spoilt && "a card is printed once");
  card.printed = true;
  card.face = job.face;
  card.face_png = job.png;
  touched_ = false;
  ++eeprom_.printed;
  eeprom_.finished = true;
  position_ = protocol::kAtFlip;
  tracer_.emit(
      "card.printed",
      {{"card", card.number}, {"attempt", card.attempt_id}, {"printed_total", eeprom_.printed}},
      {make_blob("card", "image/png", job.png)});
}

void PrinterMechanics::half_out() {
  if (!ghost_ && faults_.strikes(printer_fault::kJamAtExit)) {
    fail(protocol::kFaultExitJam, true);
    return spend(printer_fault::kJamAtExit);
  }
  if (!ghost_) position_ = protocol::kAtMoving;
  after(times_.eject / 2, &PrinterMechanics::at_exit);
}

void PrinterMechanics::at_exit() {
  stop_motor();
  if (ghost_) {
    finish_job(JobPhase::kCompleted);  // first: a spent fault lets waiting jobs start
    static_cast<void>(faults_.strikes(printer_fault::kCompletedWithoutCard));
    return;
  }
  const int number = path_cards_.front();
  position_ = protocol::kAtExit;
  finish_job(JobPhase::kCompleted);
  world_.move_card(number, CardPlace::kExit);
  tracer_.emit("card.at_exit", {{"card", number}, {"attempt", world_.card(number).attempt_id}});
}

void PrinterMechanics::fail(std::uint8_t fault, bool after_feed) {
  spoil_touched_card();
  stop_motor();
  error_ = fault;
  error_after_feed_ = after_feed;
  if (current_ != 0) finish_job(JobPhase::kAborted);
  end_movement(fault == protocol::kFaultCoverOpen ? protocol::kCodeNotReady
                                                  : protocol::kCodeMechanical);
}

void PrinterMechanics::spoil_touched_card() {
  if (!touched_ || path_cards_.empty()) return;
  touched_ = false;
  CardThing& card = world_.card(path_cards_.front());
  card.spoilt = true;
  card.face = partly_printed(*jobs_.at(current_).face, panel_);
  card.face_png = encode_png(*card.face);
  tracer_.emit("card.spoilt",
               {{"card", card.number}, {"attempt", card.attempt_id}, {"panels", panel_}},
               {make_blob("card", "image/png", card.face_png)});
}

/// A card that was fed, and ends in the reject bin unfinished, is spoilt, touched by the head or
/// not.
void PrinterMechanics::spoil_unfinished_card(int number) {
  CardThing& card = world_.card(number);
  if (card.printed || card.spoilt) return;
  card.spoilt = true;
  tracer_.emit("card.spoilt", {{"card", number}, {"attempt", card.attempt_id}, {"panels", 0}});
}

// --- commands ---

std::int8_t PrinterMechanics::may_move() const {
  CARDRIG_CHECK(started_);
  if (activity_ != Activity::kNone) return protocol::kCodeBusy;
  if (cover_open_) return protocol::kCodeNotReady;
  return path_cards_.empty() ? protocol::kCodeNotPossible : protocol::kCodeDone;
}

void PrinterMechanics::end_movement(std::int8_t code) {
  if (!done_) return;
  Done done = std::move(done_);
  done_ = nullptr;
  done(code);
}

void PrinterMechanics::present(Done done) {
  const std::int8_t code = may_move();
  if (code != protocol::kCodeDone) return done(code);
  if (position_ == protocol::kAtExit) return done(protocol::kCodeDone);
  if (!eeprom_.finished) return done(protocol::kCodeNotPossible);
  if (error_ != protocol::kFaultNone) return done(protocol::kCodeMechanical);
  activity_ = Activity::kPresenting;
  position_ = protocol::kAtMoving;
  done_ = std::move(done);
  after(times_.eject, &PrinterMechanics::presented);
  changed();
}

void PrinterMechanics::presented() {
  if (faults_.strikes(printer_fault::kJamAtExit)) {
    position_ = protocol::kAtFlip;
    fail(protocol::kFaultExitJam, true);
    return spend(printer_fault::kJamAtExit);
  }
  stop_motor();
  const int number = path_cards_.front();
  position_ = protocol::kAtExit;
  world_.move_card(number, CardPlace::kExit);
  tracer_.emit("card.at_exit", {{"card", number}, {"attempt", world_.card(number).attempt_id}});
  end_movement(protocol::kCodeDone);
}

void PrinterMechanics::begin_fall(Activity activity, Nanos duration, Done done) {
  if (reject_full()) {
    static_cast<void>(faults_.strikes(printer_fault::kRejectBinFull));
    return done(protocol::kCodeRejectFull);
  }
  activity_ = activity;
  done_ = std::move(done);
  const bool from_exit = position_ == protocol::kAtExit;
  if (!is_stuck()) position_ = protocol::kAtMoving;
  // From here on nobody can take it any more.
  if (from_exit) world_.move_card(path_cards_.front(), CardPlace::kPath);
  after(duration, &PrinterMechanics::fallen);
  changed();
}

void PrinterMechanics::retract(Done done) {
  std::int8_t code = may_move();
  if (code == protocol::kCodeDone && position_ != protocol::kAtExit) {
    code = protocol::kCodeNotPossible;
  }
  if (code != protocol::kCodeDone) return done(code);
  begin_fall(Activity::kRetracting, times_.retract, std::move(done));
}

void PrinterMechanics::reject(Done done) {
  const std::int8_t code = may_move();
  if (code != protocol::kCodeDone) return done(code);
  begin_fall(Activity::kRejecting, times_.reject, std::move(done));
}

void PrinterMechanics::fallen() {
  stop_motor();
  if (is_stuck()) return end_movement(protocol::kCodeMechanical);
  const auto cards = std::exchange(path_cards_, {});
  eeprom_.finished = false;
  for (const int number : cards) {
    spoil_unfinished_card(number);
    ++eeprom_.rejected;
    world_.move_card(number, CardPlace::kRejectBin);
    if (number == cards.back()) position_ = protocol::kAtNone;
    const CardThing& card = world_.card(number);
    tracer_.emit("card.rejected", {{"card", number},
                                   {"attempt", card.attempt_id},
                                   {"printed", card.printed},
                                   {"spoilt", card.spoilt},
                                   {"rejected_total", eeprom_.rejected}});
  }
  end_movement(protocol::kCodeDone);
  try_start();
}

std::int8_t PrinterMechanics::clear_error() {
  if (activity_ != Activity::kNone) return protocol::kCodeBusy;
  if (error_ == protocol::kFaultNone) return protocol::kCodeDone;
  if (cover_open_) return protocol::kCodeNotReady;
  const bool feeder_blocked =
      error_ == protocol::kFaultFeederJam && faults_.is_active(printer_fault::kJamAtFeeder);
  if (feeder_blocked || is_stuck()) return protocol::kCodeMechanical;
  error_ = protocol::kFaultNone;
  error_after_feed_ = false;
  changed();
  return protocol::kCodeDone;
}

// --- faults and the world ---

bool PrinterMechanics::is_stuck() const {
  const auto stuck = [this](const char* fault) {
    return faults_.is_active(fault) && faults_.param(fault, "stuck") != 0;
  };
  return (error_ == protocol::kFaultHeadJam && stuck(printer_fault::kJamInHead)) ||
         (error_ == protocol::kFaultExitJam && stuck(printer_fault::kJamAtExit));
}

bool PrinterMechanics::strikes_at_panel(const char* fault) {
  if (!faults_.is_active(fault)) return false;
  if (static_cast<int>(faults_.param(fault, "at_panel")) != panel_ + 1) return false;
  return faults_.strikes(fault);
}

void PrinterMechanics::spend(const char* fault) {
  if (faults_.param(fault, "stuck") != 0) return;  // stays until staff have freed the card
  const auto left = left_to_strike_.find(fault);
  if (left == left_to_strike_.end() || --left->second > 0) return;
  static_cast<void>(faults_.clear(fault));
}

void PrinterMechanics::cover(bool open) {
  cover_open_ = open;
  if (!open) return try_start();
  if (activity_ == Activity::kDrawing) {
    stop_motor();
    try_start();  // waits
  } else if (activity_ != Activity::kNone) {
    static_cast<void>(faults_.strikes(printer_fault::kCoverOpened));
    if (position_ == protocol::kAtMoving) position_ = protocol::kAtFlip;
    fail(protocol::kFaultCoverOpen, !path_cards_.empty());
  } else {
    try_start();
  }
}

void PrinterMechanics::fault_changed(const std::string& name, bool active) {
  if (name == printer_fault::kJamInHead || name == printer_fault::kJamAtExit) {
    if (active) {
      left_to_strike_[name] = static_cast<int>(faults_.param(name, "cards"));
    } else {
      left_to_strike_.erase(name);
    }
  } else if (name == printer_fault::kCoverOpened) {
    if (!active && cover_open_) cover(false);
    if (active && faults_.param(name, "at_panel") == 0) cover(true);
  } else if (name == printer_fault::kRibbonLow) {
    eeprom_.panels_left =
        active ? static_cast<int>(faults_.param(name, "panels")) : stock_.ribbon_capacity_panels;
  } else if (name == printer_fault::kRibbonOut && !active) {
    eeprom_.panels_left = stock_.ribbon_capacity_panels;
  } else if (name == printer_fault::kOutOfCards && !active) {
    hopper_failed_ = false;
  }
  try_start();
  changed();
}

void PrinterMechanics::world_changed() {
  const auto was = path_cards_.size();
  std::erase_if(path_cards_, [this](int number) {
    const CardPlace place = world_.card(number).place;
    return place != CardPlace::kPath && place != CardPlace::kExit;
  });
  if (path_cards_.size() != was && path_cards_.empty()) {
    position_ = protocol::kAtNone;
    eeprom_.finished = false;
    touched_ = false;
    // Hands in the machine while it moves: it notices that its card is gone.
    if (activity_ != Activity::kNone) fail(protocol::kFaultCoverOpen, true);
  }
  try_start();
  changed();
}

bool PrinterMechanics::hopper_empty() const {
  return hopper_failed_ || world_.count(CardPlace::kHopper) == 0;
}

std::uint8_t PrinterMechanics::standing_defect() const {
  if (cover_open_) return protocol::kFaultCoverOpen;
  if (faults_.is_active(printer_fault::kRibbonMissing)) return protocol::kFaultRibbonMissing;
  if (eeprom_.panels_left == 0) return protocol::kFaultRibbonOut;
  if (faults_.is_active(printer_fault::kHeadTooHot) &&
      faults_.param(printer_fault::kHeadTooHot, "at_panel") == 0) {
    return protocol::kFaultHeadTemperature;
  }
  return protocol::kFaultNone;
}

bool PrinterMechanics::reject_full() const {
  return faults_.is_active(printer_fault::kRejectBinFull) ||
         world_.count(CardPlace::kRejectBin) >= stock_.reject_bin_cards;
}

// --- what can be seen ---

PrinterView PrinterMechanics::view() const {
  PrinterView view;
  view.position = position_;
  view.job = current_ != 0;
  view.cover_open = cover_open_;
  view.finished = eeprom_.finished;
  view.reject_full = reject_full();
  view.panels_left = eeprom_.panels_left;
  view.panels_capacity = stock_.ribbon_capacity_panels;
  view.fed = eeprom_.fed;
  view.printed = eeprom_.printed;
  view.rejected = eeprom_.rejected;
  view.starts = eeprom_.starts;
  view.hopper = hopper_empty() ? protocol::kSupplyEmpty
                : world_.count(CardPlace::kHopper) <= stock_.hopper_low_cards ? protocol::kSupplyLow
                                                                              : protocol::kSupplyOk;
  view.ribbon = faults_.is_active(printer_fault::kRibbonMissing)  ? protocol::kSupplyMissing
                : eeprom_.panels_left == 0                        ? protocol::kSupplyEmpty
                : eeprom_.panels_left <= stock_.ribbon_low_panels ? protocol::kSupplyLow
                                                                  : protocol::kSupplyOk;
  const bool at_rest_inside =
      !path_cards_.empty() && activity_ == Activity::kNone && position_ != protocol::kAtExit;
  if (error_ != protocol::kFaultNone) {
    view.fault = error_;
    view.after_feed = error_after_feed_;
  } else if (at_rest_inside) {
    view.fault = protocol::kFaultCardInPath;
    view.after_feed = true;
  } else if (activity_ == Activity::kNone || cover_open_) {
    view.fault = standing_defect();
  }
  const bool is_error = error_ != protocol::kFaultNone || at_rest_inside;
  view.state = is_error                             ? protocol::kStateError
               : heating_ || !started_              ? protocol::kStateStarting
               : activity_ != Activity::kNone       ? protocol::kStateBusy
               : view.fault != protocol::kFaultNone ? protocol::kStateWarning
               : current_ != 0                      ? protocol::kStateBusy
                                                    : protocol::kStateReady;
  return view;
}

PrinterView PrinterMechanics::shown_view() {
  const auto show = [this](const char* fault, bool shown) {
    if (shown && faults_.is_active(fault)) faults_.took_effect(fault);
  };
  show(printer_fault::kRibbonLow, true);
  show(printer_fault::kRibbonMissing, true);
  show(printer_fault::kRejectBinFull, true);
  show(printer_fault::kCoverOpened, cover_open_);
  show(printer_fault::kHeadTooHot, standing_defect() == protocol::kFaultHeadTemperature);
  return view();
}

void PrinterMechanics::changed() {
  if (change_posted_) return;
  change_posted_ = true;
  loop_.post([this, weak = std::weak_ptr<bool>(alive_)] {
    if (weak.expired()) return;
    change_posted_ = false;
    const PrinterView now = view();
    if (now == last_view_) return;
    last_view_ = now;
    if (!started_) return;
    tracer_.emit("printer.state", {{"state", state_name(now.state)},
                                   {"position", position_name(now.position)},
                                   {"fault", fault_name(now.fault)},
                                   {"after_feed", now.after_feed},
                                   {"hopper", supply_name(now.hopper)},
                                   {"ribbon", supply_name(now.ribbon)},
                                   {"job", now.job}});
    if (observer_) observer_();
  });
}

}  // namespace cardrig::sim
