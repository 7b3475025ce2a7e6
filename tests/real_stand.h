// What tests on the wire rung stand on: one real loop for both ends of a wire, and a trace that
// does not grow with a flood. Every wait has a limit, so that a test fails instead of hanging.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/tcp_stream.h"
#include "kiosk/runtime/trace.h"
#include "simulators/plugs/plugs.h"

namespace cardrig::test {

/// Far above what any test takes, also under sanitizers on a busy machine.
inline constexpr Nanos kPatience = std::chrono::seconds(100);

class RealStand {
 public:
  RealStand() { trace.keep_at_most(4U << 20U); }
  RealStand(const RealStand&) = delete;
  RealStand& operator=(const RealStand&) = delete;

  /// Runs the loop until `done()`; it is asked at least every few milliseconds.
  bool run_until(const std::function<bool()>& done, Nanos limit = kPatience) {
    const Nanos end = loop.now() + limit;
    // Without it the loop would return at once when there is nothing to do, and we should spin.
    const auto stay = asio::make_work_guard(loop.context());
    loop.context().restart();
    while (!done()) {
      if (loop.now() >= end) return false;
      loop.context().run_one_for(std::chrono::milliseconds(5));
    }
    return true;
  }

  /// Runs the operation to its end.
  template <class T>
  T wait(Async<T> operation) {
    auto result = std::make_shared<std::optional<T>>();
    spawn(loop, keep(std::move(operation), result));
    if (!run_until([&] { return result->has_value(); })) {
      throw std::runtime_error("the operation never ended");
    }
    return std::move(**result);
  }
  /// The same, and how long it took.
  template <class T>
  T wait(Async<T> operation, Nanos& took) {
    const Nanos start = loop.now();
    T result = wait(std::move(operation));
    took = loop.now() - start;
    return result;
  }

  RealLoop loop;
  Trace trace{[this] { return loop.now(); }};
  Tracer kiosk_tracer{trace, "kiosk"};
  Tracer device_tracer{trace, "device"};
  Tracer world_tracer{trace, "world"};

 private:
  template <class T>
  static Async<void> keep(Async<T> operation, std::shared_ptr<std::optional<T>> into) {
    into->emplace(co_await std::move(operation));
  }
};

/// Where a TCP plug can be reached.
inline Endpoint endpoint_of_plug(const sim::WirePlug& plug) {
  const std::string address = plug.address();
  const auto colon = address.rfind(':');
  return {address.substr(0, colon),
          static_cast<unsigned short>(std::stoi(address.substr(colon + 1)))};
}

}  // namespace cardrig::test
