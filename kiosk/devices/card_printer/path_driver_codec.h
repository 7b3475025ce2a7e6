// The host's side of the card path frames: encodes requests, finds and decodes answers.
// docs/protocols/card-path.md
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kiosk/devices/card_printer/card_path.h"

namespace cardrig::card_printer {

/// A response or an event whose version, length and CRC are good.
struct PathFrame {
  std::uint8_t type = 0;
  std::uint8_t sequence = 0;
  std::uint8_t operation = 0;
  std::vector<std::uint8_t> payload;
};

struct PathInfo {
  PathCapabilities capabilities;
  std::string model;
  std::string firmware;
  std::string serial;
};

/// CRC-16/MODBUS.
[[nodiscard]] std::uint16_t path_crc(std::span<const std::uint8_t> bytes);

/// A request; none of the operations carries a payload.
[[nodiscard]] std::vector<std::uint8_t> encode_path_request(std::uint8_t sequence,
                                                            std::uint8_t operation);

/// Cuts a stream into frames. Whatever is no good frame is skipped up to the next start byte.
class PathFrameReader {
 public:
  void feed(std::span<const std::uint8_t> bytes);
  [[nodiscard]] std::optional<PathFrame> next();
  void clear() { pending_.clear(); }

 private:
  std::deque<std::uint8_t> pending_;
};

/// The answers' payloads behind the return code; nothing if they are malformed.
[[nodiscard]] std::optional<PathStatus> decode_path_status(std::span<const std::uint8_t> record);
[[nodiscard]] std::optional<PathInfo> decode_path_info(std::span<const std::uint8_t> record);

}  // namespace cardrig::card_printer
