// The kiosk's own control board: outlet sensor, service key and guide lights now; doors, fans and
// power later. House-defined Modbus register map: docs/protocols/control-board.md.
#pragma once

#include <cstdint>
#include <string>

#include "kiosk/devices/status.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig::control_board {

enum class BoardReason { kOffline, kTimeout, kBadAnswer, kRefused, kBusy };
[[nodiscard]] const char* to_string(BoardReason reason);

enum class Light { kReader, kCamera, kOutlet };
[[nodiscard]] const char* to_string(Light light);

struct BoardInputs {
  bool card_in_outlet = false;  ///< the outlet sensor is covered, debounced by the board
  std::uint16_t cards_seen_total = 0;  ///< times the outlet sensor became covered, wraps
  std::uint16_t cards_taken_total = 0;  ///< times it became free while nothing was retracted
  bool service_key = false;  ///< staff have turned their key
  std::uint16_t uptime_s = 0;  ///< falls when the board rebooted
};

class ControlBoard {
 public:
  virtual ~ControlBoard() = default;
  virtual Async<Result<Unit, BoardReason>> start() = 0;
  virtual Async<Result<BoardInputs, BoardReason>> inputs() = 0;
  /// Sets a guide light and reads it back.
  virtual Async<Result<Unit, BoardReason>> set_light(Light light, bool on) = 0;
  [[nodiscard]] virtual DeviceState state() const = 0;
};

}  // namespace cardrig::control_board
