// Two ways a connection, each a buffer between two sockets. Sockets are waited for and then read or
// written without waiting, so that a cut takes effect between two bytes.
#include "simulators/network/relay.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

namespace cardrig::sim {

using asio::ip::tcp;

namespace {

constexpr std::size_t kBuffer_bytes = 16U << 10U;
/// Buffers that one way may pass on before others have their turn.
constexpr int kTurn = 8;
/// After an accept() that failed (no descriptors left).
constexpr Nanos kAcceptAgain = std::chrono::milliseconds(100);

std::string to_text(const tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

/// Not for child processes, and never waiting.
void prepare(tcp::socket& socket) {
  ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
  ErrorCode ignored;
  socket.non_blocking(true, ignored);
  socket.set_option(tcp::no_delay(true), ignored);
}

}  // namespace

struct NetworkRelay::State : std::enable_shared_from_this<NetworkRelay::State> {
  State(RealLoop& l, const RelayOptions& o) : loop(l), options(o), listener(l.context()) {}

  void listen();
  void accept();
  void accept_ready();
  void serve(tcp::socket kiosk, unsigned short port);
  void remove(const Link* link);

  RealLoop& loop;
  RelayOptions options;
  tcp::acceptor listener;
  tcp::endpoint address;
  std::vector<std::shared_ptr<Link>> links;
  bool up = true;
  bool waits_to_accept = false;
};

/// One direction of a connection.
class NetworkRelay::Way {
 public:
  enum class Result { kWaitsToRead, kWaitsToWrite, kTurnIsOver, kEnded, kBroken };

  Way(tcp::socket& from, tcp::socket& to) : from_(from), to_(to) {}

  /// Passes on what can be passed on now.
  Result pump() {
    for (int i = 0; i < kTurn; ++i) {
      ErrorCode error;
      if (first_ == last_) {
        first_ = 0;
        last_ = from_.read_some(asio::buffer(held_), error);
        if (error == asio::error::would_block) return Result::kWaitsToRead;
        if (error == asio::error::eof) return end();
        if (error) return Result::kBroken;
      }
      const auto size = to_.write_some(asio::buffer(held_.data() + first_, last_ - first_), error);
      first_ += size;
      passed = passed || size > 0;
      if (error == asio::error::would_block) return Result::kWaitsToWrite;
      if (error) return Result::kBroken;
    }
    return Result::kTurnIsOver;
  }
  tcp::socket& from() { return from_; }
  tcp::socket& to() { return to_; }

  bool waits = false;
  bool ended = false;
  bool passed = false;  // a byte, since this was last set to false

 private:
  Result end() {
    ErrorCode ignored;
    to_.shutdown(tcp::socket::shutdown_send, ignored);
    ended = true;
    return Result::kEnded;
  }

  tcp::socket& from_;
  tcp::socket& to_;
  std::array<std::uint8_t, kBuffer_bytes> held_{};
  std::size_t first_ = 0;
  std::size_t last_ = 0;
};

/// One connection. Alive as long as the relay knows it or one of its sockets is waited for.
class NetworkRelay::Link : public std::enable_shared_from_this<Link> {
 public:
  Link(const std::shared_ptr<State>& relay, tcp::socket kiosk)
      : loop_(relay->loop),
        relay_(relay),
        kiosk_(std::move(kiosk)),
        platform_(relay->loop.context()),
        to_platform_(kiosk_, platform_),
        to_kiosk_(platform_, kiosk_) {}

  void connect(const tcp::endpoint& to, unsigned short port) {
    ErrorCode error;
    platform_.open(to.protocol(), error);
    if (error) return broken();
    prepare(platform_);
    const bool took = take_port(to, port);
    platform_.async_connect(to, [self = shared_from_this(), to, took](const ErrorCode& failed) {
      if (took && failed == boost::system::errc::address_not_available) {
        // An earlier connection between these very addresses is not forgotten yet: any port, then.
        ErrorCode ignored;
        self->platform_.close(ignored);
        return self->connect(to, 0);
      }
      if (failed) return self->broken();
      self->connected_ = true;
      self->pump();
    });
  }

  void pump() {
    if (!connected_) return;
    pump(to_platform_);
    pump(to_kiosk_);
  }

  /// Resets both ends.
  void reset() {
    loop_.cancel(half_closed_);
    for (tcp::socket* socket : {&kiosk_, &platform_}) {
      ErrorCode ignored;
      socket->set_option(tcp::socket::linger(true, 0), ignored);
      socket->close(ignored);
    }
    connected_ = false;
  }

 private:
  /// False: the system will choose a port.
  bool take_port(const tcp::endpoint& to, unsigned short port) {
    if (port == 0 || to.address() != asio::ip::make_address("127.0.0.1")) return false;
    ErrorCode error;
    // Other relays' connections to other platforms, and what is left of them, do not matter.
    platform_.set_option(tcp::socket::reuse_address(true), error);
    platform_.bind({asio::ip::make_address("127.0.0.2"), port}, error);
    return !error;
  }

  void pump(Way& way) {
    const auto relay = relay_.lock();
    if (!relay || !relay->up || !connected_ || way.waits || way.ended) return;
    switch (way.pump()) {
      case Way::Result::kWaitsToRead:
        return wait(way, way.from(), tcp::socket::wait_read);
      case Way::Result::kWaitsToWrite:
        return wait(way, way.to(), tcp::socket::wait_write);
      case Way::Result::kTurnIsOver:
        way.waits = true;
        return relay->loop.post([self = shared_from_this(), &way] { self->waited(way); });
      case Way::Result::kBroken:
        return broken();
      case Way::Result::kEnded:
        if (to_platform_.ended && to_kiosk_.ended) return ended();
        watch_half_closed(relay->options.half_closed_limit);
    }
  }

  /// The end that has closed may have gone for good, and the other may never say anything: neither
  /// would be heard of again.
  void watch_half_closed(Nanos limit) {
    to_platform_.passed = to_kiosk_.passed = false;
    half_closed_ = loop_.after(limit, [weak = weak_from_this(), limit] {
      const auto self = weak.lock();
      const auto relay = self ? self->relay_.lock() : nullptr;
      if (!relay || !self->connected_) return;
      const bool lives = self->to_platform_.passed || self->to_kiosk_.passed || !relay->up;
      lives ? self->watch_half_closed(limit) : self->broken();
    });
  }

  void wait(Way& way, tcp::socket& socket, tcp::socket::wait_type what) {
    way.waits = true;
    socket.async_wait(what,
                      [self = shared_from_this(), &way](const ErrorCode&) { self->waited(way); });
  }

  void waited(Way& way) {
    way.waits = false;
    pump(way);
  }

  void broken() {
    reset();
    forget();
  }

  void ended() {
    loop_.cancel(half_closed_);
    connected_ = false;
    ErrorCode ignored;
    kiosk_.close(ignored);
    platform_.close(ignored);
    forget();
  }

  void forget() {
    if (const auto relay = relay_.lock()) relay->remove(this);
  }

  RealLoop& loop_;
  std::weak_ptr<State> relay_;
  tcp::socket kiosk_;
  tcp::socket platform_;
  Way to_platform_;
  Way to_kiosk_;
  bool connected_ = false;
  TimerId half_closed_ = 0;
};

void NetworkRelay::State::listen() {
  try {
    listener.open(options.listen.protocol());
    ::fcntl(listener.native_handle(), F_SETFD, FD_CLOEXEC);
    listener.set_option(tcp::acceptor::reuse_address(true));
    listener.bind(options.listen);
    listener.listen();
    listener.non_blocking(true);
    address = listener.local_endpoint();
  } catch (const boost::system::system_error& e) {
    throw std::runtime_error("cannot listen on " + to_text(options.listen) + ": " +
                             e.code().message());
  }
}

void NetworkRelay::State::accept() {
  if (!up || waits_to_accept || !listener.is_open()) return;
  waits_to_accept = true;
  listener.async_wait(tcp::acceptor::wait_read, [self = shared_from_this()](const ErrorCode&) {
    self->waits_to_accept = false;
    self->accept_ready();
  });
}

void NetworkRelay::State::accept_ready() {
  while (up && listener.is_open()) {
    ErrorCode error;
    tcp::endpoint host;
    tcp::socket socket(loop.context());
    listener.accept(socket, host, error);
    if (!error) {
      serve(std::move(socket), host.port());
    } else if (error == asio::error::would_block) {
      break;
    } else if (error != asio::error::connection_aborted) {
      waits_to_accept = true;
      loop.after(kAcceptAgain, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->waits_to_accept = false;
        self->accept();
      });
      return;
    }
  }
  accept();
}

void NetworkRelay::State::serve(tcp::socket kiosk, unsigned short port) {
  prepare(kiosk);
  const auto link = std::make_shared<Link>(shared_from_this(), std::move(kiosk));
  if (links.size() >= options.connections_max) return link->reset();
  links.push_back(link);
  link->connect(options.to, port);
}

void NetworkRelay::State::remove(const Link* link) {
  std::erase_if(links, [link](const auto& l) { return l.get() == link; });
}

NetworkRelay::NetworkRelay(RealLoop& loop, const RelayOptions& options)
    : state_(std::make_shared<State>(loop, options)) {
  state_->listen();
  state_->accept();
}

NetworkRelay::~NetworkRelay() {
  ErrorCode ignored;
  state_->listener.close(ignored);
  for (const auto& link : std::exchange(state_->links, {})) link->reset();
}

void NetworkRelay::set_up(bool up) {
  if (state_->up == up) return;
  state_->up = up;
  if (!up) return;
  const auto links = state_->links;  // a copy: a link that breaks is taken out
  for (const auto& link : links) link->pump();
  state_->accept();
}

std::string NetworkRelay::address() const { return to_text(state_->address); }

std::size_t NetworkRelay::connections() const { return state_->links.size(); }

}  // namespace cardrig::sim
