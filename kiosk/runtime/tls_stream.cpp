// TLS over TCP, with OpenSSL through Asio. The connection reads ahead into a buffer of its own and
// writes from one: a driver that gives up waiting then takes nothing out of the middle of a TLS
// record, and one read and one write can be under way at a time. All on the loop's thread.
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/pending_io.h"
#include "kiosk/runtime/tcp_connect.h"
#include "kiosk/runtime/tcp_stream.h"
#include "kiosk/runtime/wire_events.h"

namespace cardrig {

namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
namespace ssl = asio::ssl;

/// The most that a TLS record carries.
constexpr std::size_t kRecord = 16 * 1024;
/// How long closing waits for the peer's farewell.
constexpr Nanos kFarewell = 1s;
/// In TLS 1.3 our side of the handshake is done before the peer has looked at our certificate. Its
/// first message after that (a session ticket, or an alert) tells what it thinks of it. Servers
/// that send no tickets are silent: they are taken to have accepted us after so long.
constexpr Nanos kVerdict = 2s;

class TlsConnection : public std::enable_shared_from_this<TlsConnection> {
 public:
  TlsConnection(RealLoop& loop, std::shared_ptr<ssl::context> context, tcp::socket socket,
                WireEvents events)
      : loop_(loop),
        context_(std::move(context)),
        stream_(std::move(socket), *context_),
        events_(std::move(events)) {}

  RealLoop& loop() { return loop_; }
  SSL* native() { return stream_.native_handle(); }
  [[nodiscard]] bool is_open() const {
    return !closed_ && !write_error_ && (!read_error_ || read_error_ == asio::error::eof);
  }

  Async<ErrorCode> handshake(std::string host);
  void opened();
  void read(asio::mutable_buffer buffer, ByteStream::IoHandler handler);
  void write(asio::const_buffer buffer, ByteStream::IoHandler handler);
  void close();
  /// The peer has accepted our certificate.
  void accept_us();

 private:
  void expect(const std::string& host);
  Async<std::size_t> first_word();
  Async<ErrorCode> verdict();
  void read_ahead();
  void pump_reader();
  void pump_writer();
  void say_farewell();
  void drop();

  RealLoop& loop_;
  std::shared_ptr<ssl::context> context_;
  ssl::stream<tcp::socket> stream_;
  WireEvents events_;
  bool asked_for_certificate_ = false;
  bool accepted_ = false;
  PendingIo judged_;
  bool opened_ = false;
  bool closed_ = false;
  TimerId farewell_ends_ = 0;

  std::array<std::uint8_t, kRecord> inbox_{};
  std::size_t in_at_ = 0;
  std::size_t in_end_ = 0;
  bool reading_ = false;
  asio::cancellation_signal stop_reading_;
  ErrorCode read_error_;  // behind what is in the inbox
  PendingIo reader_;
  asio::mutable_buffer into_;

  std::vector<std::uint8_t> outbox_;
  bool writing_ = false;
  ErrorCode write_error_;
  PendingIo writer_;
  std::uint64_t write_id_ = 0;  // of writer_: the write under way may be of one that was cancelled
  asio::const_buffer from_;
};

/// Where a TLS session finds its connection.
int connection_index() {
  static const int index = ::SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
  return index;
}

int on_session_ticket(SSL* native, SSL_SESSION*) {
  auto* connection = static_cast<TlsConnection*>(::SSL_get_ex_data(native, connection_index()));
  if (connection != nullptr) connection->accept_us();
  return 0;  // we do not keep it
}

int on_certificate_request(SSL*, void* asked) {
  *static_cast<bool*>(asked) = true;
  return 1;
}

/// What the peer's certificate must be for, and what we want to be told.
void TlsConnection::expect(const std::string& host) {
  ErrorCode not_an_address;
  asio::ip::make_address(host, not_an_address);
  bool done = true;
  if (not_an_address) {
    ::SSL_set_hostflags(native(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    done = ::SSL_set1_host(native(), host.c_str()) == 1 &&
           // What the macro SSL_set_tlsext_host_name says, without its old-style cast.
           ::SSL_ctrl(native(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                      const_cast<char*>(host.c_str())) == 1;
  } else {
    done = ::X509_VERIFY_PARAM_set1_ip_asc(::SSL_get0_param(native()), host.c_str()) == 1;
  }
  if (!done) throw std::runtime_error("no certificate can be checked for the host '" + host + "'");
  ::SSL_set_ex_data(native(), connection_index(), this);
  ::SSL_set_cert_cb(native(), on_certificate_request, &asked_for_certificate_);
}

Async<ErrorCode> TlsConnection::handshake(std::string host) {
  expect(host);
  ErrorCode error;
  co_await stream_.async_handshake(ssl::stream_base::client, catch_error(error));
  if (error) co_return error;
  read_ahead();
  if (!asked_for_certificate_ || ::SSL_version(native()) < TLS1_3_VERSION) co_return error;
  const auto judged = co_await with_timeout(loop_, kVerdict, verdict());
  co_return judged.value_or(ErrorCode());
}

// Not a coroutine: see the note on GCC in async.h.
Async<std::size_t> TlsConnection::first_word() {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(ErrorCode, std::size_t)>(
      [this](auto handler) {
        judged_.hold(loop_, weak_from_this(), ByteStream::IoHandler(std::move(handler)));
        if (accepted_ || in_end_ > 0 || read_error_) judged_.complete({}, 0);
      },
      asio::use_awaitable);
}

Async<ErrorCode> TlsConnection::verdict() {
  co_await first_word();
  co_return in_end_ > 0 ? ErrorCode() : read_error_;
}

void TlsConnection::accept_us() {
  accepted_ = true;
  judged_.complete({}, 0);
}

void TlsConnection::opened() {
  opened_ = true;
  events_.opened();
  if (in_end_ > 0) events_.received(in_end_);
}

void TlsConnection::read_ahead() {
  if (reading_ || closed_ || read_error_ || in_at_ < in_end_) return;
  reading_ = true;
  in_at_ = in_end_ = 0;
  auto done = [self = shared_from_this()](ErrorCode error, std::size_t size) {
    self->reading_ = false;
    if (self->closed_) return self->say_farewell();
    self->in_end_ = size;
    self->read_error_ = error;
    if (self->opened_ && size > 0) self->events_.received(size);
    self->judged_.complete({}, 0);
    self->pump_reader();
  };
  stream_.async_read_some(asio::buffer(inbox_),
                          asio::bind_cancellation_slot(stop_reading_.slot(), std::move(done)));
}

void TlsConnection::read(asio::mutable_buffer buffer, ByteStream::IoHandler handler) {
  reader_.hold(loop_, weak_from_this(), std::move(handler));
  into_ = buffer;
  if (closed_) return reader_.complete(asio::error::operation_aborted, 0);
  if (buffer.size() == 0) return reader_.complete({}, 0);
  pump_reader();
}

void TlsConnection::pump_reader() {
  if (reader_ && in_at_ < in_end_) {
    const std::size_t size = std::min(in_end_ - in_at_, into_.size());
    std::copy_n(inbox_.begin() + static_cast<std::ptrdiff_t>(in_at_), size,
                static_cast<std::uint8_t*>(into_.data()));
    in_at_ += size;
    reader_.complete({}, size);
  } else if (reader_ && read_error_) {
    reader_.complete(read_error_, 0);
  }
  read_ahead();
}

void TlsConnection::write(asio::const_buffer buffer, ByteStream::IoHandler handler) {
  writer_.hold(loop_, weak_from_this(), std::move(handler));
  from_ = buffer;
  ++write_id_;
  if (closed_) return writer_.complete(asio::error::operation_aborted, 0);
  if (buffer.size() == 0) return writer_.complete({}, 0);
  pump_writer();
}

void TlsConnection::pump_writer() {
  if (!writer_ || writing_) return;
  if (write_error_) return writer_.complete(write_error_, 0);
  const auto* first = static_cast<const std::uint8_t*>(from_.data());
  outbox_.assign(first, first + std::min(from_.size(), kRecord));
  events_.sent(outbox_);
  writing_ = true;
  asio::async_write(stream_, asio::buffer(outbox_),
                    [self = shared_from_this(), id = write_id_](ErrorCode error, std::size_t size) {
                      self->writing_ = false;
                      self->write_error_ = error;
                      if (self->closed_) return self->say_farewell();
                      if (id == self->write_id_) self->writer_.complete(error, size);
                      self->pump_writer();
                    });
}

void TlsConnection::close() {
  if (std::exchange(closed_, true)) return;
  reader_.complete(asio::error::operation_aborted, 0);
  writer_.complete(asio::error::operation_aborted, 0);
  if (!opened_) return drop();
  events_.closed();
  if (reading_) stop_reading_.emit(asio::cancellation_type::terminal);
  farewell_ends_ = loop_.after(kFarewell, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->drop();
  });
  say_farewell();
}

/// Tells the peer that this is the end and no attack that cuts the connection, once nothing else is
/// under way.
void TlsConnection::say_farewell() {
  if (reading_ || writing_ || !stream_.lowest_layer().is_open()) return;
  if (write_error_ || (read_error_ && read_error_ != asio::error::eof)) return drop();
  stream_.async_shutdown([self = shared_from_this()](ErrorCode) { self->drop(); });
}

void TlsConnection::drop() {
  loop_.cancel(farewell_ends_);
  ErrorCode ignored;
  stream_.lowest_layer().close(ignored);
}

class TlsStream final : public ByteStream {
 public:
  explicit TlsStream(std::shared_ptr<TlsConnection> connection)
      : connection_(std::move(connection)) {}
  ~TlsStream() override { connection_->close(); }
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  executor_type get_executor() override { return connection_->loop().executor(); }
  void close() override { connection_->close(); }
  bool is_open() const override { return connection_->is_open(); }
  void set_baud(unsigned) override {}

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    connection_->read(buffer, std::move(handler));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    connection_->write(buffer, std::move(handler));
  }

 private:
  std::shared_ptr<TlsConnection> connection_;
};

/// Alerts by which a peer refuses our certificate, or that we have none.
bool is_refusal_of_us(int reason) {
  switch (reason) {
    case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:  // TLS 1.2, when we show none
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
      return true;
    default:
      return false;
  }
}

tl::unexpected<Error<OpenReason>> failed(const std::string& peer, const ErrorCode& error,
                                         SSL* native) {
  const long verdict = ::SSL_get_verify_result(native);
  if (verdict != X509_V_OK) {
    return fail(OpenReason::kAuthFailed, "the certificate of " + peer + " is not accepted: " +
                                             ::X509_verify_cert_error_string(verdict));
  }
  if (error.category() == asio::error::get_ssl_category()) {
    if (is_refusal_of_us(ERR_GET_REASON(static_cast<unsigned long>(error.value())))) {
      return fail(OpenReason::kAuthFailed,
                  peer + " does not accept our certificate: " + error.message());
    }
    return fail(OpenReason::kRefused, peer + " does not agree on TLS: " + error.message());
  }
  if (error == asio::error::eof || error == asio::error::connection_reset ||
      error == ssl::error::stream_truncated) {
    return fail(OpenReason::kRefused, peer + " ended the TLS handshake: " + error.message());
  }
  return fail(OpenReason::kUnreachable,
              peer + " was lost in the TLS handshake: " + error.message());
}

std::shared_ptr<ssl::context> make_context(const TlsFiles& files) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  ::SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION);
  ::SSL_CTX_set_session_cache_mode(context->native_handle(),
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  ::SSL_CTX_sess_set_new_cb(context->native_handle(), on_session_ticket);
  context->set_verify_mode(ssl::verify_peer);
  const auto check = [](const ErrorCode& error, const std::string& file, const char* what) {
    if (error) throw std::runtime_error(file + " is no " + what + ": " + error.message());
  };
  ErrorCode error;
  context->load_verify_file(files.ca_file, error);
  check(error, files.ca_file, "certificate of an authority");
  if (files.certificate_file.empty()) return context;
  context->use_certificate_chain_file(files.certificate_file, error);
  check(error, files.certificate_file, "certificate");
  context->use_private_key_file(files.key_file, ssl::context::pem, error);
  check(error, files.key_file, ("private key for " + files.certificate_file).c_str());
  return context;
}

class TlsSource final : public StreamSource {
 public:
  TlsSource(RealLoop& loop, const Tracer& tracer, std::string line, Endpoint endpoint,
            const TlsFiles& files)
      : loop_(loop),
        tracer_(tracer),
        line_(std::move(line)),
        endpoint_(std::move(endpoint)),
        peer_name_(files.peer_name.empty() ? endpoint_.host : files.peer_name),
        context_(make_context(files)) {}

  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override {
    auto connected = co_await connect_tcp(loop_, endpoint_);
    if (!connected) co_return tl::unexpected(connected.error());
    ErrorCode error;
    const auto port = connected->local_endpoint(error).port();
    auto connection =
        std::make_shared<TlsConnection>(loop_, context_, std::move(*connected),
                                        WireEvents(tracer_, line_, port, WireEvents::End::kHost));
    auto stream = std::make_unique<TlsStream>(connection);
    error = co_await connection->handshake(peer_name_);
    if (error) co_return failed(name(), error, connection->native());
    connection->opened();
    co_return stream;
  }
  std::string name() const override { return to_string(endpoint_); }

 private:
  RealLoop& loop_;
  const Tracer& tracer_;
  std::string line_;
  Endpoint endpoint_;
  std::string peer_name_;
  std::shared_ptr<ssl::context> context_;
};

}  // namespace

std::unique_ptr<StreamSource> tls_source(RealLoop& loop, const Tracer& tracer, std::string line,
                                         Endpoint endpoint, const TlsFiles& files) {
  return std::make_unique<TlsSource>(loop, tracer, std::move(line), std::move(endpoint), files);
}

}  // namespace cardrig
