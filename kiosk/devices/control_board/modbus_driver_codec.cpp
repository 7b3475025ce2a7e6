// Modbus TCP, host's side.
#include "kiosk/devices/control_board/modbus_driver_codec.h"

#include "kiosk/devices/control_board/protocol.h"

namespace cardrig::control_board {

namespace {

void put_u16(std::vector<std::uint8_t>& bytes, unsigned value) {
  bytes.push_back(static_cast<std::uint8_t>(value >> 8U & 0xFFU));
  bytes.push_back(static_cast<std::uint8_t>(value & 0xFFU));
}

}  // namespace

std::vector<std::uint8_t> encode_modbus_request(std::uint16_t transaction, std::uint8_t unit,
                                                std::uint8_t function, std::uint16_t address,
                                                std::uint16_t count_or_value) {
  std::vector<std::uint8_t> bytes;
  put_u16(bytes, transaction);
  put_u16(bytes, protocol::kMbapProtocol);
  put_u16(bytes, 6);  // unit, function, two words
  bytes.push_back(unit);
  bytes.push_back(function);
  put_u16(bytes, address);
  put_u16(bytes, count_or_value);
  return bytes;
}

void ModbusAnswerReader::feed(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

void ModbusAnswerReader::clear() {
  pending_.clear();
  broken_ = false;
}

std::optional<ModbusAnswer> ModbusAnswerReader::next() {
  if (broken_ || pending_.size() < protocol::kMbapSize) return std::nullopt;
  const auto word = [this](std::size_t at) {
    return static_cast<std::uint16_t>(pending_[at] << 8U | pending_[at + 1]);
  };
  const std::size_t length = word(protocol::kMbapLengthAt);
  // At least unit, function and one byte; at most unit and a full PDU.
  if (word(2) != protocol::kMbapProtocol || length < 3 || length > protocol::kPduMax + 1) {
    broken_ = true;
    return std::nullopt;
  }
  const std::size_t size = protocol::kMbapSize - 1 + length;
  if (pending_.size() < size) return std::nullopt;
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  ModbusAnswer answer;
  answer.transaction = word(0);
  answer.unit = pending_[protocol::kMbapSize - 1];
  answer.function = pending_[protocol::kMbapSize];
  answer.data.assign(pending_.begin() + protocol::kMbapSize + 1, end);
  pending_.erase(pending_.begin(), end);
  return answer;
}

std::optional<std::vector<bool>> decode_bits(std::span<const std::uint8_t> data, unsigned count) {
  const std::size_t bytes = (count + 7U) / 8U;
  if (data.size() != bytes + 1 || data[0] != bytes) return std::nullopt;
  std::vector<bool> bits(count);
  for (unsigned i = 0; i < count; ++i) bits[i] = (data[1 + i / 8] >> (i % 8) & 1U) != 0;
  return bits;
}

std::optional<std::vector<std::uint16_t>> decode_registers(std::span<const std::uint8_t> data,
                                                           unsigned count) {
  const std::size_t bytes = std::size_t{count} * 2;
  if (data.size() != bytes + 1 || data[0] != bytes) return std::nullopt;
  std::vector<std::uint16_t> registers(count);
  for (unsigned i = 0; i < count; ++i) {
    registers[i] = static_cast<std::uint16_t>(data[1 + 2 * i] << 8U | data[2 + 2 * i]);
  }
  return registers;
}

}  // namespace cardrig::control_board
