#include "scenarios/engine/runner.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>

#include "kiosk/runtime/check.h"
#include "scenarios/engine/invariants/invariants.h"
#include "scenarios/engine/matching.h"
#include "scenarios/engine/recorder.h"

namespace cardrig::scenario {
namespace {

constexpr std::size_t kEventsToShow = 12;
constexpr std::size_t kScreensToShow = 8;
constexpr Nanos kFinallyLimit = std::chrono::minutes(1);

/// An act that waits for its event.
struct Armed {
  const Step* step;
  std::size_t result;  // index into the step results
  int seen = 0;
  std::optional<Nanos> due;  // set when the event has come
  bool done = false;
};

/// A "never" that holds from its step on.
struct Ban {
  const Step* step;
  std::size_t result;
};

struct Promise {
  const Step* step;
  std::size_t result;
  std::unique_ptr<Watch> watch;
};

class Run {
 public:
  Run(const Scenario& scenario, Rung& rung, const RunOptions& options)
      : scenario_(scenario),
        rung_(rung),
        options_(options),
        history_(rung, *options.vocabulary),
        invariants_(*options.vocabulary),
        recorder_(rung, options) {}

  ScenarioResult run();

 private:
  using Done = std::function<bool()>;

  [[nodiscard]] Nanos limit(Nanos wanted) const {
    return options_.limit_factor == 1
               ? wanted
               : std::chrono::duration_cast<Nanos>(wanted * options_.limit_factor);
  }

  /// Runs until `done` (true), or until `deadline` or a failure (false).
  bool go(Nanos deadline, const Done& done);
  void take_in();
  void fire_armed();
  void check_bans(std::size_t first_new);

  void plan();
  void do_given();
  void do_steps();
  void do_step(const Step& step, std::size_t result);
  bool act(const Step& step, std::size_t result);
  void expect(const Step& step, std::size_t result);
  void never(const Step& step, std::size_t result);

  void finish();
  void come_to_rest();
  void check_finally();
  void check_promises();
  void heal();
  bool all_counted();

  void fail(int line, std::string what, std::vector<std::string> saw = {});
  /// What a machine that is too slow does not excuse.
  void fail_absolutely(int line, std::string what, std::vector<std::string> saw = {});
  std::vector<std::string> what_was_there() const;
  void begin(std::size_t result) { result_.steps[result].began = rung_.now(); }
  void end(std::size_t result, StepState state) {
    result_.steps[result].state = state;
    result_.steps[result].ended = rung_.now();
  }

  const Scenario& scenario_;
  Rung& rung_;
  const RunOptions& options_;
  History history_;
  Invariants invariants_;
  Recorder recorder_;
  ScenarioResult result_;
  std::deque<Armed> armed_;
  std::vector<Ban> bans_;
  std::vector<Promise> promises_;
  std::optional<std::size_t> finally_result_;
  bool stopped_ = false;
};

void Run::fail(int line, std::string what, std::vector<std::string> saw) {
  result_.failures.push_back(Failure{line, rung_.now(), std::move(what), std::move(saw), false});
  stopped_ = true;
}

void Run::fail_absolutely(int line, std::string what, std::vector<std::string> saw) {
  fail(line, std::move(what), std::move(saw));
  result_.failures.back().absolute = true;
}

/// The last screens and events, for an author who asks "what did it do instead?".
std::vector<std::string> Run::what_was_there() const {
  std::vector<std::string> lines;
  const auto& screens = history_.screens();
  std::string path;
  std::string last;
  const std::size_t first =
      screens.size() > kScreensToShow * 4 ? screens.size() - kScreensToShow * 4 : 0;
  std::vector<std::string> names;
  for (std::size_t i = first; i < screens.size(); ++i) {
    const std::string& id = screens[i].screen.id;
    if (id == last) continue;
    last = id;
    names.push_back(fmt::format("{} ({})", id, show_time(screens[i].time)));
  }
  if (names.size() > kScreensToShow) names.erase(names.begin(), names.end() - kScreensToShow);
  for (const std::string& name : names) path += (path.empty() ? "" : " → ") + name;
  if (!path.empty()) lines.push_back("screens: " + path);
  const auto& events = history_.events();
  std::vector<std::string> latest;
  for (auto it = events.rbegin(); it != events.rend() && latest.size() < kEventsToShow; ++it) {
    if (!is_noise(*it)) latest.push_back(show_event(*it));
  }
  lines.insert(lines.end(), latest.rbegin(), latest.rend());
  return lines;
}

// --- the run of time ---

void Run::take_in() {
  const std::size_t first_new = history_.events().size() - history_.update();
  recorder_.update(first_new);
  for (std::size_t i = first_new; i < history_.events().size(); ++i) {
    const Event& event = history_.events()[i];
    invariants_.on_event(event);
    for (Armed& armed : armed_) {
      if (armed.done || armed.due || !matches(armed.step->at->event, event)) continue;
      if (++armed.seen == armed.step->at->count) armed.due = event.time + armed.step->at->after;
    }
  }
  if (!stopped_) check_bans(first_new);
  for (const std::string& violation : invariants_.take_new_violations()) {
    fail_absolutely(0, violation, what_was_there());
  }
  for (Promise& promise : promises_) static_cast<void>(promise.watch->check());
  if (!stopped_) {
    if (const std::string trouble = rung_.trouble(); !trouble.empty()) {
      fail_absolutely(0, trouble, what_was_there());
    }
  }
  if (history_.events().size() > kMaxEvents && !stopped_) {
    fail_absolutely(
        0,
        fmt::format("The run has made more than {} events; it goes round in circles.", kMaxEvents));
  }
}

void Run::check_bans(std::size_t first_new) {
  for (const Ban& ban : bans_) {
    for (std::size_t i = first_new; i < history_.events().size(); ++i) {
      const Event& event = history_.events()[i];
      if (!holds_at(ban.step->condition, event, history_)) continue;
      end(ban.result, StepState::kFailed);
      auto saw = what_was_there();
      saw.insert(saw.begin(), "it happened: " + show_event(event));
      fail_absolutely(ban.step->line, "This must never be: " + ban.step->condition.text + ".",
                      std::move(saw));
      return;
    }
  }
}

void Run::fire_armed() {
  for (Armed& armed : armed_) {
    if (stopped_ || armed.done || !armed.due || *armed.due > rung_.now()) continue;
    armed.done = true;
    begin(armed.result);
    act(*armed.step, armed.result);
  }
}

bool Run::go(Nanos deadline, const Done& done) {
  const Nanos end_of_run = limit(scenario_.limit);
  take_in();
  while (!stopped_) {
    fire_armed();
    if (stopped_) return false;
    if (done()) return true;
    Nanos until = std::min(deadline, end_of_run);
    for (const Armed& armed : armed_) {
      if (!armed.done && armed.due) until = std::min(until, *armed.due);
    }
    const bool grew = rung_.advance(until);
    take_in();
    if (grew || stopped_) continue;
    if (rung_.now() >= end_of_run && rung_.now() < deadline) {
      fail(scenario_.line,
           fmt::format("The whole run took longer than its limit of {}.", show_time(end_of_run)),
           what_was_there());
    } else if (rung_.now() >= deadline) {
      fire_armed();
      return !stopped_ && done();
    }
  }
  return false;
}

// --- steps ---

/// A result for every step, so that the report also shows what was not reached.
void Run::plan() {
  const auto add = [&](const Step& step, const char* kind) {
    StepResult planned;
    planned.line = step.line;
    planned.kind = kind;
    planned.text = step.text;
    planned.note = step.note;
    result_.steps.push_back(std::move(planned));
  };
  for (const Step& step : scenario_.given) add(step, "given");
  for (const Step& step : scenario_.steps) {
    switch (step.kind) {
      case Step::Kind::kAct:
        add(step, "act");
        break;
      case Step::Kind::kWait:
        add(step, "wait");
        break;
      case Step::Kind::kExpect:
        add(step, "expect");
        break;
      case Step::Kind::kNever:
        add(step, "never");
        break;
      case Step::Kind::kEventually:
        add(step, "eventually");
        break;
    }
  }
  if (!scenario_.finally) return;
  Step last;
  last.line = scenario_.finally->line;
  last.text = scenario_.finally->text;
  finally_result_ = result_.steps.size();
  add(last, "finally");
}

bool Run::act(const Step& step, std::size_t result) {
  const auto answer = rung_.send(step.act);
  const bool armed = step.at.has_value();
  if (answer.has_value() == step.refused) {
    end(result, StepState::kFailed);
    std::string why = "\"" + step.text + "\" was to be refused, but was done.";
    if (!answer) {
      why = "\"" + step.text + "\" could not be done: " +
            (answer.error().detail.empty() ? "It is not possible now." : answer.error().detail);
    }
    fail(step.line, std::move(why), what_was_there());
    return false;
  }
  if (answer && step.act.verb == "fault.inject") {
    result_.faults.push_back(step.act.args.value("name", std::string()));
  }
  end(result, StepState::kDone);
  take_in();
  if (!armed) history_.act_done();
  return true;
}

void Run::expect(const Step& step, std::size_t result) {
  Watch watch(step.condition, Watch::Mode::kExpect, history_);
  const Nanos within = limit(step.time);
  const bool held = go(rung_.now() + within, [&] { return watch.check(); });
  if (held) {
    watch.use_up();
    end(result, StepState::kDone);
    return;
  }
  end(result, StepState::kFailed);
  if (stopped_) return;  // something else failed meanwhile, and has said so
  auto saw = watch.missing();
  const auto there = what_was_there();
  saw.insert(saw.end(), there.begin(), there.end());
  fail(step.line, fmt::format("Expected within {}: {}.", show_time(within), step.condition.text),
       std::move(saw));
}

void Run::never(const Step& step, std::size_t result) {
  bans_.push_back(Ban{&step, result});
  end(result, StepState::kDone);
  if (step.time == Nanos(0)) return;
  go(rung_.now() + step.time, [] { return false; });
  std::erase_if(bans_, [&](const Ban& ban) { return ban.step == &step; });
  if (result_.steps[result].state == StepState::kDone) end(result, StepState::kDone);
}

void Run::do_step(const Step& step, std::size_t result) {
  begin(result);
  switch (step.kind) {
    case Step::Kind::kAct:
      if (step.at) {
        armed_.push_back(Armed{&step, result, 0, std::nullopt, false});
        if (step.at->event.kind.empty()) armed_.back().due = rung_.now() + step.at->after;
      } else {
        act(step, result);
      }
      break;
    case Step::Kind::kWait:
      go(rung_.now() + step.time, [] { return false; });
      if (!stopped_) end(result, StepState::kDone);
      break;
    case Step::Kind::kExpect:
      expect(step, result);
      break;
    case Step::Kind::kNever:
      never(step, result);
      break;
    case Step::Kind::kEventually:
      promises_.push_back(Promise{
          &step, result, std::make_unique<Watch>(step.condition, Watch::Mode::kExpect, history_)});
      break;
  }
}

void Run::do_given() {
  for (std::size_t i = 0; i < scenario_.given.size() && !stopped_; ++i) {
    begin(i);
    act(scenario_.given[i], i);
  }
}

void Run::do_steps() {
  for (std::size_t i = 0; i < scenario_.steps.size() && !stopped_; ++i) {
    do_step(scenario_.steps[i], scenario_.given.size() + i);
  }
}

// --- the end ---

void Run::come_to_rest() {
  if (rung_.screen() == nullptr && scenario_.heal) return;  // off: healing switches it on
  if (go(rung_.now() + limit(kRestLimit), [&] { return history_.at_rest(KioskRest::kEither); }))
    return;
  if (stopped_) return;
  fail(
      scenario_.line,
      fmt::format("The kiosk came to rest neither at its idle screen nor out of service within {}.",
                  show_time(limit(kRestLimit))),
      what_was_there());
}

void Run::check_finally() {
  for (const Armed& armed : armed_) {
    if (armed.done || stopped_) continue;
    end(armed.result, StepState::kFailed);
    fail(armed.step->line,
         fmt::format("\"{}\" was never done: {} of {} events {} came.", armed.step->text,
                     armed.seen, armed.step->at->count, to_string(armed.step->at->event)),
         what_was_there());
  }
  if (!scenario_.finally || stopped_) return;
  const std::size_t result = *finally_result_;
  begin(result);
  Watch watch(*scenario_.finally, Watch::Mode::kFinal, history_);
  if (go(rung_.now() + limit(kFinallyLimit), [&] { return watch.check(); })) {
    end(result, StepState::kDone);
    return;
  }
  end(result, StepState::kFailed);
  if (stopped_) return;
  auto saw = watch.missing();
  const auto there = what_was_there();
  saw.insert(saw.end(), there.begin(), there.end());
  fail(scenario_.finally->line, "Expected at the end: " + scenario_.finally->text + ".",
       std::move(saw));
}

void Run::check_promises() {
  for (Promise& promise : promises_) {
    if (stopped_) return;
    if (promise.watch->check()) {
      end(promise.result, StepState::kDone);
      continue;
    }
    end(promise.result, StepState::kFailed);
    auto saw = promise.watch->missing();
    const auto there = what_was_there();
    saw.insert(saw.end(), there.begin(), there.end());
    fail(promise.step->line, "Expected before the end: " + promise.step->condition.text + ".",
         std::move(saw));
  }
}

/// Every outcome that the kiosk owes the platform has arrived there.
bool Run::all_counted() {
  const auto pending = rung_.query("kiosk.pending");
  return pending && pending->value("reports", std::int64_t{-1}) == 0;
}

/// Mends everything and demands liveness: rest, and every outcome counted.
void Run::heal() {
  rung_.clear_faults();
  for (const auto& [verb, arg] :
       {std::pair{"world.mains", "on"}, std::pair{"world.network", "up"}}) {
    const RigMessage message{verb, {{arg, true}}};
    static_cast<void>(rung_.send(message));
  }
  static_cast<void>(rung_.send({"world.service_key", {{"on", false}}}));
  if (rung_.screen() == nullptr) static_cast<void>(rung_.send({"kiosk.power_on", {}}));
  const bool well = go(rung_.now() + limit(kHealLimit),
                       [&] { return history_.at_rest(KioskRest::kEither) && all_counted(); });
  if (well || stopped_) return;
  fail(scenario_.line,
       fmt::format("With everything mended, the kiosk did not come to rest with every outcome "
                   "counted at the platform within {}.",
                   show_time(limit(kHealLimit))),
       what_was_there());
}

void Run::finish() {
  if (!stopped_) come_to_rest();
  if (!stopped_) check_finally();
  if (!stopped_) check_promises();
  bans_.clear();
  if (!stopped_) {
    for (const std::string& fault : rung_.inert_faults()) {
      fail(scenario_.line, "The fault \"" + fault +
                               "\" was injected and had no effect: the scenario does not test "
                               "what it says.");
    }
  }
  if (!stopped_ && scenario_.heal) heal();
  take_in();
  if (!stopped_) {
    for (const std::string& violation : invariants_.at_end(scenario_.heal)) {
      fail_absolutely(0, violation, what_was_there());
    }
  }
}

ScenarioResult Run::run() {
  result_.id = scenario_.id;
  result_.file = scenario_.file;
  result_.name = scenario_.name;
  result_.purpose = scenario_.purpose;
  result_.tags = scenario_.tags;
  result_.line = scenario_.line;
  result_.rung = rung_.name();
  result_.seed = scenario_.seed.value_or(options_.seed);
  plan();
  do_given();
  do_steps();
  finish();
  result_.passed = result_.failures.empty();
  result_.invariants = invariants_.results();
  if (rung_.repeats_itself()) result_.trace_hash = rung_.trace().hash();
  result_.events = static_cast<std::int64_t>(history_.events().size());
  result_.virtual_time = rung_.now();
  recorder_.finish(result_);
  return std::move(result_);
}

}  // namespace

ScenarioResult run_scenario(const Scenario& scenario, Rung& rung, const RunOptions& options) {
  CARDRIG_CHECK(options.vocabulary != nullptr);
  return Run(scenario, rung, options).run();
}

}  // namespace cardrig::scenario
