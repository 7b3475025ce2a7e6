// The devices as the panel shows them, and what the trace tells of their wires.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/trace.h"

namespace cardrig::panel {

struct Device {
  const char* key;  ///< "card_printer"
  const char* name;
  const char* icon;
  std::vector<std::string_view> faults;  ///< prefixes of their names in the catalogue
  std::vector<std::string_view> lines;  ///< wires between it and the kiosk
  std::vector<std::string_view> words;  ///< kinds of events that decode what its wire said
};

[[nodiscard]] const std::vector<Device>& devices();
/// Whose fault this is; null: nobody's.
[[nodiscard]] const Device* device_of_fault(std::string_view fault);

/// Times from what the kiosk sends on a line to what comes back, and how much went both ways.
class Wires {
 public:
  static constexpr std::size_t kKept = 48;
  struct Line {
    std::vector<float> latency_ms;  ///< the newest kKept
    std::int64_t bytes_out = 0, bytes_in = 0;
    bool waits = false;
    Nanos sent{0};
  };
  void see(const Event& event);
  void clear() { lines_.clear(); }
  /// Null: nothing was said on it yet.
  [[nodiscard]] const Line* line(std::string_view name) const;

 private:
  std::map<std::string, Line, std::less<>> lines_;
};

}  // namespace cardrig::panel
