// The pace of a serial line: a byte takes ten bits, a chunk arrives when its last byte has.
#include "simulators/plugs/serial_line.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <chrono>
#include <span>
#include <utility>

namespace cardrig::sim {

namespace {

using namespace std::chrono_literals;
using Descriptor = asio::posix::stream_descriptor;

/// Bytes that are kept for a device that does not read, and for a host that does not.
constexpr std::size_t kQueue = 4096;
/// Bytes that arrive together: a USB packet. On fast lines more, to spare the timers.
constexpr std::size_t kChunk = 64;
constexpr unsigned kChunksPerSecond = 500;
/// What the system can have taken from a host that has closed, generously.
constexpr std::size_t kSystemBuffers = 256 * 1024;
/// A device that closes: so long the host may take to read the last bytes.
constexpr Nanos kLinger = 2s;
constexpr Nanos kCheckAgain = 5ms;
/// Where the system does not say what is unread, the host is given this many checks' time.
constexpr int kBlindChecks = 200;

/// What a receiver makes of bytes at another speed.
void garble(std::vector<std::uint8_t>& bytes) {
  for (auto& b : bytes) b = static_cast<std::uint8_t>((b << 1 | b >> 7) ^ 0x7E);
}

}  // namespace

/// The device's end, as the simulator holds it.
class SerialLine::End final : public ByteStream {
 public:
  explicit End(std::shared_ptr<SerialLine> line) : line_(std::move(line)) {}
  ~End() override { line_->close(); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  executor_type get_executor() override { return line_->loop_.executor(); }
  void close() override { line_->close(); }
  bool is_open() const override { return !line_->error_; }
  void set_baud(unsigned baud) override { line_->baud_ = baud; }

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    line_->read(buffer, std::move(handler));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    line_->write(buffer, std::move(handler));
  }

 private:
  std::shared_ptr<SerialLine> line_;
};

SerialLine::SerialLine(RealLoop& loop, std::shared_ptr<Pty> pty, std::weak_ptr<LineKeeper> keeper,
                       WireEvents events, unsigned baud, bool silent)
    : loop_(loop),
      pty_(std::move(pty)),
      keeper_(std::move(keeper)),
      events_(std::move(events)),
      baud_(baud),
      silent_(silent) {}

std::shared_ptr<ByteStream> SerialLine::device_end() {
  return std::make_shared<End>(shared_from_this());
}

void SerialLine::start() {
  if (!pty_) return;
  watch_hangup();
  pump_in();
}

void SerialLine::read(asio::mutable_buffer buffer, ByteStream::IoHandler handler) {
  reader_.hold(loop_, weak_from_this(), std::move(handler));
  into_ = buffer;
  if (buffer.size() == 0 && !error_) return reader_.complete({}, 0);
  pump_reader();
}

void SerialLine::pump_reader() {
  if (!reader_) return;
  if (error_) return reader_.complete(error_, 0);
  if (silent_) return;
  if (!inbox_.empty()) {
    const std::size_t size = std::min(inbox_.size(), into_.size());
    std::copy_n(inbox_.begin(), size, static_cast<std::uint8_t*>(into_.data()));
    inbox_.erase(inbox_.begin(), inbox_.begin() + static_cast<std::ptrdiff_t>(size));
    reader_.complete({}, size);
    return pump_in();
  }
  if (host_gone_ && arriving_ == 0) reader_.complete(asio::error::eof, 0);
}

void SerialLine::pump_in() {
  if (!pty_ || closed_ || arriving_ > 0 || waits_to_read_) return;
  if (inbox_.size() >= kQueue || out_size_ >= kQueue) return;
  std::vector<std::uint8_t> bytes(chunk());
  const auto size = pty_->read(bytes);
  if (!size) return lose_host(false);
  if (*size > 0) {
    bytes.resize(*size);
    return arrive(std::move(bytes));
  }
  waits_to_read_ = true;
  pty_->master().async_wait(Descriptor::wait_read, [self = shared_from_this()](ErrorCode) {
    self->waits_to_read_ = false;
    self->pump_in();
  });
}

void SerialLine::arrive(std::vector<std::uint8_t> bytes) {
  in_free_at_ = std::max(in_free_at_, loop_.now()) + time_of(bytes.size());
  ++arriving_;
  loop_.at(in_free_at_, [weak = weak_from_this(), host_baud = pty_->host_baud(),
                         b = std::move(bytes)]() mutable {
    if (const auto self = weak.lock()) self->deliver(std::move(b), host_baud);
  });
}

void SerialLine::deliver(std::vector<std::uint8_t> bytes, unsigned host_baud) {
  --arriving_;
  if (!silent_ && !error_) {
    if (host_baud != baud_) garble(bytes);
    events_.received(bytes.size());
    inbox_.insert(inbox_.end(), bytes.begin(), bytes.end());
  }
  pump_reader();
  pump_in();
}

void SerialLine::drain() {
  std::vector<std::uint8_t> rest;
  std::vector<std::uint8_t> some(kQueue);
  while (rest.size() < kSystemBuffers) {
    const auto size = pty_->read(some);
    if (!size || *size == 0) break;
    rest.insert(rest.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(*size));
  }
  if (!rest.empty() && !closed_) arrive(std::move(rest));
}

void SerialLine::lose_host(bool another) {
  if (!pty_) return;
  if (!another) drain();
  host_gone_ = true;
  let_go();
  writer_.complete(asio::error::broken_pipe, 0);
  pump_reader();
  if (const auto keeper = keeper_.lock()) keeper->host_left(*this);
}

void SerialLine::watch_hangup() {
  pty_->master().async_wait(Descriptor::wait_error, [self = shared_from_this()](ErrorCode error) {
    if (error || !self->pty_) return;
    if (self->pty_->is_host_there()) return self->watch_hangup();
    self->lose_host(false);
  });
}

void SerialLine::write(asio::const_buffer buffer, ByteStream::IoHandler handler) {
  writer_.hold(loop_, weak_from_this(), std::move(handler));
  from_ = buffer;
  if (error_) return writer_.complete(error_, 0);
  if (host_gone_) return writer_.complete(asio::error::broken_pipe, 0);
  if (buffer.size() == 0) return writer_.complete({}, 0);
  admit_writer();
}

void SerialLine::admit_writer() {
  if (!writer_ || out_size_ >= kQueue) return;
  const auto* first = static_cast<const std::uint8_t*>(from_.data());
  const std::span<const std::uint8_t> bytes(first, std::min(from_.size(), kQueue - out_size_));
  events_.sent(bytes);
  outbox_.push_back({{bytes.begin(), bytes.end()}, baud_});
  out_size_ += bytes.size();
  writer_.complete({}, bytes.size());
  pump_out();
}

void SerialLine::pump_out() {
  if (!pty_ || leaving_ || !due_.empty()) return;
  if (outbox_.empty()) {
    if (finishing_) wait_until_read(0);
    return;
  }
  const std::size_t size = std::min(outbox_.front().bytes.size(), chunk());
  out_free_at_ = std::max(out_free_at_, loop_.now()) + time_of(size);
  leaving_ = true;
  loop_.at(out_free_at_, [weak = weak_from_this(), size] {
    if (const auto self = weak.lock()) self->leave(size);
  });
}

void SerialLine::leave(std::size_t size) {
  leaving_ = false;
  if (!pty_) return;
  Segment& segment = outbox_.front();
  const auto end = segment.bytes.begin() + static_cast<std::ptrdiff_t>(size);
  due_.assign(segment.bytes.begin(), end);
  if (pty_->host_baud() != segment.baud) garble(due_);
  segment.bytes.erase(segment.bytes.begin(), end);
  if (segment.bytes.empty()) outbox_.pop_front();
  push();
}

void SerialLine::push() {
  if (silent_) due_.clear();
  while (!due_.empty()) {
    const auto size = pty_->write(due_);
    if (!size) return lose_host(false);
    if (*size == 0) {
      return pty_->master().async_wait(Descriptor::wait_write,
                                       [self = shared_from_this()](ErrorCode error) {
                                         if (!error && self->pty_) self->push();
                                       });
    }
    due_.erase(due_.begin(), due_.begin() + static_cast<std::ptrdiff_t>(*size));
  }
  out_size_ = 0;
  for (const auto& segment : outbox_) out_size_ += segment.bytes.size();
  admit_writer();
  pump_in();
  pump_out();
}

void SerialLine::set_silent(bool silent) {
  silent_ = silent;
  if (silent) return;
  pump_reader();
  if (!closed_ || !pty_) return;
  if (const auto keeper = keeper_.lock()) keeper->device_left(*this);
}

void SerialLine::close() {
  if (std::exchange(closed_, true)) return;
  error_ = asio::error::operation_aborted;
  reader_.complete(error_, 0);
  writer_.complete(error_, 0);
  events_.closed();
  if (!pty_ || silent_) return;
  if (const auto keeper = keeper_.lock()) keeper->device_left(*this);
}

void SerialLine::fail(ErrorCode error) {
  let_go();
  if (error_) return;
  error_ = error;
  reader_.complete(error_, 0);
  writer_.complete(error_, 0);
}

void SerialLine::finish() {
  if (!pty_) return;
  finishing_ = true;
  loop_.after(kLinger + time_of(out_size_), [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->hang_up();
  });
  pump_out();
}

void SerialLine::wait_until_read(int checks) {
  if (!pty_) return;
  const auto read = pty_->is_read();
  if (read.value_or(checks >= kBlindChecks)) return hang_up();
  loop_.after(kCheckAgain, [weak = weak_from_this(), checks] {
    if (const auto self = weak.lock()) self->wait_until_read(checks + 1);
  });
}

void SerialLine::hang_up() {
  if (!pty_) return;
  const auto pty = pty_;
  let_go();
  pty->close();
  if (const auto keeper = keeper_.lock()) keeper->finished(*this);
}

void SerialLine::let_go() {
  const auto pty = std::exchange(pty_, nullptr);
  outbox_.clear();
  due_.clear();
  out_size_ = 0;
  ErrorCode ignored;
  if (pty && pty->master().is_open()) pty->master().cancel(ignored);
}

unsigned SerialLine::rate() const {
  const unsigned host = pty_ ? pty_->host_baud() : 0;
  if (host != 0) return host;
  return std::max(baud_, 1U);
}

Nanos SerialLine::time_of(std::size_t bytes) const {
  return Nanos(static_cast<std::int64_t>(bytes) * 10 * 1'000'000'000LL / rate());
}

std::size_t SerialLine::chunk() const {
  return std::max<std::size_t>(kChunk, rate() / 10 / kChunksPerSecond);
}

}  // namespace cardrig::sim
