// Serial ports as drivers open them, over bare pseudo-terminals.
#include "kiosk/runtime/serial_port.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): what POSIX adds to <cstdlib>
#include <sys/file.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "kiosk/runtime/async.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;
using Opened = Result<std::unique_ptr<ByteStream>, OpenReason>;

/// A pseudo-terminal in the state in which the system makes it: cooked and echoing.
class BarePty {
 public:
  BarePty() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(master);
    ::unlockpt(master);
    std::array<char, 64> name{};
    ::ptsname_r(master, name.data(), name.size());
    path = name.data();
  }
  ~BarePty() { unplug(); }
  BarePty(const BarePty&) = delete;
  BarePty& operator=(const BarePty&) = delete;
  void unplug() {
    if (master >= 0) ::close(master);
    master = -1;
  }
  [[nodiscard]] termios settings() const {
    termios found{};
    ::tcgetattr(master, &found);
    return found;
  }

  int master;
  std::string path;
};

class SerialPort : public ::testing::Test {
 protected:
  Opened open(const std::string& path, unsigned baud = 115200) {
    source = serial_source(loop, tracer, "wire", path, baud);
    std::unique_ptr<Opened> result;
    spawn(loop, [](StreamSource& s, std::unique_ptr<Opened>& out) -> Async<void> {
      out = std::make_unique<Opened>(co_await s.open());
    }(*source, result));
    loop.poll();
    return std::move(*result);
  }
  void run_until(const bool& done) {
    const Nanos limit = loop.now() + 60s;
    loop.context().restart();
    while (!done && loop.now() < limit) loop.context().run_one_for(10ms);
    ASSERT_TRUE(done);
  }
  static void expect_failure(const Opened& opened, OpenReason reason, const std::string& path) {
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, reason) << opened.error().detail;
    EXPECT_EQ(opened.error().detail.find(path), 0U) << opened.error().detail;
  }

  Trace trace{[this] { return loop.now(); }};
  Tracer tracer{trace, "kiosk"};
  RealLoop loop;
  std::unique_ptr<StreamSource> source;
  BarePty pty;
};

TEST_F(SerialPort, IsRawAtTheSpeedThatWasAskedFor) {
  const auto port = open(pty.path, 57600);
  ASSERT_TRUE(port) << port.error().detail;
  const termios found = pty.settings();
  EXPECT_EQ(::cfgetospeed(&found), static_cast<speed_t>(B57600));
  EXPECT_EQ(found.c_lflag & (ECHO | ICANON | ISIG), 0U);
  EXPECT_EQ(found.c_iflag & (IXON | ICRNL | ISTRIP), 0U);
  EXPECT_EQ(found.c_oflag & OPOST, 0U);
  EXPECT_EQ(found.c_cflag & CSIZE, static_cast<tcflag_t>(CS8));
  EXPECT_EQ(found.c_cflag & (PARENB | CSTOPB | CRTSCTS), 0U);
  EXPECT_EQ(source->name(), pty.path);
  (*port)->set_baud(9600);
  const termios changed = pty.settings();
  EXPECT_EQ(::cfgetospeed(&changed), static_cast<speed_t>(B9600));
  (*port)->set_baud(12345);
  const termios same = pty.settings();
  EXPECT_EQ(::cfgetospeed(&same), static_cast<speed_t>(B9600));
}

TEST_F(SerialPort, FailsWithTheReason) {
  expect_failure(open("/dev/no-such-port"), OpenReason::kNotFound, "/dev/no-such-port");
  expect_failure(open("/dev/null"), OpenReason::kRefused, "/dev/null");
  expect_failure(open("/etc/hostname"), OpenReason::kRefused, "/etc/hostname");
  expect_failure(open("/"), OpenReason::kRefused, "/");
  expect_failure(open(pty.path, 12345), OpenReason::kRefused, pty.path);
  EXPECT_TRUE(trace.events().empty()) << "nothing was opened";
}

TEST_F(SerialPort, IsHeldByOneProgramAtATime) {
  auto first = open(pty.path);
  ASSERT_TRUE(first);
  const termios before = pty.settings();
  expect_failure(open(pty.path, 9600), OpenReason::kRefused, pty.path);
  const termios after = pty.settings();
  EXPECT_EQ(::cfgetospeed(&before), ::cfgetospeed(&after)) << "the holder was disturbed";
  (*first)->close();
  EXPECT_TRUE(open(pty.path));
}

TEST_F(SerialPort, ADeviceThatVanishesEndsTheRead) {
  auto port = open(pty.path);
  ASSERT_TRUE(port);
  std::array<char, 4> buffer{};
  ErrorCode read_error;
  bool done = false;
  (*port)->async_read_some(asio::buffer(buffer), [&](ErrorCode error, std::size_t) {
    read_error = error;
    done = true;
  });
  loop.poll();
  EXPECT_FALSE(done);
  pty.unplug();
  run_until(done);
  EXPECT_TRUE(read_error);
  EXPECT_NE(read_error, asio::error::operation_aborted);
  ErrorCode write_error;
  done = false;
  (*port)->async_write_some(asio::buffer("x", 1), [&](ErrorCode error, std::size_t) {
    write_error = error;
    done = true;
  });
  run_until(done);
  EXPECT_TRUE(write_error);
  EXPECT_FALSE((*port)->is_open());
  (*port)->set_baud(9600);
  expect_failure(open(pty.path), OpenReason::kNotFound, pty.path);
}

TEST_F(SerialPort, WhatWasNotReadIsGoneWhenThePortIsOpenedAgain) {
  auto port = open(pty.path);
  ASSERT_TRUE(port);
  ASSERT_EQ(::write(pty.master, "late", 4), 4);
  (*port)->close();
  auto next = open(pty.path);
  ASSERT_TRUE(next);
  ASSERT_EQ(::write(pty.master, "new", 3), 3);
  std::array<char, 8> buffer{};
  std::string got;
  (*next)->async_read_some(asio::buffer(buffer),
                           [&](ErrorCode, std::size_t size) { got.assign(buffer.data(), size); });
  loop.context().restart();
  while (got.empty() && loop.now() < 60s) loop.context().run_one_for(10ms);
  EXPECT_EQ(got, "new");
}

TEST_F(SerialPort, NumbersItsConnections) {
  source = serial_source(loop, tracer, "wire", pty.path, 9600);
  for (int i = 0; i < 2; ++i) {
    spawn(loop, [](StreamSource& s) -> Async<void> {
      const auto opened = co_await s.open();
      EXPECT_TRUE(opened);
    }(*source));
    loop.poll();
  }
  std::string log;
  for (const auto& e : trace.events()) log += e.kind + " " + e.text("conn") + ", ";
  EXPECT_EQ(log, "wire.opened 1, wire.closed 1, wire.opened 2, wire.closed 2, ");
}

}  // namespace
}  // namespace cardrig
