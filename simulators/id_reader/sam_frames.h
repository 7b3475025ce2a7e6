// The reader's side of SDT framing: requests are cut out of a byte stream, answers are encoded.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/devices/id_reader/protocol.h"

namespace cardrig::sim {

struct SamRequest {
  std::uint16_t command = 0;  ///< CMD and PARA
  std::vector<std::uint8_t> data;
};

struct SamAnswer {
  std::uint8_t sw3 = 0;
  std::vector<std::uint8_t> data;
  std::uint8_t sw1 = 0;
  std::uint8_t sw2 = 0;
};

[[nodiscard]] std::vector<std::uint8_t> encode_answer(const SamAnswer& answer);

/// A SAM's receiver: waits for a preamble, then takes as many bytes as were announced.
class RequestParser {
 public:
  enum class Outcome { kNeedMore, kRequest, kBadChecksum, kBadLength };

  void feed(std::span<const std::uint8_t> bytes);
  [[nodiscard]] Outcome next();
  [[nodiscard]] const SamRequest& request() const { return request_; }

  /// A frame was begun.
  [[nodiscard]] bool in_frame() const { return stage_ != Stage::kPreamble; }
  /// Fewer bytes came than were announced, and no more do: the frame is forgotten.
  void give_up_frame();
  /// Bytes that belonged to no frame, since the last call.
  [[nodiscard]] std::size_t take_noise();

 private:
  enum class Stage { kPreamble, kLength, kBody };
  Outcome take(std::uint8_t byte);
  Outcome finish_body();

  std::vector<std::uint8_t> waiting_;
  std::size_t next_byte_ = 0;
  Stage stage_ = Stage::kPreamble;
  std::size_t matched_ = 0;  // of the preamble
  std::vector<std::uint8_t> body_;  // from LenHi
  std::size_t noise_ = 0;
  SamRequest request_;
};

}  // namespace cardrig::sim
