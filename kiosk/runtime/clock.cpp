// Calendar arithmetic in China time, by <chrono>'s civil calendar.
#include "kiosk/runtime/clock.h"

#include <fmt/format.h>

namespace cardrig {

namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

year_month_day to_chrono(const Date& d) {
  return year(d.year) / month(static_cast<unsigned>(d.month)) / day(static_cast<unsigned>(d.day));
}

Date from_chrono(const year_month_day& d) {
  return {static_cast<int>(d.year()), static_cast<int>(static_cast<unsigned>(d.month())),
          static_cast<int>(static_cast<unsigned>(d.day()))};
}

constexpr std::int64_t kDay_ms = 24LL * 3600 * 1000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

}  // namespace

Date china_date(CivilTime t) {
  const auto day_number = floor_div(t.unix_ms + kChinaOffset_ms, kDay_ms);
  return from_chrono(year_month_day(sys_days(days(day_number))));
}

std::string china_timestamp(CivilTime t) {
  const Date d = china_date(t);
  const auto local_ms = t.unix_ms + kChinaOffset_ms;
  const auto in_day = local_ms - floor_div(local_ms, kDay_ms) * kDay_ms;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+08:00", d.year, d.month, d.day,
                     in_day / 3'600'000, in_day / 60'000 % 60, in_day / 1000 % 60, in_day % 1000);
}

bool is_valid(const Date& d) {
  return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
         to_chrono(d).ok();
}

CivilTime to_civil(const Date& d) {
  const auto count = sys_days(to_chrono(d)).time_since_epoch().count();
  return {count * kDay_ms - kChinaOffset_ms};
}

Date add_years(const Date& d, int years) {
  const Date moved{d.year + years, d.month, d.day};
  if (is_valid(moved)) return moved;
  return {moved.year, 3, 1};
}

Date add_days(const Date& d, int count) {
  return from_chrono(year_month_day(sys_days(to_chrono(d)) + days(count)));
}

std::string to_iso(const Date& d) {
  return fmt::format("{:04}-{:02}-{:02}", d.year, d.month, d.day);
}

}  // namespace cardrig
