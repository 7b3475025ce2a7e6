// Serial ports by termios, read and written through Asio's stream_descriptor.
#include "kiosk/runtime/serial_port.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "kiosk/runtime/baud.h"
#include "kiosk/runtime/io_stream.h"

namespace cardrig {

namespace {

using Descriptor = asio::posix::stream_descriptor;

/// Bytes that the driver has written and that have not left yet leave at the new speed: waiting for
/// them here would stop the loop, for ever if the device is stuck.
bool set_speed(int fd, unsigned baud) {
  const auto speed = speed_of(baud);
  termios settings{};
  if (!speed || ::tcgetattr(fd, &settings) != 0) return false;
  ::cfsetspeed(&settings, *speed);
  if (::tcsetattr(fd, TCSANOW, &settings) != 0) return false;
  // tcsetattr succeeds if it could do any of what was asked.
  return ::tcgetattr(fd, &settings) == 0 && ::cfgetospeed(&settings) == *speed;
}

bool make_raw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return false;
  ::cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | CRTSCTS);
  settings.c_cc[VMIN] = 1;  // 0 would look like the end of file when nothing has arrived
  settings.c_cc[VTIME] = 0;
  return ::tcsetattr(fd, TCSANOW, &settings) == 0;
}

class SerialStream final : public IoStream<Descriptor> {
 public:
  using IoStream::IoStream;
  ~SerialStream() override { SerialStream::close(); }
  SerialStream(const SerialStream&) = delete;
  SerialStream& operator=(const SerialStream&) = delete;

  /// A speed that the port does not do is left alone: the driver hears no answer at it.
  void set_baud(unsigned baud) override {
    if (io().is_open()) static_cast<void>(set_speed(io().native_handle(), baud));
  }

  void close() override {
    if (io().is_open()) leave(io().native_handle());
    IoStream::close();
  }

 private:
  /// A pseudo-terminal lives on when it is closed: what was not read, and the claim to be alone,
  /// would wait for whoever opens it next.
  static void leave(int fd) {
    static_cast<void>(::tcflush(fd, TCIFLUSH));
    static_cast<void>(::ioctl(fd, TIOCNXCL));
  }
};

/// A descriptor that is closed unless it is released.
class Owned {
 public:
  explicit Owned(int fd) : fd_(fd) {}
  ~Owned() {
    if (fd_ >= 0) ::close(fd_);
  }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

OpenReason reason_of(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
    case EIO:
    case ELOOP:
      return OpenReason::kNotFound;
    default:
      return OpenReason::kRefused;
  }
}

class SerialSource final : public StreamSource {
 public:
  SerialSource(RealLoop& loop, const Tracer& tracer, std::string line, std::string path,
               unsigned baud)
      : loop_(loop), tracer_(tracer), line_(std::move(line)), path_(std::move(path)), baud_(baud) {}

  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override { co_return open_now(); }
  std::string name() const override { return path_; }

 private:
  // Not blocking: O_NONBLOCK does not wait for a carrier.
  Result<std::unique_ptr<ByteStream>, OpenReason> open_now() {
    Owned fd(::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (fd.get() < 0) {
      const int error = errno;
      return fail(reason_of(error), path_ + " cannot be opened: " + std::strerror(error));
    }
    if (::isatty(fd.get()) == 0) return fail(OpenReason::kRefused, path_ + " is no serial port");
    // Both: the system's administrator passes TIOCEXCL, and not every program takes the lock.
    // Before any setting is changed, so that the other program is not disturbed.
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0 || ::ioctl(fd.get(), TIOCEXCL) != 0) {
      return fail(OpenReason::kRefused, path_ + " is held by another program");
    }
    if (!make_raw(fd.get())) return fail(OpenReason::kNotFound, path_ + " vanished");
    if (!set_speed(fd.get(), baud_)) {
      return fail(OpenReason::kRefused,
                  path_ + " does not do " + std::to_string(baud_) + " bits a second");
    }
    Descriptor descriptor(loop_.context(), fd.release());
    return std::make_unique<SerialStream>(
        loop_, std::move(descriptor),
        WireEvents(tracer_, line_, ++opened_, WireEvents::End::kHost));
  }

  RealLoop& loop_;
  const Tracer& tracer_;
  std::string line_;
  std::string path_;
  unsigned baud_;
  std::int64_t opened_ = 0;
};

}  // namespace

std::unique_ptr<StreamSource> serial_source(RealLoop& loop, const Tracer& tracer, std::string line,
                                            std::string path, unsigned baud) {
  return std::make_unique<SerialSource>(loop, tracer, std::move(line), std::move(path), baud);
}

}  // namespace cardrig
