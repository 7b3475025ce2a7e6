// What the kiosk's journal still has to settle and to report, as the trace tells it.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "kiosk/runtime/trace.h"

namespace cardrig::scenario {

/// A row of the journal (attempt and card) owes one report at most: what staff found after
/// "unknown" replaces what was due before.
class Pending {
 public:
  void see(const Event& event);
  /// {"reports": n, "open": n}: the answer to the query kiosk.pending.
  [[nodiscard]] nlohmann::json to_json() const;

 private:
  void settle(const std::string& key);

  std::set<std::string> open_;
  std::map<std::string, std::string> due_;  // row -> key
};

}  // namespace cardrig::scenario
