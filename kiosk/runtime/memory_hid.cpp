// Reports on a stream: all have one size, so that their bounds need no marks.
#include "kiosk/runtime/memory_hid.h"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <cstring>
#include <utility>
#include <vector>

#include "kiosk/runtime/check.h"

namespace cardrig {

namespace {

struct State {
  std::unique_ptr<ByteStream> stream;
  bool numbered = false;
  std::vector<std::uint8_t> incoming;  // one report on the wire
  std::size_t arrived = 0;  // what came before a read was cancelled stays
};
using StatePtr = std::shared_ptr<State>;
using IoHandler = ByteStream::IoHandler;

void read_rest(const StatePtr& state, asio::mutable_buffer into, IoHandler handler) {
  const auto slot = asio::get_associated_cancellation_slot(handler);
  auto done = [state, into, h = std::move(handler)](ErrorCode error, std::size_t size) mutable {
    state->arrived += size;
    if (error) return std::move(h)(error, 0);
    if (state->arrived < state->incoming.size()) return read_rest(state, into, std::move(h));
    const std::size_t given = std::min(into.size(), state->incoming.size());
    std::memcpy(into.data(), state->incoming.data(), given);
    explicit_bzero(state->incoming.data(), state->incoming.size());
    state->arrived = 0;
    std::move(h)(error, given);
  };
  const auto rest = asio::buffer(state->incoming) + state->arrived;
  state->stream->async_read_some(rest, asio::bind_cancellation_slot(slot, std::move(done)));
}

class MemoryHid final : public HidDevice {
 public:
  MemoryHid(std::unique_ptr<ByteStream> stream, std::size_t report_bytes, bool numbered)
      : state_(std::make_shared<State>()) {
    state_->stream = std::move(stream);
    state_->numbered = numbered;
    state_->incoming.resize(report_bytes + (numbered ? 1 : 0));
  }

  ByteStream::executor_type get_executor() override { return state_->stream->get_executor(); }
  void close() override { state_->stream->close(); }
  bool is_open() const override { return state_->stream->is_open(); }

  void read_report(asio::mutable_buffer into, IoHandler handler) override {
    read_rest(state_, into, std::move(handler));
  }
  void write_report(asio::const_buffer report, IoHandler handler) override {
    CARDRIG_CHECK(report.size() >= 1 && "a report begins with its number");
    const auto on_wire = state_->numbered ? report : report + 1;
    CARDRIG_CHECK(on_wire.size() == state_->incoming.size() && "all reports have one size");
    // A simulated plug takes all at once.
    state_->stream->async_write_some(on_wire, std::move(handler));
  }

 private:
  StatePtr state_;
};

class MemoryHidSource final : public HidSource {
 public:
  MemoryHidSource(std::unique_ptr<StreamSource> source, std::size_t report_bytes, bool numbered)
      : source_(std::move(source)), report_bytes_(report_bytes), numbered_(numbered) {}

  Async<Result<std::unique_ptr<HidDevice>, OpenReason>> open() override {
    auto stream = co_await source_->open();
    if (!stream) co_return tl::unexpected(stream.error());
    co_return std::make_unique<MemoryHid>(std::move(*stream), report_bytes_, numbered_);
  }
  std::string name() const override { return source_->name(); }

 private:
  std::unique_ptr<StreamSource> source_;
  std::size_t report_bytes_;
  bool numbered_;
};

}  // namespace

std::unique_ptr<HidSource> memory_hid_source(std::unique_ptr<StreamSource> source,
                                             std::size_t report_bytes, bool numbered) {
  return std::make_unique<MemoryHidSource>(std::move(source), report_bytes, numbered);
}

}  // namespace cardrig
