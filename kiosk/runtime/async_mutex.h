// AsyncMutex: one coroutine at a time, first come, first served. For a device connection that takes
// one request at a time while several parts of the kiosk ask.
#pragma once

#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

#include "kiosk/runtime/loop.h"

namespace cardrig {

class AsyncMutex {
 public:
  explicit AsyncMutex(Loop& loop) : slot_(loop.executor(), 1) {}
  AsyncMutex(const AsyncMutex&) = delete;
  AsyncMutex& operator=(const AsyncMutex&) = delete;

  /// Holds the mutex until it is destroyed. Must not outlive the mutex.
  class Turn {
   public:
    explicit Turn(AsyncMutex& mutex) : mutex_(&mutex) {}
    Turn(Turn&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
      if (mutex_ != nullptr) mutex_->slot_.try_receive([](const ErrorCode&) {});
    }

   private:
    AsyncMutex* mutex_;
  };

  /// Waits for its turn. A waiter that is cancelled leaves the queue.
  Async<Turn> lock() {
    co_await slot_.async_send(ErrorCode{}, asio::use_awaitable);
    co_return Turn(*this);
  }

 private:
  // A channel with room for one message: sending takes the place, receiving gives it back.
  asio::experimental::channel<void(ErrorCode)> slot_;
};

}  // namespace cardrig
