// Seeded random numbers and our own distributions: the standard library's distributions differ
// between implementations, and a run must not. Never used for secrets (see entropy.h).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cardrig {

/// xoshiro256** seeded by SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);
  /// An independent generator for a part, the same for the same seed and name whatever else is
  /// drawn: adding a draw in one simulator does not shift another's.
  [[nodiscard]] Random fork(std::string_view name) const;

  std::uint64_t next();
  /// Uniform in [0, bound), without bias. bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// Uniform in [0, 1), 53 bits.
  double unit();
  double uniform(double low, double high) { return low + (high - low) * unit(); }
  bool chance(double probability) { return unit() < probability; }
  /// Normal by the polar method.
  double normal(double mean, double deviation);
  /// Exponential with the given mean.
  double exponential(double mean);

 private:
  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace cardrig
