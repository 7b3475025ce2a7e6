// The electronic photo: size is checked before anything is decoded.
#include <opencv2/imgcodecs.hpp>

#include "kiosk/platform/answers.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::platform {

namespace {

constexpr int kWidthLimit_px = 1200, kHeightLimit_px = 1600;

struct Size {
  int width = 0, height = 0;
};

/// Width and height from the frame header (markers C0 to CF without C4, C8, CC) of a JPEG.
Size jpeg_size(const std::vector<std::uint8_t>& b) {
  if (b.size() < 4 || b[0] != 0xFF || b[1] != 0xD8) return {};
  std::size_t at = 2;
  while (at + 9 < b.size() && b[at] == 0xFF) {
    const std::uint8_t marker = b[at + 1];
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    const bool frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) return {b[at + 7] * 256 + b[at + 8], b[at + 5] * 256 + b[at + 6]};
    const std::size_t length = b[at + 2] * std::size_t{256} + b[at + 3];
    if (length < 2) return {};
    at += 2 + length;
  }
  return {};
}

}  // namespace

Result<PicturePtr, PlatformReason> decode_photo(const std::vector<std::uint8_t>& jpeg) {
  const Size size = jpeg_size(jpeg);
  if (jpeg.size() > kPhotoLimit || size.width < 1 || size.height < 1 ||
      size.width > kWidthLimit_px || size.height > kHeightLimit_px) {
    return fail(PlatformReason::kBadAnswer, "the photo has no size that is allowed");
  }
  cv::Mat decoded;
  try {
    decoded = cv::imdecode(jpeg, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    // A broken file is the platform's mistake; OpenCV throws for some of them.
  }
  if (decoded.cols != size.width || decoded.rows != size.height) {
    return fail(PlatformReason::kBadAnswer, "the photo cannot be decoded");
  }
  return std::make_shared<const Picture>(picture_of(decoded));
}

}  // namespace cardrig::platform
