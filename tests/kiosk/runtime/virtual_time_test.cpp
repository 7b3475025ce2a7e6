// Virtual time: order, speed, and what a power cut leaves behind.
#include "kiosk/runtime/virtual_time.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/async.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;

TEST(VirtualTime, EqualInstantsRunFirstInFirstOutAcrossParties) {
  VirtualTime time;
  auto a = time.make_loop("a");
  auto b = time.make_loop("b");
  std::string order;
  a->at(1s, [&] { order += "1"; });
  b->at(1s, [&] { order += "2"; });
  a->at(1s, [&] { order += "3"; });
  b->at(500ms, [&] { b->at(1s, [&] { order += "4"; }); });
  time.run();
  EXPECT_EQ(order, "1234");
  EXPECT_EQ(time.now(), 1s);
}

TEST(VirtualTime, ATimerCancelledByAnEarlierOneOfTheSameInstantDoesNotRun) {
  VirtualTime time;
  auto loop = time.make_loop("a");
  bool ran = false;
  TimerId second = 0;
  loop->at(1s, [&] { loop->cancel(second); });
  second = loop->at(1s, [&] { ran = true; });
  time.run();
  EXPECT_FALSE(ran);
}

TEST(VirtualTime, RunUntilStopsAtTheInstantAndAdvancesTheClockToIt) {
  VirtualTime time;
  auto loop = time.make_loop("a");
  int ran = 0;
  loop->at(1s, [&] { ++ran; });
  loop->at(3s, [&] { ++ran; });
  time.run_until(2s);
  EXPECT_EQ(ran, 1);
  EXPECT_EQ(time.now(), 2s);
  time.run_until(3s);
  EXPECT_EQ(ran, 2);
}

TEST(VirtualTime, ACancelledTimerDoesNotPullTimeBeyondTheInstantAskedFor) {
  VirtualTime time;
  auto loop = time.make_loop("a");
  bool ran = false;
  const TimerId soon = loop->at(1s, [] {});
  loop->at(10s, [&] { ran = true; });
  loop->cancel(soon);
  EXPECT_EQ(time.next_due(), 10s);
  time.run_until(2s);
  EXPECT_EQ(time.now(), 2s);
  EXPECT_FALSE(ran);
}

Async<void> tick(Loop& loop, int count, int& ticks) {
  Nanos due = loop.now();
  for (int i = 0; i < count; ++i) {
    due += 1s;
    co_await sleep_until(loop, due);
    ++ticks;
  }
}

TEST(VirtualTime, ADayOfOneHertzTicksInTenCoroutinesTakesLessThanHalfASecond) {
  VirtualTime time;
  auto loop = time.make_loop("a");
  int ticks = 0;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < 10; ++i) spawn(*loop, tick(*loop, 86400, ticks));
  time.run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(ticks, 864000);
  EXPECT_EQ(time.now(), 24h);
  RecordProperty("wall_ms", static_cast<int>(wall.count() * 1000));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__OPTIMIZE__)
  EXPECT_LT(wall.count(), 0.5);
#endif
}

struct Witness {
  explicit Witness(int& count) : destroyed(count) {}
  ~Witness() { ++destroyed; }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  int& destroyed;
};

Async<void> wait_for_ever(Loop& loop, int& destroyed, bool& finished) {
  const Witness witness(destroyed);
  co_await sleep_for(loop, 1000h);
  finished = true;
}

TEST(VirtualTime, APowerCutUnwindsEveryCoroutineOfThePartyAndNoOther) {
  VirtualTime time;
  auto victim = time.make_loop("victim");
  auto other = time.make_loop("other");
  int destroyed = 0;
  bool finished = false;
  bool other_ran = false;
  spawn(*victim, wait_for_ever(*victim, destroyed, finished));
  other->at(10s, [&] { other_ran = true; });
  time.run_until(1s);
  victim->drop_everything();
  EXPECT_EQ(destroyed, 1);
  victim.reset();
  time.run_until(20s);
  EXPECT_FALSE(finished);
  EXPECT_TRUE(other_ran);
}

TEST(VirtualTime, TheCauseOfAnItemIsTheContextInWhichItWasQueued) {
  VirtualTime time;
  auto loop = time.make_loop("a");
  std::uint64_t seen = 0;
  loop->post([&] {
    time.cause = 42;
    loop->after(1s, [&] { seen = time.cause; });
    time.cause = 43;
  });
  time.run();
  EXPECT_EQ(seen, 42U);
  EXPECT_EQ(time.cause, 0U);
}

}  // namespace
}  // namespace cardrig
