// Connecting by name, for the TCP and TLS sources.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include "kiosk/runtime/tcp_stream.h"

namespace cardrig {

/// A connected socket with Nagle's delay off that child processes do not inherit. Cancellable at
/// any time; a look-up of the name that is under way then goes on without us.
[[nodiscard]] Async<Result<asio::ip::tcp::socket, OpenReason>> connect_tcp(RealLoop& loop,
                                                                           Endpoint endpoint);

/// "printer.local:631", "[::1]:631"
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

}  // namespace cardrig
