// Modbus TCP, board's side.
#include "simulators/control_board/modbus_codec.h"

#include <algorithm>

#include "kiosk/devices/control_board/protocol.h"

namespace cardrig::sim {

namespace protocol = control_board::protocol;

namespace {

/// Header and function, with room for `data_size` bytes behind them.
std::vector<std::uint8_t> header(const ModbusRequest& request, std::uint8_t function,
                                 std::size_t data_size) {
  const std::size_t length = 2 + data_size;
  std::vector<std::uint8_t> out(protocol::kMbapSize + 1 + data_size);
  out[0] = static_cast<std::uint8_t>(request.transaction / 256);
  out[1] = static_cast<std::uint8_t>(request.transaction % 256);
  out[4] = static_cast<std::uint8_t>(length / 256);
  out[5] = static_cast<std::uint8_t>(length % 256);
  out[6] = request.unit;
  out[7] = function;
  return out;
}

}  // namespace

std::uint16_t ModbusRequest::word(std::size_t n) const {
  if (data.size() < 2 * n + 2) return 0;
  return static_cast<std::uint16_t>(data[2 * n] * 256 + data[2 * n + 1]);
}

void ModbusRequestReader::feed(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

std::optional<ModbusRequest> ModbusRequestReader::next() {
  if (broken_ || pending_.size() < protocol::kMbapSize + 1) return std::nullopt;
  const auto at = [this](std::size_t i) { return std::size_t{pending_[i]}; };
  const std::size_t length = at(4) * 256 + at(5);
  const bool is_modbus = at(2) == 0 && at(3) == 0;
  if (!is_modbus || length < 2 || length > protocol::kPduMax + 1) {
    broken_ = true;
    return std::nullopt;
  }
  const std::size_t size = length + 6;
  if (pending_.size() < size) return std::nullopt;
  ModbusRequest request;
  request.transaction = static_cast<std::uint16_t>(at(0) * 256 + at(1));
  request.unit = pending_[6];
  request.function = pending_[7];
  const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
  request.data.assign(pending_.begin() + 8, end);
  pending_.erase(pending_.begin(), end);
  return request;
}

std::vector<std::uint8_t> encode_modbus_answer(const ModbusRequest& request,
                                               std::span<const std::uint8_t> data) {
  auto out = header(request, request.function, data.size());
  std::copy(data.begin(), data.end(), out.begin() + protocol::kMbapSize + 1);
  return out;
}

std::vector<std::uint8_t> encode_modbus_exception(const ModbusRequest& request,
                                                  std::uint8_t exception) {
  const auto function = static_cast<std::uint8_t>(request.function | protocol::kExceptionBit);
  auto out = header(request, function, 1);
  out[8] = exception;
  return out;
}

std::vector<std::uint8_t> bits_data(const std::vector<bool>& bits) {
  const std::size_t bytes = (bits.size() + 7) / 8;
  std::vector<std::uint8_t> data(1 + bytes);
  data[0] = static_cast<std::uint8_t>(bytes);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    if (bits[i]) data[1 + i / 8] = static_cast<std::uint8_t>(data[1 + i / 8] + (1 << i % 8));
  }
  return data;
}

std::vector<std::uint8_t> registers_data(std::span<const std::uint16_t> registers) {
  std::vector<std::uint8_t> data{static_cast<std::uint8_t>(registers.size() * 2)};
  for (const std::uint16_t value : registers) {
    data.push_back(static_cast<std::uint8_t>(value / 256));
    data.push_back(static_cast<std::uint8_t>(value % 256));
  }
  return data;
}

}  // namespace cardrig::sim
