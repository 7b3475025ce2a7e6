// Simulated plugs: pairs of byte streams whose bytes take their time.
#include "kiosk/runtime/memory_line.h"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <cstring>
#include <deque>
#include <list>
#include <utility>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/pending_io.h"

namespace cardrig {

namespace {

constexpr int kHost = 0;
constexpr int kDevice = 1;

/// A connect to an address that swallows packets ends after this long (Linux, 6 SYN retries).
constexpr Nanos kConnectGivesUp = std::chrono::seconds(127);

}  // namespace

struct MemoryLine::State : std::enable_shared_from_this<State> {
  struct Side {
    Loop* loop = nullptr;
    Tracer* tracer = nullptr;
    std::deque<std::uint8_t> inbox;
    PendingIo reader;
    asio::mutable_buffer into;
    ErrorCode error;  // set: every operation of this side fails with it
    bool open = true;
    bool peer_closed = false;
    Nanos line_free_at{0};  // when the last byte that this side sent has left
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    unsigned baud = 0;  // as this side set it; 0: the line's
  };
  struct Connection {
    std::shared_ptr<State> line;
    std::int64_t id = 0;
    std::array<Side, 2> sides;

    void pump(int side_index);
    void send(const std::shared_ptr<Connection>& self, int from, std::vector<std::uint8_t> bytes);
    void deliver(int to, std::vector<std::uint8_t> bytes, std::uint64_t offset);
    void close(const std::shared_ptr<Connection>& self, int side_index);
    void break_both(ErrorCode error);
    [[nodiscard]] bool garbled() const;
  };
  class End;
  class Source;

  std::string name;
  Loop& device_loop;
  Tracer& device_tracer;
  LineTiming timing;
  Reach reach = Reach::kOpen;
  Tamper tamper;
  Acceptor acceptor;
  std::vector<std::weak_ptr<Connection>> connections;
  std::int64_t next_connection = 1;

  State(std::string n, Loop& loop, Tracer& tracer, LineTiming t)
      : name(std::move(n)), device_loop(loop), device_tracer(tracer), timing(t) {}

  std::vector<std::shared_ptr<Connection>> live() {
    std::vector<std::shared_ptr<Connection>> found;
    std::erase_if(connections, [&found](const auto& weak) {
      auto c = weak.lock();
      if (!c) return true;
      found.push_back(std::move(c));
      return false;
    });
    return found;
  }
};

bool MemoryLine::State::Connection::garbled() const {
  const unsigned a = sides[kHost].baud != 0 ? sides[kHost].baud : line->timing.baud;
  const unsigned b = sides[kDevice].baud != 0 ? sides[kDevice].baud : line->timing.baud;
  return line->timing.baud != 0 && a != b;
}

void MemoryLine::State::Connection::pump(int side_index) {
  Side& side = sides[static_cast<std::size_t>(side_index)];
  if (!side.reader) return;
  if (side.error) return side.reader.complete(side.error, 0);
  if (!side.inbox.empty()) {
    const std::size_t n = std::min(side.inbox.size(), side.into.size());
    std::copy_n(side.inbox.begin(), n, static_cast<std::uint8_t*>(side.into.data()));
    side.inbox.erase(side.inbox.begin(), side.inbox.begin() + static_cast<std::ptrdiff_t>(n));
    return side.reader.complete({}, n);
  }
  if (side.peer_closed) side.reader.complete(asio::error::eof, 0);
}

void MemoryLine::State::Connection::send(const std::shared_ptr<Connection>& self, int from,
                                         std::vector<std::uint8_t> bytes) {
  Side& sender = sides[static_cast<std::size_t>(from)];
  const int to = 1 - from;
  Side& receiver = sides[static_cast<std::size_t>(to)];
  sender.tracer->emit("wire.sent",
                      {{"line", line->name},
                       {"conn", id},
                       {"dir", from == kHost ? "to_device" : "to_host"},
                       {"offset", sender.sent},
                       {"size", bytes.size()}},
                      {make_blob("bytes", "application/octet-stream", bytes)});
  std::uint64_t offset = sender.sent;
  sender.sent += bytes.size();
  if (line->reach != Reach::kOpen || !receiver.open) return;  // swallowed
  const unsigned baud = sender.baud != 0 ? sender.baud : line->timing.baud;
  const bool serial = line->timing.baud != 0;
  const std::size_t chunk = serial ? std::max<std::size_t>(line->timing.chunk, 1) : bytes.size();
  Nanos leaves = std::max(sender.line_free_at, sender.loop->now());
  for (std::size_t at = 0; at < bytes.size(); at += chunk) {
    const std::size_t n = std::min(chunk, bytes.size() - at);
    if (serial) leaves += Nanos(static_cast<std::int64_t>(n) * 10 * 1'000'000'000LL / baud);
    std::vector<std::uint8_t> piece(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                    bytes.begin() + static_cast<std::ptrdiff_t>(at + n));
    receiver.loop->at(leaves + line->timing.latency,
                      [self, to, offset, p = std::move(piece)]() mutable {
                        self->deliver(to, std::move(p), offset);
                      });
    offset += n;
  }
  sender.line_free_at = leaves;
}

void MemoryLine::State::Connection::deliver(int to, std::vector<std::uint8_t> bytes,
                                            std::uint64_t offset) {
  Side& receiver = sides[static_cast<std::size_t>(to)];
  if (!receiver.open || receiver.error || line->reach != Reach::kOpen) return;
  if (line->tamper) line->tamper(to == kDevice, bytes);
  if (garbled()) {
    for (auto& b : bytes) b = static_cast<std::uint8_t>((b << 1 | b >> 7) ^ 0x7E);
  }
  receiver.received += bytes.size();
  receiver.tracer->emit("wire.received", {{"line", line->name},
                                          {"conn", id},
                                          {"dir", to == kDevice ? "to_device" : "to_host"},
                                          {"offset", offset},
                                          {"size", bytes.size()}});
  receiver.inbox.insert(receiver.inbox.end(), bytes.begin(), bytes.end());
  pump(to);
}

void MemoryLine::State::Connection::close(const std::shared_ptr<Connection>& self, int side_index) {
  Side& side = sides[static_cast<std::size_t>(side_index)];
  if (!side.open) return;
  side.open = false;
  side.error = asio::error::operation_aborted;
  side.inbox.clear();
  side.tracer->emit("wire.closed", {{"line", line->name}, {"conn", id}});
  pump(side_index);
  const int other = 1 - side_index;
  Side& peer = sides[static_cast<std::size_t>(other)];
  if (!peer.open) return;
  // The end of file arrives behind the bytes that are still under way.
  const Nanos arrives = std::max(side.line_free_at, side.loop->now()) + line->timing.latency;
  peer.loop->at(arrives, [self, other] {
    if (self->line->reach != Reach::kOpen) return;
    self->sides[static_cast<std::size_t>(other)].peer_closed = true;
    self->pump(other);
  });
}

void MemoryLine::State::Connection::break_both(ErrorCode error) {
  for (int i = 0; i < 2; ++i) {
    Side& side = sides[static_cast<std::size_t>(i)];
    if (!side.open || side.error) continue;
    side.error = error;
    side.inbox.clear();
    pump(i);
  }
}

/// One end of a connection, as driver or simulator hold it.
class MemoryLine::State::End final : public ByteStream {
 public:
  End(std::shared_ptr<Connection> connection, int side)
      : connection_(std::move(connection)), index_(side) {}
  ~End() override { close(); }
  End(const End&) = delete;
  End& operator=(const End&) = delete;

  executor_type get_executor() override { return side().loop->executor(); }
  void close() override { connection_->close(connection_, index_); }
  bool is_open() const override {
    const Side& s = connection_->sides[static_cast<std::size_t>(index_)];
    return s.open && !s.error;
  }
  void set_baud(unsigned baud) override { side().baud = baud; }

 protected:
  void start_read(asio::mutable_buffer buffer, IoHandler handler) override {
    Side& s = side();
    s.reader.hold(*s.loop, connection_, std::move(handler));
    s.into = buffer;
    if (buffer.size() == 0) return s.reader.complete({}, 0);
    connection_->pump(index_);
  }

  void start_write(asio::const_buffer buffer, IoHandler handler) override {
    Side& s = side();
    if (s.error) return complete_soon(*s.loop, std::move(handler), s.error, 0);
    if (s.peer_closed) {
      return complete_soon(*s.loop, std::move(handler), asio::error::broken_pipe, 0);
    }
    const auto* first = static_cast<const std::uint8_t*>(buffer.data());
    connection_->send(connection_, index_, {first, first + buffer.size()});
    complete_soon(*s.loop, std::move(handler), {}, buffer.size());
  }

 private:
  Side& side() { return connection_->sides[static_cast<std::size_t>(index_)]; }

  std::shared_ptr<Connection> connection_;
  int index_;
};

class MemoryLine::State::Source final : public StreamSource {
 public:
  Source(std::shared_ptr<State> state, Loop& loop, Tracer& tracer)
      : state_(std::move(state)), loop_(loop), tracer_(tracer) {}

  Async<Result<std::unique_ptr<ByteStream>, OpenReason>> open() override {
    switch (state_->reach) {
      case Reach::kUnplugged:
        co_return fail(OpenReason::kNotFound, name() + " is not there");
      case Reach::kRefused:
        co_return fail(OpenReason::kRefused, name() + " refused");
      case Reach::kBlackHole:
        co_await sleep_for(loop_, kConnectGivesUp);
        co_return fail(OpenReason::kUnreachable, name() + " does not answer");
      case Reach::kOpen:
        break;
    }
    co_return connect();
  }
  std::string name() const override { return "virtual:" + state_->name; }

 private:
  std::unique_ptr<ByteStream> connect() {
    auto connection = std::make_shared<Connection>();
    connection->line = state_;
    connection->id = state_->next_connection++;
    connection->sides[kHost].loop = &loop_;
    connection->sides[kHost].tracer = &tracer_;
    connection->sides[kDevice].loop = &state_->device_loop;
    connection->sides[kDevice].tracer = &state_->device_tracer;
    state_->connections.push_back(connection);
    tracer_.emit("wire.opened", {{"line", state_->name}, {"conn", connection->id}});
    state_->device_loop.post([state = state_, connection] {
      auto end = std::make_shared<End>(connection, kDevice);
      if (state->acceptor) state->acceptor(std::move(end));
    });
    return std::make_unique<End>(connection, kHost);
  }

  std::shared_ptr<State> state_;
  Loop& loop_;
  Tracer& tracer_;
};

MemoryLine::MemoryLine(std::string name, Loop& device_loop, Tracer& device_tracer,
                       LineTiming timing)
    : state_(std::make_shared<State>(std::move(name), device_loop, device_tracer, timing)) {}

MemoryLine::~MemoryLine() { state_->acceptor = nullptr; }

std::unique_ptr<StreamSource> MemoryLine::source(Loop& host_loop, Tracer& host_tracer) {
  return std::make_unique<State::Source>(state_, host_loop, host_tracer);
}

void MemoryLine::on_accept(Acceptor acceptor) { state_->acceptor = std::move(acceptor); }

void MemoryLine::set_reach(Reach reach) {
  if (reach == state_->reach) return;
  const bool was_unplugged = state_->reach == Reach::kUnplugged;
  state_->reach = reach;
  if (reach == Reach::kUnplugged) {
    state_->device_tracer.emit("wire.unplugged", {{"line", state_->name}});
    for (const auto& c : state_->live()) c->break_both(asio::error::bad_descriptor);
  } else if (was_unplugged) {
    state_->device_tracer.emit("wire.plugged", {{"line", state_->name}});
  }
}

MemoryLine::Reach MemoryLine::reach() const { return state_->reach; }

void MemoryLine::sever_host() {
  for (const auto& c : state_->live()) {
    auto& host = c->sides[kHost];
    if (!host.open) continue;
    host.open = false;
    host.error = asio::error::operation_aborted;
    host.inbox.clear();
    host.reader.drop();
    auto& device = c->sides[kDevice];
    if (!device.open) continue;
    device.loop->post([c] {
      c->sides[kDevice].peer_closed = true;
      c->pump(kDevice);
    });
  }
}

void MemoryLine::set_tamper(Tamper tamper) { state_->tamper = std::move(tamper); }

void MemoryLine::set_timing(LineTiming timing) { state_->timing = timing; }

const std::string& MemoryLine::name() const { return state_->name; }

}  // namespace cardrig
