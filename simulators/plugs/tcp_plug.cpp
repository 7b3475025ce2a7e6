// A TCP port with a device behind it, and the faults of its cable.
//
// No bytes are kept here: they are read from the socket into the device's buffer when the device
// reads, and what the device writes waits until the host takes it. A host that floods or does not
// read therefore fills the system's socket buffers and no more.
#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "kiosk/runtime/pending_io.h"
#include "kiosk/runtime/wire_events.h"
#include "simulators/plugs/plugs.h"

namespace cardrig::sim {

namespace {

using asio::ip::tcp;

/// A device that closes while the host still sends: reading goes on for so long, because closing a
/// socket with unread bytes resets the connection and takes the device's last answer away.
constexpr Nanos kLinger = std::chrono::seconds(1);
/// After an accept() that failed (no descriptors left).
constexpr Nanos kAcceptAgain = std::chrono::milliseconds(100);

/// One accepted connection. Alive as long as its End or an operation of the socket.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(RealLoop& loop, tcp::socket socket, WireEvents events, bool silent)
      : loop_(loop), socket_(std::move(socket)), events_(std::move(events)), silent_(silent) {}

  RealLoop& loop() { return loop_; }
  [[nodiscard]] bool is_open() const { return !error_; }

  void read(asio::mutable_buffer buffer, ByteStream::IoHandler handler) {
    reader_.hold(loop_, weak_from_this(), std::move(handler));
    into_ = buffer;
    if (error_) return reader_.complete(error_, 0);
    if (buffer.size() == 0) return reader_.complete({}, 0);
    pump_reader();
  }

  void write(asio::const_buffer buffer, ByteStream::IoHandler handler) {
    writer_.hold(loop_, weak_from_this(), std::move(handler));
    from_ = buffer;
    written_ = 0;
    if (error_) return writer_.complete(error_, 0);
    if (buffer.size() == 0) return writer_.complete({}, 0);
    events_.sent({static_cast<const std::uint8_t*>(buffer.data()), buffer.size()});
    pump_writer();
  }

  void set_silent(bool silent) {
    silent_ = silent;
    if (silent) return;
    if (const auto self = std::exchange(kept_, nullptr)) finish();
    pump_reader();
    pump_writer();
  }

  /// By the device: the host reads what has been written, then end of file.
  void close() {
    if (error_ == asio::error::operation_aborted) return;
    events_.closed();
    const bool broken = static_cast<bool>(error_);
    end(asio::error::operation_aborted);
    if (broken) return drop();
    if (silent_) {
      kept_ = shared_from_this();
    } else {
      finish();
    }
  }

  /// By the cable: the host's connection is reset, the device's operations fail with `error`.
  void reset(ErrorCode error) {
    if (!error_) end(error);
    const auto self = std::exchange(kept_, nullptr);
    ErrorCode ignored;
    socket_.set_option(tcp::socket::linger(true, 0), ignored);
    drop();
  }

 private:
  void end(ErrorCode error) {
    error_ = error;
    reader_.complete(error, 0);
    writer_.complete(error, 0);
  }

  void drop() {
    loop_.cancel(std::exchange(linger_timer_, 0));
    ErrorCode ignored;
    socket_.close(ignored);
  }

  void finish() {
    ErrorCode ignored;
    socket_.cancel(ignored);
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    linger_timer_ = loop_.after(kLinger, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->drop();
    });
    linger();
  }

  void pump_reader() {
    if (!reader_ || silent_ || error_ || waits_to_read_) return;
    ErrorCode error;
    const std::size_t size = socket_.read_some(asio::buffer(into_), error);
    if (error == asio::error::would_block) {
      waits_to_read_ = true;
      return socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode) {
        self->waits_to_read_ = false;
        self->pump_reader();
      });
    }
    if (size > 0) events_.received(size);
    if (error && error != asio::error::eof) return end(error);
    reader_.complete(error, size);
  }

  void pump_writer() {
    while (writer_ && !silent_ && !error_ && !waits_to_write_) {
      ErrorCode error;
      written_ += socket_.write_some(asio::buffer(from_ + written_), error);
      if (error == asio::error::would_block) {
        waits_to_write_ = true;
        return socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](ErrorCode) {
          self->waits_to_write_ = false;
          self->pump_writer();
        });
      }
      if (error) return end(error);
      if (written_ == from_.size()) writer_.complete({}, written_);
    }
  }

  /// Reads and forgets until the host has closed.
  void linger() {
    std::array<char, 4096> nobody_reads_this;
    ErrorCode error;
    socket_.read_some(asio::buffer(nobody_reads_this), error);
    if (error && error != asio::error::would_block) return drop();
    socket_.async_wait(tcp::socket::wait_read, [self = shared_from_this()](ErrorCode waited) {
      if (!waited) self->linger();
    });
  }

  RealLoop& loop_;
  tcp::socket socket_;
  WireEvents events_;
  bool silent_;
  ErrorCode error_;  // set: every operation of the device fails with it
  PendingIo reader_;
  PendingIo writer_;
  asio::mutable_buffer into_;
  asio::const_buffer from_;
  std::size_t written_ = 0;
  bool waits_to_read_ = false;
  bool waits_to_write_ = false;
  std::shared_ptr<Connection> kept_;  // itself: closed, and the host cannot hear it yet
  TimerId linger_timer_ = 0;
};

/// A connection as the device holds it.
class End final : public ByteStream {
 public:
  explicit End(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~End() override { connection_->close(); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

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
  std::shared_ptr<Connection> connection_;
};

/// The listening socket and what came of it. Alive as long as an accept is pending.
class Port : public std::enable_shared_from_this<Port> {
 public:
  Port(RealLoop& loop, const Tracer& tracer, WireOptions options, tcp::endpoint wanted)
      : loop_(loop),
        tracer_(tracer),
        line_(std::move(options.line)),
        send_buffer_bytes_(options.send_buffer_bytes),
        listener_(loop.context()) {
    listener_.open(wanted.protocol());
    ::fcntl(listener_.native_handle(), F_SETFD, FD_CLOEXEC);
    listener_.set_option(tcp::acceptor::reuse_address(true));
    bind(wanted);
    address_ = listener_.local_endpoint();
    listener_.non_blocking(true);
  }

  [[nodiscard]] tcp::endpoint address() const { return address_; }
  [[nodiscard]] Plug::Reach reach() const { return reach_; }
  void on_accept(Plug::Acceptor acceptor) { acceptor_ = std::move(acceptor); }

  void listen() {
    listener_.listen();
    accept();
  }

  void set_reach(Plug::Reach reach) {
    if (reach == reach_) return;
    const bool was_listening = listens();
    const bool was_unplugged = reach_ == Plug::Reach::kUnplugged;
    reach_ = reach;
    if (reach == Plug::Reach::kUnplugged) tracer_.emit("wire.unplugged", {{"line", line_}});
    if (was_unplugged) tracer_.emit("wire.plugged", {{"line", line_}});
    if (was_listening && !listens()) stop_listening();
    for (const auto& c : live()) c->set_silent(reach == Plug::Reach::kBlackHole);
    if (!was_listening && listens()) listener_.listen();
    accept();
  }

  void close() {
    acceptor_ = nullptr;
    ErrorCode ignored;
    listener_.close(ignored);
    for (const auto& c : live()) c->reset(asio::error::operation_aborted);
  }

 private:
  /// A free port is found by another socket, then bound by its number: a port that was bound as
  /// "any" is given back when the socket stops listening.
  void bind(tcp::endpoint wanted) {
    if (wanted.port() != 0) return listener_.bind(wanted);
    tcp::acceptor finder(loop_.context(), wanted.protocol());
    finder.set_option(tcp::acceptor::reuse_address(true));
    finder.bind(wanted);
    listener_.bind(finder.local_endpoint());
  }

  [[nodiscard]] bool listens() const {
    return reach_ == Plug::Reach::kOpen || reach_ == Plug::Reach::kBlackHole;
  }

  /// Linux ends a listening socket by shutdown() and leaves it bound: connecting is refused, and
  /// nobody else gets the port.
  void stop_listening() {
    ErrorCode ignored;
    listener_.cancel(ignored);
    ::shutdown(listener_.native_handle(), SHUT_RD);
    const ErrorCode error = reach_ == Plug::Reach::kUnplugged
                                ? ErrorCode(asio::error::bad_descriptor)
                                : ErrorCode(asio::error::connection_reset);
    for (const auto& c : live()) c->reset(error);
  }

  void accept() {
    if (reach_ != Plug::Reach::kOpen || waits_to_accept_ || !listener_.is_open()) return;
    waits_to_accept_ = true;
    listener_.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](ErrorCode) {
      self->waits_to_accept_ = false;
      self->accept_ready();
    });
  }

  void accept_ready() {
    while (reach_ == Plug::Reach::kOpen && listener_.is_open()) {
      ErrorCode error;
      tcp::endpoint host;
      tcp::socket socket(loop_.context());
      listener_.accept(socket, host, error);
      if (!error) {
        serve(std::move(socket), host);
      } else if (error == asio::error::would_block) {
        break;
      } else if (error != asio::error::connection_aborted) {
        return retry();
      }
    }
    accept();
  }

  void retry() {
    waits_to_accept_ = true;
    loop_.after(kAcceptAgain, [weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self) return;
      self->waits_to_accept_ = false;
      self->accept();
    });
  }

  void serve(tcp::socket socket, const tcp::endpoint& host) {
    ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
    ErrorCode ignored;
    socket.non_blocking(true, ignored);
    socket.set_option(tcp::no_delay(true), ignored);
    if (send_buffer_bytes_ > 0) {
      socket.set_option(tcp::socket::send_buffer_size(send_buffer_bytes_), ignored);
    }
    const auto connection = std::make_shared<Connection>(
        loop_, std::move(socket), WireEvents(tracer_, line_, host.port(), WireEvents::End::kDevice),
        false);
    std::erase_if(connections_, [](const auto& weak) { return weak.expired(); });
    connections_.push_back(connection);
    auto end = std::make_shared<End>(connection);
    if (acceptor_) acceptor_(std::move(end));
  }

  std::vector<std::shared_ptr<Connection>> live() {
    std::vector<std::shared_ptr<Connection>> found;
    std::erase_if(connections_, [&found](const auto& weak) {
      auto c = weak.lock();
      if (!c) return true;
      found.push_back(std::move(c));
      return false;
    });
    return found;
  }

  RealLoop& loop_;
  const Tracer& tracer_;
  std::string line_;
  int send_buffer_bytes_;
  tcp::acceptor listener_;
  tcp::endpoint address_;
  Plug::Reach reach_ = Plug::Reach::kOpen;
  Plug::Acceptor acceptor_;
  std::vector<std::weak_ptr<Connection>> connections_;
  bool waits_to_accept_ = false;
};

class TcpPlug final : public WirePlug {
 public:
  TcpPlug(RealLoop& loop, const Tracer& tracer, WireOptions options, const tcp::endpoint& wanted)
      : line_(options.line),
        port_(std::make_shared<Port>(loop, tracer, std::move(options), wanted)) {
    port_->listen();
  }
  ~TcpPlug() override { port_->close(); }
  TcpPlug(const TcpPlug&) = delete;
  TcpPlug& operator=(const TcpPlug&) = delete;

  void on_accept(Acceptor acceptor) override { port_->on_accept(std::move(acceptor)); }
  void set_reach(Reach reach) override { port_->set_reach(reach); }
  Reach reach() const override { return port_->reach(); }
  const std::string& name() const override { return line_; }
  std::string address() const override {
    std::ostringstream text;
    text << port_->address();
    return text.str();
  }

 private:
  std::string line_;
  std::shared_ptr<Port> port_;
};

}  // namespace

std::unique_ptr<WirePlug> tcp_plug(RealLoop& loop, const Tracer& tracer, WireOptions options,
                                   const std::string& host, unsigned short port) {
  ErrorCode error;
  const auto address = asio::ip::make_address(host, error);
  if (error) throw std::runtime_error("'" + host + "' is not an IP address to listen on");
  try {
    return std::make_unique<TcpPlug>(loop, tracer, std::move(options),
                                     tcp::endpoint(address, port));
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("cannot listen on " + host + ", port " + std::to_string(port) + ": " +
                             e.code().message());
  }
}

}  // namespace cardrig::sim
