// The firmware's endpoint buffers: one report comes in, as many as needed go out.
#include "simulators/id_reader/hid_link.h"

#include <algorithm>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <deque>
#include <utility>

#include "kiosk/runtime/pending_io.h"

namespace cardrig::sim {

namespace {

struct Endpoint {
  Loop& loop;
  std::shared_ptr<ByteStream> reports;
  HidLayout layout;
  std::vector<std::uint8_t> report;  // the one that arrives
  std::size_t filled = 0;
  std::deque<std::uint8_t> ready;  // bytes of reports that have arrived
  std::vector<std::uint8_t> leaving;
};

std::size_t size_on_wire(const HidLayout& layout) {
  return layout.report_bytes + (layout.number != 0 ? 1 : 0);
}

std::size_t take(Endpoint& e, asio::mutable_buffer into) {
  const std::size_t n = std::min(into.size(), e.ready.size());
  std::copy_n(e.ready.begin(), n, static_cast<std::uint8_t*>(into.data()));
  e.ready.erase(e.ready.begin(), e.ready.begin() + static_cast<std::ptrdiff_t>(n));
  return n;
}

void receive(const std::shared_ptr<Endpoint>& e, asio::mutable_buffer into,
             ByteStream::IoHandler handler) {
  const auto slot = asio::get_associated_cancellation_slot(handler);
  auto arrived = [e, into, h = std::move(handler)](ErrorCode error, std::size_t n) mutable {
    e->filled += n;
    if (error) return std::move(h)(error, 0);
    if (e->filled == e->report.size()) {
      e->filled = 0;
      if (const auto bytes = unpack_report(e->layout, e->report)) {
        e->ready.insert(e->ready.end(), bytes->begin(), bytes->end());
      }
    }
    if (e->ready.empty()) return receive(e, into, std::move(h));
    std::move(h)(error, take(*e, into));
  };
  e->reports->async_read_some(asio::buffer(e->report) + e->filled,
                              asio::bind_cancellation_slot(slot, std::move(arrived)));
}

class HidEnd final : public ByteStream {
 public:
  explicit HidEnd(std::shared_ptr<Endpoint> endpoint) : endpoint_(std::move(endpoint)) {}

  executor_type get_executor() override { return endpoint_->reports->get_executor(); }
  void close() override { endpoint_->reports->close(); }
  bool is_open() const override { return endpoint_->reports->is_open(); }
  void set_baud(unsigned) override {}

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    if (endpoint_->ready.empty()) return receive(endpoint_, buffer, std::move(handler));
    complete_soon(endpoint_->loop, std::move(handler), {}, take(*endpoint_, buffer));
  }
  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    const auto* first = static_cast<const std::uint8_t*>(buffer.data());
    const std::size_t size = buffer.size();
    endpoint_->leaving = pack_reports(endpoint_->layout, {first, size});
    const auto slot = asio::get_associated_cancellation_slot(handler);
    auto done = [e = endpoint_, size, h = std::move(handler)](ErrorCode error,
                                                              std::size_t) mutable {
      std::move(h)(error, error ? 0 : size);
    };
    send(endpoint_, 0, asio::bind_cancellation_slot(slot, std::move(done)));
  }

 private:
  /// Report by report: where the transport keeps the bounds of writes, each is one.
  static void send(const std::shared_ptr<Endpoint>& e, std::size_t offset, IoHandler handler) {
    if (offset >= e->leaving.size()) return complete_soon(e->loop, std::move(handler), {}, 0);
    const auto slot = asio::get_associated_cancellation_slot(handler);
    const std::size_t size = size_on_wire(e->layout);
    auto sent = [e, next = offset + size, h = std::move(handler)](ErrorCode error,
                                                                  std::size_t) mutable {
      if (error) return std::move(h)(error, 0);
      send(e, next, std::move(h));
    };
    e->reports->async_write_some(asio::buffer(e->leaving.data() + offset, size),
                                 asio::bind_cancellation_slot(slot, std::move(sent)));
  }

  std::shared_ptr<Endpoint> endpoint_;
};

}  // namespace

std::shared_ptr<ByteStream> hid_device_end(Loop& loop, std::shared_ptr<ByteStream> reports,
                                           HidLayout layout) {
  std::vector<std::uint8_t> report(size_on_wire(layout));
  return std::make_shared<HidEnd>(std::make_shared<Endpoint>(
      Endpoint{loop, std::move(reports), layout, std::move(report), 0, {}, {}}));
}

std::optional<std::vector<std::uint8_t>> unpack_report(const HidLayout& layout,
                                                       std::span<const std::uint8_t> report) {
  std::size_t at = 0;
  if (report.size() != size_on_wire(layout)) return std::nullopt;
  if (layout.number != 0 && report[at++] != layout.number) return std::nullopt;
  std::size_t meant = report.size() - at;
  if (layout.says_length) {
    if (meant == 0) return std::nullopt;
    const std::size_t said = report[at++];
    if (said > --meant) return std::nullopt;
    meant = said;
  }
  const auto first = report.begin() + static_cast<std::ptrdiff_t>(at);
  return std::vector<std::uint8_t>(first, first + static_cast<std::ptrdiff_t>(meant));
}

std::vector<std::uint8_t> pack_reports(const HidLayout& layout,
                                       std::span<const std::uint8_t> bytes) {
  const std::size_t room = layout.report_bytes - (layout.says_length ? 1 : 0);
  std::vector<std::uint8_t> all;
  for (std::size_t at = 0; at < bytes.size(); at += room) {
    const std::size_t now = std::min(room, bytes.size() - at);
    const std::size_t begin = all.size();
    if (layout.number != 0) all.push_back(layout.number);
    if (layout.says_length) all.push_back(static_cast<std::uint8_t>(now));
    all.insert(all.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
               bytes.begin() + static_cast<std::ptrdiff_t>(at + now));
    all.resize(begin + size_on_wire(layout), 0);
  }
  return all;
}

}  // namespace cardrig::sim
