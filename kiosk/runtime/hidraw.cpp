// hidraw through Asio's stream_descriptor: one read gives one report, one write takes one.
#include "kiosk/runtime/hidraw.h"

#include <fcntl.h>
#include <linux/hidraw.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "kiosk/runtime/io_stream.h"

namespace cardrig {

namespace {

using Descriptor = asio::posix::stream_descriptor;

class HidrawDevice final : public HidDevice {
 public:
  HidrawDevice(RealLoop& loop, int descriptor, WireEvents events)
      : io_(loop, Descriptor(loop.context(), descriptor), std::move(events)) {}

  ByteStream::executor_type get_executor() override { return io_.get_executor(); }
  void close() override { io_.close(); }
  bool is_open() const override { return io_.is_open(); }
  void read_report(asio::mutable_buffer into, IoHandler handler) override {
    io_.async_read_some(into, std::move(handler));
  }
  void write_report(asio::const_buffer report, IoHandler handler) override {
    io_.async_write_some(report, std::move(handler));
  }

 private:
  IoStream<Descriptor> io_;
};

OpenReason reason_of(int error) {
  const bool gone = error == ENOENT || error == ENOTDIR || error == ENODEV || error == ENXIO ||
                    error == EIO || error == ELOOP;
  return gone ? OpenReason::kNotFound : OpenReason::kRefused;
}

class HidrawSource final : public HidSource {
 public:
  HidrawSource(RealLoop& loop, const Tracer& tracer, std::string line, std::string path)
      : loop_(loop), tracer_(tracer), line_(std::move(line)), path_(std::move(path)) {}

  Async<Result<std::unique_ptr<HidDevice>, OpenReason>> open() override { co_return open_now(); }
  std::string name() const override { return path_; }

 private:
  Result<std::unique_ptr<HidDevice>, OpenReason> open_now() {
    const int fd = ::open(path_.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) {
      const int error = errno;
      return fail(reason_of(error), path_ + " cannot be opened: " + std::strerror(error));
    }
    hidraw_devinfo info{};
    if (::ioctl(fd, HIDIOCGRAWINFO, &info) != 0) return refuse(fd, " is no hidraw device");
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return refuse(fd, " is held by another program");
    return hidraw_device(loop_, tracer_, line_, ++opened_, fd);
  }
  tl::unexpected<Error<OpenReason>> refuse(int fd, const char* why) const {
    ::close(fd);
    return fail(OpenReason::kRefused, path_ + why);
  }

  RealLoop& loop_;
  const Tracer& tracer_;
  std::string line_;
  std::string path_;
  std::int64_t opened_ = 0;
};

}  // namespace

std::unique_ptr<HidSource> hidraw_source(RealLoop& loop, const Tracer& tracer, std::string line,
                                         std::string path) {
  return std::make_unique<HidrawSource>(loop, tracer, std::move(line), std::move(path));
}

std::unique_ptr<HidDevice> hidraw_device(RealLoop& loop, const Tracer& tracer,
                                         const std::string& line, std::int64_t conn,
                                         int descriptor) {
  return std::make_unique<HidrawDevice>(loop, descriptor,
                                        WireEvents(tracer, line, conn, WireEvents::End::kHost));
}

}  // namespace cardrig
