// Playing a virtual run, forwards and back; following a live one.
#include "simulators/panel/run.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "kiosk/runtime/real_loop.h"
#include "scenarios/engine/write_act.h"
#include "simulators/panel/player.h"

namespace cardrig::panel {

using namespace std::chrono_literals;

namespace {
constexpr Nanos kSlice = 50ms;  // of virtual time
constexpr int kSlicesPerCall = 40;
/// A live run older than this was begun by others.
constexpr Nanos kJustBegun = 1s;

using Answer = Result<nlohmann::json, RigReason>;

/// What is left when programs could not be started again: a run that says why it cannot go on.
class NoRung final : public scenario::Rung {
 public:
  explicit NoRung(std::string why) : why_(std::move(why)) {}
  [[nodiscard]] std::string name() const override { return "wire"; }
  [[nodiscard]] bool repeats_itself() const override { return false; }
  Answer send(const RigMessage&) override { return refusal(); }
  [[nodiscard]] Nanos now() const override { return 0ns; }
  bool advance(Nanos) override { return false; }
  [[nodiscard]] Trace& trace() override { return trace_; }
  [[nodiscard]] const std::vector<sim::CardThing>& cards() override { return cards_; }
  void clear_faults() override {}
  [[nodiscard]] std::vector<std::string> inert_faults() override { return {}; }
  [[nodiscard]] std::string trouble() override { return why_; }
  [[nodiscard]] const flow::Screen* screen() override { return nullptr; }
  Answer query(const std::string&, const nlohmann::json&) override { return refusal(); }

 private:
  [[nodiscard]] Answer refusal() const { return fail(RigReason::kNotPossibleNow, why_); }
  std::string why_;
  Trace trace_{[] { return 0ns; }};
  std::vector<sim::CardThing> cards_;
};
}  // namespace

Run::Run(scenario::RigAssets& assets, const scenario::Vocabulary& vocabulary, std::uint64_t seed,
         OpenLive open_live)
    : assets_(assets), vocabulary_(vocabulary), seed_(seed), open_live_(std::move(open_live)) {
  begin(seed);
}

Run::~Run() { close_live(); }

/// The programs end as an operator would end them.
void Run::close_live() {
  if (rig_ && is_live()) static_cast<void>(rig_->close());
}

void Run::begin(std::uint64_t seed) {
  seed_ = seed;
  owed_ = 0ns;
  settled_ = true;
  ++generation_;
  deeds_.clear();
  armed_.clear();
  items_at_.clear();
  truth_is_old_ = true;
  language_ = flow::Language::kChinese;
  history_.reset();
  close_live();
  virtual_ = nullptr;
  rig_.reset();  // the programs of a live run end before others begin
  if (open_live_) {
    rig_ = open_live_(seed);
  } else {
    scenario::VirtualRigOptions options;
    options.seed = seed;
    auto rig = std::make_unique<scenario::VirtualRig>(assets_, options);
    virtual_ = rig.get();
    rig_ = std::move(rig);
  }
  history_ = std::make_unique<scenario::History>(*rig_, vocabulary_);
  take_in();
  join();
}

void Run::join() {
  joined_after_ = 0;
  joined_at_ = 0ns;
  if (!is_live() || rig_->now() < kJustBegun) return;
  while (rig_->advance(0ns)) take_in();
  joined_after_ = rig_->trace().events().size();
  joined_at_ = rig_->now();
}

void Run::restart(std::uint64_t seed) {
  try {
    begin(seed);
  } catch (const std::runtime_error& error) {
    rig_ = std::make_unique<NoRung>(error.what());
    history_ = std::make_unique<scenario::History>(*rig_, vocabulary_);
  }
  refusal_.clear();
  last_message_.clear();
  if (player_) player_->begin_again();
}

// ---- time --------------------------------------------------------------------------------------

void Run::take_in() {
  const auto& events = rig_->trace().events();
  const std::size_t first_new = events.size() - history_->update();
  for (std::size_t i = first_new; i < events.size(); ++i) {
    items_at_.push_back(virtual_ != nullptr ? virtual_->items_run() : events[i].id);
    truth_is_old_ = truth_is_old_ || changes_truth(events[i]);
    if (events[i].kind == "kiosk.screen") {
      language_ =
          events[i].text("language") == "en" ? flow::Language::kEnglish : flow::Language::kChinese;
    }
    for (Armed& armed : armed_) {
      const auto& at = *deeds_[armed.deed].at;
      if (armed.due || at.event.kind.empty() || !matches(at.event, events[i])) continue;
      if (++armed.seen == at.count) armed.due = events[i].time + at.after;
    }
  }
}

void Run::fire_armed() {
  for (const Armed& armed : armed_) {
    Deed& deed = deeds_[armed.deed];
    if (deed.fired || !armed.due || *armed.due > rig_->now()) continue;
    deed.fired = true;
    deed.refused = !rig_->send(deed.message).has_value();
    take_in();
  }
  std::erase_if(armed_, [this](const Armed& armed) { return deeds_[armed.deed].fired; });
}

Nanos Run::next_due(Nanos limit) const {
  for (const Armed& armed : armed_) {
    if (armed.due) limit = std::min(limit, *armed.due);
  }
  if (player_) limit = std::min(limit, player_->deadline());
  return std::max(limit, rig_->now());
}

bool Run::run_until(Nanos t) {
  for (bool settled = false;;) {
    take_in();
    fire_armed();
    if (player_ && !player_->proceed(settled)) {
      settled_ = false;
      playing = false;
      return false;
    }
    if (settled && (rig_->now() >= t || !rig_->trouble().empty())) break;
    settled = !rig_->advance(next_due(t));
  }
  settled_ = true;
  return true;
}

/// Takes in what was told, without waiting for anything but what the loaded scenario's step is due.
void Run::follow() {
  const auto due = [this] { return player_ && player_->deadline() <= rig_->now(); };
  do {
    take_in();
    fire_armed();
    if (player_ && !player_->proceed(false)) playing = false;
  } while (rig_->advance(due() ? player_->deadline() : 0ns));
  if (due() && !player_->proceed(true)) playing = false;
}

void Run::pass(Nanos real) {
  if (is_live()) return follow();
  if (!playing) return;
  owed_ += std::chrono::duration_cast<Nanos>(real * speed);
  for (int i = 0; i < kSlicesPerCall && owed_ > 0ns && playing; ++i) {
    const Nanos slice = std::min(owed_, kSlice);
    run_until(rig_->now() + slice);
    owed_ -= slice;
  }
  if (owed_ > 1s) owed_ = 1s;  // too fast for this machine: the run lags
}

void Run::step_event() {
  if (is_live()) return follow();
  const std::size_t before = rig_->trace().events().size();
  const Nanos limit = rig_->now() + 1min;
  settled_ = false;
  for (bool settled = false;;) {
    take_in();
    fire_armed();
    if (player_ && !player_->proceed(settled)) return;
    if (rig_->trace().events().size() != before) return;
    if (settled && rig_->now() >= limit) break;
    settled = !rig_->advance(next_due(limit));
  }
  settled_ = true;
}

/// Does what is due at this instant; the loaded scenario goes on later.
void Run::settle() {
  const Nanos now = rig_->now();
  do {
    take_in();
    fire_armed();
  } while (rig_->advance(now));
  settled_ = true;
}

// ---- what is done ------------------------------------------------------------------------------

Deed Run::deed_here(RigMessage message) const {
  Deed deed;
  deed.message = std::move(message);
  deed.time = rig_->now();
  deed.after = rig_->trace().events().size();
  deed.items = items_now();
  return deed;
}

bool Run::perform(Deed deed) {
  const auto answer = rig_->send(deed.message);
  deed.refused = !answer;
  deed.told = rig_->trace().events().size();
  deeds_.push_back(std::move(deed));
  refusal_ = answer ? "" : answer.error().detail;
  take_in();
  return answer.has_value();
}

/// The message as a scenario file will say it, which must not differ from what is sent now.
std::optional<RigMessage> Run::as_recorded(const std::string& verb, nlohmann::json args) {
  RigMessage message;
  message.verb = verb;
  message.args = std::move(args);
  last_message_ = verb + (message.args.empty() ? "" : " " + message.args.dump());
  auto said = scenario::as_a_file_says(message);
  if (!said) refusal_ = "no act of a scenario file says this";
  return said;
}

bool Run::send(const std::string& verb, nlohmann::json args) {
  auto message = as_recorded(verb, std::move(args));
  if (!message) return false;
  if (!settled_) settle();
  const bool done = perform(deed_here(std::move(*message)));
  // What the message set off at this very moment is to be seen at once, also while paused.
  settle();
  return done;
}

bool Run::arm(const std::string& verb, nlohmann::json args, scenario::Trigger at) {
  auto message = as_recorded(verb, std::move(args));
  if (!message) return false;
  if (!settled_) settle();
  arm_now(*message, at);
  refusal_.clear();
  return true;
}

void Run::arm_now(const RigMessage& message, const scenario::Trigger& at) {
  Deed deed = deed_here(message);
  deed.at = at;
  Armed armed{deeds_.size(), 0, std::nullopt};
  if (at.event.kind.empty()) armed.due = rig_->now() + at.after;
  deeds_.push_back(std::move(deed));
  armed_.push_back(armed);
}

void Run::disarm(std::size_t deed) {
  std::erase_if(armed_, [deed](const Armed& armed) { return armed.deed == deed; });
  for (Armed& armed : armed_) armed.deed -= armed.deed > deed ? 1 : 0;
  deeds_.erase(deeds_.begin() + static_cast<std::ptrdiff_t>(deed));
}

bool Run::act(const RigMessage& message) { return perform(deed_here(message)); }

const Truth& Run::truth() {
  if (truth_is_old_) read_truth(*rig_, truth_);
  truth_is_old_ = false;
  return truth_;
}

Nanos Run::screen_time() const { return is_live() ? monotonic_now() : rig_->now(); }

std::uint64_t Run::items_now() const {
  return virtual_ != nullptr ? virtual_->items_run() : rig_->trace().events().size();
}

std::uint64_t Run::items_at(EventId event) const {
  return event == 0 || event > items_at_.size() ? 0 : items_at_[event - 1];
}

// ---- time machine ------------------------------------------------------------------------------

bool Run::refuse_live() {
  if (is_live()) refusal_ = "Real time does not go back: the time machine is for virtual runs.";
  return is_live();
}

/// Runs on to the place at which so much work had been done. Messages stand only at places where
/// the run has stopped: after an event, or when all that was due has been done.
void Run::reach(std::uint64_t items, Nanos time) {
  while (virtual_->items_run() < items) {
    Nanos limit = time;
    for (const Armed& armed : armed_) {
      if (armed.due) limit = std::min(limit, *armed.due);
    }
    const bool grew = rig_->advance(std::max(limit, rig_->now()));
    take_in();
    fire_armed();
    if (!grew && rig_->now() >= time) break;
  }
  if (rig_->now() < time) virtual_->run_until(time);
}

void Run::repeat(const std::vector<Deed>& deeds) {
  if (player_) player_->leave();
  begin(seed_);
  for (const Deed& deed : deeds) {
    reach(deed.items, deed.time);
    deed.at ? arm_now(deed.message, *deed.at) : static_cast<void>(perform(deed_here(deed.message)));
  }
  refusal_.clear();
  last_message_.clear();
  playing = false;
}

void Run::go_back(Nanos t) {
  if (refuse_live()) return;
  std::vector<Deed> kept = deeds_;
  std::erase_if(kept, [t](const Deed& deed) { return deed.time > t; });
  repeat(kept);
  run_until(t);
}

void Run::go_to_event(EventId event) {
  if (refuse_live()) return;
  std::vector<Deed> kept = deeds_;
  std::erase_if(kept, [event](const Deed& deed) { return deed.after >= event; });
  const std::uint64_t items = items_at(event);
  repeat(kept);
  while (rig_->trace().events().size() < event && virtual_->items_run() < items) step_event();
  settled_ = virtual_->items_run() == 0;
}

void Run::undo() {
  if (refuse_live() || deeds_.empty()) return;
  std::vector<Deed> kept = deeds_;
  const Deed last = kept.back();
  kept.pop_back();
  repeat(kept);
  reach(last.items, last.time);
  settled_ = virtual_->items_run() == 0;
}

// ---- a scenario file ---------------------------------------------------------------------------

void Run::load(scenario::Scenario scenario) {
  player_.reset();
  const std::uint64_t seed = scenario.seed.value_or(1);
  player_ = std::make_unique<Player>(std::move(scenario), *this);
  playing = false;
  restart(seed);
}

void Run::unload() { player_.reset(); }

}  // namespace cardrig::panel
