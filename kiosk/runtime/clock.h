// The two clocks. Time-outs and durations use the monotonic one only; dates and validity use the
// civil one, which can be wrong, jump and be set.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace cardrig {

/// A length of time, and (counted from the start of the process or run) a monotonic instant.
using Nanos = std::chrono::nanoseconds;

/// Civil time: milliseconds since 1970-01-01T00:00:00Z.
struct CivilTime {
  std::int64_t unix_ms = 0;
  auto operator<=>(const CivilTime&) const = default;
};

/// A calendar date (proleptic Gregorian), as printed on documents.
struct Date {
  int year = 0;
  int month = 0;  ///< 1..12
  int day = 0;  ///< 1..31
  auto operator<=>(const Date&) const = default;
};

/// The kiosk stands in China: all its dates are UTC+8, without daylight saving.
inline constexpr std::int64_t kChinaOffset_ms = 8LL * 3600 * 1000;

[[nodiscard]] Date china_date(CivilTime t);
/// `2026-11-21T22:44:56.000+08:00`
[[nodiscard]] std::string china_timestamp(CivilTime t);
[[nodiscard]] bool is_valid(const Date& d);
/// Midnight at the start of that day in China.
[[nodiscard]] CivilTime to_civil(const Date& d);
[[nodiscard]] Date add_years(const Date& d, int years);  ///< 29 Feb + 1 year = 1 Mar
[[nodiscard]] Date add_days(const Date& d, int days);
[[nodiscard]] std::string to_iso(const Date& d);  ///< `2026-11-21`

class CivilClock {
 public:
  virtual ~CivilClock() = default;
  [[nodiscard]] virtual CivilTime now() const = 0;
};

}  // namespace cardrig
