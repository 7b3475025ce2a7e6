// Simulated plugs: delivery, timing, unplugging, and a host that loses power.
#include "kiosk/runtime/memory_line.h"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;

class MemoryLineTest : public ::testing::Test {
 protected:
  VirtualTime time;
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer host_tracer{trace, "kiosk"};
  Tracer device_tracer{trace, "device"};
  std::unique_ptr<VirtualLoop> host = time.make_loop("kiosk");
  std::unique_ptr<VirtualLoop> device = time.make_loop("device");
  MemoryLine line{"line", *device, device_tracer, {115200, 0ms, 64}};
  std::string log;
};

Async<void> echo(std::shared_ptr<ByteStream> stream) {
  std::array<char, 256> buffer{};
  for (;;) {
    ErrorCode error;
    const std::size_t n = co_await stream->async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return;
    co_await asio::async_write(*stream, asio::buffer(buffer.data(), n), asio::use_awaitable);
  }
}

Async<void> call(Loop& loop, StreamSource& source, std::string message, std::string& log) {
  auto opened = co_await source.open();
  if (!opened) {
    log += to_string(opened.error().reason);
    co_return;
  }
  auto stream = std::move(*opened);
  ErrorCode error;
  co_await asio::async_write(*stream, asio::buffer(message),
                             asio::redirect_error(asio::use_awaitable, error));
  std::string answer(message.size(), '?');
  if (!error) {
    co_await asio::async_read(*stream, asio::buffer(answer),
                              asio::redirect_error(asio::use_awaitable, error));
  }
  log += error ? error.message() : answer;
  log += " at " + std::to_string(loop.now() / 1us);
}

TEST_F(MemoryLineTest, BytesTakeTheTimeOfTheBaudRateBothWays) {
  line.on_accept([&](std::shared_ptr<ByteStream> s) { spawn(*device, echo(std::move(s))); });
  auto source = line.source(*host, host_tracer);
  spawn(*host, call(*host, *source, "0123456789", log));
  time.run();
  // 20 bytes of 10 bits at 115200: 1736 µs.
  EXPECT_EQ(log, "0123456789 at 1736");
}

TEST_F(MemoryLineTest, DifferentBaudRatesGarbleTheBytes) {
  line.on_accept([&](std::shared_ptr<ByteStream> s) {
    s->set_baud(9600);
    spawn(*device, echo(std::move(s)));
  });
  auto source = line.source(*host, host_tracer);
  spawn(*host, call(*host, *source, "hello", log));
  time.run();
  EXPECT_EQ(log.find("hello"), std::string::npos);
}

TEST_F(MemoryLineTest, UnpluggingFailsPendingReadsAndLaterOpens) {
  line.on_accept([](const std::shared_ptr<ByteStream>&) {});
  auto source = line.source(*host, host_tracer);
  auto kept = std::make_shared<std::shared_ptr<ByteStream>>();
  line.on_accept([kept](std::shared_ptr<ByteStream> s) { *kept = std::move(s); });
  spawn(*host, call(*host, *source, "x", log));
  device->at(1s, [&] { line.set_reach(MemoryLine::Reach::kUnplugged); });
  time.run();
  EXPECT_EQ(log, "Bad file descriptor at 1000000");
  log.clear();
  spawn(*host, call(*host, *source, "x", log));
  time.run();
  EXPECT_EQ(log, "not found");
}

TEST_F(MemoryLineTest, ABlackHoleSwallowsBytesAndConnectsTakeMinutes) {
  line.set_reach(MemoryLine::Reach::kBlackHole);
  auto source = line.source(*host, host_tracer);
  spawn(*host, call(*host, *source, "x", log));
  time.run();
  EXPECT_EQ(log, "unreachable");
  EXPECT_EQ(time.now(), 127s);
}

TEST_F(MemoryLineTest, ClosingOneEndIsEndOfFileAtTheOtherAfterTheLastByte) {
  line.on_accept([&](const std::shared_ptr<ByteStream>& s) {
    spawn(*device, [](std::shared_ptr<ByteStream> stream) -> Async<void> {
      co_await asio::async_write(*stream, asio::buffer("bye", 3), asio::use_awaitable);
      stream->close();
    }(s));
  });
  auto source = line.source(*host, host_tracer);
  spawn(*host, call(*host, *source, "12345", log));
  time.run();
  EXPECT_EQ(log.substr(0, 11), "End of file");
}

TEST_F(MemoryLineTest, AHostWithoutPowerIsUnwoundAndTheDeviceReadsEndOfFile) {
  bool device_saw_end = false;
  line.on_accept([&](std::shared_ptr<ByteStream> s) {
    spawn(*device, [](std::shared_ptr<ByteStream> stream, bool& ended) -> Async<void> {
      std::array<char, 16> buffer{};
      ErrorCode error;
      while (!error) {
        co_await stream->async_read_some(asio::buffer(buffer),
                                         asio::redirect_error(asio::use_awaitable, error));
      }
      ended = true;
    }(std::move(s), device_saw_end));
  });
  auto source = line.source(*host, host_tracer);
  spawn(*host, call(*host, *source, "x", log));
  time.run_until(1s);
  host_tracer.mute();
  const auto events = trace.events().size();
  line.sever_host();
  host->drop_everything();
  source.reset();
  host.reset();
  time.run();
  EXPECT_EQ(log, "");
  EXPECT_TRUE(device_saw_end);
  for (std::size_t i = events; i < trace.events().size(); ++i) {
    EXPECT_NE(trace.events()[i].party, "kiosk");
  }
}

TEST_F(MemoryLineTest, TamperingChangesWhatArrives) {
  line.on_accept([&](std::shared_ptr<ByteStream> s) { spawn(*device, echo(std::move(s))); });
  line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (!to_device && !bytes.empty()) bytes.front() ^= 0x20;
  });
  auto source = line.source(*host, host_tracer);
  spawn(*host, call(*host, *source, "abc", log));
  time.run();
  EXPECT_EQ(log.substr(0, 3), "Abc");
}

}  // namespace
}  // namespace cardrig
