// Dates and time stamps of China.
#include "kiosk/runtime/clock.h"

#include <gtest/gtest.h>

namespace cardrig {
namespace {

TEST(Clock, TheDateChangesAtMidnightInChina) {
  // 2026-01-01T00:00:00+08:00 is 2025-12-31T16:00:00Z.
  const CivilTime midnight{1767196800000};
  EXPECT_EQ(china_date(midnight), (Date{2026, 1, 1}));
  EXPECT_EQ(china_date({midnight.unix_ms - 1}), (Date{2025, 12, 31}));
  EXPECT_EQ(to_civil({2026, 1, 1}), midnight);
  EXPECT_EQ(china_timestamp({midnight.unix_ms + 3'723'004}), "2026-01-01T01:02:03.004+08:00");
}

TEST(Clock, TimesBefore1970AreDatesToo) {
  EXPECT_EQ(china_date({-1}), (Date{1970, 1, 1}));
  EXPECT_EQ(china_date(to_civil({1949, 12, 31})), (Date{1949, 12, 31}));
}

TEST(Clock, OnlyRealDatesAreValid) {
  EXPECT_TRUE(is_valid({2024, 2, 29}));
  EXPECT_FALSE(is_valid({2023, 2, 29}));
  EXPECT_FALSE(is_valid({2023, 13, 1}));
  EXPECT_FALSE(is_valid({2023, 4, 31}));
  EXPECT_FALSE(is_valid({0, 0, 0}));
}

TEST(Clock, YearsAreAddedByTheCalendar) {
  EXPECT_EQ(add_years({2024, 2, 29}, 6), (Date{2030, 3, 1}));
  EXPECT_EQ(add_years({2024, 2, 29}, 4), (Date{2028, 2, 29}));
  EXPECT_EQ(add_days({2024, 2, 28}, 2), (Date{2024, 3, 1}));
  EXPECT_EQ(to_iso({26, 3, 4}), "0026-03-04");
}

}  // namespace
}  // namespace cardrig
