// The loop of the wire and hardware rungs: an io_context, the machine's monotonic clock, and a
// small thread pool for offloaded work.
#pragma once

#include <memory>

#include "kiosk/runtime/loop.h"

namespace boost::asio {
class io_context;
}

namespace cardrig {

class RealLoop final : public Loop {
 public:
  /// `worker_threads` run offloaded work; the loop itself runs in whoever calls run().
  explicit RealLoop(unsigned worker_threads = 1);
  ~RealLoop() override;

  void run();  ///< until stop() or nothing is left to do
  void poll();  ///< what is ready now, without waiting (for programs with a frame loop)
  void stop();
  /// Destroys everything that waits on this loop, and with it the frames of coroutines, while what
  /// they refer to still stands; work under way is waited for. Nothing runs after this.
  void drop_everything();
  asio::io_context& context();

  asio::any_io_executor executor() override;
  Nanos now() const override;
  void post(UniqueFunction<void()> f) override;
  TimerId at(Nanos due, UniqueFunction<void()> f) override;
  void cancel(TimerId id) override;
  void offload(UniqueFunction<void()> work, Nanos modelled_cost,
               UniqueFunction<void()> done) override;
  void wait_until(Nanos due, WaitHandler handler) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// CLOCK_MONOTONIC: the same in every process of the machine, so that their traces can be merged.
[[nodiscard]] Nanos monotonic_now();

/// The machine's civil clock.
class SystemCivilClock final : public CivilClock {
 public:
  [[nodiscard]] CivilTime now() const override;
};

}  // namespace cardrig
