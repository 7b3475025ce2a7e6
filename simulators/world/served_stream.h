// One accepted connection of a simulated device: hands over what arrives, sends in order.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "kiosk/runtime/byte_stream.h"

namespace cardrig::sim {

/// Keeps itself alive until it is closed or the other end is gone. Its owner must close() it before
/// going away, because the callbacks lead back to the owner.
class ServedStream : public std::enable_shared_from_this<ServedStream> {
 public:
  using OnBytes = std::function<void(std::span<const std::uint8_t>)>;
  using OnClosed = std::function<void()>;

  explicit ServedStream(std::shared_ptr<ByteStream> stream) : stream_(std::move(stream)) {}

  /// Begins to read. `on_closed` is called once, when the other end has closed or the line broke;
  /// not after close().
  void start(OnBytes on_bytes, OnClosed on_closed);
  void send(std::vector<std::uint8_t> bytes);
  /// Takes nothing more from the other end until resume(): it has to wait, as TCP and flow control
  /// have it. Does so by itself while the other end leaves too much of what was sent unread.
  void pause() { paused_ = true; }
  void resume();
  /// Closes when everything has been sent.
  void finish();
  void close();
  [[nodiscard]] bool is_open() const { return stream_ != nullptr; }

 private:
  void read();
  void write();
  void lost();

  std::shared_ptr<ByteStream> stream_;
  OnBytes on_bytes_;
  OnClosed on_closed_;
  std::array<std::uint8_t, 4096> buffer_{};
  std::deque<std::vector<std::uint8_t>> to_send_;
  std::size_t unsent_bytes_ = 0;
  bool reading_ = false;
  bool paused_ = false;
  bool writing_ = false;
  bool finishing_ = false;
};

/// No device serves more connections than this, and one that is left half open must not lock others
/// out for ever: the oldest goes when another comes. `clients` hold one `stream` each.
inline constexpr std::size_t kConnectionsMax = 16;
template <class Clients>
void make_room(Clients& clients) {
  while (clients.size() >= kConnectionsMax) {
    const auto oldest = clients.front();
    clients.erase(clients.begin());
    oldest->stream->close();
  }
}

}  // namespace cardrig::sim
