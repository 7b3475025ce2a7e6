// ModbusBoard: the control board over Modbus TCP (docs/protocols/control-board.md).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/devices/control_board/modbus_driver_codec.h"
#include "kiosk/runtime/async_mutex.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::control_board {

struct ModbusLimits {
  // Masters with less than 500 ms lose most answers of slow devices.
  Nanos answer{std::chrono::seconds(1)};
  int tries = 3;
  Nanos busy_pause{std::chrono::milliseconds(100)};
  int busy_tries = 10;
};

/// Opens the connection when it is needed and again after it broke. Calls may overlap; they are
/// sent one after the other.
class ModbusBoard final : public ControlBoard {
 public:
  ModbusBoard(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
              ModbusLimits limits = {});

  /// Checks the version of the register map.
  Async<Result<Unit, BoardReason>> start() override;
  /// Also sets the lights again if the board has restarted since the last call.
  Async<Result<BoardInputs, BoardReason>> inputs() override;
  Async<Result<Unit, BoardReason>> set_light(Light light, bool on) override;
  [[nodiscard]] DeviceState state() const override { return state_; }

 private:
  using Data = std::vector<std::uint8_t>;

  struct Request {
    std::uint8_t function = 0;
    std::uint16_t address = 0;
    std::uint16_t count_or_value = 0;
  };
  /// The data of the good answer, behind its function code.
  Async<Result<Data, BoardReason>> transact(Request request);
  Async<Result<Data, BoardReason>> with_retries(Request request);
  Async<Result<Data, BoardReason>> exchange(Request request, std::uint16_t transaction);
  Async<Result<Unit, BoardReason>> connect();
  Async<Result<Unit, BoardReason>> write_light(std::uint16_t coil, bool on);
  Async<Result<Unit, BoardReason>> restore_lights();
  void disconnect();

  Loop& loop_;
  Tracer& tracer_;
  std::unique_ptr<StreamSource> source_;
  ModbusLimits limits_;
  AsyncMutex mutex_;
  std::unique_ptr<ByteStream> stream_;
  ModbusAnswerReader reader_;
  std::uint16_t next_transaction_ = 1;
  std::array<std::optional<bool>, 3> wanted_lights_;
  std::optional<std::uint16_t> restarts_;
  DeviceState state_ = DeviceState::kUnknown;
};

}  // namespace cardrig::control_board
