// The printer's side of the card path frames: finds requests, encodes answers and events.
// docs/protocols/card-path.md. Nothing is shared with the driver's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "simulators/card_printer/mechanics.h"

namespace cardrig::sim {

struct PathRequest {
  std::uint8_t sequence = 0;
  std::uint8_t operation = 0;
  std::vector<std::uint8_t> payload;
};

/// Finds requests in what arrives; skips what is none (also responses and events).
class PathRequestReader {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::optional<PathRequest> next();

 private:
  std::vector<std::uint8_t> pending_;
};

[[nodiscard]] std::vector<std::uint8_t> encode_path_response(
    std::uint8_t sequence, std::uint8_t operation, std::int8_t code,
    std::span<const std::uint8_t> record = {});
[[nodiscard]] std::vector<std::uint8_t> encode_path_event(std::uint8_t sequence,
                                                          std::uint8_t operation,
                                                          std::span<const std::uint8_t> record);
[[nodiscard]] std::vector<std::uint8_t> status_record(const PrinterView& view);
/// Model, firmware and serial number of the simulated printer.
[[nodiscard]] std::vector<std::uint8_t> info_record();

}  // namespace cardrig::sim
