// Fuzzes the driver's frame parser and what takes read answers apart: any bytes in any chunks, they
// neither crash nor hang, and a record has the lengths that the protocol allows. The first byte
// chooses the chunk size.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kiosk/devices/id_reader/sdt_frames.h"
#include "kiosk/devices/id_reader/sdt_records.h"
#include "kiosk/runtime/check.h"

using cardrig::id_reader::AnswerParser;
using cardrig::id_reader::ChipRecord;

namespace {

/// An answer is a reading of one kind at most: the lengths in it say which.
void take_apart(std::span<const std::uint8_t> data) {
  ChipRecord plain;
  ChipRecord with_fingers;
  const bool is_plain = cardrig::id_reader::take_text_and_photo(data, plain);
  const bool has_fingers = cardrig::id_reader::take_text_photo_and_fingers(data, with_fingers);
  CARDRIG_CHECK(!is_plain || !has_fingers);
  CARDRIG_CHECK(!is_plain || data.size() == 1284);
  CARDRIG_CHECK(!has_fingers || data.size() == 1286 + with_fingers.fingers_size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk = data[0] + std::size_t{1};
  std::span<const std::uint8_t> rest(data + 1, size - 1);
  AnswerParser parser;
  while (!rest.empty()) {
    const auto now = rest.first(std::min(chunk, rest.size()));
    rest = rest.subspan(now.size());
    parser.feed(now);
    for (;;) {
      const auto outcome = parser.next();
      if (outcome == AnswerParser::Outcome::kNeedMore) break;
      if (outcome == AnswerParser::Outcome::kAnswer) {
        take_apart(parser.answer().data);
        CARDRIG_CHECK(parser.answer().data.size() <= cardrig::id_reader::sdt::kLongestAnswer);
      }
    }
  }
  while (parser.is_locked()) {
    parser.unlock();
    while (parser.next() != AnswerParser::Outcome::kNeedMore) {
    }
  }
  return 0;
}
