#include "simulators/panel/player.h"

#include <fmt/format.h>

#include "scenarios/engine/runner.h"
#include "simulators/panel/run.h"

namespace cardrig::panel {

using scenario::Step;
using scenario::StepState;
using scenario::Watch;

namespace {
constexpr Nanos kFinallyLimit = std::chrono::minutes(1);
}  // namespace

Player::Player(scenario::Scenario scenario, Run& run) : scenario_(std::move(scenario)), run_(run) {
  for (const Step& step : scenario_.given) rows_.push_back({&step});
  for (const Step& step : scenario_.steps) rows_.push_back({&step});
}

void Player::begin_again() {
  for (Row& row : rows_) row = {row.step};
  at_ = 0;
  begun_ = one_step_ = rested_ = false;
  held_ = true;
  state_ = State::kSteps;
  deadline_ = Nanos::max();
  watch_.reset();
  bans_.clear();
  bans_looked_at_ = 0;
  promises_.clear();
  failure_.clear();
}

void Player::leave() {
  if (state_ == State::kSteps || state_ == State::kEnding) state_ = State::kLeft;
  deadline_ = Nanos::max();
  watch_.reset();
  promises_.clear();
}

void Player::go_one_step() {
  held_ = false;
  one_step_ = true;
}

void Player::go_on() { held_ = one_step_ = false; }

void Player::toggle_breakpoint(std::size_t row) {
  if (breakpoints_.erase(row) == 0) breakpoints_.insert(row);
}

// ---- steps -------------------------------------------------------------------------------------

void Player::next() {
  rows_[at_].state = StepState::kDone;
  ++at_;
  begun_ = false;
  watch_.reset();
  deadline_ = Nanos::max();
  held_ = one_step_ || breakpoints_.contains(at_);
  if (at_ == rows_.size()) {
    state_ = State::kEnding;
    held_ = false;
  }
}

void Player::fail(std::string why) {
  if (at_ < rows_.size()) rows_[at_].state = StepState::kFailed;
  failure_ = std::move(why);
  state_ = State::kFailed;
  deadline_ = Nanos::max();
}

void Player::do_act(const Step& step) {
  if (step.at) {
    run_.arm_now(step.act, *step.at);
    return next();
  }
  const bool done = run_.act(step.act);
  if (done == step.refused) {
    return fail(done ? "it was to be refused, but was done" : run_.refusal());
  }
  run_.history().act_done();
  next();
}

/// False: the step takes no time, and is over.
bool Player::begin_step() {
  const Step& step = *rows_[at_].step;
  rows_[at_].began = run_.rig().now();
  switch (step.kind) {
    case Step::Kind::kAct:
      do_act(step);
      return false;
    case Step::Kind::kNever:
      bans_.push_back(at_);
      if (step.time == Nanos(0)) {
        next();
        return false;
      }
      break;
    case Step::Kind::kEventually:
      promises_.emplace_back(
          at_, std::make_unique<Watch>(step.condition, Watch::Mode::kExpect, run_.history()));
      next();
      return false;
    case Step::Kind::kExpect:
      watch_ = std::make_unique<Watch>(step.condition, Watch::Mode::kExpect, run_.history());
      break;
    case Step::Kind::kWait:
      break;
  }
  begun_ = true;
  deadline_ = run_.rig().now() + step.time;
  return true;
}

bool Player::step_is_over(bool settled) {
  if (watch_ && watch_->check()) {
    watch_->use_up();
    next();
    return true;
  }
  if (!settled || run_.rig().now() < deadline_) return false;
  const Step& step = *rows_[at_].step;
  if (watch_) {
    std::string why = "not within " + scenario::show_time(step.time);
    for (const std::string& line : watch_->missing()) why += "; " + line;
    fail(std::move(why));
    return true;
  }
  if (step.kind == Step::Kind::kNever) std::erase(bans_, at_);
  next();
  return true;
}

void Player::check_bans() {
  const auto& events = run_.rig().trace().events();
  for (; bans_looked_at_ < events.size(); ++bans_looked_at_) {
    for (const std::size_t ban : bans_) {
      if (!holds_at(rows_[ban].step->condition, events[bans_looked_at_], run_.history())) continue;
      rows_[ban].state = StepState::kFailed;
      at_ = ban;
      return fail("it must never be: " + scenario::show_event(events[bans_looked_at_]));
    }
  }
}

bool Player::proceed(bool settled) {
  if (state_ == State::kLeft || state_ == State::kPassed || state_ == State::kFailed) return true;
  check_bans();
  for (auto& [row, promise] : promises_) static_cast<void>(promise->check());
  while (state_ == State::kSteps) {
    if (!begun_) {
      if (held_) return false;
      if (!begin_step()) {
        settled = false;
        continue;
      }
      settled = false;
    }
    if (!step_is_over(settled)) return true;
    settled = false;
  }
  return state_ != State::kFailed && end(settled);
}

/// After the last step: rest, `finally`, promises.
bool Player::end(bool settled) {
  if (!rested_) {
    const bool dark = run_.rig().screen() == nullptr && scenario_.heal;
    if (!dark && !run_.history().at_rest(scenario::KioskRest::kEither)) {
      if (deadline_ == Nanos::max()) deadline_ = run_.rig().now() + scenario::kRestLimit;
      if (!settled || run_.rig().now() < deadline_) return true;
      fail("the kiosk does not come to rest");
      return false;
    }
    rested_ = true;
    deadline_ = run_.rig().now() + kFinallyLimit;
    if (scenario_.finally) {
      watch_ = std::make_unique<Watch>(*scenario_.finally, Watch::Mode::kFinal, run_.history());
    }
  }
  if (watch_ && !watch_->check()) {
    if (!settled || run_.rig().now() < deadline_) return true;
    std::string why = "the end is not as it should be";
    for (const std::string& line : watch_->missing()) why += "; " + line;
    fail(std::move(why));
    return false;
  }
  for (auto& [row, promise] : promises_) {
    if (promise->check()) continue;
    rows_[row].state = StepState::kFailed;
    fail("it did not come true: " + rows_[row].step->text);
    return false;
  }
  deadline_ = Nanos::max();
  watch_.reset();
  state_ = State::kPassed;
  return false;
}

}  // namespace cardrig::panel
