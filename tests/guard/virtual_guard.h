// Watches a virtual run from below: threads that are started and clocks that our code reads while
// the guard is armed. Our sources are also searched for such calls (tests/checks); this sees what
// no search finds, such as a clock inside a header-only library.
#pragma once

#include <string>
#include <vector>

namespace cardrig::guard {

/// From now on, violations are recorded.
void arm();
/// Stops recording and returns what was seen, one line each: "clock_gettime from <symbol>".
std::vector<std::string> disarm();

/// Adds `seconds` to what the whole process reads from the system's civil clock.
void shift_civil_clock(long seconds);

}  // namespace cardrig::guard
