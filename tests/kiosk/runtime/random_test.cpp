// Our own random numbers: known values, bounds and moments.
#include "kiosk/runtime/random.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "kiosk/runtime/entropy.h"

namespace cardrig {
namespace {

TEST(Random, IsTheSameOnEveryMachine) {
  // SplitMix64 and xoshiro256** as published, computed by an independent implementation.
  Random random(42);
  EXPECT_EQ(random.next(), 1546998764402558742ULL);
  EXPECT_EQ(random.next(), 6990951692964543102ULL);
}

TEST(Random, ForksAreIndependentOfWhatElseIsDrawn) {
  Random a(1);
  Random b(1);
  b.next();
  EXPECT_EQ(a.fork("printer").next(), b.fork("printer").next());
  EXPECT_NE(a.fork("printer").next(), a.fork("reader").next());
}

TEST(Random, BoundsHold) {
  Random random(7);
  std::set<std::int64_t> seen;
  for (int i = 0; i < 1000; ++i) {
    const auto n = random.between(-2, 2);
    EXPECT_GE(n, -2);
    EXPECT_LE(n, 2);
    seen.insert(n);
    const double u = random.unit();
    EXPECT_GE(u, 0);
    EXPECT_LT(u, 1);
  }
  EXPECT_EQ(seen.size(), 5U);
}

TEST(Random, NormalAndExponentialHaveTheirMoments) {
  Random random(3);
  double sum = 0;
  double squares = 0;
  double waits = 0;
  constexpr int kDraws = 100000;
  for (int i = 0; i < kDraws; ++i) {
    const double n = random.normal(10, 2);
    sum += n;
    squares += (n - 10) * (n - 10);
    waits += random.exponential(5);
  }
  EXPECT_NEAR(sum / kDraws, 10, 0.05);
  EXPECT_NEAR(std::sqrt(squares / kDraws), 2, 0.05);
  EXPECT_NEAR(waits / kDraws, 5, 0.1);
}

TEST(Entropy, SeededRepeatsAndSystemDoesNot) {
  SeededEntropy a(5);
  SeededEntropy b(5);
  EXPECT_EQ(random_id(a), random_id(b));
  EXPECT_TRUE(a.is_seeded());
  SystemEntropy system;
  EXPECT_NE(random_id(system), random_id(system));
  EXPECT_EQ(random_id(system).size(), 32U);
}

}  // namespace
}  // namespace cardrig
