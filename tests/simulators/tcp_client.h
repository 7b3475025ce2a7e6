// A plain TCP client for tests of what serves at the other end. Every wait has a limit, so that a
// test fails instead of hanging.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "kiosk/runtime/real_loop.h"

namespace cardrig::test {

class TcpClient {
 public:
  /// `turn` lets the other end do something, and may wait a little; for a server in this process.
  /// Without, the socket is waited for.
  explicit TcpClient(const std::string& address, std::function<void()> turn = nullptr,
                     int receive_buffer_bytes = 0)
      : turn_(std::move(turn)), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes, sizeof(int));
    }
    sockaddr_in to{};
    to.sin_family = AF_INET;
    const auto colon = address.rfind(':');
    ::inet_pton(AF_INET, address.substr(0, colon).c_str(), &to.sin_addr);
    to.sin_port = htons(static_cast<unsigned short>(std::stoi(address.substr(colon + 1))));
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)) == 0;
  }
  ~TcpClient() { close(); }
  TcpClient(const TcpClient&) = delete;
  TcpClient& operator=(const TcpClient&) = delete;

  [[nodiscard]] bool is_connected() const { return connected_; }
  [[nodiscard]] unsigned short own_port() const {
    sockaddr_in own{};
    socklen_t size = sizeof(own);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&own), &size);
    return ntohs(own.sin_port);
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(size));
    }
  }
  /// How much the other end takes without reading.
  std::size_t write_without_wait(std::string_view bytes) const {
    const ssize_t size = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return size > 0 ? static_cast<std::size_t>(size) : 0;
  }
  void end_writing() const { ::shutdown(socket_, SHUT_WR); }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }

  /// Reads until `enough` is satisfied by what has come; false: it never was.
  bool read_until(const std::function<bool(const TcpClient&)>& enough,
                  Nanos limit = std::chrono::seconds(20)) {
    const Nanos end = monotonic_now() + limit;
    while (!enough(*this)) {
      if (monotonic_now() > end) return false;
      if (turn_) turn_();
      if (!read_some(turn_ ? 0 : kPatience_ms) && (ended || reset)) return enough(*this);
    }
    return true;
  }
  bool read_bytes(std::size_t size) {
    return read_until([size](const TcpClient& c) { return c.received.size() >= size; });
  }
  bool read_to_end() {
    return read_until([](const TcpClient& c) { return c.ended || c.reset; });
  }

  std::string received;
  bool ended = false;  ///< end of file
  bool reset = false;  ///< any error

 private:
  static constexpr int kPatience_ms = 50;

  bool read_some(int wait_ms) {
    pollfd waited{socket_, POLLIN, 0};
    if (::poll(&waited, 1, wait_ms) <= 0) return false;
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size > 0) received.append(buffer.data(), static_cast<std::size_t>(size));
    if (size == 0) ended = true;
    if (size < 0 && errno != EAGAIN) reset = true;
    return size > 0;
  }

  std::function<void()> turn_;
  int socket_;
  bool connected_ = false;
};

}  // namespace cardrig::test
