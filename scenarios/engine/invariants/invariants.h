// All invariants that this engine checks, fed with one run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/engine/invariants/invariant.h"
#include "scenarios/engine/result.h"

namespace cardrig::scenario {

class Invariants {
 public:
  explicit Invariants(const Vocabulary& vocabulary);

  void on_event(const Event& event);
  /// What was violated since the last call.
  [[nodiscard]] std::vector<std::string> take_new_violations();
  /// The last checks; what they find.
  [[nodiscard]] std::vector<std::string> at_end(bool healed);
  [[nodiscard]] std::vector<InvariantResult> results() const;

 private:
  std::vector<std::unique_ptr<Invariant>> all_;
  std::vector<std::size_t> told_;  // violations of each that were taken
};

}  // namespace cardrig::scenario
