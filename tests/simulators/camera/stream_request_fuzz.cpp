// Fuzzes the camera's request reader: the first byte says how the rest is cut into pieces; whole or
// in pieces, the same comes out, and what is refused is no request.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kiosk/runtime/check.h"
#include "simulators/camera/stream_request.h"

namespace {

cardrig::sim::StreamRequestReader read(std::span<const std::uint8_t> stream, std::size_t piece) {
  cardrig::sim::StreamRequestReader reader;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    reader.feed(stream.subspan(at, std::min(piece, stream.size() - at)));
  }
  return reader;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> stream(data + 1, size - 1);
  const auto whole = read(stream, std::max<std::size_t>(stream.size(), 1));
  const auto pieces = read(stream, std::size_t{data[0]} + 1);
  CARDRIG_CHECK(whole.request() == pieces.request());
  CARDRIG_CHECK(whole.error() == pieces.error());
  if (!whole.request()) return 0;
  CARDRIG_CHECK(whole.error() == 0);
  CARDRIG_CHECK(!whole.request()->method.empty() && whole.request()->path.starts_with('/'));
  return 0;
}
