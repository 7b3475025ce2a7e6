// Pseudo-terminals by posix_openpt, watched by inotify.
#include "simulators/plugs/pty.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "kiosk/runtime/baud.h"

namespace cardrig::sim {

namespace {

[[noreturn]] void cannot(const char* what) {
  throw std::runtime_error(std::string("no pseudo-terminal can be had: ") + what + ": " +
                           std::strerror(errno));
}

std::optional<std::size_t> transferred(ssize_t size) {
  if (size > 0) return static_cast<std::size_t>(size);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  return std::nullopt;
}

void make_raw(int fd, unsigned baud) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) cannot("tcgetattr");
  ::cfmakeraw(&settings);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (const auto speed = speed_of(baud)) ::cfsetspeed(&settings, *speed);
  if (::tcsetattr(fd, TCSANOW, &settings) != 0) cannot("tcsetattr");
}

}  // namespace

Pty::Pty(RealLoop& loop, unsigned baud) : master_(loop.context()), blocker_(loop.context()) {
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) cannot("posix_openpt");
  master_.assign(master);
  if (::grantpt(master) != 0 || ::unlockpt(master) != 0) cannot("unlockpt");
  std::array<char, 64> path{};
  if (::ptsname_r(master, path.data(), path.size()) != 0) cannot("ptsname_r");
  slave_ = path.data();
  make_raw(master, baud);
  // A slave that nobody has opened yet looks open; one that was closed looks closed.
  const int slave = open_slave();
  if (slave < 0) cannot("open");
  ::close(slave);
}

int Pty::open_slave() const {
  return ::open(slave_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

bool Pty::is_host_there() {
  pollfd asked{master_.native_handle(), 0, 0};
  return ::poll(&asked, 1, 0) == 0;
}

unsigned Pty::host_baud() {
  termios settings{};
  if (::tcgetattr(master_.native_handle(), &settings) != 0) return 0;
  return baud_of(::cfgetospeed(&settings));
}

std::optional<std::size_t> Pty::read(std::span<std::uint8_t> into) {
  return transferred(::read(master_.native_handle(), into.data(), into.size()));
}

std::optional<std::size_t> Pty::write(std::span<const std::uint8_t> bytes) {
  return transferred(::write(master_.native_handle(), bytes.data(), bytes.size()));
}

std::optional<bool> Pty::is_read() {
  const int slave = open_slave();
  if (slave < 0) return std::nullopt;
  // Asking by poll() makes the system hand over what it has still on the way, FIONREAD does not.
  pollfd asked{slave, POLLIN, 0};
  const bool unread = ::poll(&asked, 1, 0) > 0 && (asked.revents & POLLIN) != 0;
  ::close(slave);
  return !unread;
}

bool Pty::clean() {
  const int slave = open_slave();
  if (slave < 0) return false;
  ::ioctl(slave, TIOCNXCL);
  ::tcflush(slave, TCIFLUSH);
  ::close(slave);
  return true;
}

void Pty::block() {
  const int slave = open_slave();
  if (slave < 0) cannot("open");
  blocker_.assign(slave);
  ::flock(slave, LOCK_EX | LOCK_NB);
  ::ioctl(slave, TIOCEXCL);
}

void Pty::close() {
  ErrorCode ignored;
  blocker_.close(ignored);
  master_.close(ignored);
}

SlaveWatch::SlaveWatch(RealLoop& loop) : descriptor_(loop.context()) {
  const int made = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (made < 0) cannot("inotify_init1");
  descriptor_.assign(made);
}

void SlaveWatch::follow(const std::string& slave) {
  leave();
  watched_ = ::inotify_add_watch(descriptor_.native_handle(), slave.c_str(), IN_OPEN | IN_CLOSE);
  if (watched_ < 0) cannot("inotify_add_watch");
}

void SlaveWatch::leave() {
  // Fails when the slave has gone, and the watch with it.
  if (watched_ >= 0) ::inotify_rm_watch(descriptor_.native_handle(), watched_);
  watched_ = -1;
}

std::deque<SlaveWatch::Seen> SlaveWatch::seen() {
  std::deque<Seen> found;
  alignas(inotify_event) std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = ::read(descriptor_.native_handle(), buffer.data(), buffer.size());
    if (size <= 0) return found;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      at += sizeof event + event.len;
      if (event.wd != watched_) continue;  // an earlier slave
      if ((event.mask & IN_OPEN) != 0) found.push_back(Seen::kOpened);
      if ((event.mask & IN_CLOSE) != 0) found.push_back(Seen::kClosed);
    }
  }
}

}  // namespace cardrig::sim
