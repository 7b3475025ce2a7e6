// Fuzzes the reader of MJPEG streams and the look at a JPEG: however a stream is cut into pieces,
// the same parts come out, and none is longer than the limit.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "kiosk/devices/camera/mjpeg_driver_codec.h"
#include "kiosk/runtime/check.h"

namespace {

using Parts = std::vector<std::vector<std::uint8_t>>;

constexpr cardrig::camera::MjpegLimits kSmall{512, 128, 1024};

Parts parts_of(std::span<const std::uint8_t> all, std::size_t piece, std::string& end) {
  cardrig::camera::MjpegReader reader(kSmall);
  Parts parts;
  for (std::size_t at = 0; at < all.size(); at += piece) {
    reader.feed(all.subspan(at, std::min(piece, all.size() - at)));
    while (auto part = reader.next()) parts.push_back(std::move(*part));
  }
  end = reader.broken() + (reader.ended() ? " ended" : "");
  return parts;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> all(data, size);
  std::string end_whole, end_bytes;
  const Parts whole = parts_of(all, std::max<std::size_t>(size, 1), end_whole);
  const Parts bytes = parts_of(all, 1, end_bytes);
  CARDRIG_CHECK(whole == bytes);
  CARDRIG_CHECK(end_whole == end_bytes);
  for (const auto& part : whole) {
    CARDRIG_CHECK(!part.empty() && part.size() <= kSmall.part_bytes);
    static_cast<void>(cardrig::camera::whole_jpeg(part));
  }
  static_cast<void>(cardrig::camera::whole_jpeg(all));
  return 0;
}
