// TLS connections to servers of every kind: whom we trust, who trusts us, and what is told when
// not.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "fixtures/pki/authority.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/tcp_stream.h"

namespace cardrig {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
namespace ssl = asio::ssl;
using Opened = Result<std::unique_ptr<ByteStream>, OpenReason>;
using Server = ssl::stream<tcp::socket>;

/// Certificates for all tests: making keys takes a while.
class Files {
 public:
  Files() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tls-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    const pki::Authority ours("Ours");
    const pki::Authority theirs("Theirs");
    ours.write_certificate(*this / "ours.pem");
    theirs.write_certificate(*this / "theirs.pem");
    const std::string here = "IP:127.0.0.1,DNS:localhost";
    ours.issue({"server", here}, *this / "server.pem", *this / "server.key");
    ours.issue({"elsewhere", "DNS:elsewhere.example"}, *this / "elsewhere.pem",
               *this / "elsewhere.key");
    ours.issue({"late", here, true}, *this / "late.pem", *this / "late.key");
    theirs.issue({"stranger", here}, *this / "stranger.pem", *this / "stranger.key");
    ours.issue({"kiosk", ""}, *this / "kiosk.pem", *this / "kiosk.key");
  }
  ~Files() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  std::string operator/(const std::string& name) const { return folder_ + "/" + name; }

 private:
  std::string folder_;
};

struct TlsStream : ::testing::Test {
  static void SetUpTestSuite() { files = std::make_unique<Files>(); }
  static void TearDownTestSuite() { files.reset(); }

  void SetUp() override { serve_as("server"); }

  void serve_as(const std::string& name) {
    context.use_certificate_chain_file(*files / (name + ".pem"));
    context.use_private_key_file(*files / (name + ".key"), ssl::context::pem);
    context.load_verify_file(*files / "ours.pem");
  }
  void ask_for_certificate() {
    context.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  void speak(int lowest, int highest) {
    ::SSL_CTX_set_min_proto_version(context.native_handle(), lowest);
    ::SSL_CTX_set_max_proto_version(context.native_handle(), highest);
  }
  [[nodiscard]] TlsFiles as(const std::string& name) const {
    if (name.empty()) return {*files / "ours.pem", "", ""};
    return {*files / "ours.pem", *files / (name + ".pem"), *files / (name + ".key")};
  }

  void run_until(const std::function<bool()>& done) {
    const Nanos limit = loop.now() + 60s;
    loop.context().restart();
    while (!done() && loop.now() < limit) loop.context().run_one_for(10ms);
    ASSERT_TRUE(done());
  }
  /// Connects to the server that `context` describes.
  Opened open(const TlsFiles& client, const std::string& host = "127.0.0.1") {
    listener.async_accept([this](ErrorCode error, tcp::socket socket) {
      if (error) return;
      server = std::make_unique<Server>(std::move(socket), context);
      server->async_handshake(ssl::stream_base::server, [this](ErrorCode e) {
        server_error = e;
        greeted = !e;
        if (e) server->lowest_layer().close();
      });
    });
    return dial(client, host);
  }
  Opened dial(const TlsFiles& client, const std::string& host = "127.0.0.1") {
    source = tls_source(loop, tracer, "wire", {host, listener.local_endpoint().port()}, client);
    std::unique_ptr<Opened> result;
    spawn(loop, [](StreamSource& s, std::unique_ptr<Opened>& out) -> Async<void> {
      out = std::make_unique<Opened>(co_await s.open());
    }(*source, result));
    run_until([&] { return result != nullptr; });
    return std::move(*result);
  }
  void expect_failure(const Opened& opened, OpenReason reason) {
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, reason) << opened.error().detail;
    EXPECT_NE(opened.error().detail.find("127.0.0.1:"), std::string::npos) << opened.error().detail;
    EXPECT_TRUE(trace.events().empty()) << "nothing was opened";
  }
  /// Reads once from `stream`.
  ErrorCode read(ByteStream& stream, std::string& into) {
    std::array<char, 64> buffer{};
    bool done = false;
    ErrorCode result;
    stream.async_read_some(asio::buffer(buffer), [&](ErrorCode error, std::size_t size) {
      result = error;
      into.assign(buffer.data(), size);
      done = true;
    });
    run_until([&] { return done; });
    return result;
  }

  static std::unique_ptr<Files> files;
  Trace trace{[this] { return loop.now(); }};
  Tracer tracer{trace, "kiosk"};
  ssl::context context{ssl::context::tls_server};
  RealLoop loop;
  tcp::acceptor listener{loop.context(), {asio::ip::make_address("127.0.0.1"), 0}};
  std::unique_ptr<Server> server;
  ErrorCode server_error;
  bool greeted = false;
  std::unique_ptr<StreamSource> source;
};

std::unique_ptr<Files> TlsStream::files;

class TlsVersions : public TlsStream, public ::testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    TlsStream::SetUp();
    speak(GetParam(), GetParam());
  }
};

TEST_P(TlsVersions, BothSidesShowTheirCertificates) {
  ask_for_certificate();
  for (const char* host : {"127.0.0.1", "localhost"}) {
    greeted = false;
    auto stream = open(as("kiosk"), host);
    ASSERT_TRUE(stream) << stream.error().detail;
    run_until([this] { return greeted; });
    EXPECT_EQ(::SSL_version(server->native_handle()), GetParam());
    EXPECT_EQ(trace.events().back().kind, "wire.opened");
    EXPECT_EQ(trace.events().back().number("conn"),
              server->lowest_layer().remote_endpoint().port());
    bool sent = false;
    asio::async_write(*server, asio::buffer("hello", 5),
                      [&sent](ErrorCode error, std::size_t) { sent = !error; });
    std::string heard;
    EXPECT_FALSE(read(**stream, heard));
    EXPECT_EQ(heard, "hello");
    run_until([&sent] { return sent; });
  }
}

TEST_P(TlsVersions, AServerThatAsksForNothingIsShownNothing) {
  const auto stream = open(as(""));
  EXPECT_TRUE(stream) << stream.error().detail;
}

TEST_P(TlsVersions, AServerOfAnotherAuthorityIsNotTrusted) {
  serve_as("stranger");
  expect_failure(open(as("kiosk")), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AServerForAnotherHostIsNotTrusted) {
  serve_as("elsewhere");
  expect_failure(open(as("kiosk")), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AServerIsKnownByTheNameThatWeGiveIt) {
  serve_as("elsewhere");
  TlsFiles named = as("kiosk");
  named.peer_name = "elsewhere.example";
  const auto stream = open(named);
  EXPECT_TRUE(stream) << stream.error().detail;
}

TEST_P(TlsVersions, AServerOfAnotherNameThanWeGiveItIsNotTrusted) {
  serve_as("elsewhere");
  TlsFiles named = as("kiosk");
  named.peer_name = "nowhere.example";
  expect_failure(open(named), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AnExpiredServerIsNotTrusted) {
  serve_as("late");
  expect_failure(open(as("kiosk")), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AServerThatWantsACertificateRefusesNone) {
  ask_for_certificate();
  expect_failure(open(as("")), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AServerRefusesACertificateOfAnotherAuthority) {
  ask_for_certificate();
  expect_failure(open(as("stranger")), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AServerRefusesAnExpiredCertificate) {
  ask_for_certificate();
  expect_failure(open(as("late")), OpenReason::kAuthFailed);
}

TEST_P(TlsVersions, AnEndWithoutFarewellIsNoEndOfFile) {
  const auto stream = open(as("kiosk"));
  ASSERT_TRUE(stream);
  run_until([this] { return greeted; });
  server->lowest_layer().close();
  std::string heard;
  const ErrorCode error = read(**stream, heard);
  EXPECT_TRUE(error);
  EXPECT_NE(error, asio::error::eof) << "somebody may have cut the connection";
  EXPECT_FALSE((*stream)->is_open());
}

TEST_P(TlsVersions, ClosingSaysFarewell) {
  auto stream = open(as("kiosk"));
  ASSERT_TRUE(stream);
  run_until([this] { return greeted; });
  (*stream)->close();
  ErrorCode at_server;
  std::array<char, 8> buffer{};
  server->async_read_some(asio::buffer(buffer),
                          [&](ErrorCode error, std::size_t) { at_server = error; });
  run_until([&] { return static_cast<bool>(at_server); });
  EXPECT_EQ(at_server, asio::error::eof);
}

INSTANTIATE_TEST_SUITE_P(Tls, TlsVersions, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) {
                           return version.param == TLS1_2_VERSION ? "1_2" : "1_3";
                         });

TEST_F(TlsStream, AServerWithoutTicketsIsAcceptedAfterAWhile) {
  speak(TLS1_3_VERSION, TLS1_3_VERSION);
  ask_for_certificate();
  ::SSL_CTX_set_num_tickets(context.native_handle(), 0);
  const auto stream = open(as("kiosk"));
  EXPECT_TRUE(stream) << stream.error().detail;
  EXPECT_TRUE(greeted);
}

TEST_F(TlsStream, AServerThatSpeaksFirstIsHeard) {
  speak(TLS1_3_VERSION, TLS1_3_VERSION);
  ask_for_certificate();
  ::SSL_CTX_set_num_tickets(context.native_handle(), 0);
  listener.async_accept([this](ErrorCode, tcp::socket socket) {
    server = std::make_unique<Server>(std::move(socket), context);
    server->async_handshake(ssl::stream_base::server, [this](ErrorCode) {
      asio::async_write(*server, asio::buffer("welcome", 7), [](ErrorCode, std::size_t) {});
    });
  });
  const auto stream = dial(as("kiosk"));
  ASSERT_TRUE(stream) << stream.error().detail;
  std::string heard;
  EXPECT_FALSE(read(**stream, heard));
  EXPECT_EQ(heard, "welcome");
  ASSERT_EQ(trace.events().size(), 2U);
  EXPECT_EQ(trace.events()[0].kind, "wire.opened");
  EXPECT_EQ(trace.events()[1].kind, "wire.received");
  EXPECT_EQ(trace.events()[1].number("size"), 7);
}

TEST_F(TlsStream, OlderVersionsAreRefused) {
  ::SSL_CTX_set_security_level(context.native_handle(), 0);
  speak(TLS1_1_VERSION, TLS1_1_VERSION);
  expect_failure(open(as("kiosk")), OpenReason::kRefused);
}

TEST_F(TlsStream, AServerWithoutTlsIsRefused) {
  std::unique_ptr<tcp::socket> plain;
  listener.async_accept([&](ErrorCode, tcp::socket socket) {
    plain = std::make_unique<tcp::socket>(std::move(socket));
    asio::async_write(*plain, asio::buffer("HTTP/1.1 400 Bad Request\r\n\r\n", 28),
                      [](ErrorCode, std::size_t) {});
  });
  expect_failure(dial(as("kiosk")), OpenReason::kRefused);
}

TEST_F(TlsStream, AServerThatHangsUpIsRefusing) {
  listener.async_accept([](ErrorCode, tcp::socket socket) { socket.close(); });
  expect_failure(dial(as("kiosk")), OpenReason::kRefused);
}

TEST_F(TlsStream, NobodyListensIsRefused) {
  // Bound, so that nobody else is given the number, and never listening.
  tcp::socket deaf(loop.context(), tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
  source =
      tls_source(loop, tracer, "wire", {"127.0.0.1", deaf.local_endpoint().port()}, as("kiosk"));
  std::unique_ptr<Opened> result;
  spawn(loop, [](StreamSource& s, std::unique_ptr<Opened>& out) -> Async<void> {
    out = std::make_unique<Opened>(co_await s.open());
  }(*source, result));
  run_until([&] { return result != nullptr; });
  expect_failure(*result, OpenReason::kRefused);
}

TEST_F(TlsStream, AServerThatIsSilentCanBeGivenUp) {
  source = tls_source(loop, tracer, "wire", {"127.0.0.1", listener.local_endpoint().port()},
                      as("kiosk"));
  bool gave_up = false;
  spawn(loop, [](TlsStream& t, bool& done) -> Async<void> {
    const auto opened = co_await with_timeout(t.loop, 50ms, t.source->open());
    EXPECT_FALSE(opened);
    done = true;
  }(*this, gave_up));
  run_until([&] { return gave_up; });
  EXPECT_TRUE(trace.events().empty());
}

TEST_F(TlsStream, FilesThatAreNoneAreNamed) {
  const auto expect_named = [this](const TlsFiles& wrong, const std::string& name) {
    try {
      static_cast<void>(tls_source(loop, tracer, "wire", {"127.0.0.1", 1}, wrong));
      ADD_FAILURE() << name << " was accepted";
    } catch (const std::runtime_error& e) {
      EXPECT_NE(std::string(e.what()).find(name), std::string::npos) << e.what();
    }
  };
  const TlsFiles good = as("kiosk");
  expect_named({*files / "missing.pem", good.certificate_file, good.key_file}, "missing.pem");
  expect_named({good.ca_file, *files / "kiosk.key", good.key_file}, "kiosk.key");
  expect_named({good.ca_file, good.certificate_file, *files / "server.key"}, "server.key");
  expect_named({good.ca_file, good.certificate_file, ""}, "private key for");
}

}  // namespace
}  // namespace cardrig
