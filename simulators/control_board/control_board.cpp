// The control board's firmware, as far as the kiosk can tell.
#include "simulators/control_board/control_board.h"

#include <algorithm>
#include <utility>

namespace cardrig::sim {

namespace protocol = control_board::protocol;

namespace {
constexpr Nanos kAnswerDelay = std::chrono::milliseconds(3);
constexpr int kUnansweredMax = 16;  // of one connection, before the board stops listening to it
constexpr Nanos kStartTime = std::chrono::seconds(2);
constexpr Nanos kDebounce = std::chrono::milliseconds(protocol::kOutletDebounce_ms);
constexpr std::uint16_t kFirmware = 0x0010;
constexpr std::array<const char*, protocol::kCoils> kLightNames{"reader", "camera", "outlet"};
}  // namespace

void ControlBoard::declare_faults(FaultCatalogue& faults) {
  faults.declare({.name = board_fault::kNoAnswer,
                  .reference = "L2",
                  .title = "The control board does not answer",
                  .wire_shows = "requests are received, nothing comes back",
                  .kiosk_must = "try 3 times for 1 s each, then treat the board as gone",
                  .precondition = "",
                  .params = {}});
  faults.declare({.name = board_fault::kLateAnswer,
                  .reference = "L3",
                  .title = "Answers of the control board come late",
                  .wire_shows = "the answer to a request arrives after the next request",
                  .kiosk_must = "drop it by its transaction number",
                  .precondition = "",
                  .params = {{"delay_ms", 1, 10000, 1500, "how late"}}});
  faults.declare({.name = board_fault::kBusy,
                  .reference = "L5",
                  .title = "The control board is busy",
                  .wire_shows = "exception 06",
                  .kiosk_must = "ask again after 100 ms",
                  .precondition = "",
                  .params = {}});
  faults.declare({.name = board_fault::kOutletStuck,
                  .reference = "L10",
                  .title = "The outlet sensor is stuck",
                  .wire_shows = "covered (or free) whatever is in the outlet",
                  .kiosk_must = "notice it before a session and go out of service",
                  .precondition = "",
                  .params = {{"covered", 0, 1, 1, "1: always covered; 0: always free"}}});
  faults.declare({.name = board_fault::kRebooted,
                  .reference = "L8",
                  .title = "The control board restarts by itself",
                  .wire_shows = "connections break, 2 s nothing, uptime near 0, all lights off",
                  .kiosk_must = "set its lights again and log it",
                  .precondition = "",
                  .params = {},
                  .once = true});
}

ControlBoard::ControlBoard(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults,
                           Plug& line)
    : loop_(loop),
      tracer_(tracer),
      world_(world),
      faults_(faults),
      line_(line),
      started_at_(loop.now()) {
  line_.on_accept([this](std::shared_ptr<ByteStream> s) { accept(std::move(s)); });
  world_.on_change([this, weak = std::weak_ptr<bool>(alive_)](const std::string& kind) {
    if (!weak.expired()) world_changed(kind);
  });
  faults_.on_change(
      [this, weak = std::weak_ptr<bool>(alive_)](const std::string& name, bool active) {
        if (!weak.expired()) fault_changed(name, active);
      });
  covered_ = sensed();
  if (!world_.mains()) power_off();
}

ControlBoard::~ControlBoard() {
  loop_.cancel(debounce_timer_);
  loop_.cancel(power_timer_);
  line_.on_accept(nullptr);
  drop_all();
}

// --- connections ---

void ControlBoard::accept(std::shared_ptr<ByteStream> stream) {
  auto client = std::make_shared<Client>();
  client->stream = std::make_shared<ServedStream>(std::move(stream));
  make_room(clients_);
  clients_.push_back(client);
  client->stream->start(
      [this, weak = std::weak_ptr<Client>(client)](std::span<const std::uint8_t> bytes) {
        const auto c = weak.lock();
        if (!c) return;
        c->reader.feed(bytes);
        while (auto request = c->reader.next()) serve(c, *request);
        if (c->reader.is_broken()) c->stream->finish();
      },
      [this, weak = std::weak_ptr<Client>(client)] {
        std::erase_if(clients_, [&weak](const auto& c) { return c == weak.lock(); });
      });
}

void ControlBoard::drop_all() {
  for (const auto& client : std::exchange(clients_, {})) client->stream->close();
}

void ControlBoard::serve(const std::shared_ptr<Client>& client, const ModbusRequest& request) {
  if (faults_.strikes(board_fault::kNoAnswer)) return;
  Nanos delay = kAnswerDelay;
  if (faults_.strikes(board_fault::kLateAnswer)) {
    delay =
        Nanos(static_cast<std::int64_t>(faults_.param(board_fault::kLateAnswer, "delay_ms") * 1e6));
  }
  auto bytes = answer(request);
  if (++client->unanswered >= kUnansweredMax) client->stream->pause();
  loop_.after(delay, [client, b = std::move(bytes)]() mutable {
    client->stream->send(std::move(b));
    if (--client->unanswered < kUnansweredMax) client->stream->resume();
  });
}

// --- functions ---

std::vector<std::uint8_t> ControlBoard::answer(const ModbusRequest& request) {
  if (request.unit != protocol::kUnit && request.unit != protocol::kUnitAny) {
    return encode_modbus_exception(request, protocol::kGatewayTargetSilent);
  }
  const bool is_card_there = world_.card_at_exit() != nullptr;
  if (faults_.is_active(board_fault::kOutletStuck) && covered_ != is_card_there) {
    faults_.took_effect(board_fault::kOutletStuck);
  }
  if (faults_.strikes(board_fault::kBusy)) {
    return encode_modbus_exception(request, protocol::kDeviceBusy);
  }
  switch (request.function) {
    case protocol::kReadCoils:
      return read_bits(request, std::vector<bool>(lights_.begin(), lights_.end()));
    case protocol::kReadDiscreteInputs:
      return read_bits(request, {covered_, world_.service_key()});
    case protocol::kReadInputRegisters:
      return read_registers(request);
    case protocol::kWriteSingleCoil:
      return write_coil(request);
    default:
      return encode_modbus_exception(request, protocol::kIllegalFunction);
  }
}

std::vector<std::uint8_t> ControlBoard::read_bits(const ModbusRequest& request,
                                                  const std::vector<bool>& all) {
  const std::size_t first = request.word(0);
  const std::size_t count = request.word(1);
  if (request.data.size() != 4 || count == 0 || count > protocol::kBitsReadMax) {
    return encode_modbus_exception(request, protocol::kIllegalValue);
  }
  if (first + count > all.size()) {
    return encode_modbus_exception(request, protocol::kIllegalAddress);
  }
  const auto begin = all.begin() + static_cast<std::ptrdiff_t>(first);
  const std::vector<bool> wanted(begin, begin + static_cast<std::ptrdiff_t>(count));
  return encode_modbus_answer(request, bits_data(wanted));
}

std::vector<std::uint8_t> ControlBoard::read_registers(const ModbusRequest& request) {
  const std::size_t first = request.word(0);
  const std::size_t count = request.word(1);
  if (request.data.size() != 4 || count == 0 || count > protocol::kRegistersReadMax) {
    return encode_modbus_exception(request, protocol::kIllegalValue);
  }
  const auto all = registers();
  if (first + count > all.size()) {
    return encode_modbus_exception(request, protocol::kIllegalAddress);
  }
  return encode_modbus_answer(request, registers_data(std::span(all).subspan(first, count)));
}

std::vector<std::uint8_t> ControlBoard::write_coil(const ModbusRequest& request) {
  const std::uint16_t coil = request.word(0);
  const std::uint16_t value = request.word(1);
  const bool is_value = value == protocol::kCoilOn || value == protocol::kCoilOff;
  if (request.data.size() != 4 || !is_value) {
    return encode_modbus_exception(request, protocol::kIllegalValue);
  }
  if (coil >= lights_.size()) {
    return encode_modbus_exception(request, protocol::kIllegalAddress);
  }
  set_light(coil, value == protocol::kCoilOn);
  return encode_modbus_answer(request, request.data);
}

std::array<std::uint16_t, protocol::kRegisters> ControlBoard::registers() const {
  const auto up_s = (loop_.now() - started_at_) / std::chrono::seconds(1);
  std::array<std::uint16_t, protocol::kRegisters> all{};
  all[protocol::kRegMapVersion] = protocol::kMapVersion;
  all[protocol::kRegFirmware] = kFirmware;
  all[protocol::kRegUptime_s] =
      static_cast<std::uint16_t>(std::min<std::int64_t>(up_s, protocol::kUptimeMax_s));
  all[protocol::kRegRestarts] = restarts_;
  all[protocol::kRegCardsSeen] = seen_;
  all[protocol::kRegCardsTaken] = taken_;
  all[protocol::kRegInputBits] =
      static_cast<std::uint16_t>((covered_ ? 1U << protocol::kInputOutlet : 0U) |
                                 (world_.service_key() ? 1U << protocol::kInputServiceKey : 0U));
  return all;
}

void ControlBoard::set_light(std::size_t coil, bool on) {
  if (lights_.at(coil) == on) return;
  lights_.at(coil) = on;
  tracer_.emit("board.light", {{"light", kLightNames.at(coil)}, {"on", on}});
}

// --- the outlet sensor ---

bool ControlBoard::sensed() const {
  if (faults_.is_active(board_fault::kOutletStuck)) {
    return faults_.param(board_fault::kOutletStuck, "covered") != 0;
  }
  return world_.card_at_exit() != nullptr;
}

void ControlBoard::look_at_outlet() {
  loop_.cancel(std::exchange(debounce_timer_, 0));
  if (!running_ || sensed() == covered_) return;
  debounce_timer_ = loop_.after(kDebounce, [this] { debounced(); });
}

void ControlBoard::debounced() {
  debounce_timer_ = 0;
  covered_ = !covered_;
  bool outwards = false;
  if (covered_) {
    ++seen_;
    const CardThing* card = world_.card_at_exit();
    watched_card_ = card == nullptr ? 0 : card->number;
  } else if (watched_card_ != 0) {
    // The pair of light barriers tells the direction.
    const CardPlace place = world_.card(watched_card_).place;
    outwards = place == CardPlace::kTaken || place == CardPlace::kStaff;
    if (outwards) ++taken_;
    watched_card_ = 0;
  }
  tracer_.emit("board.outlet", {{"covered", covered_},
                                {"outwards", outwards},
                                {"seen_total", int{seen_}},
                                {"taken_total", int{taken_}}});
}

void ControlBoard::world_changed(const std::string& kind) {
  if (kind == "world.mains") return world_.mains() ? power_on() : power_off();
  look_at_outlet();
}

// --- power ---

void ControlBoard::fault_changed(const std::string& name, bool active) {
  if (name == board_fault::kOutletStuck) return look_at_outlet();
  if (name != board_fault::kRebooted || !active) return;
  if (powered_) {
    power_off();
    power_on();
    faults_.took_effect(name);
  }
}

void ControlBoard::power_off() {
  if (!powered_) return;
  powered_ = false;
  running_ = false;
  loop_.cancel(std::exchange(debounce_timer_, 0));
  loop_.cancel(std::exchange(power_timer_, 0));
  drop_all();
  line_.set_reach(Plug::Reach::kUnplugged);
  for (std::size_t coil = 0; coil < lights_.size(); ++coil) set_light(coil, false);
}

void ControlBoard::power_on() {
  if (powered_) return;
  powered_ = true;
  power_timer_ = loop_.after(kStartTime, [this] { started(); });
}

void ControlBoard::started() {
  power_timer_ = 0;
  running_ = true;
  ++restarts_;
  started_at_ = loop_.now();
  covered_ = sensed();
  const CardThing* card = world_.card_at_exit();
  watched_card_ = card == nullptr ? 0 : card->number;
  tracer_.emit("board.started", {{"restarts", int{restarts_}}, {"covered", covered_}});
  line_.set_reach(Plug::Reach::kOpen);
}

}  // namespace cardrig::sim
