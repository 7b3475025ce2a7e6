// The server's end of a TCP connection as a ByteStream, plain or under TLS. Closing keeps the last
// answer safe: a socket that closes with unread bytes resets the connection, and what the client
// has not read yet is lost. So the end is announced, and reading goes on for a moment.
#pragma once

#include <array>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/pending_io.h"

namespace cardrig::mock_platform {

/// `Layer` is tcp::socket or ssl::stream<tcp::socket>.
template <class Layer>
class SocketStream final : public ByteStream {
 public:
  static constexpr bool kTls = !std::is_same_v<Layer, asio::ip::tcp::socket>;

  SocketStream(Loop& loop, Layer layer) : state_(std::make_shared<State>(loop, std::move(layer))) {}
  ~SocketStream() override { SocketStream::close(); }
  SocketStream(const SocketStream&) = delete;
  SocketStream& operator=(const SocketStream&) = delete;

  executor_type get_executor() override { return state_->loop.executor(); }
  bool is_open() const override { return state_->open; }
  void set_baud(unsigned) override {}
  void close() override { state_->close(); }
  Layer& layer() { return state_->layer; }
  /// From now on plain, whatever the layer is: TLS was not agreed on.
  void forget_tls() { state_->tls_is_up = false; }

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    CARDRIG_CHECK(!state_->reading && "one read at a time");
    if (!state_->open) return refuse(std::move(handler));
    state_->reading = true;
    const auto slot = asio::get_associated_cancellation_slot(handler);
    auto done = [state = state_, h = std::move(handler)](ErrorCode error, std::size_t n) mutable {
      state->reading = false;
      state->judge(error, n);
      std::move(h)(error, n);
    };
    state_->layer.async_read_some(buffer, asio::bind_cancellation_slot(slot, std::move(done)));
  }

  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    CARDRIG_CHECK(!state_->writing && "one write at a time");
    if (!state_->open) return refuse(std::move(handler));
    state_->writing = true;
    const auto slot = asio::get_associated_cancellation_slot(handler);
    auto done = [state = state_, h = std::move(handler)](ErrorCode error, std::size_t n) mutable {
      state->writing = false;
      if (error) state->is_stuck = true;
      state->judge(error, n);
      std::move(h)(error, n);
    };
    state_->layer.async_write_some(buffer, asio::bind_cancellation_slot(slot, std::move(done)));
  }

 private:
  /// What pending operations need: it outlives the stream until they have completed.
  struct State : std::enable_shared_from_this<State> {
    State(Loop& l, Layer y) : loop(l), layer(std::move(y)) {}

    asio::ip::tcp::socket& socket() {
      if constexpr (kTls) {
        return layer.next_layer();
      } else {
        return layer;
      }
    }

    void judge(ErrorCode& error, std::size_t& size) {
      if (error) whole = false;
      if (open) return;
      error = asio::error::operation_aborted;
      size = 0;
    }

    void close() {
      if (!std::exchange(open, false)) return;
      // In the middle of something there is no way to say farewell.
      if (reading || writing) return drop();
      if (is_stuck) return reset();
      ends = loop.after(std::chrono::seconds(1), [weak = this->weak_from_this()] {
        if (const auto self = weak.lock()) self->drop();
      });
      if constexpr (kTls) {
        if (tls_is_up && whole) {
          return layer.async_shutdown(
              [self = this->shared_from_this()](ErrorCode) { self->end_sending(); });
        }
      }
      end_sending();
    }

    void end_sending() {
      ErrorCode ignored;
      socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      linger();
    }

    /// Reads and forgets until the client has closed.
    void linger() {
      if (!socket().is_open()) return;
      socket().async_read_some(asio::buffer(nobody_reads_this),
                               [self = this->shared_from_this()](ErrorCode error, std::size_t) {
                                 return error ? self->drop() : self->linger();
                               });
    }

    /// What the client has not taken so far it need not take any more.
    void reset() {
      ErrorCode ignored;
      socket().set_option(asio::ip::tcp::socket::linger(true, 0), ignored);
      drop();
    }

    void drop() {
      loop.cancel(std::exchange(ends, 0));
      ErrorCode ignored;
      socket().close(ignored);
    }

    Loop& loop;
    Layer layer;
    bool tls_is_up = true;
    bool open = true;
    bool whole = true;  // no operation has failed
    bool is_stuck = false;  // no answer goes out
    bool reading = false;
    bool writing = false;
    TimerId ends = 0;
    std::array<char, 1024> nobody_reads_this{};
  };

  void refuse(IoHandler handler) {
    complete_soon(state_->loop, std::move(handler), asio::error::operation_aborted, 0);
  }

  std::shared_ptr<State> state_;
};

}  // namespace cardrig::mock_platform
