// What the wires over the real loop have in common.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/tcp_stream.h"
#include "simulators/plugs/plugs.h"
#include "tests/simulators/plugs/wires.h"

namespace cardrig::test {

/// Far above what any test takes, also under sanitizers on a busy machine.
inline constexpr Nanos kGivesUp = std::chrono::seconds(120);

inline Async<void> then(Async<void> test, std::function<void()> done) {
  co_await std::move(test);
  done();
}

class RealWire : public Wire {
 public:
  RealWire() : Wire([this] { return loop_.now(); }) {}

  Loop& host() override { return loop_; }
  Loop& device() override { return loop_; }
  StreamSource& source() override { return *source_; }
  Plug& plug() override { return *plug_; }
  bool run(Async<void> test) override {
    bool done = false;
    spawn(loop_, then(std::move(test), [&done] { done = true; }));
    const Nanos end = loop_.now() + kGivesUp;
    loop_.context().restart();
    while (!done && loop_.now() < end) loop_.context().run_one_for(std::chrono::seconds(1));
    return done;
  }

 protected:
  Tracer host_tracer_{trace_, "kiosk"};
  Tracer device_tracer_{trace_, "device"};
  Trace cipher_{[] { return Nanos(0); }};  // of what lies below TLS
  Tracer cipher_tracer_{cipher_, "device"};
  RealLoop loop_;
  std::unique_ptr<sim::WirePlug> plug_;
  std::unique_ptr<StreamSource> source_;
};

inline Endpoint endpoint_of(const sim::WirePlug& plug) {
  const std::string address = plug.address();
  const auto colon = address.rfind(':');
  return {address.substr(0, colon),
          static_cast<unsigned short>(std::stoi(address.substr(colon + 1)))};
}

/// `below` under TLS: Asio's server, not ours. Everything must outlive the plug.
[[nodiscard]] std::unique_ptr<Plug> tls_plug(Loop& loop, Plug& below, asio::ssl::context& context);

}  // namespace cardrig::test
