// The simulated control board: outlet sensor, counters, guide lights, behind Modbus TCP.
// What it counts and when: docs/protocols/control-board.md.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/devices/control_board/protocol.h"
#include "kiosk/runtime/plug.h"
#include "simulators/control_board/modbus_codec.h"
#include "simulators/world/fault_catalogue.h"
#include "simulators/world/served_stream.h"
#include "simulators/world/world.h"

namespace cardrig::sim {

namespace board_fault {
inline constexpr const char* kNoAnswer = "control_board.no_answer";
inline constexpr const char* kLateAnswer = "control_board.late_answer";
inline constexpr const char* kBusy = "control_board.busy";
inline constexpr const char* kOutletStuck = "control_board.outlet_sensor_stuck";
inline constexpr const char* kRebooted = "control_board.rebooted";
}  // namespace board_fault

class ControlBoard {
 public:
  /// Once per run, before the board is made.
  static void declare_faults(FaultCatalogue& faults);

  /// Serves the line as long as it lives, and sets its reach by the mains.
  ControlBoard(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults, Plug& line);
  ~ControlBoard();
  ControlBoard(const ControlBoard&) = delete;
  ControlBoard& operator=(const ControlBoard&) = delete;

  [[nodiscard]] bool light(std::size_t coil) const { return lights_.at(coil); }
  [[nodiscard]] bool outlet_covered() const { return covered_; }
  [[nodiscard]] std::uint16_t cards_seen() const { return seen_; }
  [[nodiscard]] std::uint16_t cards_taken() const { return taken_; }

  /// The answer's PDU in its frame; empty: none is given.
  [[nodiscard]] std::vector<std::uint8_t> answer(const ModbusRequest& request);

 private:
  struct Client {
    std::shared_ptr<ServedStream> stream;
    ModbusRequestReader reader;
    int unanswered = 0;
  };
  void accept(std::shared_ptr<ByteStream> stream);
  void serve(const std::shared_ptr<Client>& client, const ModbusRequest& request);
  void drop_all();
  std::vector<std::uint8_t> read_bits(const ModbusRequest& request, const std::vector<bool>& all);
  std::vector<std::uint8_t> read_registers(const ModbusRequest& request);
  std::vector<std::uint8_t> write_coil(const ModbusRequest& request);
  [[nodiscard]] std::array<std::uint16_t, control_board::protocol::kRegisters> registers() const;
  void world_changed(const std::string& kind);
  void fault_changed(const std::string& name, bool active);
  void power_off();
  void power_on();
  void started();
  void look_at_outlet();
  void debounced();
  [[nodiscard]] bool sensed() const;
  void set_light(std::size_t coil, bool on);

  Loop& loop_;
  Tracer& tracer_;
  World& world_;
  FaultCatalogue& faults_;
  Plug& line_;
  std::vector<std::shared_ptr<Client>> clients_;

  // Kept in FRAM.
  std::uint16_t restarts_ = 1;
  std::uint16_t seen_ = 0;
  std::uint16_t taken_ = 0;
  // Lost in a power cut.
  bool powered_ = true;
  bool running_ = true;
  Nanos started_at_{0};
  bool covered_ = false;
  std::array<bool, control_board::protocol::kCoils> lights_{};
  int watched_card_ = 0;  // the card that covers the sensor
  TimerId debounce_timer_ = 0;
  TimerId power_timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace cardrig::sim
