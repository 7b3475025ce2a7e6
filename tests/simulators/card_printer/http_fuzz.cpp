// Fuzzes the printer's HTTP reader: the first byte says how the rest is cut into pieces; whole or
// in pieces, the same requests come out.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/runtime/check.h"
#include "simulators/card_printer/http_requests.h"

namespace {

std::vector<std::vector<std::uint8_t>> bodies(std::span<const std::uint8_t> stream,
                                              std::size_t piece) {
  cardrig::sim::HttpRequestReader reader;
  std::vector<std::vector<std::uint8_t>> found;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    reader.feed(stream.subspan(at, std::min(piece, stream.size() - at)));
    while (auto request = reader.next()) found.push_back(std::move(request->body));
  }
  return found;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> stream(data + 1, size - 1);
  const std::size_t piece = std::size_t{data[0]} + 1;
  const auto whole = bodies(stream, std::max<std::size_t>(stream.size(), 1));
  const auto pieces = bodies(stream, piece);
  // A head that is too long may be refused earlier when it comes in pieces; nothing is added.
  CARDRIG_CHECK(pieces.size() <= whole.size());
  CARDRIG_CHECK(std::equal(pieces.begin(), pieces.end(), whole.begin()));
  return 0;
}
