// A virtual run starts no thread, reads no clock of the machine, and does not see the civil clock
// being moved. Built without sanitizers only (see tests/guard).
#include <gtest/gtest.h>

#include "tests/guard/virtual_guard.h"
#include "tests/scenarios/virtual_rig/visit.h"

namespace cardrig::scenario {
namespace {

std::string run_once() {
  Visit visit;
  EXPECT_TRUE(visit.good_session("p01", "p01.resident", "permit-1")) << visit.story();
  return visit.rig.trace().hash();
}

TEST(VirtualRun, StartsNoThreadAndReadsNoClock) {
  run_once();  // what libraries do once in a process is not part of a run
  guard::arm();
  run_once();
  const auto seen = guard::disarm();
  for (const auto& line : seen) ADD_FAILURE() << line;
}

TEST(VirtualRun, HasTheSameHashUnderAShiftedSystemClock) {
  const auto before = run_once();
  guard::shift_civil_clock(400L * 24 * 3600);
  const auto shifted = run_once();
  guard::shift_civil_clock(0);
  EXPECT_EQ(before, shifted);
}

}  // namespace
}  // namespace cardrig::scenario
