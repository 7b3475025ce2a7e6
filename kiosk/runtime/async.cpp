// Starting coroutines that nobody awaits.
#include "kiosk/runtime/async.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <cstdio>
#include <cstdlib>

namespace cardrig {

void spawn(Loop& loop, Async<void> coroutine) {
  asio::co_spawn(loop.executor(), std::move(coroutine), [](std::exception_ptr error) {
    if (!error) return;
    try {
      std::rethrow_exception(error);
    } catch (const boost::system::system_error& e) {
      if (e.code() == asio::error::operation_aborted) return;
      std::fprintf(stderr, "a coroutine ended with an exception: %s\n", e.what());
    } catch (const std::exception& e) {
      std::fprintf(stderr, "a coroutine ended with an exception: %s\n", e.what());
    }
    std::abort();
  });
}

}  // namespace cardrig
