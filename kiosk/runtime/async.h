// Coroutine helpers on a Loop: sleeping, time limits, offloading, starting.
//
// GCC 12 destroys a temporary with a non-trivial destructor twice when it stands inside a
// `co_await` expression as a lambda with captures or an aggregate in braces. Give such a thing a
// name before the co_await, or put the initiation into a plain function, as here.
#pragma once

#include <boost/asio/async_result.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "kiosk/runtime/loop.h"

namespace cardrig {

/// Suspends until `loop.now() >= due`. Throws boost::system::system_error when cancelled, so that
/// a cancelled coroutine unwinds.
inline Async<void> sleep_until(Loop& loop, Nanos due) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(ErrorCode)>(
      [&loop, due](auto handler) { loop.wait_until(due, Loop::WaitHandler(std::move(handler))); },
      asio::use_awaitable);
}
inline Async<void> sleep_for(Loop& loop, Nanos delay) {
  return sleep_until(loop, loop.now() + delay);
}

/// Awaits `operation` for at most `limit`; nothing if the time ran out (the operation is then
/// cancelled and has unwound before this returns).
template <class T>
Async<std::optional<T>> with_timeout(Loop& loop, Nanos limit, Async<T> operation) {
  using namespace asio::experimental::awaitable_operators;
  auto outcome = co_await (std::move(operation) || sleep_for(loop, limit));
  if (outcome.index() == 0) co_return std::optional<T>(std::get<0>(std::move(outcome)));
  co_return std::nullopt;
}

namespace detail {
template <class Work>
struct Offloaded {
  using T = std::invoke_result_t<Work&>;
  Work work;
  std::optional<T> value;
  std::exception_ptr error;
};

// Not a coroutine: see the note on GCC at the top of this file.
template <class Work>
Async<void> wait_offloaded(Loop& loop, Nanos cost, std::shared_ptr<Offloaded<Work>> shared) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void()>(
      [&loop, cost, shared](auto handler) {
        loop.offload(
            [shared] {
              try {
                shared->value.emplace(shared->work());
              } catch (...) {
                shared->error = std::current_exception();
              }
            },
            cost, [handler = std::move(handler)]() mutable { std::move(handler)(); });
      },
      asio::use_awaitable);
}
}  // namespace detail

/// Runs blocking `work` off the loop (see Loop::offload) and returns what it returned.
/// Not cancellable: the work is finished before the coroutine goes on.
template <class Work>
Async<std::invoke_result_t<Work&>> offload(Loop& loop, Nanos modelled_cost, Work work) {
  auto shared = std::make_shared<detail::Offloaded<Work>>(
      detail::Offloaded<Work>{std::move(work), std::nullopt, nullptr});
  co_await detail::wait_offloaded(loop, modelled_cost, shared);
  if (shared->error) std::rethrow_exception(shared->error);
  co_return std::move(*shared->value);
}

/// Completion token of an input/output operation: its error goes into `error` instead of being
/// thrown. `const auto n = co_await stream.async_read_some(buffer, catch_error(error));`
inline auto catch_error(ErrorCode& error) {
  return asio::redirect_error(asio::use_awaitable, error);
}

/// Starts a coroutine on `loop` that nobody awaits. An exception that leaves it is a programming
/// error and stops the process, except cancellation (the coroutine was told to stop).
void spawn(Loop& loop, Async<void> coroutine);

}  // namespace cardrig
