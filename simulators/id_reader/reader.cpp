// The reader's line: one coroutine that receives and works, one that sends.
#include "simulators/id_reader/reader.h"

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>
#include <deque>
#include <utility>

#include "kiosk/runtime/async.h"
#include "simulators/id_reader/faults.h"

namespace cardrig::sim {

namespace sdt = id_reader::sdt;

namespace {

/// Silence after which a SAM stops waiting for the rest of a request.
constexpr Nanos kRequestBreaksOff = std::chrono::milliseconds(100);
/// From the last bit of an answer to the new rate.
constexpr Nanos kBaudSettles = std::chrono::milliseconds(2);

/// Answers that nobody reads: a SAM has no memory for more, and what it cannot say is lost.
constexpr std::size_t kOutboxMax = 16;
/// Connections at a time, where the line allows more than one: the oldest goes.
constexpr std::size_t kConnectionsMax = 4;

Nanos from_ms(double ms) { return Nanos(static_cast<std::int64_t>(ms * 1e6)); }

struct Outgoing {
  std::vector<std::uint8_t> bytes;
  std::optional<unsigned> new_baud;
};

struct Connection {
  std::shared_ptr<ByteStream> stream;
  RequestParser parser;
  std::deque<Outgoing> outbox;
  bool sending = false;
};
using ConnectionPtr = std::shared_ptr<Connection>;

}  // namespace

struct ReaderSimulator::State : std::enable_shared_from_this<State> {
  State(Loop& l, Tracer& t, World& world, FaultCatalogue& f, Random random, ReaderOptions options)
      : loop(l),
        tracer(t),
        faults(f),
        usual_baud(options.baud),
        baud(options.baud),
        sam(world, f, l, random, std::move(options)) {}

  Loop& loop;
  Tracer& tracer;
  FaultCatalogue& faults;
  unsigned usual_baud;  // as it is switched on
  unsigned baud;
  Sam sam;
  Plug* line = nullptr;
  std::vector<std::weak_ptr<Connection>> connections;
  int garbled_requests = 0;
  std::string said;

  void fault_changed(const std::string& name, bool active);
  void accept(std::shared_ptr<ByteStream> stream);
  void set_baud(unsigned wanted);
  void say_state();
  void close_all();

  static Async<void> serve(std::shared_ptr<State> self, ConnectionPtr c);
  static Async<void> send(std::shared_ptr<State> self, ConnectionPtr c);
  Async<void> handle(ConnectionPtr c, SamRequest request);
  Async<std::optional<std::size_t>> read_some(Connection& c, asio::mutable_buffer into);
  static Async<std::optional<std::size_t>> read_once(Connection& c, asio::mutable_buffer into);
  static Async<bool> write_all(Connection& c, std::span<const std::uint8_t> bytes);
  Async<void> take_requests(ConnectionPtr c);

  [[nodiscard]] bool is_silent(const SamRequest& request);
  [[nodiscard]] bool sees_damage();
  [[nodiscard]] std::optional<Nanos> lateness(const SamRequest& request);
  void damage(const SamRequest& request, const Sam::Reply& reply, std::vector<std::uint8_t>& frame);
  void post_answer(const ConnectionPtr& c, Outgoing out);
};

ReaderSimulator::ReaderSimulator(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults,
                                 Random random, ReaderOptions options)
    : state_(std::make_shared<State>(loop, tracer, world, faults, random, std::move(options))) {
  faults.on_change([weak = std::weak_ptr<State>(state_)](const std::string& name, bool active) {
    if (const auto state = weak.lock()) state->fault_changed(name, active);
  });
}

ReaderSimulator::~ReaderSimulator() { state_->close_all(); }

void ReaderSimulator::attach(Plug& line) {
  state_->line = &line;
  line.on_accept([weak = std::weak_ptr<State>(state_)](std::shared_ptr<ByteStream> stream) {
    if (const auto state = weak.lock()) state->accept(std::move(stream));
  });
}

void ReaderSimulator::attach_hid(Plug& line, HidLayout layout) {
  state_->line = &line;
  line.on_accept([weak = std::weak_ptr<State>(state_), layout](std::shared_ptr<ByteStream> stream) {
    const auto state = weak.lock();
    if (state) state->accept(hid_device_end(state->loop, std::move(stream), layout));
  });
}

void ReaderSimulator::accept(std::shared_ptr<ByteStream> stream) {
  state_->accept(std::move(stream));
}

Sam::State ReaderSimulator::sam_state() const { return state_->sam.state(); }
unsigned ReaderSimulator::baud() const { return state_->baud; }

// --- faults and state ---

void ReaderSimulator::State::accept(std::shared_ptr<ByteStream> stream) {
  stream->set_baud(baud);
  auto connection = std::make_shared<Connection>();
  connection->stream = std::move(stream);
  std::erase_if(connections, [](const auto& weak) { return weak.expired(); });
  if (connections.size() >= kConnectionsMax) {
    if (const auto oldest = connections.front().lock()) oldest->stream->close();
    connections.erase(connections.begin());
  }
  connections.push_back(connection);
  spawn(loop, serve(shared_from_this(), connection));
}

void ReaderSimulator::State::fault_changed(const std::string& name, bool active) {
  if (name == reader_fault::kUnplugged && line != nullptr) {
    line->set_reach(active ? Plug::Reach::kUnplugged : Plug::Reach::kOpen);
    sam.power_cycle();
    set_baud(usual_baud);
    if (active) faults.took_effect(reader_fault::kUnplugged);
  }
  if (name == reader_fault::kBaudLeftAt9600 && active) set_baud(sdt::kBauds.back());
  if (name == reader_fault::kRequestGarbled) {
    garbled_requests =
        active ? static_cast<int>(faults.param(reader_fault::kRequestGarbled, "in_a_row")) : 0;
  }
}

void ReaderSimulator::State::set_baud(unsigned wanted) {
  baud = wanted;
  for (const auto& weak : connections) {
    if (const auto c = weak.lock()) c->stream->set_baud(wanted);
  }
  say_state();
}

void ReaderSimulator::State::say_state() {
  const std::string now = std::string(to_string(sam.state())) + " " + std::to_string(baud);
  if (now == said) return;
  said = now;
  tracer.emit("reader.sam_state", {{"state", to_string(sam.state())}, {"baud", baud}});
}

void ReaderSimulator::State::close_all() {
  for (const auto& weak : connections) {
    if (const auto c = weak.lock()) c->stream->close();
  }
  line = nullptr;
}

/// A hung SAM answers nothing; a reset may wake it.
bool ReaderSimulator::State::is_silent(const SamRequest& request) {
  if (!faults.strikes(reader_fault::kSamHangs)) return false;
  const bool reset_helps = faults.param(reader_fault::kSamHangs, "reset_helps") >= 0.5;
  if (request.command != sdt::kReset || !reset_helps) return true;
  static_cast<void>(faults.clear(reader_fault::kSamHangs));
  return false;
}

bool ReaderSimulator::State::sees_damage() {
  if (garbled_requests == 0) return false;
  --garbled_requests;
  faults.took_effect(reader_fault::kRequestGarbled);
  return true;
}

/// How late the fault makes this answer; nothing if it does not.
std::optional<Nanos> ReaderSimulator::State::lateness(const SamRequest& request) {
  if (!faults.is_active(reader_fault::kStaleAnswer)) return std::nullopt;
  constexpr std::array<std::uint16_t, 4> commands{0, sdt::kFindCard, sdt::kSelectCard,
                                                  sdt::kReadBase};
  const auto which = static_cast<std::size_t>(faults.param(reader_fault::kStaleAnswer, "command"));
  const auto asked = request.command == sdt::kReadBaseAndFingers ? sdt::kReadBase : request.command;
  if (which != 0 && commands[which] != asked) return std::nullopt;
  const Nanos delay = from_ms(faults.param(reader_fault::kStaleAnswer, "delay_ms"));
  faults.took_effect(reader_fault::kStaleAnswer);
  return delay;
}

/// What happens to an answer between the SAM and the plug.
void ReaderSimulator::State::damage(const SamRequest& request, const Sam::Reply& reply,
                                    std::vector<std::uint8_t>& frame) {
  if (reply.breaks_off) frame.resize(frame.size() / 2);
  const bool card_data =
      (request.command == sdt::kReadBase || request.command == sdt::kReadBaseAndFingers) &&
      reply.answer.sw3 == sdt::kOk;
  if (!card_data || reply.breaks_off) return;
  if (faults.strikes(reader_fault::kChecksumError)) {
    frame.back() = static_cast<std::uint8_t>(frame.back() ^ 0x5A);
  }
  if (faults.is_active(reader_fault::kLengthLies)) {
    const auto missing =
        static_cast<std::size_t>(faults.param(reader_fault::kLengthLies, "missing_bytes"));
    frame.resize(frame.size() - missing);
    faults.took_effect(reader_fault::kLengthLies);
  }
}

// --- receiving ---

Async<void> ReaderSimulator::State::serve(std::shared_ptr<State> self, ConnectionPtr c) {
  std::array<std::uint8_t, 256> buffer{};
  for (;;) {
    const auto size = co_await self->read_some(*c, asio::buffer(buffer));
    if (!size) co_return;  // closed or unplugged
    if (*size == 0) {  // the request broke off
      c->parser.give_up_frame();
      self->post_answer(c, {encode_answer({sdt::kRequestLengthWrong, {}, 0, 0}), std::nullopt});
      continue;
    }
    c->parser.feed(std::span(buffer).first(*size));
    co_await self->take_requests(c);
    const bool noise = c->parser.take_noise() > 0;
    if (noise && self->faults.is_active(reader_fault::kBaudLeftAt9600)) {
      self->faults.took_effect(reader_fault::kBaudLeftAt9600);
    }
  }
}

Async<void> ReaderSimulator::State::take_requests(ConnectionPtr c) {
  for (;;) {
    const auto outcome = c->parser.next();
    if (outcome == RequestParser::Outcome::kNeedMore) co_return;
    if (outcome == RequestParser::Outcome::kRequest) {
      SamRequest request = c->parser.request();
      co_await handle(c, std::move(request));
      continue;
    }
    const auto sw3 = outcome == RequestParser::Outcome::kBadLength ? sdt::kRequestLengthWrong
                                                                   : sdt::kRequestChecksumWrong;
    post_answer(c, {encode_answer({sw3, {}, 0, 0}), std::nullopt});
  }
}

Async<void> ReaderSimulator::State::handle(ConnectionPtr c, SamRequest request) {
  if (is_silent(request)) co_return;
  if (sees_damage()) {
    post_answer(c, {encode_answer({sdt::kRequestChecksumWrong, {}, 0, 0}), std::nullopt});
    co_return;
  }
  const Nanos work = sam.begin(request);
  co_await sleep_for(loop, work);
  const auto reply = sam.finish(request);
  say_state();
  auto frame = encode_answer(reply.answer);
  damage(request, reply, frame);
  // A late answer holds up everything behind it: a line keeps its order.
  if (const auto late = lateness(request)) co_await sleep_for(loop, *late);
  post_answer(c, {std::move(frame), reply.new_baud});
}

/// Zero: the time for the rest of a request is over. Nothing: the stream is gone.
Async<std::optional<std::size_t>> ReaderSimulator::State::read_some(Connection& c,
                                                                    asio::mutable_buffer into) {
  auto read = read_once(c, into);
  if (!c.parser.in_frame()) co_return co_await std::move(read);
  const auto got = co_await with_timeout(loop, kRequestBreaksOff, std::move(read));
  if (!got) co_return std::size_t{0};
  co_return *got;
}

Async<std::optional<std::size_t>> ReaderSimulator::State::read_once(Connection& c,
                                                                    asio::mutable_buffer into) {
  ErrorCode error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const std::size_t size = co_await c.stream->async_read_some(into, token);
  if (error) co_return std::nullopt;
  co_return size;
}

// --- sending ---

void ReaderSimulator::State::post_answer(const ConnectionPtr& c, Outgoing out) {
  if (!c->stream->is_open() || c->outbox.size() >= kOutboxMax) return;
  c->outbox.push_back(std::move(out));
  if (c->sending) return;
  c->sending = true;
  spawn(loop, send(shared_from_this(), c));
}

Async<void> ReaderSimulator::State::send(std::shared_ptr<State> self, ConnectionPtr c) {
  while (!c->outbox.empty()) {
    const Outgoing out = std::move(c->outbox.front());
    c->outbox.pop_front();
    std::span<const std::uint8_t> rest(out.bytes);
    const bool split = self->faults.is_active(reader_fault::kSplitDelivery);
    const auto piece = split ? static_cast<std::size_t>(
                                   self->faults.param(reader_fault::kSplitDelivery, "chunk_bytes"))
                             : rest.size();
    const Nanos gap = from_ms(self->faults.param(reader_fault::kSplitDelivery, "gap_ms"));
    if (split && rest.size() > piece) self->faults.took_effect(reader_fault::kSplitDelivery);
    while (!rest.empty()) {
      const auto now = rest.first(std::min(piece, rest.size()));
      rest = rest.subspan(now.size());
      const bool sent = co_await write_all(*c, now);
      if (!sent) break;
      if (!rest.empty()) co_await sleep_for(self->loop, gap);
    }
    if (out.new_baud) {
      const auto bits = static_cast<std::int64_t>(out.bytes.size()) * 10;
      co_await sleep_for(self->loop, Nanos(bits * 1'000'000'000LL / self->baud) + kBaudSettles);
      self->set_baud(*out.new_baud);
    }
  }
  c->sending = false;
}

Async<bool> ReaderSimulator::State::write_all(Connection& c, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto rest = asio::buffer(bytes.data(), bytes.size());
    const std::size_t size = co_await c.stream->async_write_some(rest, token);
    if (error) co_return false;
    bytes = bytes.subspan(size);
  }
  co_return true;
}

}  // namespace cardrig::sim
