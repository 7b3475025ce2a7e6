// The health page over HTTP, asked by a plain client.
#include "kiosk/runtime/health_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>
#include <stdexcept>
#include <thread>
#include <vector>

namespace cardrig {
namespace {

using asio::ip::tcp;
using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class HealthPortTest : public ::testing::Test {
 protected:
  HealthPortTest()
      : port_(std::make_unique<HealthPort>(loop_, "127.0.0.1:0", [this] { return health; })),
        thread_([this] { loop_.run(); }) {}
  ~HealthPortTest() override {
    std::promise<void> gone;
    loop_.post([&] {
      port_.reset();
      gone.set_value();
    });
    gone.get_future().wait();
    loop_.stop();
    thread_.join();
  }

  [[nodiscard]] tcp::socket connected() {
    const std::string address = port_->address();
    EXPECT_THAT(address, StartsWith("127.0.0.1:"));
    const auto port = static_cast<unsigned short>(std::stoi(address.substr(10)));
    tcp::socket socket(client_);
    socket.connect({asio::ip::address_v4::loopback(), port});
    return socket;
  }
  /// Everything that is answered until the server closes.
  std::string ask(const std::string& request) {
    tcp::socket socket = connected();
    asio::write(socket, asio::buffer(request));
    return rest_of(socket);
  }
  static std::string rest_of(tcp::socket& socket) {
    std::string answer;
    ErrorCode error;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer;
  }

  json health = {{"ok", true}, {"cards", 20}};

 private:
  asio::io_context client_;
  RealLoop loop_;
  std::unique_ptr<HealthPort> port_;
  std::thread thread_;
};

TEST_F(HealthPortTest, SaysHowTheProgramIs) {
  const std::string answer = ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, HasSubstr("application/json"));
  EXPECT_EQ(json::parse(answer.substr(answer.find("\r\n\r\n"))), health);
  EXPECT_THAT(ask("GET /health?verbose HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.0 200 "));
}

TEST_F(HealthPortTest, AnIllProgramHasAStatusOfItsOwn) {
  health["ok"] = false;
  EXPECT_THAT(ask("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
}

TEST_F(HealthPortTest, AHeadHasNoBody) {
  const std::string answer = ask("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(answer.substr(answer.find("\r\n\r\n")), "\r\n\r\n");
}

TEST_F(HealthPortTest, OtherRequestsAreRefused) {
  EXPECT_THAT(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(ask("DELETE /health HTTP/1.1\r\nHost: x\r\n\r\n"), StartsWith("HTTP/1.1 405 "));
  EXPECT_EQ(ask("what is this\r\n\r\n"), "");
  EXPECT_EQ(ask("GET /" + std::string(20'000, 'x')), "");
}

TEST_F(HealthPortTest, ClientsTooManyAreDroppedAndTheOthersServed) {
  constexpr int kClients = 16;
  std::vector<tcp::socket> idle;
  idle.reserve(kClients);
  for (int i = 0; i < kClients; ++i) idle.push_back(connected());
  tcp::socket late = connected();
  EXPECT_EQ(rest_of(late), "");
  asio::write(idle.front(), asio::buffer(std::string("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")));
  EXPECT_THAT(rest_of(idle.front()), StartsWith("HTTP/1.1 200 "));
}

std::string refusal_of(const std::string& address) {
  RealLoop loop;
  try {
    const HealthPort port(loop, address, [] { return json::object(); });
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}

TEST(HealthPort, WhatIsNoAddressIsRefused) {
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536",
                              "localhost:80", ":80", "127.0.0.1:-1", "127.0.0.1:999999999999"}) {
    EXPECT_THAT(refusal_of(address), HasSubstr("is no address")) << address;
  }
  EXPECT_THAT(refusal_of("192.0.2.1:0"), HasSubstr("192.0.2.1:0"));
}

TEST(HealthPort, APortInUseIsRefused) {
  RealLoop loop;
  const HealthPort first(loop, "127.0.0.1:0", [] { return json::object(); });
  EXPECT_THAT(refusal_of(first.address()), HasSubstr("in use"));
}

}  // namespace
}  // namespace cardrig
