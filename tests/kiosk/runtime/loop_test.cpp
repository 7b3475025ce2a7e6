// One contract for both loops, virtual and real.
#include "kiosk/runtime/loop.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;

struct Rig {
  virtual ~Rig() = default;
  virtual Loop& loop() = 0;
  virtual void run() = 0;
};

struct VirtualRig final : Rig {
  VirtualTime time;
  std::unique_ptr<VirtualLoop> party = time.make_loop("test");
  Loop& loop() override { return *party; }
  void run() override { time.run(); }
};

struct RealRig final : Rig {
  RealLoop real;
  Loop& loop() override { return real; }
  void run() override { real.run(); }
};

class LoopContract : public ::testing::TestWithParam<std::function<std::unique_ptr<Rig>()>> {
 protected:
  std::unique_ptr<Rig> rig = GetParam()();
};

TEST_P(LoopContract, PostedWorkRunsInOrder) {
  std::string order;
  for (const char c : {'a', 'b', 'c'}) rig->loop().post([&order, c] { order += c; });
  EXPECT_EQ(order, "") << "post never runs inline";
  rig->run();
  EXPECT_EQ(order, "abc");
}

TEST_P(LoopContract, TimersRunWhenDueAndNotWhenCancelled) {
  std::string order;
  rig->loop().after(20ms, [&] { order += "late"; });
  rig->loop().after(5ms, [&] { order += "early "; });
  const TimerId gone = rig->loop().after(10ms, [&] { order += "never "; });
  rig->loop().cancel(gone);
  rig->run();
  EXPECT_EQ(order, "early late");
  EXPECT_GE(rig->loop().now(), 20ms);
}

TEST_P(LoopContract, ATimerThatIsDueCanStillBeCancelled) {
  bool ran = false;
  TimerId second = 0;
  const Nanos due = rig->loop().now() + 5ms;
  rig->loop().at(due, [&] { rig->loop().cancel(second); });
  second = rig->loop().at(due, [&] { ran = true; });
  rig->run();
  EXPECT_FALSE(ran);
}

Async<int> answer_after(Loop& loop, Nanos delay) {
  co_await sleep_for(loop, delay);
  co_return 7;
}

Async<void> race(Loop& loop, std::string& log) {
  const auto in_time = co_await with_timeout(loop, 200ms, answer_after(loop, 5ms));
  log += in_time ? "answered " : "timed out ";
  const auto late = co_await with_timeout(loop, 5ms, answer_after(loop, 10h));
  log += late ? "answered" : "timed out";
}

TEST_P(LoopContract, ATimeLimitCancelsWhatItWaitsFor) {
  std::string log;
  spawn(rig->loop(), race(rig->loop(), log));
  rig->run();
  EXPECT_EQ(log, "answered timed out");
  EXPECT_LT(rig->loop().now(), 1h);
}

Async<void> offload_twice(Loop& loop, std::string& log) {
  auto work = [text = std::string("a longer text than fits into a small string")] {
    return text.size();
  };
  const std::size_t size = co_await offload(loop, 3ms, work);
  log += std::to_string(size);
  auto bad = []() -> int { throw std::runtime_error("broken"); };
  try {
    static_cast<void>(co_await offload(loop, 3ms, bad));
  } catch (const std::runtime_error& e) {
    log += e.what();
  }
}

TEST_P(LoopContract, OffloadReturnsTheValueAndCarriesTheException) {
  std::string log;
  spawn(rig->loop(), offload_twice(rig->loop(), log));
  rig->run();
  EXPECT_EQ(log, "43broken");
}

INSTANTIATE_TEST_SUITE_P(Both, LoopContract,
                         ::testing::Values([] { return std::make_unique<VirtualRig>(); },
                                           [] { return std::make_unique<RealRig>(); }),
                         [](const auto& both) { return both.index == 0 ? "Virtual" : "Real"; });

TEST(RealLoop, WhatGoesWithItMayStillUseIt) {
  struct Guest {
    Loop& loop;
    std::shared_ptr<int> luggage;
    TimerId timer = 0;
    Guest(Loop& l, std::shared_ptr<int> carried) : loop(l), luggage(std::move(carried)) {
      timer = loop.after(1h, [] {});
    }
    ~Guest() {
      loop.cancel(timer);
      loop.after(1ms, [left = luggage] {});
      loop.post([left = luggage] {});
    }
  };
  auto luggage = std::make_shared<int>(1);
  const std::weak_ptr<int> seen = luggage;
  auto loop = std::make_unique<RealLoop>();
  loop->post([guest = std::make_shared<Guest>(*loop, std::move(luggage))] {});
  loop.reset();
  EXPECT_TRUE(seen.expired());
}

TEST(VirtualLoop, OffloadedWorkRunsFirstThenItsCostPasses) {
  VirtualRig rig;
  Nanos done_at{0};
  bool worked = false;
  rig.loop().offload([&] { worked = true; }, 30ms, [&] { done_at = rig.loop().now(); });
  EXPECT_TRUE(worked);
  rig.run();
  EXPECT_EQ(done_at, 30ms);
}

}  // namespace
}  // namespace cardrig
