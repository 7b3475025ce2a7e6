// Loop: where the coroutines and callbacks of one party run. The kiosk has a loop of its own, so
// that a power cut can stop it alone. Two kinds: virtual (virtual_time.h) and real (real_loop.h).
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cstdint>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/function.h"

namespace cardrig {

namespace asio = boost::asio;
using ErrorCode = boost::system::error_code;

/// What every coroutine of ours returns.
template <class T = void>
using Async = asio::awaitable<T>;

using TimerId = std::uint64_t;

class Loop {
 public:
  using WaitHandler = asio::any_completion_handler<void(ErrorCode)>;

  virtual ~Loop() = default;
  [[nodiscard]] virtual asio::any_io_executor executor() = 0;
  /// Monotonic time since the start of the run.
  [[nodiscard]] virtual Nanos now() const = 0;

  /// Runs `f` soon, after everything posted before it.
  virtual void post(UniqueFunction<void()> f) = 0;
  /// Runs `f` when `now()` reaches `due`. Equal instants: first in, first out.
  virtual TimerId at(Nanos due, UniqueFunction<void()> f) = 0;
  TimerId after(Nanos delay, UniqueFunction<void()> f) { return at(now() + delay, std::move(f)); }
  /// Forgets a timer; harmless if it has run or never was.
  virtual void cancel(TimerId id) = 0;

  /// Runs blocking `work` (inference, fsync, coding) off this loop, then `done` on it.
  /// Virtual: the work runs at once, inline, and `done` runs when `modelled_cost` has passed.
  virtual void offload(UniqueFunction<void()> work, Nanos modelled_cost,
                       UniqueFunction<void()> done) = 0;

  /// Completion-token form of `at`; used by sleep_until() in async.h. Cancellable.
  virtual void wait_until(Nanos due, WaitHandler handler) = 0;
};

}  // namespace cardrig
