// The device's end of real wires: a pseudo-terminal for what is serial, a TCP port for the rest.
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/plug.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::sim {

/// What is needed to name and time a wire. Trace events are those of MemoryLine.
struct WireOptions {
  std::string line;  ///< "id_reader", as the kiosk's side names it too
  /// Serial only. Bytes to the host leave at the rate that the host has set on its end; the device
  /// hears garbage when that rate is not `baud` (the device may change its own: set_baud()).
  unsigned baud = 115200;
  /// TCP only: about how much the system keeps of what the host has not taken yet; 0: as it likes.
  int send_buffer_bytes = 0;
};

/// A plug with an address for the kiosk's profile.
class WirePlug : public Plug {
 public:
  /// A path ("/run/user/0/cardrig-1/id_reader") or "127.0.0.1:40213".
  [[nodiscard]] virtual std::string address() const = 0;
};

/// A pseudo-terminal, reachable by the symbolic link `link`, which is removed with the plug.
///   Unplugged    the link is gone and the host's reads end; plugged in again: a new one.
///   Refused      the same for an open connection; new ones find the port held by another program.
///   Black hole   ports can be opened (nobody can tell), bytes are lost both ways.
/// A device that closes its end hangs up once the host has read its last bytes, and the link leads
/// to a new pseudo-terminal. Nobody's bytes pile up: whoever does not read stops the line in both
/// directions, as hardware flow control would (serial_line.h).
/// Throws std::runtime_error if none can be had, also later when one is plugged in again.
[[nodiscard]] std::unique_ptr<WirePlug> pty_plug(RealLoop& loop, const Tracer& tracer,
                                                 WireOptions options, std::string link);

/// Listens on `host`, an IP address, at any free port (or `port`).
///   Unplugged, refused   nobody listens and open connections are reset; the port number stays
///   ours. Black hole           connections are accepted by the system and not served, open ones go
///   silent.
///                        Nothing is lost: what was on its way arrives when the black hole ends, as
///                        TCP would have sent it again.
/// Throws std::runtime_error if the address cannot be had.
[[nodiscard]] std::unique_ptr<WirePlug> tcp_plug(RealLoop& loop, const Tracer& tracer,
                                                 WireOptions options, const std::string& host,
                                                 unsigned short port = 0);

}  // namespace cardrig::sim
