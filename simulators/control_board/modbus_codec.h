// The board's side of Modbus TCP: finds requests, encodes answers. Nothing is shared with the
// driver's. Modbus Messaging on TCP/IP; docs/protocols/control-board.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cardrig::sim {

struct ModbusRequest {
  std::uint16_t transaction = 0;
  std::uint8_t unit = 0;
  std::uint8_t function = 0;
  std::vector<std::uint8_t> data;

  /// The n-th 16-bit word of the data (0 if it is not there).
  [[nodiscard]] std::uint16_t word(std::size_t n) const;
};

class ModbusRequestReader {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::optional<ModbusRequest> next();
  /// The stream is no Modbus TCP (any more): the connection has to be closed.
  [[nodiscard]] bool is_broken() const { return broken_; }

 private:
  std::vector<std::uint8_t> pending_;
  bool broken_ = false;
};

[[nodiscard]] std::vector<std::uint8_t> encode_modbus_answer(const ModbusRequest& request,
                                                             std::span<const std::uint8_t> data);
[[nodiscard]] std::vector<std::uint8_t> encode_modbus_exception(const ModbusRequest& request,
                                                                std::uint8_t exception);
/// The data of answers to 01 and 02, and to 04.
[[nodiscard]] std::vector<std::uint8_t> bits_data(const std::vector<bool>& bits);
[[nodiscard]] std::vector<std::uint8_t> registers_data(std::span<const std::uint16_t> registers);

}  // namespace cardrig::sim
