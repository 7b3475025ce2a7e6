// Fuzzes the simulated reader's request parser. The first byte chooses the chunk size.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kiosk/runtime/check.h"
#include "simulators/id_reader/sam_frames.h"

using cardrig::sim::RequestParser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t chunk = data[0] + std::size_t{1};
  std::span<const std::uint8_t> rest(data + 1, size - 1);
  RequestParser parser;
  std::size_t frames = 0;
  while (!rest.empty()) {
    const auto now = rest.first(std::min(chunk, rest.size()));
    rest = rest.subspan(now.size());
    parser.feed(now);
    while (parser.next() != RequestParser::Outcome::kNeedMore) ++frames;
  }
  CARDRIG_CHECK(parser.take_noise() + frames <= size);
  return 0;
}
