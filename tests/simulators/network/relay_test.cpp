// The relay between a client and a server that are plain sockets: bytes, endings, cuts.
#include "simulators/network/relay.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "tests/simulators/tcp_client.h"

namespace cardrig::sim {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using test::TcpClient;

const auto kAnyPort = tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0);

/// What listens behind the relay; it reads only when it is told to.
class Server {
 public:
  explicit Server(RealLoop& loop) : acceptor_(loop.context(), kAnyPort), socket_(loop.context()) {
    acceptor_.non_blocking(true);
  }
  [[nodiscard]] tcp::endpoint address() const { return acceptor_.local_endpoint(); }
  bool accept() {
    ErrorCode error;
    acceptor_.accept(socket_, peer, error);
    if (!error) socket_.non_blocking(true);
    return !error;
  }
  void read() {
    std::array<char, 65536> buffer{};
    ErrorCode error;
    const auto size = socket_.read_some(asio::buffer(buffer), error);
    received.append(buffer.data(), size);
    if (error == asio::error::eof) ended = true;
    if (error && error != asio::error::eof && error != asio::error::would_block) reset = true;
  }
  void write(const std::string& bytes) {
    ErrorCode ignored;
    asio::write(socket_, asio::buffer(bytes), ignored);
  }
  tcp::socket& socket() { return socket_; }
  /// It stays bound: nobody else is given the number.
  void stop_listening() {
    const auto held = address();
    acceptor_.close();
    acceptor_.open(held.protocol());
    acceptor_.bind(held);
  }

  std::string received;
  bool ended = false;
  bool reset = false;
  tcp::endpoint peer;

 private:
  tcp::acceptor acceptor_;
  tcp::socket socket_;
};

class RelayTest : public ::testing::Test {
 protected:
  void turn() {
    loop.context().restart();
    loop.context().run_one_for(5ms);
    loop.context().poll();
  }
  std::unique_ptr<TcpClient> client() {
    return std::make_unique<TcpClient>(relay.address(), [this] { turn(); });
  }
  bool until(const std::function<bool()>& condition) {
    const Nanos end = monotonic_now() + 20s;
    while (!condition()) {
      if (monotonic_now() > end) return false;
      turn();
    }
    return true;
  }
  /// Everything that is on its way has arrived, or never will.
  void settle() {
    for (int i = 0; i < 20; ++i) turn();
  }
  bool server_accepts() {
    return until([this] { return server.accept(); });
  }
  bool server_has(std::size_t size) {
    return until([&] {
      server.read();
      return server.received.size() >= size;
    });
  }

  RealLoop loop;
  Server server{loop};
  NetworkRelay relay{loop, {kAnyPort, server.address(), 4}};
};

TEST_F(RelayTest, BytesPassBothWays) {
  const auto kiosk = client();
  kiosk->write("hello");
  ASSERT_TRUE(server_accepts());
  ASSERT_TRUE(server_has(5));
  EXPECT_EQ(server.received, "hello");
  server.write("good day");
  ASSERT_TRUE(kiosk->read_bytes(8));
  EXPECT_EQ(kiosk->received, "good day");
}

TEST_F(RelayTest, BothEndsCallTheConnectionAlike) {
  const auto kiosk = client();
  ASSERT_TRUE(server_accepts());
  EXPECT_EQ(server.peer.port(), kiosk->own_port());
  EXPECT_EQ(server.peer.address().to_string(), "127.0.0.2");
}

TEST_F(RelayTest, AHalfClosedConnectionLivesOn) {
  const auto kiosk = client();
  kiosk->write("question");
  kiosk->end_writing();
  ASSERT_TRUE(server_accepts());
  ASSERT_TRUE(until([this] {
    server.read();
    return server.ended;
  }));
  EXPECT_EQ(server.received, "question");
  server.write("answer");
  ASSERT_TRUE(kiosk->read_bytes(6));
  EXPECT_FALSE(kiosk->ended);
  EXPECT_EQ(relay.connections(), 1U);
  server.socket().close();
  ASSERT_TRUE(kiosk->read_to_end());
  EXPECT_TRUE(kiosk->ended);
  EXPECT_EQ(kiosk->received, "answer");
  EXPECT_TRUE(until([this] { return relay.connections() == 0; }));
}

TEST_F(RelayTest, ACutIsABlackHoleBothWaysAndNothingIsLost) {
  const auto kiosk = client();
  ASSERT_TRUE(server_accepts());
  relay.set_up(false);
  kiosk->write("into the dark");
  server.write("from the dark");
  settle();
  server.read();
  EXPECT_EQ(server.received, "");
  EXPECT_FALSE(kiosk->read_until([](const TcpClient& c) { return !c.received.empty(); }, 300ms));
  relay.set_up(true);
  ASSERT_TRUE(server_has(13));
  ASSERT_TRUE(kiosk->read_bytes(13));
  EXPECT_EQ(server.received, "into the dark");
  EXPECT_EQ(kiosk->received, "from the dark");
}

TEST_F(RelayTest, NobodyHearsOfAnEndBehindACut) {
  const auto kiosk = client();
  ASSERT_TRUE(server_accepts());
  relay.set_up(false);
  kiosk->close();
  settle();
  server.read();
  EXPECT_FALSE(server.ended || server.reset);
  relay.set_up(true);
  EXPECT_TRUE(until([this] {
    server.read();
    return server.ended || server.reset;
  }));
}

TEST_F(RelayTest, ConnectionsBegunBehindACutComeThroughWhenItIsMended) {
  relay.set_up(false);
  const auto kiosk = client();
  EXPECT_TRUE(kiosk->is_connected());  // by the system; nobody can tell
  kiosk->write("anybody?");
  settle();
  EXPECT_FALSE(server.accept());
  relay.set_up(true);
  ASSERT_TRUE(server_accepts());
  ASSERT_TRUE(server_has(8));
}

TEST_F(RelayTest, WhereNobodyListensTheConnectionIsReset) {
  server.stop_listening();
  const auto kiosk = client();
  ASSERT_TRUE(kiosk->read_to_end());
  EXPECT_TRUE(kiosk->reset);
  EXPECT_EQ(relay.connections(), 0U);
}

TEST_F(RelayTest, AResetPassesOn) {
  const auto kiosk = client();
  ASSERT_TRUE(server_accepts());
  server.socket().set_option(tcp::socket::linger(true, 0));
  server.socket().close();
  ASSERT_TRUE(kiosk->read_to_end());
  EXPECT_TRUE(kiosk->reset);
}

TEST_F(RelayTest, WhoeverDoesNotReadStopsTheSender) {
  const auto kiosk = client();
  ASSERT_TRUE(server_accepts());
  const std::string flood(1 << 20, 'x');
  std::size_t taken = 0;
  // The systems' buffers take some megabytes; then nothing more.
  ASSERT_TRUE(until([&] {
    std::size_t before = taken;
    taken += kiosk->write_without_wait(flood);
    settle();
    return taken == before;
  }));
  EXPECT_LT(taken, 64U << 20U);
  ASSERT_TRUE(server_has(taken));
  EXPECT_EQ(server.received.size(), taken);
}

TEST_F(RelayTest, AConnectionTooManyIsReset) {
  constexpr std::size_t kClients = 4;
  std::vector<std::unique_ptr<TcpClient>> clients;
  clients.reserve(kClients);
  for (std::size_t i = 0; i < kClients; ++i) clients.push_back(client());
  ASSERT_TRUE(until([this] { return relay.connections() == kClients; }));
  const auto fifth = client();
  ASSERT_TRUE(fifth->read_to_end());
  EXPECT_TRUE(fifth->reset);
  EXPECT_EQ(relay.connections(), 4U);
}

TEST_F(RelayTest, GoesWithItsConnections) {
  auto other = std::make_unique<NetworkRelay>(loop, RelayOptions{kAnyPort, server.address(), 4});
  TcpClient kiosk(other->address(), [this] { turn(); });
  ASSERT_TRUE(server_accepts());
  other.reset();
  ASSERT_TRUE(kiosk.read_to_end());
  EXPECT_TRUE(kiosk.reset);
}

TEST(Relay, AnAddressThatIsTakenIsToldInOneSentence) {
  RealLoop loop;
  const Server server(loop);
  try {
    const NetworkRelay relay(loop, {server.address(), server.address(), 4});
    FAIL() << "it listens where somebody else does";
  } catch (const std::runtime_error& e) {
    EXPECT_EQ(std::string(e.what()),
              "cannot listen on 127.0.0.1:" + std::to_string(server.address().port()) +
                  ": Address already in use");
  }
}

}  // namespace
}  // namespace cardrig::sim
