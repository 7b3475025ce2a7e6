// Accepting, and TLS by OpenSSL through Asio.
#include "mock-platform/port.h"

#include <fcntl.h>
#include <openssl/ssl.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <list>
#include <sstream>
#include <stdexcept>

#include "kiosk/runtime/async.h"
#include "mock-platform/http_front.h"
#include "mock-platform/socket_stream.h"

namespace cardrig::mock_platform {

namespace ssl = asio::ssl;
using asio::ip::tcp;

namespace {

using PlainStream = SocketStream<tcp::socket>;
using TlsStream = SocketStream<ssl::stream<tcp::socket>>;

constexpr std::size_t kHandshakesMax = 64;
constexpr int kUntaken_bytes = 64 << 10;
/// After an accept() that failed (no descriptors left).
constexpr Nanos kAcceptPause = std::chrono::milliseconds(100);

/// "HOST:PORT", the host numeric; in brackets if it is of IPv6.
tcp::endpoint endpoint_of(const std::string& address) {
  const auto colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  const std::string port = colon == std::string::npos ? "" : address.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  ErrorCode error;
  const auto parsed = asio::ip::make_address(host, error);
  const bool is_port = !port.empty() && port.size() <= 5 &&
                       port.find_first_not_of("0123456789") == std::string::npos &&
                       std::stoi(port) <= 65535;
  if (error || !is_port) {
    throw std::runtime_error("\"" + address + "\" is no address; \"127.0.0.1:0\" would be one");
  }
  return {parsed, static_cast<unsigned short>(std::stoi(port))};
}

void check(const ErrorCode& error, const std::string& file, const std::string& what) {
  if (error) throw std::runtime_error(file + " is no " + what + ": " + error.message());
}

std::unique_ptr<ssl::context> make_context(const TlsSetup& setup) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  ::SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  ::SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Tickets name it: without one, a client that was asked for its certificate could not resume.
  constexpr std::array<unsigned char, 8> kName{'p', 'l', 'a', 't', 'f', 'o', 'r', 'm'};
  ::SSL_CTX_set_session_id_context(native, kName.data(), kName.size());
  ErrorCode error;
  context->use_certificate_chain_file(setup.certificate_file, error);
  check(error, setup.certificate_file, "certificate");
  context->use_private_key_file(setup.key_file, ssl::context::pem, error);
  check(error, setup.key_file, "private key for " + setup.certificate_file);
  if (setup.client_ca_file.empty()) return context;
  context->load_verify_file(setup.client_ca_file, error);
  check(error, setup.client_ca_file, "certificate of an authority");
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  return context;
}

std::string reason_of(const ErrorCode& error, SSL* native) {
  const long verdict = ::SSL_get_verify_result(native);
  return verdict == X509_V_OK ? error.message() : ::X509_verify_cert_error_string(verdict);
}

bool is_plain_http(const ErrorCode& error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace

struct PlatformPort::State : std::enable_shared_from_this<State> {
  State(RealLoop& l, MockPlatform& p, const Tracer& t) : loop(l), platform(p), tracer(t) {}

  void listen(const tcp::endpoint& wanted) {
    listener.open(wanted.protocol());
    ::fcntl(listener.native_handle(), F_SETFD, FD_CLOEXEC);
    listener.set_option(tcp::acceptor::reuse_address(true));
    listener.bind(wanted);
    listener.listen();
    std::ostringstream text;
    text << listener.local_endpoint();
    address = text.str();
  }

  void accept() {
    listener.async_accept([self = shared_from_this()](ErrorCode error, tcp::socket socket) {
      if (!self->listener.is_open()) return;
      if (error) return self->accept_later();
      self->welcome(std::move(socket));
      self->accept();
    });
  }

  void accept_later() {
    loop.after(kAcceptPause, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (self && self->listener.is_open()) self->accept();
    });
  }

  void welcome(tcp::socket socket) {
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    ErrorCode ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    // Answers that nobody takes pile up in the system, and not far.
    socket.set_option(tcp::socket::send_buffer_size(kUntaken_bytes), ignored);
    if (!context) return serve(std::make_shared<PlainStream>(loop, std::move(socket)));
    if (handshakes.size() >= kHandshakesMax) {
      // Its coroutine takes it off the list.
      for (const auto& oldest : handshakes) {
        if (!oldest->layer().next_layer().is_open()) continue;
        oldest->layer().next_layer().close(ignored);
        break;
      }
    }
    const auto stream =
        std::make_shared<TlsStream>(loop, ssl::stream<tcp::socket>(std::move(socket), *context));
    handshakes.push_back(stream);
    spawn(loop, greet(shared_from_this(), stream));
  }

  void serve(std::shared_ptr<ByteStream> stream) {
    ++counts.served;
    platform.serve(std::move(stream));
  }

  static Async<ErrorCode> shake_hands(std::shared_ptr<TlsStream> stream) {
    ErrorCode error;
    co_await stream->layer().async_handshake(ssl::stream_base::server, catch_error(error));
    co_return error;
  }

  static Async<void> greet(std::shared_ptr<State> self, std::shared_ptr<TlsStream> stream) {
    const auto shaken =
        co_await with_timeout(self->loop, self->handshake_limit, shake_hands(stream));
    self->handshakes.remove(stream);
    if (!self->listener.is_open()) co_return;
    if (shaken && !*shaken && stream->is_open()) {
      self->serve(std::move(stream));
      co_return;
    }
    ++self->counts.refused;
    stream->forget_tls();
    std::string reason = "the handshake took too long";
    if (shaken) reason = reason_of(*shaken, stream->layer().native_handle());
    if (shaken && is_plain_http(*shaken)) {
      reason = "plain HTTP";
      const std::string answer = HttpFront::tls_is_spoken_here();
      ErrorCode ignored;
      co_await asio::async_write(stream->layer().next_layer(), asio::buffer(answer),
                                 catch_error(ignored));
    }
    self->tracer.emit("platform.refused", {{"reason", reason}});
    stream->close();
  }

  RealLoop& loop;
  MockPlatform& platform;
  const Tracer& tracer;
  tcp::acceptor listener{loop.context()};
  std::string address;
  std::unique_ptr<ssl::context> context;  // null: plain
  Nanos handshake_limit{0};
  std::list<std::shared_ptr<TlsStream>> handshakes;  // oldest first
  PortCounts counts;
};

PlatformPort::PlatformPort(RealLoop& loop, MockPlatform& platform, const Tracer& tracer,
                           const std::string& address, const std::optional<TlsSetup>& tls)
    : state_(std::make_shared<State>(loop, platform, tracer)) {
  const auto wanted = endpoint_of(address);
  if (tls) {
    state_->context = make_context(*tls);
    state_->handshake_limit = tls->handshake_limit;
  }
  try {
    state_->listen(wanted);
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("cannot listen on " + address + ": " + e.code().message());
  }
  state_->accept();
}

PlatformPort::~PlatformPort() {
  ErrorCode ignored;
  state_->listener.close(ignored);
  for (const auto& stream : state_->handshakes) stream->layer().next_layer().close(ignored);
}

const std::string& PlatformPort::address() const { return state_->address; }
PortCounts PlatformPort::counts() const { return state_->counts; }

}  // namespace cardrig::mock_platform
