// Invariants, asserted in every build. A violated invariant is a programming error: the process
// says which one and stops, before a wrong card can be printed.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace cardrig {
[[noreturn]] inline void invariant_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "invariant violated: %s (%s:%d)\n", expression, file, line);
  std::abort();
}
}  // namespace cardrig

#define CARDRIG_CHECK(expression)      \
  ((expression) ? static_cast<void>(0) \
                : ::cardrig::invariant_failed(#expression, __FILE__, __LINE__))
