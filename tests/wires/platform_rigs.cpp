// The platform's wire: plain, under TLS, in the handshake, and through the relay.
#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <string>
#include <utility>

#include "fixtures/pki/pki.h"
#include "kiosk/platform/http_exam_platform.h"
#include "mock-platform/port.h"
#include "simulators/network/relay.h"
#include "tests/simulators/plugs/real_wire.h"
#include "tests/wires/dripping.h"
#include "tests/wires/rigs.h"

namespace cardrig::test {

namespace {

using namespace std::chrono_literals;
namespace ssl = asio::ssl;
using Stream = std::shared_ptr<ByteStream>;

constexpr Nanos kClientGone = 1500ms;  // the platform drops who is silent for so long
constexpr Nanos kHandshakeGone = 2s;
constexpr const char* kTerminal = "kiosk-0001";
const std::vector<std::uint8_t> kKey(32, 1);

Async<void> carry(Stream from, Stream to) {
  std::array<std::uint8_t, 4096> buffer{};
  ErrorCode error;
  while (!error) {
    const auto size = co_await from->async_read_some(asio::buffer(buffer), catch_error(error));
    if (error) break;
    co_await asio::async_write(*to, asio::buffer(buffer.data(), size), catch_error(error));
  }
  to->close();
}

/// `near` and a new connection of `source` become one.
Async<void> join(Loop& loop, Stream near, std::shared_ptr<StreamSource> source) {
  auto opened = co_await source->open();
  if (!opened) {
    near->close();
    co_return;
  }
  const Stream far = std::move(*opened);
  spawn(loop, carry(near, far));
  co_await carry(far, near);
}

class PlatformRig : public WireRig {
 public:
  explicit PlatformRig(bool is_tls) : is_tls_(is_tls) {
    plug_ = sim::tcp_plug(loop, device_tracer, {"platform"}, "127.0.0.1");
    platform_address_ = plug_->address();
    if (is_tls) pki::make_pki(folder_.path());
  }
  ~PlatformRig() override {
    for (const auto& stream : dripping_) stream->close();
    loop.drop_everything();
  }

  void serve(bool dripping) override {
    std::optional<mock_platform::TlsSetup> setup;
    if (is_tls_) {
      setup = {folder_.file("platform.pem"), folder_.file("platform.key"), folder_.file("ca.pem"),
               kHandshakeGone};
    }
    if (!dripping) {
      plug_.reset();  // the platform's port listens itself, where the suspects have listened
      port_.emplace(loop, platform_, device_tracer, platform_address_, setup);
      return;
    }
    port_.emplace(loop, platform_, device_tracer, "127.0.0.1:0", setup);
    const auto colon = port_->address().rfind(':');
    const auto number = static_cast<unsigned short>(std::stoi(port_->address().substr(colon + 1)));
    const std::shared_ptr<StreamSource> source =
        tcp_source(loop, world_tracer, "platform", {"127.0.0.1", number});
    plug_->on_accept([this, source](const Stream& stream) {
      dripping_.push_back(std::make_shared<DrippingStream>(stream));
      spawn(loop, join(loop, dripping_.back(), source));
    });
  }

  std::string start_driver() override {
    if (!driver_) {
      platform::HttpPlatformConfig config;
      config.terminal_id = kTerminal;
      config.key = kKey;
      config.algorithm = platform::SignatureAlgorithm::kHmacSha256;
      config.repeat_pause = 10ms;
      if (impatient_) config.connect_limit = config.answer_limit = 200ms;
      driver_ = std::make_unique<platform::HttpExamPlatform>(std::move(config), loop, clock_,
                                                             entropy_, source(), kiosk_tracer);
    }
    return outcome(wait(driver_->health()));
  }
  void drop_driver() override { driver_.reset(); }

  std::string address() const override { return platform_address_; }
  Bytes request() const override {
    return to_bytes(
        "POST /api/v1/claims HTTP/1.1\r\nHost: platform\r\nContent-Length: 9\r\n\r\n{\"a\": 12}");
  }
  bool is_answer(const Bytes& got) const override {
    const std::string text(got.begin(), got.end());  // nobody here has a signature
    return text.starts_with("HTTP/1.1 401 ") && text.find("UNKNOWN_TERMINAL") != std::string::npos;
  }
  Bytes answer() const override {
    return to_bytes("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + std::string(4000, ' '));
  }
  Bytes preface() const override {
    return to_bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
  }
  Bytes unasked() const override { return to_bytes("400\r\n" + std::string(1024, ' ') + "\r\n"); }

 private:
  std::unique_ptr<StreamSource> source() {
    if (!is_tls_) return tcp_source(loop, kiosk_tracer, "platform", endpoint());
    return tls_source(
        loop, kiosk_tracer, "platform", endpoint(),
        {folder_.file("ca.pem"), folder_.file("kiosk.pem"), folder_.file("kiosk.key")});
  }
  static mock_platform::MockPlatformConfig config() {
    mock_platform::MockPlatformConfig config;
    config.terminals = {{kTerminal, kKey}};
    config.processing_time = Nanos(0);
    config.idle_limit = config.transfer_limit = kClientGone;
    return config;
  }

  bool is_tls_;
  std::vector<Stream> dripping_;
  std::string platform_address_;
  SystemCivilClock clock_;
  SystemEntropy entropy_;
  mock_platform::MockPlatform platform_{config(), loop, clock_, device_tracer};
  std::optional<mock_platform::PlatformPort> port_;
  std::unique_ptr<platform::HttpExamPlatform> driver_;
};

class TlsPlatformRig final : public PlatformRig {
 public:
  TlsPlatformRig() : PlatformRig(true) {
    server_.use_certificate_chain_file(folder_.file("platform.pem"));
    server_.use_private_key_file(folder_.file("platform.key"), ssl::context::pem);
    server_.load_verify_file(folder_.file("ca.pem"));
    server_.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    client_.use_certificate_chain_file(folder_.file("kiosk.pem"));
    client_.use_private_key_file(folder_.file("kiosk.key"), ssl::context::pem);
    suspects_plug_ = tls_plug(loop, *plug_, server_);
  }
  ssl_ctx_st* tls() const override { return client_.native_handle(); }

 private:
  Plug& suspects_plug() override { return *suspects_plug_; }

  mutable ssl::context client_{ssl::context::tls_client};
  ssl::context server_{ssl::context::tls_server};
  std::unique_ptr<Plug> suspects_plug_;
};

Bytes taken_from(BIO* bio) {
  Bytes bytes(16384);
  const int size = ::BIO_read(bio, bytes.data(), static_cast<int>(bytes.size()));
  bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
  return bytes;
}

/// One end of a handshake in memory, and what it sends when it has got `received`.
Bytes first_flight(ssl::context& context, bool is_server, const Bytes& received) {
  SSL* end = ::SSL_new(context.native_handle());
  BIO* in = ::BIO_new(::BIO_s_mem());
  BIO* out = ::BIO_new(::BIO_s_mem());
  ::SSL_set_bio(end, in, out);  // they are the end's now
  is_server ? ::SSL_set_accept_state(end) : ::SSL_set_connect_state(end);
  ::BIO_write(in, received.data(), static_cast<int>(received.size()));
  ::SSL_do_handshake(end);
  Bytes sent = taken_from(out);
  ::SSL_free(end);
  return sent;
}

class TlsHandshakeRig final : public PlatformRig {
 public:
  TlsHandshakeRig() : PlatformRig(true) {
    ssl::context client(ssl::context::tls_client);
    ssl::context server(ssl::context::tls_server);
    server.use_certificate_chain_file(folder_.file("platform.pem"));
    server.use_private_key_file(folder_.file("platform.key"), ssl::context::pem);
    hello_ = first_flight(client, false, {});
    reply_ = first_flight(server, true, hello_);
  }
  Bytes request() const override { return hello_; }
  Bytes answer() const override { return reply_; }
  bool is_answer(const Bytes& got) const override {
    constexpr std::uint8_t kHandshake = 0x16;
    return got.size() > reply_.size() / 2 && got.front() == kHandshake;
  }
  Bytes preface() const override { return {}; }
  Bytes unasked() const override { return {0x14, 0x03, 0x03, 0x00, 0x01, 0x01}; }  // cipher change

 private:
  Bytes hello_, reply_;
};

class RelayRig final : public PlatformRig {
 public:
  RelayRig() : PlatformRig(false), relay_(loop, options()) {}
  std::string address() const override { return relay_.address(); }

 private:
  sim::RelayOptions options() const {
    const auto host = asio::ip::make_address("127.0.0.1");
    sim::RelayOptions options{{host, 0}, {host, endpoint_of_plug(*plug_).port}};
    options.half_closed_limit = kClientGone;
    return options;
  }

  sim::NetworkRelay relay_;
};

}  // namespace

std::unique_ptr<WireRig> make_platform_rig() { return std::make_unique<PlatformRig>(false); }
std::unique_ptr<WireRig> make_tls_platform_rig() { return std::make_unique<TlsPlatformRig>(); }
std::unique_ptr<WireRig> make_tls_handshake_rig() { return std::make_unique<TlsHandshakeRig>(); }
std::unique_ptr<WireRig> make_relay_rig() { return std::make_unique<RelayRig>(); }

}  // namespace cardrig::test
