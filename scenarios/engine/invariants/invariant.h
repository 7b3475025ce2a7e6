// One invariant of docs/architecture.md, watched over the whole trace of a run. It says what is
// violated, and counts how often there was something to check: an invariant that never had is
// reported as not checked on this rung.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "scenarios/engine/rung.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

class Invariant {
 public:
  Invariant(int number, std::string title) : number_(number), title_(std::move(title)) {}
  virtual ~Invariant() = default;
  Invariant(const Invariant&) = delete;
  Invariant& operator=(const Invariant&) = delete;

  /// Every event, in the order of the trace.
  virtual void on_event(const Event& event) = 0;
  /// After the last event. `healed`: everything was mended and had time to settle.
  virtual void at_end(bool healed) { static_cast<void>(healed); }

  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] const std::string& title() const { return title_; }
  [[nodiscard]] std::int64_t checks() const { return checks_; }
  [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

 protected:
  void checked() { ++checks_; }
  /// `what` is one sentence, without personal data.
  void violated(const std::string& what);

 private:
  int number_;
  std::string title_;
  std::int64_t checks_ = 0;
  std::vector<std::string> violations_;
};

/// The kiosk's computer loses power.
[[nodiscard]] inline bool is_power_cut(const Event& event) {
  return event.kind == "kiosk.power" && event.text("on") == "false";
}

// Each in a file of its own.
std::unique_ptr<Invariant> make_print_needs_permission();  // 1
std::unique_ptr<Invariant> make_one_card_per_permit();  // 2
std::unique_ptr<Invariant> make_outcome_counted_once();  // 3
std::unique_ptr<Invariant> make_printed_as_certified();  // 4
std::unique_ptr<Invariant> make_cards_conserved();  // 5
std::unique_ptr<Invariant> make_untaken_card_captured(const Vocabulary& vocabulary);  // 6
std::unique_ptr<Invariant> make_personal_data_gone(const Vocabulary& vocabulary);  // 7
std::unique_ptr<Invariant> make_never_stuck(const Vocabulary& vocabulary);  // 8

}  // namespace cardrig::scenario
