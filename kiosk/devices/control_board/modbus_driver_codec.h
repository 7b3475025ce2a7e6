// The host's side of Modbus TCP: encodes requests, cuts the stream into answers and checks them.
// Modbus Application Protocol V1.1b3; Modbus Messaging on TCP/IP; docs/protocols/control-board.md.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

namespace cardrig::control_board {

/// An answer as it came: header good, contents not yet checked against a request.
struct ModbusAnswer {
  std::uint16_t transaction = 0;
  std::uint8_t unit = 0;
  std::uint8_t function = 0;  ///< with the exception bit
  std::vector<std::uint8_t> data;
};

/// Functions 01, 02 and 04: address and count. Function 05: address and value.
[[nodiscard]] std::vector<std::uint8_t> encode_modbus_request(std::uint16_t transaction,
                                                              std::uint8_t unit,
                                                              std::uint8_t function,
                                                              std::uint16_t address,
                                                              std::uint16_t count_or_value);

class ModbusAnswerReader {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::optional<ModbusAnswer> next();
  /// The stream has lost its frames (protocol not 0, impossible length): only a new connection
  /// helps, since Modbus TCP has no start mark.
  [[nodiscard]] bool is_broken() const { return broken_; }
  void clear();

 private:
  std::deque<std::uint8_t> pending_;
  bool broken_ = false;
};

/// The bits of an answer to 01 or 02 for `count` bits; nothing if its byte count is wrong.
[[nodiscard]] std::optional<std::vector<bool>> decode_bits(std::span<const std::uint8_t> data,
                                                           unsigned count);
/// The registers of an answer to 04; nothing if its byte count is wrong.
[[nodiscard]] std::optional<std::vector<std::uint16_t>> decode_registers(
    std::span<const std::uint8_t> data, unsigned count);

}  // namespace cardrig::control_board
