// TCP and TLS connections to devices and to the platform.
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

struct Endpoint {
  std::string host;  ///< a name or an address
  unsigned short port = 0;
};

/// Connects anew each time, Nagle's delay off. In the trace: `line`, and as `conn` the local port
/// number, which the other end sees too. `loop` and `tracer` must outlive the source and its
/// streams.
[[nodiscard]] std::unique_ptr<StreamSource> tcp_source(RealLoop& loop, const Tracer& tracer,
                                                       std::string line, Endpoint endpoint);

/// PEM files. The peer must show a certificate of `ca_file`.
struct TlsFiles {
  std::string ca_file;
  std::string certificate_file;  ///< ours, for mutual authentication; "": we show none
  std::string key_file;
  std::string peer_name{};  ///< whom the peer's certificate must be for; "": the endpoint's host
};

/// The same under TLS 1.2 or later. kAuthFailed: the peer's certificate was refused, or the peer
/// refused ours. The trace's byte events are of the plain text, as on the virtual rung.
/// Throws std::runtime_error if a file cannot be used.
[[nodiscard]] std::unique_ptr<StreamSource> tls_source(RealLoop& loop, const Tracer& tracer,
                                                       std::string line, Endpoint endpoint,
                                                       const TlsFiles& files);

}  // namespace cardrig
