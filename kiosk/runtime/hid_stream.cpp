// Cuts bytes into reports and puts them together again.
#include "kiosk/runtime/hid_stream.h"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/pending_io.h"

namespace cardrig {

namespace {

std::size_t most_payload(const HidFraming& framing) {
  return framing.report_bytes - (framing.length == HidFraming::Length::kFirstByte ? 1 : 0);
}

/// What reads and writes that are under way need: it outlives the stream until they have ended.
struct State {
  State(Loop& l, std::unique_ptr<HidDevice> d, const HidFraming& f)
      : loop(l), device(std::move(d)), framing(f), incoming(f.report_bytes + 1) {}
  ~State() { explicit_bzero(incoming.data(), incoming.size()); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Takes a report in.
  void take(std::size_t size) {
    const auto payload = payload_of_report(framing, std::span(incoming).first(size));
    if (!payload) return;
    begin = static_cast<std::size_t>(payload->data() - incoming.data());
    end = begin + payload->size();
  }

  /// Card data does not stay here.
  std::size_t hand_out(asio::mutable_buffer into) {
    const std::size_t size = std::min(into.size(), end - begin);
    std::memcpy(into.data(), incoming.data() + begin, size);
    explicit_bzero(incoming.data() + begin, size);
    begin += size;
    return size;
  }

  void fill_report(std::span<const std::uint8_t> payload) {
    outgoing.assign(1, framing.report_number);
    if (framing.length == HidFraming::Length::kFirstByte) {
      outgoing.push_back(static_cast<std::uint8_t>(payload.size()));
    }
    outgoing.insert(outgoing.end(), payload.begin(), payload.end());
    outgoing.resize(1 + framing.report_bytes, framing.padding);
  }

  Loop& loop;
  std::unique_ptr<HidDevice> device;
  HidFraming framing;
  std::vector<std::uint8_t> incoming;
  std::size_t begin = 0;  // of what was not handed out
  std::size_t end = 0;
  std::vector<std::uint8_t> outgoing;
};
using StatePtr = std::shared_ptr<State>;
using IoHandler = ByteStream::IoHandler;

void read_more(const StatePtr& state, asio::mutable_buffer into, IoHandler handler) {
  const auto slot = asio::get_associated_cancellation_slot(handler);
  auto done = [state, into, h = std::move(handler)](ErrorCode error, std::size_t size) mutable {
    if (error) return std::move(h)(error, 0);
    state->take(size);
    if (state->begin == state->end) return read_more(state, into, std::move(h));
    std::move(h)(error, state->hand_out(into));
  };
  state->device->read_report(asio::buffer(state->incoming),
                             asio::bind_cancellation_slot(slot, std::move(done)));
}

void write_more(const StatePtr& state, asio::const_buffer rest, std::size_t sent,
                IoHandler handler) {
  const auto slot = asio::get_associated_cancellation_slot(handler);
  const std::size_t size = std::min(rest.size(), most_payload(state->framing));
  state->fill_report({static_cast<const std::uint8_t*>(rest.data()), size});
  auto done = [state, rest, sent, size, h = std::move(handler)](ErrorCode error,
                                                                std::size_t) mutable {
    if (error) return std::move(h)(error, sent);
    if (size == rest.size()) return std::move(h)(error, sent + size);
    write_more(state, rest + size, sent + size, std::move(h));
  };
  state->device->write_report(asio::buffer(state->outgoing),
                              asio::bind_cancellation_slot(slot, std::move(done)));
}

class HidStream final : public ByteStream {
 public:
  HidStream(Loop& loop, std::unique_ptr<HidDevice> device, const HidFraming& framing)
      : state_(std::make_shared<State>(loop, std::move(device), framing)) {}
  ~HidStream() override { HidStream::close(); }
  HidStream(const HidStream&) = delete;
  HidStream& operator=(const HidStream&) = delete;

  executor_type get_executor() override { return state_->device->get_executor(); }
  void close() override { state_->device->close(); }
  bool is_open() const override { return state_->device->is_open(); }
  void set_baud(unsigned) override {}

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    const bool nothing_to_do = buffer.size() == 0 || state_->begin < state_->end;
    if (!nothing_to_do) return read_more(state_, buffer, std::move(handler));
    complete_soon(state_->loop, std::move(handler), {}, state_->hand_out(buffer));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    if (buffer.size() > 0) return write_more(state_, buffer, 0, std::move(handler));
    complete_soon(state_->loop, std::move(handler), {}, 0);
  }

 private:
  StatePtr state_;
};

class HidStreamSource final : public StreamSource {
 public:
  HidStreamSource(Loop& loop, std::unique_ptr<HidSource> source, const HidFraming& framing)
      : loop_(loop), source_(std::move(source)), framing_(framing) {
    CARDRIG_CHECK(most_payload(framing) >= 1 && most_payload(framing) <= 255 + 1);
  }

  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override {
    auto device = co_await source_->open();
    if (!device) co_return tl::unexpected(device.error());
    co_return std::make_unique<HidStream>(loop_, std::move(*device), framing_);
  }
  std::string name() const override { return source_->name(); }

 private:
  Loop& loop_;
  std::unique_ptr<HidSource> source_;
  HidFraming framing_;
};

}  // namespace

std::optional<std::span<const std::uint8_t>> payload_of_report(
    const HidFraming& framing, std::span<const std::uint8_t> report) {
  if (framing.report_number != 0) {
    if (report.empty() || report[0] != framing.report_number) return std::nullopt;
    report = report.subspan(1);
  }
  // A shorter one is taken as it is: not every device fills its last report up.
  report = report.first(std::min(report.size(), framing.report_bytes));
  if (framing.length == HidFraming::Length::kNone) return report;
  if (report.empty() || report[0] > report.size() - 1) return std::nullopt;
  return report.subspan(1, report[0]);
}

std::unique_ptr<StreamSource> hid_stream_source(Loop& loop, std::unique_ptr<HidSource> source,
                                                HidFraming framing) {
  return std::make_unique<HidStreamSource>(loop, std::move(source), framing);
}

}  // namespace cardrig
