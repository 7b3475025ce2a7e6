// How much of what can happen has happened in a session, and how often: from its trace alone, and
// from the lists of what there is (fault catalogue, vocabulary).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/trace.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::panel {

class Coverage {
 public:
  /// Names of one kind, and which of them occurred.
  struct Names {
    std::vector<std::string> all;
    std::set<std::string, std::less<>> seen;
  };
  /// Of a fault, the most that was seen of it.
  enum class Fault { kNever, kInjected, kHadEffect };

  struct Counters {
    std::int64_t sessions = 0;
    std::int64_t delivered = 0, captured = 0, spoilt = 0, no_card = 0, unknown = 0;
    std::int64_t refusals = 0;  ///< sessions that showed the refused screen
    std::int64_t platform_calls = 0, platform_calls_failed = 0;
    std::int64_t faults_injected = 0, fault_effects = 0;
  };

  explicit Coverage(const scenario::Vocabulary& vocabulary);
  void see(const Event& event);
  void clear();

  [[nodiscard]] Fault fault(std::string_view name) const;
  [[nodiscard]] const std::vector<sim::FaultSpec>& faults() const { return vocabulary_.faults; }
  /// Faults that had an effect.
  [[nodiscard]] std::size_t faults_covered() const;
  [[nodiscard]] const Names& screens() const { return screens_; }
  [[nodiscard]] const Names& staff_codes() const { return staff_codes_; }
  [[nodiscard]] const Names& endings() const { return endings_; }  ///< of sessions
  [[nodiscard]] const Names& outcomes() const { return outcomes_; }  ///< of cards
  /// A card that staff settled anew counts as what they found.
  [[nodiscard]] const Counters& counters() const { return counters_; }

 private:
  void see_fault(const Event& event);
  void see_screen(const Event& event);
  void see_settled(const Event& event);
  [[nodiscard]] std::int64_t* count_of(std::string_view outcome);

  const scenario::Vocabulary& vocabulary_;
  std::map<std::string, Fault, std::less<>> faults_;
  Names screens_, staff_codes_, endings_, outcomes_;
  Counters counters_;
  bool refused_ = false;  // in the present session
  std::map<std::string, std::string, std::less<>> outcome_of_;  // attempt and card → outcome
};

}  // namespace cardrig::panel
