// The network between kiosk and platform, as one cable that can be cut: a relay of TCP connections
// that knows nothing of what they carry (TLS passes through it).
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "kiosk/runtime/real_loop.h"

namespace cardrig::sim {

struct RelayOptions {
  asio::ip::tcp::endpoint listen;  ///< port 0: any free one
  asio::ip::tcp::endpoint to;
  /// Connections beyond these are reset; each keeps at most 32 KiB here.
  std::size_t connections_max = 64;
  /// A connection that one end has closed, and on which nothing has passed for so long, is reset.
  Nanos half_closed_limit = std::chrono::seconds(30);
};

/// Whole: bytes go both ways, each way slowed down by whoever reads it, and each way ends when its
/// sender has closed it (half-closed connections live on while bytes pass). A connection that
/// breaks at one end, or cannot be made at `to`, is reset at the other. Cut: nothing passes,
/// connections neither begin nor end, and nobody is told, as when a switch has lost its power. What
/// was on its way arrives when the cable is mended, as TCP sends it again.
///
/// Both ends should call a connection alike in their traces, and call it by the kiosk's port
/// number. Towards a `to` of 127.0.0.1 the relay therefore takes the same number, of 127.0.0.2; if
/// that is not to be had, it takes any.
class NetworkRelay {
 public:
  /// Throws std::runtime_error, in one sentence, if the address cannot be had.
  NetworkRelay(RealLoop& loop, const RelayOptions& options);
  ~NetworkRelay();
  NetworkRelay(const NetworkRelay&) = delete;
  NetworkRelay& operator=(const NetworkRelay&) = delete;

  void set_up(bool up);
  /// "127.0.0.1:40214"
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  class Link;
  class Way;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig::sim
