// The platform's TCP port, plain or under TLS: connections that it accepts are served by
// MockPlatform::serve(). For the wire rung; everything runs on the loop.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/trace.h"
#include "mock-platform/mock_platform.h"

namespace cardrig::mock_platform {

/// PEM files.
struct TlsSetup {
  std::string certificate_file;  ///< the platform's, and what leads to its authority
  std::string key_file;
  std::string client_ca_file;  ///< only terminals with a certificate of it are served; "": all are
  Nanos handshake_limit{std::chrono::seconds(5)};
};

/// What became of connections so far.
struct PortCounts {
  std::int64_t served = 0;  ///< given to the platform
  std::int64_t refused = 0;  ///< TLS was not agreed on, or the client has no right to be here
};

/// TLS 1.2 or later. A client that speaks plain HTTP to a TLS port is told so in plain HTTP, with
/// status 400. 64 handshakes are under way at most: a further one takes the place of the oldest.
///
/// Trace events: platform.refused  reason      a client that did not get through its handshake
class PlatformPort {
 public:
  /// `address` is "HOST:PORT" with a numeric host ("127.0.0.1:0", "[::1]:8440"); port 0: any free
  /// one. Everything must outlive the port. Throws std::runtime_error, in one sentence, if the
  /// address cannot be had or a file cannot be used.
  PlatformPort(RealLoop& loop, MockPlatform& platform, const Tracer& tracer,
               const std::string& address, const std::optional<TlsSetup>& tls = {});
  ~PlatformPort();
  PlatformPort(const PlatformPort&) = delete;
  PlatformPort& operator=(const PlatformPort&) = delete;

  /// With the port that was found: "127.0.0.1:8440".
  [[nodiscard]] const std::string& address() const;
  [[nodiscard]] PortCounts counts() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig::mock_platform
