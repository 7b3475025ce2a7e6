// Does what was expected hold? Patterns against events and screens, conditions against a run.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/flow/screen.h"
#include "scenarios/engine/rung.h"
#include "scenarios/engine/scenario.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

[[nodiscard]] bool matches(const EventPattern& pattern, const Event& event);
[[nodiscard]] bool matches(const ScreenPattern& pattern, const flow::Screen& screen);

/// A screen that was shown; its picture is dropped.
struct ShownScreen {
  EventId event = 0;
  Nanos time{0};
  flow::Screen screen;
};

/// What has happened so far in a run, as conditions look at it.
class History {
 public:
  History(Rung& rung, const Vocabulary& vocabulary) : rung_(rung), vocabulary_(vocabulary) {}

  /// Takes in the events that are new since the last call; returns how many.
  std::size_t update();

  [[nodiscard]] const std::vector<Event>& events() const { return rung_.trace().events(); }
  [[nodiscard]] const std::vector<ShownScreen>& screens() const { return screens_; }
  [[nodiscard]] std::int64_t count_of(const std::string& kind) const;
  [[nodiscard]] const std::string& last_outcome() const { return last_outcome_; }
  [[nodiscard]] bool at_rest(KioskRest rest) const;
  [[nodiscard]] Rung& rung() const { return rung_; }

  /// Nothing before this event counts for a later expectation: an act was done.
  void act_done();
  [[nodiscard]] EventId last_act() const { return last_act_; }
  /// Events of this kind up to `event` have been used by an expectation.
  void use(const std::string& kind, EventId event) { used_[kind] = event; }
  [[nodiscard]] EventId used(const std::string& kind) const;

 private:
  Rung& rung_;
  const Vocabulary& vocabulary_;
  std::size_t taken_in_ = 0;
  std::vector<ShownScreen> screens_;
  std::map<std::string, std::int64_t> counts_;
  std::map<std::string, EventId> used_;
  std::string last_outcome_;
  EventId last_act_ = 0;
};

/// Follows one condition until it holds. Events and screens stay met once they were; what can be
/// looked at (cards, permits, counts, rest) must hold at the moment when the last of them is met.
class Watch {
 public:
  enum class Mode {
    kExpect,  ///< events and screens since the last act, each used once
    kFinal,  ///< events and screens of the whole run; the outcome of the last attempt
  };
  Watch(const Condition& condition, Mode mode, History& history);

  /// Looks at what is new. True: the condition holds.
  bool check();
  /// One line for every part that does not hold, with what is there instead.
  [[nodiscard]] std::vector<std::string> missing();
  /// Marks what was found as used; for kExpect, once it holds.
  void use_up();

 private:
  void look_at_events();
  void look_at_screens();

  const Condition& condition_;
  Mode mode_;
  History& history_;
  std::vector<EventPattern> patterns_;
  std::vector<EventId> found_;
  std::size_t next_event_ = 0;  // index into the trace
  std::optional<EventId> screen_found_;
};

/// Does the condition hold at `event` (a new one), as "never" asks it? Of several events any
/// counts.
[[nodiscard]] bool holds_at(const Condition& condition, const Event& event, History& history);

/// The parts that can be looked at any time: empty if all of them hold.
[[nodiscard]] std::vector<std::string> unmet_state(const Condition& condition, History& history);

/// `12.345 s  card_printer  card.fed  card=1`: an event for people, without its blobs.
[[nodiscard]] std::string show_event(const Event& event);
/// Events that say little to a person: bytes on wires, polling.
[[nodiscard]] bool is_noise(const Event& event);

}  // namespace cardrig::scenario
