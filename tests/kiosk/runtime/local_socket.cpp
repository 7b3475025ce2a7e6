#include "tests/kiosk/runtime/local_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig::test {

namespace {

constexpr int kPatience_ms = 5000;

bool wait_for(int descriptor, short what) {
  pollfd watched{descriptor, what, 0};
  int ready = 0;
  do {
    ready = ::poll(&watched, 1, kPatience_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  CARDRIG_CHECK(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

}  // namespace

OwnFolder::OwnFolder() {
  path_ = (std::filesystem::temp_directory_path() / "cardrig-XXXXXX").string();
  CARDRIG_CHECK(::mkdtemp(path_.data()) != nullptr);
}

OwnFolder::~OwnFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

LocalSocket::LocalSocket(LocalSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      in_(std::move(other.in_)),
      ended_(other.ended_) {}

void LocalSocket::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

void LocalSocket::end_writing() { ::shutdown(descriptor_, SHUT_WR); }

std::size_t LocalSocket::write_without_wait(std::string_view bytes) {
  std::size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n =
        ::send(descriptor_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0) break;
    sent += static_cast<std::size_t>(n);
  }
  return sent;
}

bool LocalSocket::write(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(descriptor_, POLLOUT)) return false;
    const std::size_t sent = write_without_wait(bytes);
    if (sent == 0) return false;
    bytes.remove_prefix(sent);
  }
  return true;
}

bool LocalSocket::read_some() {
  if (ended_ || !wait_for(descriptor_, POLLIN)) return false;
  std::array<char, 16384> buffer{};
  const ssize_t n = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  ended_ = n <= 0;
  if (n > 0) in_.append(buffer.data(), static_cast<std::size_t>(n));
  return n > 0;
}

std::optional<std::string> LocalSocket::read_line() {
  std::size_t end = 0;
  std::size_t searched = 0;
  while ((end = in_.find('\n', searched)) == std::string::npos) {
    searched = in_.size();
    if (!read_some()) return std::nullopt;
  }
  std::string line = in_.substr(0, end);
  in_.erase(0, end + 1);
  return line;
}

std::optional<std::string> LocalSocket::read_to_end() {
  while (read_some()) {
  }
  if (!ended_) return std::nullopt;
  return std::exchange(in_, "");
}

LocalSocket connect_local(const std::string& path) {
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto address = address_of(path);
  CARDRIG_CHECK(
      ::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return LocalSocket(descriptor);
}

LocalListener::LocalListener(const std::string& path)
    : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto address = address_of(path);
  CARDRIG_CHECK(::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
                0);
  CARDRIG_CHECK(::listen(descriptor_, 8) == 0);
}

LocalListener::~LocalListener() { ::close(descriptor_); }

LocalSocket LocalListener::accept() const {
  CARDRIG_CHECK(wait_for(descriptor_, POLLIN));
  return LocalSocket(::accept(descriptor_, nullptr, nullptr));
}

}  // namespace cardrig::test
