// IoStream: a ByteStream over an Asio socket or descriptor, the host's end of a wire.
#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <utility>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/pending_io.h"
#include "kiosk/runtime/wire_events.h"

namespace cardrig {

template <class Io>
class IoStream : public ByteStream {
 public:
  IoStream(Loop& loop, Io io, WireEvents events)
      : state_(std::make_shared<State>(loop, std::move(io), std::move(events))) {
    state_->events.opened();
  }
  ~IoStream() override { IoStream::close(); }
  IoStream(const IoStream&) = delete;
  IoStream& operator=(const IoStream&) = delete;

  executor_type get_executor() override { return state_->loop.executor(); }
  bool is_open() const override { return state_->open && !state_->broken; }
  void set_baud(unsigned) override {}
  void close() override {
    if (!std::exchange(state_->open, false)) return;
    ErrorCode ignored;  // nothing can be done about it, and the descriptor is gone either way
    state_->io.close(ignored);
    state_->events.closed();
  }

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    CARDRIG_CHECK(!state_->reading && "one read at a time");
    if (!state_->open) return refuse(std::move(handler));
    state_->reading = true;
    const auto slot = asio::get_associated_cancellation_slot(handler);
    auto done = [state = state_, h = std::move(handler)](ErrorCode error,
                                                         std::size_t size) mutable {
      state->reading = false;
      state->judge(error, size);
      if (size > 0) state->events.received(size);
      std::move(h)(error, size);
    };
    state_->io.async_read_some(buffer, asio::bind_cancellation_slot(slot, std::move(done)));
  }

  /// Writes all of `buffer`: what the trace says has been sent is then on its way.
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    CARDRIG_CHECK(!state_->writing && "one write at a time");
    if (!state_->open) return refuse(std::move(handler));
    state_->writing = true;
    if (buffer.size() > 0) {
      state_->events.sent({static_cast<const std::uint8_t*>(buffer.data()), buffer.size()});
    }
    const auto slot = asio::get_associated_cancellation_slot(handler);
    auto done = [state = state_, h = std::move(handler)](ErrorCode error,
                                                         std::size_t size) mutable {
      state->writing = false;
      state->judge(error, size);
      std::move(h)(error, size);
    };
    asio::async_write(state_->io, buffer, asio::bind_cancellation_slot(slot, std::move(done)));
  }

  Io& io() { return state_->io; }

 private:
  /// What pending operations need: it outlives the stream until they have completed.
  struct State {
    State(Loop& l, Io i, WireEvents e) : loop(l), io(std::move(i)), events(std::move(e)) {}

    /// Nothing succeeds after close(), also what had been done before its handler ran.
    void judge(ErrorCode& error, std::size_t& size) {
      if (!open) {
        error = asio::error::operation_aborted;
        size = 0;
      } else if (error && error != asio::error::eof && error != asio::error::operation_aborted) {
        broken = true;
      }
    }

    Loop& loop;
    Io io;
    WireEvents events;
    bool open = true;
    bool broken = false;
    bool reading = false;
    bool writing = false;
  };

  void refuse(IoHandler handler) {
    complete_soon(state_->loop, std::move(handler), asio::error::operation_aborted, 0);
  }

  std::shared_ptr<State> state_;
};

}  // namespace cardrig
