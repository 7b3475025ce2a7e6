// The control board driver: one request at a time, matched, retried, read back.
#include "kiosk/devices/control_board/modbus_driver.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <utility>

#include "kiosk/devices/control_board/protocol.h"
#include "kiosk/runtime/async.h"

namespace cardrig::control_board {

namespace {

std::uint16_t coil_of(Light light) {
  switch (light) {
    case Light::kReader:
      return protocol::kCoilReader;
    case Light::kCamera:
      return protocol::kCoilCamera;
    case Light::kOutlet:
      return protocol::kCoilOutlet;
  }
  return protocol::kCoilReader;
}

}  // namespace

ModbusBoard::ModbusBoard(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
                         ModbusLimits limits)
    : loop_(loop), tracer_(tracer), source_(std::move(source)), limits_(limits), mutex_(loop) {}

void ModbusBoard::disconnect() {
  stream_.reset();
  reader_.clear();
}

Async<Result<Unit, BoardReason>> ModbusBoard::connect() {
  if (stream_ && stream_->is_open()) co_return ok();
  disconnect();
  auto opened = co_await source_->open();
  if (!opened) {
    co_return fail(BoardReason::kOffline,
                   source_->name() + ": " + to_string(opened.error().reason));
  }
  stream_ = std::move(*opened);
  co_return ok();
}

Async<Result<std::vector<std::uint8_t>, BoardReason>> ModbusBoard::exchange(
    Request request, std::uint16_t transaction) {
  const auto connected = co_await connect();
  if (!connected) co_return tl::unexpected(connected.error());
  const auto bytes = encode_modbus_request(transaction, protocol::kUnit, request.function,
                                           request.address, request.count_or_value);
  ErrorCode error;
  co_await asio::async_write(*stream_, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  std::array<std::uint8_t, 260> buffer{};
  while (!error) {
    while (auto answer = reader_.next()) {
      // A late answer to an earlier request, or one of another unit, is not ours.
      const auto function = answer->function & ~unsigned{protocol::kExceptionBit};
      if (answer->transaction != transaction || answer->unit != protocol::kUnit ||
          function != request.function) {
        tracer_.emit("board.dropped", {{"transaction", int{answer->transaction}}});
        continue;
      }
      if (answer->function == request.function) co_return std::move(answer->data);
      const int exception = answer->data.front();
      co_return fail(
          exception == protocol::kDeviceBusy ? BoardReason::kBusy : BoardReason::kRefused,
          "exception " + std::to_string(exception));
    }
    if (reader_.is_broken()) co_return fail(BoardReason::kBadAnswer, "no Modbus frame");
    const std::size_t size = co_await stream_->async_read_some(
        asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
    reader_.feed(std::span(buffer).first(size));
  }
  co_return fail(BoardReason::kOffline, "the connection broke: " + error.message());
}

Async<Result<std::vector<std::uint8_t>, BoardReason>> ModbusBoard::with_retries(Request request) {
  int silent = 0;
  int busy = 0;
  for (;;) {
    const std::uint16_t transaction = next_transaction_++;
    auto answer = co_await with_timeout(loop_, limits_.answer, exchange(request, transaction));
    if (!answer) {
      // The connection stays: if the answer comes late, its transaction number gives it away.
      if (++silent < limits_.tries) continue;
      co_return fail(BoardReason::kTimeout, "no answer in " + std::to_string(silent) + " tries");
    }
    if (*answer || answer->error().reason != BoardReason::kBusy || ++busy >= limits_.busy_tries) {
      co_return std::move(*answer);
    }
    co_await sleep_for(loop_, limits_.busy_pause);
  }
}

Async<Result<std::vector<std::uint8_t>, BoardReason>> ModbusBoard::transact(Request request) {
  const auto turn = co_await mutex_.lock();
  // Whatever interrupts an exchange leaves the connection in doubt; the next one opens another.
  struct Doubt {
    ModbusBoard& board;
    bool clean = false;
    ~Doubt() {
      if (!clean) board.disconnect();
    }
  } doubt{*this};
  auto answer = co_await with_retries(request);
  const BoardReason reason = answer ? BoardReason{} : answer.error().reason;
  doubt.clean = answer || reason == BoardReason::kBusy || reason == BoardReason::kRefused;
  state_ = answer                         ? DeviceState::kReady
           : reason == BoardReason::kBusy ? DeviceState::kBusy
           : reason == BoardReason::kRefused || reason == BoardReason::kBadAnswer
               ? DeviceState::kFault
               : DeviceState::kOffline;
  tracer_.emit("board.request", {{"function", int{request.function}},
                                 {"address", int{request.address}},
                                 {"result", answer ? "answer" : to_string(reason)}});
  co_return answer;
}

Async<Result<Unit, BoardReason>> ModbusBoard::start() {
  const Request request{protocol::kReadInputRegisters, protocol::kRegMapVersion, 1};
  const auto data = co_await transact(request);
  if (!data) co_return tl::unexpected(data.error());
  const auto registers = decode_registers(*data, 1);
  if (!registers || (*registers)[0] != protocol::kMapVersion) {
    state_ = DeviceState::kFault;
    co_return fail(BoardReason::kBadAnswer, "unknown version of the register map");
  }
  co_return ok();
}

Async<Result<BoardInputs, BoardReason>> ModbusBoard::inputs() {
  const Request request{protocol::kReadInputRegisters, protocol::kRegMapVersion,
                        protocol::kRegisters};
  const auto data = co_await transact(request);
  if (!data) co_return tl::unexpected(data.error());
  const auto registers = decode_registers(*data, protocol::kRegisters);
  if (!registers || (*registers)[protocol::kRegMapVersion] != protocol::kMapVersion) {
    state_ = DeviceState::kFault;
    co_return fail(BoardReason::kBadAnswer, "unreadable input registers");
  }
  const auto& r = *registers;
  const bool restarted = restarts_ && *restarts_ != r[protocol::kRegRestarts];
  restarts_ = r[protocol::kRegRestarts];
  if (restarted) {
    tracer_.emit("board.restarted", {{"restarts", int{r[protocol::kRegRestarts]}}});
    const auto restored = co_await restore_lights();
    if (!restored) co_return tl::unexpected(restored.error());
  }
  BoardInputs inputs;
  const unsigned bits = r[protocol::kRegInputBits];
  inputs.card_in_outlet = (bits >> protocol::kInputOutlet & 1U) != 0;
  inputs.service_key = (bits >> protocol::kInputServiceKey & 1U) != 0;
  inputs.cards_seen_total = r[protocol::kRegCardsSeen];
  inputs.cards_taken_total = r[protocol::kRegCardsTaken];
  inputs.uptime_s = r[protocol::kRegUptime_s];
  co_return inputs;
}

Async<Result<Unit, BoardReason>> ModbusBoard::restore_lights() {
  for (std::size_t coil = 0; coil < wanted_lights_.size(); ++coil) {
    if (!wanted_lights_[coil]) continue;
    const auto written =
        co_await write_light(static_cast<std::uint16_t>(coil), *wanted_lights_[coil]);
    if (!written) co_return tl::unexpected(written.error());
  }
  co_return ok();
}

Async<Result<Unit, BoardReason>> ModbusBoard::write_light(std::uint16_t coil, bool on) {
  const Request write{protocol::kWriteSingleCoil, coil,
                      on ? protocol::kCoilOn : protocol::kCoilOff};
  const auto echo = co_await transact(write);
  if (!echo) co_return tl::unexpected(echo.error());
  const Request read{protocol::kReadCoils, coil, 1};
  const auto data = co_await transact(read);
  if (!data) co_return tl::unexpected(data.error());
  const auto bits = decode_bits(*data, 1);
  if (!bits || (*bits)[0] != on) {
    state_ = DeviceState::kFault;
    co_return fail(BoardReason::kBadAnswer, "the light did not follow");
  }
  co_return ok();
}

Async<Result<Unit, BoardReason>> ModbusBoard::set_light(Light light, bool on) {
  const std::uint16_t coil = coil_of(light);
  wanted_lights_[coil] = on;
  return write_light(coil, on);
}

const char* to_string(BoardReason reason) {
  switch (reason) {
    case BoardReason::kOffline:
      return "offline";
    case BoardReason::kTimeout:
      return "timeout";
    case BoardReason::kBadAnswer:
      return "bad_answer";
    case BoardReason::kRefused:
      return "refused";
    case BoardReason::kBusy:
      return "busy";
  }
  return "?";
}

const char* to_string(Light light) {
  switch (light) {
    case Light::kReader:
      return "reader";
    case Light::kCamera:
      return "camera";
    case Light::kOutlet:
      return "outlet";
  }
  return "?";
}

}  // namespace cardrig::control_board
