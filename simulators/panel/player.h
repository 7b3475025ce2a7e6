// Player: a loaded scenario on the panel's run, step by step, with breakpoints. It does what the
// scenario runner does up to the end of `finally`; it mends nothing afterwards and watches no
// invariants: for that the file is run.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scenarios/engine/matching.h"
#include "scenarios/engine/result.h"
#include "scenarios/engine/scenario.h"

namespace cardrig::panel {

class Run;

class Player {
 public:
  enum class State {
    kSteps,  ///< in the midst of the steps
    kEnding,  ///< all done: the kiosk must come to rest, and `finally` must hold
    kPassed,
    kFailed,
    kLeft,  ///< the time machine went back: a person goes on by hand
  };
  struct Row {
    const scenario::Step* step;
    scenario::StepState state = scenario::StepState::kNotReached;
    Nanos began{0};
  };

  Player(scenario::Scenario scenario, Run& run);

  void begin_again();
  void leave();
  /// Goes on with the next step and stops before the one after it.
  void go_one_step();
  /// Goes on to the next breakpoint.
  void go_on();
  void toggle_breakpoint(std::size_t row);
  [[nodiscard]] bool has_breakpoint(std::size_t row) const { return breakpoints_.contains(row); }

  /// Does the steps that can be done now. `settled`: all that is due at this instant has been done.
  /// False: the run must stop here.
  bool proceed(bool settled);
  /// Until when the run may go without asking.
  [[nodiscard]] Nanos deadline() const { return deadline_; }

  [[nodiscard]] const scenario::Scenario& scenario() const { return scenario_; }
  [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
  /// The present step; rows().size() at the end.
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  bool begin_step();
  bool step_is_over(bool settled);
  void do_act(const scenario::Step& step);
  void next();
  void fail(std::string why);
  void check_bans();
  bool end(bool settled);

  scenario::Scenario scenario_;
  Run& run_;
  std::vector<Row> rows_;
  std::set<std::size_t> breakpoints_;
  std::size_t at_ = 0;
  bool begun_ = false;
  bool held_ = true;  // stopped before the step at_
  bool one_step_ = false;
  State state_ = State::kSteps;
  Nanos deadline_ = Nanos::max();
  std::unique_ptr<scenario::Watch> watch_;
  std::vector<std::size_t> bans_;
  std::size_t bans_looked_at_ = 0;
  std::vector<std::pair<std::size_t, std::unique_ptr<scenario::Watch>>> promises_;
  bool rested_ = false;
  std::string failure_;
};

}  // namespace cardrig::panel
