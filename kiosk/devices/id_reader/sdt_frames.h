// The host's side of SDT framing: requests are encoded, answers are cut out of a byte stream.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/devices/id_reader/protocol.h"

namespace cardrig::id_reader {

/// A whole request frame. `command` is CMD and PARA as in protocol.h.
[[nodiscard]] std::vector<std::uint8_t> encode_request(std::uint16_t command,
                                                       std::span<const std::uint8_t> data = {});

/// One answer. `data` points into the parser and lives until its next call.
struct Answer {
  std::uint8_t sw1 = 0;
  std::uint8_t sw2 = 0;
  std::uint8_t sw3 = 0;
  std::span<const std::uint8_t> data;
};

/// Cuts answers out of a stream, however it is chunked. Until it has seen a preamble and a
/// plausible length it drops bytes; from then on the length rules, because a photo may hold
/// anything, also a preamble.
class AnswerParser {
 public:
  enum class Outcome {
    kNeedMore,
    kAnswer,  ///< answer() is valid until the next call of feed(), next(), unlock() or wipe()
    kBadChecksum,  ///< a whole frame came and was dropped
  };

  AnswerParser() = default;
  ~AnswerParser() { wipe(); }
  AnswerParser(const AnswerParser&) = delete;
  AnswerParser& operator=(const AnswerParser&) = delete;

  /// Where the stream may write next; never empty. Tell with commit() how much it wrote.
  [[nodiscard]] std::span<std::uint8_t> space();
  void commit(std::size_t size);
  /// space() and commit() for bytes that lie elsewhere; at most 4096 between two next().
  void feed(std::span<const std::uint8_t> bytes);

  [[nodiscard]] Outcome next();
  [[nodiscard]] const Answer& answer() const { return answer_; }

  /// A preamble and length were seen, and the rest has not come yet.
  [[nodiscard]] bool is_locked() const { return locked_; }
  /// The rest will not come (inter-byte time-out): drops the preamble and looks for another one in
  /// what came after it.
  void unlock();
  /// Drops everything and overwrites the buffer.
  void wipe();
  /// Bytes dropped because they belonged to no frame.
  [[nodiscard]] std::size_t dropped() const { return dropped_; }

 private:
  void drop(std::size_t size);
  void compact();
  bool find_header();

  std::array<std::uint8_t, 8192> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::size_t frame_size_ = 0;  // of the locked frame, header included
  std::size_t dropped_ = 0;
  bool locked_ = false;
  bool answered_ = false;  // the frame at begin_ was handed out and goes at the next call
  Answer answer_;
};

}  // namespace cardrig::id_reader
