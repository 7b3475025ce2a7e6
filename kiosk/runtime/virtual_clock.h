// The civil clock of a virtual run: starts at a given time, follows virtual time, and can be set
// wrong, drift-free, by the world (faults H6, H7).
#pragma once

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/loop.h"

namespace cardrig {

class VirtualCivilClock final : public CivilClock {
 public:
  VirtualCivilClock(const Loop& loop, CivilTime at_start) : loop_(loop), at_start_(at_start) {}
  [[nodiscard]] CivilTime now() const override {
    return {at_start_.unix_ms + offset_ms_ + loop_.now().count() / 1'000'000};
  }
  /// Makes the clock wrong by `offset_ms` (0 mends it).
  void set_offset_ms(std::int64_t offset_ms) { offset_ms_ = offset_ms; }

 private:
  const Loop& loop_;
  CivilTime at_start_;
  std::int64_t offset_ms_ = 0;
};

}  // namespace cardrig
