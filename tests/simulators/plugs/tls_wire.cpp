// TLS: the driver's end is ours, the device's end is Asio's TLS server over a TCP plug.
#include <algorithm>
#include <array>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <deque>
#include <functional>
#include <utility>
#include <vector>

#include "fixtures/pki/authority.h"
#include "kiosk/runtime/pending_io.h"
#include "kiosk/runtime/tcp_stream.h"
#include "tests/simulators/plugs/real_wire.h"

namespace cardrig::test {

namespace {

using namespace std::chrono_literals;
namespace ssl = asio::ssl;
using Stream = std::shared_ptr<ByteStream>;

/// What Asio's TLS asks of the stream below it.
class Layer {
 public:
  using lowest_layer_type = Layer;
  using executor_type = ByteStream::executor_type;

  explicit Layer(Stream stream) : stream_(std::move(stream)) {}
  executor_type get_executor() { return stream_->get_executor(); }
  Layer& lowest_layer() { return *this; }
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return stream_->async_read_some(buffers, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return stream_->async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  Stream stream_;
};

/// One connection of the server. Reads ahead, so that closing and cancelling leave TLS alone.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Loop& loop, ssl::context& context, Stream stream)
      : loop_(loop), below_(stream), stream_(Layer(stream), context) {}

  Loop& loop() { return loop_; }
  [[nodiscard]] bool is_open() const { return !closed_ && below_->is_open(); }

  void accept(std::function<void()> done) {
    stream_.async_handshake(ssl::stream_base::server,
                            [self = shared_from_this(), d = std::move(done)](ErrorCode error) {
                              if (error) return;
                              self->read_ahead();
                              d();
                            });
  }

  void read(asio::mutable_buffer buffer, ByteStream::IoHandler handler) {
    reader_.hold(loop_, weak_from_this(), std::move(handler));
    into_ = buffer;
    pump();
  }

  void write(asio::const_buffer buffer, ByteStream::IoHandler handler) {
    writer_.hold(loop_, weak_from_this(), std::move(handler));
    if (error_ && error_ != asio::error::eof) return writer_.complete(error_, 0);
    if (closed_) return writer_.complete(asio::error::operation_aborted, 0);
    const auto* first = static_cast<const std::uint8_t*>(buffer.data());
    outbox_.emplace_back(first, first + buffer.size());
    if (outbox_.size() == 1) write_next();
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    reader_.complete(asio::error::operation_aborted, 0);
    writer_.complete(asio::error::operation_aborted, 0);
    loop_.after(1s, [self = shared_from_this()] { self->below_->close(); });
    if (outbox_.empty()) say_farewell();
  }

 private:
  void read_ahead() {
    stream_.async_read_some(asio::buffer(inbox_),
                            [self = shared_from_this()](ErrorCode error, std::size_t size) {
                              self->size_ = size;
                              self->at_ = 0;
                              self->error_ = error;
                              self->pump();
                            });
  }

  void pump() {
    if (closed_) return reader_.complete(asio::error::operation_aborted, 0);
    if (!reader_) return;
    if (at_ < size_) {
      const std::size_t size = std::min(size_ - at_, into_.size());
      std::copy_n(inbox_.begin() + static_cast<std::ptrdiff_t>(at_), size,
                  static_cast<std::uint8_t*>(into_.data()));
      at_ += size;
      reader_.complete({}, size);
      if (at_ == size_ && !error_) read_ahead();
    } else if (error_) {
      reader_.complete(error_, 0);
    }
  }

  void write_next() {
    asio::async_write(stream_, asio::buffer(outbox_.front()),
                      [self = shared_from_this()](ErrorCode error, std::size_t size) {
                        self->outbox_.pop_front();
                        if (!self->outbox_.empty() && !error) return self->write_next();
                        if (self->closed_) return self->say_farewell();
                        self->writer_.complete(error, size);
                      });
  }

  void say_farewell() {
    stream_.async_shutdown([self = shared_from_this()](ErrorCode) { self->below_->close(); });
  }

  Loop& loop_;
  Stream below_;
  ssl::stream<Layer> stream_;
  bool closed_ = false;
  ErrorCode error_;
  std::array<std::uint8_t, 4096> inbox_{};
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  PendingIo reader_;
  asio::mutable_buffer into_;
  std::deque<std::vector<std::uint8_t>> outbox_;
  PendingIo writer_;
};

class SessionEnd final : public ByteStream {
 public:
  explicit SessionEnd(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~SessionEnd() override { session_->close(); }
  SessionEnd(const SessionEnd&) = delete;
  SessionEnd& operator=(const SessionEnd&) = delete;
  executor_type get_executor() override { return session_->loop().executor(); }
  void close() override { session_->close(); }
  bool is_open() const override { return session_->is_open(); }
  void set_baud(unsigned) override {}

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    session_->read(buffer, std::move(handler));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    session_->write(buffer, std::move(handler));
  }

 private:
  std::shared_ptr<Session> session_;
};

class TlsPlug final : public Plug {
 public:
  TlsPlug(Loop& loop, Plug& below, ssl::context& context)
      : loop_(loop), below_(below), context_(context) {}

  void on_accept(Acceptor acceptor) override {
    below_.on_accept([this, a = std::move(acceptor)](Stream stream) {
      const auto session = std::make_shared<Session>(loop_, context_, std::move(stream));
      session->accept([a, session] {
        auto end = std::make_shared<SessionEnd>(session);
        if (a) a(std::move(end));
      });
    });
  }
  void set_reach(Reach reach) override { below_.set_reach(reach); }
  Reach reach() const override { return below_.reach(); }
  const std::string& name() const override { return below_.name(); }

 private:
  Loop& loop_;
  Plug& below_;
  ssl::context& context_;
};

class TlsWire final : public RealWire {
 public:
  TlsWire() {
    const pki::Authority authority("Test authority");
    authority.write_certificate(folder_ / "ca.pem");
    authority.issue({"device", "IP:127.0.0.1"}, folder_ / "device.pem", folder_ / "device.key");
    authority.issue({"kiosk", ""}, folder_ / "kiosk.pem", folder_ / "kiosk.key");
    context_.use_certificate_chain_file(folder_ / "device.pem");
    context_.use_private_key_file(folder_ / "device.key", ssl::context::pem);
    context_.load_verify_file(folder_ / "ca.pem");
    context_.set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
    plug_ = sim::tcp_plug(loop_, cipher_tracer_, {"wire", 0}, "127.0.0.1");
    tls_plug_ = tls_plug(loop_, *plug_, context_);
    source_ = tls_source(loop_, host_tracer_, "wire", endpoint_of(*plug_),
                         {folder_ / "ca.pem", folder_ / "kiosk.pem", folder_ / "kiosk.key"});
  }
  Plug& plug() override { return *tls_plug_; }

 private:
  TemporaryFolder folder_;
  ssl::context context_{ssl::context::tls_server};
  std::unique_ptr<Plug> tls_plug_;
};

}  // namespace

std::unique_ptr<Plug> tls_plug(Loop& loop, Plug& below, ssl::context& context) {
  return std::make_unique<TlsPlug>(loop, below, context);
}

WireKind tls_wire() {
  WireKind kind{"Tls", [] { return std::make_unique<TlsWire>(); }};
  kind.when_unplugged = OpenReason::kRefused;
  kind.opens_into_black_hole = false;
  kind.device_is_traced = false;
  return kind;
}

}  // namespace cardrig::test
