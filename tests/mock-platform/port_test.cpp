// The port under attack: garbage, floods, connections that never finish what they begin. The
// platform goes on serving, in bounded memory.
#include "mock-platform/port.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <optional>

#include "fixtures/pki/pki.h"
#include "kiosk/runtime/async.h"
#include "tests/mock-platform/bench.h"
#include "tests/simulators/plugs/wires.h"

namespace cardrig::mock_platform {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

constexpr Nanos kLimit = 2s;

MockPlatformConfig impatient_config() {
  auto config = tests::bench_config();
  config.transfer_limit = kLimit;
  config.processing_time = Nanos(0);
  return config;
}

class Port : public ::testing::TestWithParam<bool> {
 protected:
  Port() {
    std::optional<TlsSetup> tls;
    if (GetParam()) {
      pki::make_pki(folder / "");
      tls = {folder / "platform.pem", folder / "platform.key", folder / "ca.pem", kLimit};
    }
    port.emplace(loop, platform, tracer, "127.0.0.1:0", tls);
    const auto colon = port->address().rfind(':');
    number = static_cast<unsigned short>(std::stoi(port->address().substr(colon + 1)));
    client.load_verify_file(GetParam() ? folder / "ca.pem" : "/dev/null", ignored);
    if (!GetParam()) return;
    client.use_certificate_chain_file(folder / "kiosk.pem");
    client.use_private_key_file(folder / "kiosk.key", asio::ssl::context::pem);
  }

  void run_until(const std::function<bool()>& done, Nanos limit = 60s) {
    const Nanos end = loop.now() + limit;
    loop.context().restart();
    while (!done() && loop.now() < end) loop.context().run_one_for(10ms);
    ASSERT_TRUE(done());
  }
  tcp::socket connect() {
    tcp::socket socket(loop.context());
    socket.connect({asio::ip::address_v4::loopback(), number});
    return socket;
  }
  /// What the platform says until it closes, to one request in pieces of `piece` bytes.
  std::string ask(const std::string& request, std::size_t piece = 0) {
    std::string answer;
    bool done = false;
    spawn(loop, talk(request, piece == 0 ? request.size() : piece, answer, done));
    run_until([&done] { return done; });
    return answer;
  }
  /// An answer of the platform itself: nobody has a signature here.
  void expect_it_serves() {
    const std::string answer = ask("GET /api/v1/health HTTP/1.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("UNKNOWN_TERMINAL"), std::string::npos) << answer;
  }

  test::TemporaryFolder folder;
  ErrorCode ignored;
  SystemCivilClock clock;
  Trace trace{monotonic_now};
  Tracer tracer{trace, "platform"};
  asio::ssl::context client{asio::ssl::context::tls_client};
  RealLoop loop;
  MockPlatform platform{impatient_config(), loop, clock, tracer};
  std::optional<PlatformPort> port;
  unsigned short number = 0;

 private:
  template <class Stream>
  Async<void> say(Stream& stream, const std::string& request, std::size_t piece,
                  std::string& answer) {
    ErrorCode error;
    for (std::size_t at = 0; at < request.size() && !error; at += piece) {
      const std::string part = request.substr(at, piece);
      co_await asio::async_write(stream, asio::buffer(part), catch_error(error));
    }
    // Whoever waits for more of the request learns that there is none.
    stream.lowest_layer().shutdown(tcp::socket::shutdown_send, ignored);
    co_await asio::async_read(stream, asio::dynamic_buffer(answer), catch_error(error));
  }
  Async<void> talk(std::string request, std::size_t piece, std::string& answer, bool& done) {
    asio::ssl::stream<tcp::socket> stream(connect(), client);
    stream.next_layer().set_option(tcp::no_delay(true));
    if (GetParam()) {
      ErrorCode error;
      co_await stream.async_handshake(asio::ssl::stream_base::client, catch_error(error));
      EXPECT_FALSE(error) << error.message();
      co_await say(stream, request, piece, answer);
    } else {
      co_await say(stream.next_layer(), request, piece, answer);
    }
    done = true;
  }
};

TEST_P(Port, ARequestMayArriveByteByByte) {
  const std::string answer = ask(
      "POST /api/v1/claims HTTP/1.1\r\nConnection: close\r\nContent-Length: 9\r\n\r\n{\"a\": 12}",
      1);
  EXPECT_NE(answer.find("UNKNOWN_TERMINAL"), std::string::npos) << answer;
}

TEST_P(Port, TheLargestRequestIsTakenAndALargerOneRefusedAloud) {
  const auto post = [](std::size_t size) {
    return "POST /x HTTP/1.1\r\nConnection: close\r\nContent-Length: " + std::to_string(size) +
           "\r\n\r\n" + std::string(size, 'x');
  };
  EXPECT_NE(ask(post(64 * 1024)).find("UNKNOWN_TERMINAL"), std::string::npos);
  EXPECT_NE(ask(post(64 * 1024 + 1)).find("TOO_LARGE"), std::string::npos);
  // The answer arrives although much that nobody reads is still on its way.
  EXPECT_NE(ask(post(1024 * 1024)).find("TOO_LARGE"), std::string::npos);
  EXPECT_NE(ask("GET /x HTTP/1.1\r\nX: " + std::string(20'000, 'x')).find("TOO_LARGE"),
            std::string::npos);
}

TEST_P(Port, GarbageEndsItsConnectionOnly) {
  for (const std::string& garbage :
       {std::string("\r\n\r\n"), std::string(4, '\0') + "\r\n\r\n",
        std::string("\x16\x03\x01\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\n"),
        std::string("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffff\r\n")}) {
    const std::string answer = ask(garbage);
    EXPECT_EQ(answer.find("HTTP/1.1 200"), std::string::npos) << answer;
  }
  // The same without any TLS.
  for (const std::string& garbage :
       {std::string(20'000, '\xff'), std::string("\x16\x03\x01\xff\xff")}) {
    tcp::socket socket = connect();
    asio::write(socket, asio::buffer(garbage), ignored);
    socket.close();
  }
  expect_it_serves();
}

/// What is only under TLS.
class TlsPort : public Port {};

TEST_P(TlsPort, PlainHttpIsToldSoInPlainHttp) {
  tcp::socket socket = connect();
  const std::string request = "GET /api/v1/health HTTP/1.1\r\nHost: platform\r\n\r\n";
  asio::write(socket, asio::buffer(request));
  std::string answer;
  bool ended = false;
  asio::async_read(socket, asio::dynamic_buffer(answer),
                   [&ended](ErrorCode, std::size_t) { ended = true; });
  run_until([&ended] { return ended; });
  EXPECT_EQ(answer.find("HTTP/1.1 400 "), 0U) << answer;
  EXPECT_NE(answer.find("this port speaks TLS"), std::string::npos) << answer;
  EXPECT_EQ(port->counts().refused, 1);
}

TEST_P(Port, AFloodOfConnectionsLeavesRoomForAnHonestOne) {
  std::vector<tcp::socket> flood;
  for (int i = 0; i < 300; ++i) {
    flood.push_back(connect());
    // Some begin a request, or a handshake, and never end it.
    if (i % 3 == 0) asio::write(flood.back(), asio::buffer("GET /", 5), ignored);
    if (i % 3 == 1) asio::write(flood.back(), asio::buffer("\x16\x03\x01\x02", 4), ignored);
    loop.context().restart();
    loop.context().poll();
  }
  expect_it_serves();
  EXPECT_LE(platform.connections(), 64U);
  run_until([this] { return test::open_descriptors() <= 300 + 64 + 64 + 32; });
  flood.clear();
  run_until([this] { return platform.connections() == 0; });
  expect_it_serves();
}

TEST_P(Port, OneThatNeverEndsItsRequestIsDropped) {
  tcp::socket socket = connect();
  // A TLS record that announces 16 KiB, or a request.
  const std::string begin = GetParam() ? std::string("\x16\x03\x01\x40\x00", 5) : "GET /";
  asio::write(socket, asio::buffer(begin), ignored);
  bool dropped = false;
  std::array<char, 512> answer{};
  const Nanos began = loop.now();
  std::function<void(ErrorCode, std::size_t)> read = [&](ErrorCode error, std::size_t) {
    dropped = static_cast<bool>(error);
    if (!dropped) socket.async_read_some(asio::buffer(answer), read);
  };
  socket.async_read_some(asio::buffer(answer), read);
  // So that no time between bytes is long.
  std::function<void()> drip = [&] {
    asio::write(socket, asio::buffer(begin.data(), 1), ignored);
    if (!dropped) loop.after(100ms, [&drip] { drip(); });
  };
  drip();
  run_until([&dropped] { return dropped; });
  EXPECT_GE(loop.now() - began, kLimit);
  expect_it_serves();
}

/// What is the same code, plain or under TLS.
class PlainPort : public Port {};

TEST_P(PlainPort, OneThatTakesNoAnswersIsDropped) {
  tcp::socket socket = connect();
  socket.set_option(tcp::socket::receive_buffer_size(2048));
  socket.non_blocking(true);
  const std::string request = "GET /x HTTP/1.1\r\n\r\n";
  std::string many;
  for (int i = 0; i < 1000; ++i) many += request;
  bool ended = false;
  std::size_t sent = 0;
  run_until([&] {
    while (!ended) {
      ErrorCode error;
      sent += socket.write_some(asio::buffer(many) + sent % request.size(), error);
      if (error == asio::error::would_block) break;
      ended = static_cast<bool>(error);
    }
    return ended;
  });
  EXPECT_LE(sent, 64U << 20);
  expect_it_serves();
}

TEST_P(Port, TellsThatItsAddressIsTakenOrNone) {
  for (const std::string& address : {port->address(), std::string("nowhere:1"), std::string("1")}) {
    try {
      const PlatformPort second(loop, platform, tracer, address);
      FAIL() << address;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(address), std::string::npos) << error.what();
    }
  }
}

TEST_P(Port, ClosesWithConnectionsInEveryState) {
  tcp::socket idle = connect();
  tcp::socket begun = connect();
  asio::write(begun, asio::buffer("\x16\x03", 2), ignored);
  loop.context().restart();
  loop.context().run_for(50ms);
  port.reset();
  ErrorCode error;
  // The connections above still have the number: nobody else can be given it.
  tcp::socket late(loop.context());
  late.connect({asio::ip::address_v4::loopback(), number}, error);
  EXPECT_EQ(error, asio::error::connection_refused);
}

INSTANTIATE_TEST_SUITE_P(On, TlsPort, ::testing::Values(true), [](const auto&) { return "Tls"; });
INSTANTIATE_TEST_SUITE_P(On, PlainPort, ::testing::Values(false),
                         [](const auto&) { return "Tcp"; });
INSTANTIATE_TEST_SUITE_P(On, Port, ::testing::Bool(),
                         [](const auto& tls) { return tls.param ? "Tls" : "Tcp"; });

}  // namespace
}  // namespace cardrig::mock_platform
