// TCP connections to peers that are not ours.
#include "kiosk/runtime/tcp_stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "kiosk/runtime/async.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using Opened = Result<std::unique_ptr<ByteStream>, OpenReason>;

struct TcpStream : ::testing::Test {
  void run_until(const std::function<bool()>& done) {
    const Nanos limit = loop.now() + 60s;
    loop.context().restart();
    while (!done() && loop.now() < limit) loop.context().run_one_for(10ms);
    ASSERT_TRUE(done());
  }
  Opened open(Endpoint endpoint) {
    source = tcp_source(loop, tracer, "wire", std::move(endpoint));
    std::unique_ptr<Opened> result;
    spawn(loop, [](StreamSource& s, std::unique_ptr<Opened>& out) -> Async<void> {
      out = std::make_unique<Opened>(co_await s.open());
    }(*source, result));
    run_until([&] { return result != nullptr; });
    return std::move(*result);
  }
  [[nodiscard]] unsigned short port() const { return listener.local_endpoint().port(); }

  Trace trace{[this] { return loop.now(); }};
  Tracer tracer{trace, "kiosk"};
  RealLoop loop;
  tcp::acceptor listener{loop.context(), {asio::ip::make_address("127.0.0.1"), 0}};
  std::unique_ptr<StreamSource> source;
};

TEST_F(TcpStream, ConnectsByNameAndByAddress) {
  for (const char* host : {"127.0.0.1", "localhost"}) {
    const auto stream = open({host, port()});
    ASSERT_TRUE(stream) << stream.error().detail;
    EXPECT_EQ(source->name(), std::string(host) + ":" + std::to_string(port()));
    tcp::endpoint peer;
    const auto accepted = listener.accept(peer);
    EXPECT_EQ(trace.events().back().kind, "wire.opened");
    EXPECT_EQ(trace.events().back().number("conn"), peer.port());
  }
  EXPECT_EQ(tcp_source(loop, tracer, "wire", {"::1", 631})->name(), "[::1]:631");
}

TEST_F(TcpStream, NobodyListensIsRefused) {
  // Bound, so that nobody else is given the number, and never listening.
  tcp::socket deaf(loop.context(), tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  const auto stream = open({"127.0.0.1", deaf.local_endpoint().port()});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().reason, OpenReason::kRefused);
  EXPECT_EQ(stream.error().detail.find("127.0.0.1:"), 0U) << stream.error().detail;
  EXPECT_TRUE(trace.events().empty());
}

TEST_F(TcpStream, NoRouteIsUnreachable) {
  // TCP has no way to a broadcast address, whatever the network is.
  const auto stream = open({"255.255.255.255", 9});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().reason, OpenReason::kUnreachable) << stream.error().detail;
}

TEST_F(TcpStream, LookingUpANameCanBeGivenUp) {
  bool gave_up = false;
  source = tcp_source(loop, tracer, "wire", {"localhost", port()});
  spawn(loop, [](TcpStream& t, bool& done) -> Async<void> {
    // Less than any look-up takes.
    const auto opened = co_await with_timeout(t.loop, 0ns, t.source->open());
    EXPECT_FALSE(opened);
    done = true;
  }(*this, gave_up));
  run_until([&] { return gave_up; });
  EXPECT_TRUE(trace.events().empty());
}

TEST_F(TcpStream, APeerThatHasFinishedSendingStillListens) {
  auto stream = open({"127.0.0.1", port()});
  ASSERT_TRUE(stream);
  auto peer = listener.accept();
  peer.shutdown(tcp::socket::shutdown_send);
  std::array<char, 8> buffer{};
  ErrorCode read_error;
  (*stream)->async_read_some(asio::buffer(buffer),
                             [&](ErrorCode error, std::size_t) { read_error = error; });
  run_until([&] { return static_cast<bool>(read_error); });
  EXPECT_EQ(read_error, asio::error::eof);
  EXPECT_TRUE((*stream)->is_open());
  bool written = false;
  asio::async_write(**stream, asio::buffer("still", 5),
                    [&](ErrorCode error, std::size_t) { written = !error; });
  run_until([&] { return written; });
  EXPECT_EQ(peer.read_some(asio::buffer(buffer)), 5U);
}

TEST_F(TcpStream, AResetIsAnError) {
  auto stream = open({"127.0.0.1", port()});
  ASSERT_TRUE(stream);
  auto peer = listener.accept();
  peer.set_option(tcp::socket::linger(true, 0));
  peer.close();
  std::array<char, 8> buffer{};
  ErrorCode read_error;
  (*stream)->async_read_some(asio::buffer(buffer),
                             [&](ErrorCode error, std::size_t) { read_error = error; });
  run_until([&] { return static_cast<bool>(read_error); });
  EXPECT_EQ(read_error, asio::error::connection_reset);
  EXPECT_FALSE((*stream)->is_open());
}

TEST_F(TcpStream, SmallWritesLeaveAtOnceAndChildrenDoNotInherit) {
  auto stream = open({"127.0.0.1", port()});
  ASSERT_TRUE(stream);
  const auto peer = listener.accept();
  int seen = 0;
  for (int fd = 3; fd < 200; ++fd) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) continue;
    if (address.sin_family != AF_INET || ntohs(address.sin_port) != port()) continue;
    ++seen;
    int no_delay = 0;
    socklen_t option = sizeof no_delay;
    ::getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &option);
    EXPECT_NE(no_delay, 0);
    EXPECT_NE(::fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
  }
  EXPECT_EQ(seen, 1);
}

}  // namespace
}  // namespace cardrig
