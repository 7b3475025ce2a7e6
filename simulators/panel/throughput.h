// Bytes a second on each line between kiosk and devices, over the whole time of a session: in a
// fixed number of equal spans, which grow longer as the session does.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/trace.h"

namespace cardrig::panel {

class Throughput {
 public:
  static constexpr std::size_t kSpans = 120;

  /// What the kiosk sends and receives counts; what a device says of the same bytes does not.
  void see(const Event& event);
  void clear();

  /// Of all lines that said something.
  [[nodiscard]] std::vector<std::string> lines() const;
  /// Both ways together, one value for each span that is over at `now`; while none is, one for the
  /// first.
  [[nodiscard]] std::vector<float> bytes_a_second(std::string_view line, Nanos now) const;
  [[nodiscard]] Nanos span() const { return span_; }

 private:
  using Spans = std::array<std::int64_t, kSpans>;
  void fold();

  Nanos span_{std::chrono::seconds(1)};
  std::map<std::string, Spans, std::less<>> bytes_;
};

}  // namespace cardrig::panel
