// The guard itself: it sees a clock, a thread and a sleep, and shifts the civil clock.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/guard/virtual_guard.h"

namespace cardrig::guard {
namespace {

bool mentions(const std::vector<std::string>& lines, const std::string& what) {
  for (const auto& line : lines) {
    if (line.rfind(what, 0) == 0) return true;
  }
  return false;
}

TEST(VirtualGuard, SeesAClockThatOurCodeReads) {
  arm();
  static_cast<void>(std::chrono::steady_clock::now());
  EXPECT_TRUE(mentions(disarm(), "clock_gettime"));
}

TEST(VirtualGuard, SeesAThreadAndASleep) {
  arm();
  std::thread([] {}).join();
  std::this_thread::sleep_for(std::chrono::microseconds(1));
  const auto seen = disarm();
  EXPECT_TRUE(mentions(seen, "pthread_create"));
  EXPECT_TRUE(mentions(seen, "clock_nanosleep") || mentions(seen, "nanosleep"));
}

TEST(VirtualGuard, IsSilentWhenNothingHappens) {
  arm();
  EXPECT_TRUE(disarm().empty());
}

TEST(VirtualGuard, ShiftsTheCivilClock) {
  const auto before = std::chrono::system_clock::now();
  shift_civil_clock(1'000'000);
  const auto shifted = std::chrono::system_clock::now();
  shift_civil_clock(0);
  EXPECT_GT(shifted - before, std::chrono::seconds(999'999));
}

}  // namespace
}  // namespace cardrig::guard
