// What is special about serial plugs: the pace of the line, its speed, and hosts of every kind.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/serial_port.h"
#include "simulators/plugs/plugs.h"
#include "tests/simulators/plugs/wires.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;

using Stream = std::shared_ptr<ByteStream>;
constexpr unsigned kSlow = 9600;

class PtyPlug : public ::testing::Test {
 protected:
  /// Runs the loop until `done()`.
  void run_until(const std::function<bool()>& done) {
    const Nanos limit = loop.now() + 60s;
    loop.context().restart();
    while (!done() && loop.now() < limit) loop.context().run_one_for(10ms);
    ASSERT_TRUE(done());
  }
  Stream open(unsigned baud = kSlow) {
    const auto source = serial_source(loop, host_tracer, "wire", plug->address(), baud);
    Stream opened;
    spawn(loop, [](StreamSource& s, Stream& out) -> Async<void> {
      auto result = co_await s.open();
      if (!result) throw std::runtime_error(result.error().detail);
      out = std::move(*result);
    }(*source, opened));
    run_until([&] { return opened != nullptr; });
    return opened;
  }
  /// Reads `size` bytes of `from` and notes when the last one came.
  struct Reading {
    std::string bytes;
    Nanos done_at{0};
    ErrorCode error;
  };
  void read(Stream from, std::size_t size, Reading& into) {
    spawn(loop, [](PtyPlug& t, Stream s, std::size_t n, Reading& r) -> Async<void> {
      std::string bytes(n, '\0');
      bytes.resize(co_await asio::async_read(*s, asio::buffer(bytes), catch_error(r.error)));
      r.bytes = bytes;
      r.done_at = t.loop.now();
    }(*this, std::move(from), size, into));
  }
  void write(Stream to, std::string bytes) {
    spawn(loop, [](Stream s, std::string b) -> Async<void> {
      co_await asio::async_write(*s, asio::buffer(b), asio::use_awaitable);
    }(std::move(to), std::move(bytes)));
  }
  /// A host that is not ours: no lock, no cleaning up. The slave's descriptor.
  int open_raw() const {
    return ::open(plug->address().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  }

  test::TemporaryFolder folder;
  Trace trace{[this] { return loop.now(); }};
  Tracer host_tracer{trace, "kiosk"};
  Tracer device_tracer{trace, "device"};
  RealLoop loop;
  std::deque<Stream> accepted;
  std::unique_ptr<sim::WirePlug> plug =
      sim::pty_plug(loop, device_tracer, {"wire", kSlow}, folder / "port");

  void SetUp() override {
    plug->on_accept([this](Stream s) { accepted.push_back(std::move(s)); });
  }
  void TearDown() override { accepted.clear(); }
  Stream device() {
    run_until([this] { return !accepted.empty(); });
    return accepted.back();
  }
};

TEST_F(PtyPlug, BytesTakeTheTimeOfTheSpeedBothWays) {
  const Stream host = open();
  const Stream at_device = device();
  const std::string thousand(1000, 'x');
  for (const auto& [from, to] : {std::pair{host, at_device}, std::pair{at_device, host}}) {
    Reading reading;
    const Nanos start = loop.now();
    read(to, thousand.size(), reading);
    write(from, thousand);
    run_until([&] { return reading.done_at != 0ns; });
    EXPECT_EQ(reading.bytes, thousand);
    EXPECT_GE(reading.done_at - start, 10'000 * 1'000'000'000LL / kSlow * 1ns);
    EXPECT_LE(reading.done_at - start, 20s) << "far too late, even on a busy machine";
  }
}

TEST_F(PtyPlug, TheHostsSpeedIsThePace) {
  const Stream host = open(1'000'000);
  const Stream at_device = device();
  at_device->set_baud(1'000'000);
  Reading reading;
  read(host, 2000, reading);
  const Nanos start = loop.now();
  write(at_device, std::string(2000, 'x'));
  run_until([&] { return reading.done_at != 0ns; });
  EXPECT_EQ(reading.bytes, std::string(2000, 'x'));
  EXPECT_GE(reading.done_at - start, 20ms);
}

TEST_F(PtyPlug, AtDifferentSpeedsBothHearGarbage) {
  const Stream host = open(115200);
  const Stream at_device = device();
  Reading to_device;
  Reading to_host;
  read(at_device, 5, to_device);
  read(host, 5, to_host);
  write(host, "hello");
  write(at_device, "hello");
  run_until([&] { return to_device.done_at != 0ns && to_host.done_at != 0ns; });
  EXPECT_NE(to_device.bytes, "hello");
  EXPECT_NE(to_host.bytes, "hello");
  EXPECT_EQ(to_device.bytes.size(), 5U);
  EXPECT_EQ(to_host.bytes.size(), 5U);

  host->set_baud(kSlow);
  Reading again;
  read(at_device, 5, again);
  write(host, "hello");
  run_until([&] { return again.done_at != 0ns; });
  EXPECT_EQ(again.bytes, "hello") << "the speed can be changed while the port is open";
}

TEST_F(PtyPlug, WhatTheDeviceWroteKeepsTheSpeedAtWhichItWasWritten) {
  const Stream host = open();
  const Stream at_device = device();
  Reading reading;
  read(host, 8, reading);
  write(at_device, "old rate");
  run_until([&] { return !trace.events().empty() && trace.events().back().kind == "wire.sent"; });
  at_device->set_baud(115200);
  run_until([&] { return reading.done_at != 0ns; });
  EXPECT_EQ(reading.bytes, "old rate");
}

TEST_F(PtyPlug, AHostThatFloodsIsReadAtThePaceOfTheLine) {
  const int host = open_raw();
  ASSERT_GE(host, 0);
  const Stream at_device = device();
  const Nanos start = loop.now();
  const std::string flood(4096, 'x');
  std::size_t taken = 0;
  run_until([&] {
    for (ssize_t n = 1; n > 0;) {
      n = ::write(host, flood.data(), flood.size());
      if (n > 0) taken += static_cast<std::size_t>(n);
    }
    return loop.now() - start >= 500ms;
  });
  std::size_t arrived = 0;
  for (const auto& e : trace.events()) {
    if (e.kind == "wire.received") arrived += static_cast<std::size_t>(e.number("size"));
  }
  EXPECT_GT(arrived, 0U);
  EXPECT_LE(arrived, static_cast<std::size_t>((loop.now() - start) / 1us) * kSlow / 10'000'000 + 1);
  EXPECT_LE(taken, 300'000U) << "the host's writes must block";
  ::close(host);
}

TEST_F(PtyPlug, AHostThatDoesNotReadStopsTheDevice) {
  const Stream host = open(4'000'000);
  const Stream at_device = device();
  at_device->set_baud(4'000'000);
  bool done = false;
  Reading nothing;
  spawn(loop, [](Stream s, bool& written) -> Async<void> {
    const std::string much(1 << 20, 'x');
    ErrorCode error;
    co_await asio::async_write(*s, asio::buffer(much), catch_error(error));
    written = true;
  }(at_device, done));
  std::size_t sent = 0;
  const auto count = [&] {
    std::size_t size = 0;
    for (const auto& e : trace.events()) {
      if (e.kind == "wire.sent") size += static_cast<std::size_t>(e.number("size"));
    }
    return size;
  };
  Nanos since = loop.now();
  run_until([&] {
    if (const std::size_t now = count(); now != sent) {
      sent = now;
      since = loop.now();
    }
    return loop.now() - since > 200ms;
  });
  EXPECT_FALSE(done);
  EXPECT_LE(sent, 300'000U);
  // And goes on when the host reads.
  read(host, 1 << 20, nothing);
  run_until([&] { return nothing.done_at != 0ns; });
  EXPECT_TRUE(done);
}

/// An administrator can open a port that another program has for itself (TIOCEXCL); without that
/// right the plug must find other ways.
class AsAnybody {
 public:
  AsAnybody() {
    ::syscall(SYS_capget, &header_, before_.data());
    auto less = before_;
    less[0].effective &= ~(1U << CAP_SYS_ADMIN);
    EXPECT_EQ(::syscall(SYS_capset, &header_, less.data()), 0);
  }
  ~AsAnybody() { ::syscall(SYS_capset, &header_, before_.data()); }
  AsAnybody(const AsAnybody&) = delete;
  AsAnybody& operator=(const AsAnybody&) = delete;

 private:
  __user_cap_header_struct header_{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> before_{};
};

class PtyPlugByRight : public PtyPlug, public ::testing::WithParamInterface<bool> {
 protected:
  PtyPlugByRight() {
    if (!GetParam()) anybody = std::make_unique<AsAnybody>();
  }
  std::unique_ptr<AsAnybody> anybody;
};

TEST_P(PtyPlugByRight, AKilledHostLeavesNothingBehind) {
  const int host = open_raw();
  ASSERT_GE(host, 0);
  ASSERT_EQ(::ioctl(host, TIOCEXCL), 0);
  write(device(), "never read");
  pollfd readable{host, POLLIN, 0};
  run_until([&] { return ::poll(&readable, 1, 0) == 1; });
  Reading end;
  read(device(), 1, end);
  ::close(host);
  run_until([&] { return end.done_at != 0ns; });
  EXPECT_EQ(end.error, asio::error::eof);

  accepted.clear();
  const Stream next = open();
  Reading reading;
  read(next, 5, reading);
  write(device(), "fresh");
  run_until([&] { return reading.done_at != 0ns; });
  EXPECT_EQ(reading.bytes, "fresh");
}

TEST_P(PtyPlugByRight, TheHostReadsTheLastBytesOfADeviceThatCloses) {
  const Stream host = open();
  const Stream at_device = device();
  Reading reading;
  write(at_device, "farewell");
  run_until([&] { return !trace.events().empty() && trace.events().back().kind == "wire.sent"; });
  at_device->close();
  read(host, 9, reading);
  run_until([&] { return reading.done_at != 0ns; });
  EXPECT_EQ(reading.bytes, "farewell");
  EXPECT_TRUE(reading.error);
  EXPECT_FALSE(std::filesystem::read_symlink(plug->address()).empty()) << "there is a new port";
}

INSTANTIATE_TEST_SUITE_P(Rights, PtyPlugByRight, ::testing::Bool(),
                         [](const auto& right) { return right.param ? "AsWeAre" : "AsAnybody"; });

TEST_F(PtyPlug, AHostThatWritesAndLeavesAtOnceIsHeard) {
  const int host = open_raw();
  ASSERT_GE(host, 0);
  ASSERT_EQ(::write(host, "short", 5), 5);
  ::close(host);
  Reading reading;
  read(device(), 6, reading);
  run_until([&] { return reading.done_at != 0ns; });
  EXPECT_EQ(reading.bytes, "short");
  EXPECT_EQ(reading.error, asio::error::eof);
}

TEST_F(PtyPlug, CountsOpeningsThatNobodySawInTime) {
  for (int i = 0; i < 3; ++i) {
    const int host = open_raw();
    ASSERT_GE(host, 0);
    ::close(host);
  }
  const int fourth = open_raw();
  ASSERT_EQ(::write(fourth, "x", 1), 1);
  run_until(
      [&] { return !trace.events().empty() && trace.events().back().kind == "wire.received"; });
  EXPECT_EQ(trace.events().back().number("conn"), 4);
  ::close(fourth);
}

TEST_F(PtyPlug, AnEarlierLinkIsReplacedAndTheLinkGoesWithThePlug) {
  const std::string link = folder / "stale";
  std::filesystem::create_symlink("/nowhere", link);
  auto other = sim::pty_plug(loop, device_tracer, {"wire", kSlow}, link);
  EXPECT_EQ(other->address(), link);
  EXPECT_TRUE(std::filesystem::exists(link));
  other.reset();
  EXPECT_FALSE(std::filesystem::is_symlink(link));
}

TEST_F(PtyPlug, WillNotReplaceAFileOrDoWithoutAFolder) {
  const std::string file = folder / "file";
  std::ofstream(file) << "precious";
  EXPECT_THROW(static_cast<void>(sim::pty_plug(loop, device_tracer, {"wire", kSlow}, file)),
               std::runtime_error);
  EXPECT_TRUE(std::filesystem::is_regular_file(file));
  EXPECT_THROW(static_cast<void>(
                   sim::pty_plug(loop, device_tracer, {"wire", kSlow}, folder / "no/such/folder")),
               std::runtime_error);
}

TEST_F(PtyPlug, IsIdleWhenNobodyIsConnected) {
  open().reset();
  run_until([&] { return !accepted.empty(); });
  accepted.clear();
  // What closing leaves to be done ends; then nothing runs any more, connected or not.
  const auto quiet = [this] {
    loop.context().restart();
    return loop.context().run_for(200ms) == 0;
  };
  run_until(quiet);
  const Stream host = open();
  const Stream at_device = device();
  run_until(quiet);
}

}  // namespace
}  // namespace cardrig
