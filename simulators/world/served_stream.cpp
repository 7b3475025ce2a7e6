// Reading and writing of one accepted connection, by callbacks.
#include "simulators/world/served_stream.h"

#include <boost/asio/write.hpp>
#include <utility>

namespace cardrig::sim {

namespace {
/// Sent and not yet taken by the other end: above this nothing more is read from it.
constexpr std::size_t kUnsentMax_bytes = 256U << 10U;
}  // namespace

void ServedStream::start(OnBytes on_bytes, OnClosed on_closed) {
  on_bytes_ = std::move(on_bytes);
  on_closed_ = std::move(on_closed);
  read();
}

void ServedStream::read() {
  if (!stream_ || reading_ || paused_ || unsent_bytes_ > kUnsentMax_bytes) return;
  reading_ = true;
  stream_->async_read_some(asio::buffer(buffer_),
                           [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                             if (!self->stream_) return;
                             if (error) return self->lost();
                             // A copy: the callback may close us while it runs.
                             const OnBytes tell = self->on_bytes_;
                             if (tell) tell(std::span(self->buffer_).first(size));
                             self->reading_ = false;  // only now: the callback used the buffer
                             self->read();
                           });
}

void ServedStream::resume() {
  if (!paused_) return;
  paused_ = false;
  read();
}

void ServedStream::send(std::vector<std::uint8_t> bytes) {
  if (!stream_ || finishing_ || bytes.empty()) return;
  unsent_bytes_ += bytes.size();
  to_send_.push_back(std::move(bytes));
  if (!writing_) write();
}

void ServedStream::write() {
  writing_ = true;
  asio::async_write(*stream_, asio::buffer(to_send_.front()),
                    [self = shared_from_this()](const ErrorCode& error, std::size_t) {
                      self->writing_ = false;
                      if (!self->stream_) return;
                      self->unsent_bytes_ -= self->to_send_.front().size();
                      self->to_send_.pop_front();
                      if (error) return self->lost();
                      self->read();
                      if (!self->to_send_.empty()) return self->write();
                      if (self->finishing_) self->lost();
                    });
}

void ServedStream::finish() {
  if (!stream_) return;
  finishing_ = true;
  if (!writing_) lost();
}

void ServedStream::lost() {
  const OnClosed tell = std::move(on_closed_);
  close();
  if (tell) tell();
}

void ServedStream::close() {
  if (!stream_) return;
  // The callbacks may hold what is closing us: they go last.
  const OnBytes last_bytes = std::exchange(on_bytes_, nullptr);
  const OnClosed last_closed = std::exchange(on_closed_, nullptr);
  const auto stream = std::exchange(stream_, nullptr);
  stream->close();
}

}  // namespace cardrig::sim
