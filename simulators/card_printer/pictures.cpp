// PNG by OpenCV; the dyes by hand.
#include "simulators/card_printer/pictures.h"

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig::sim {

namespace {
// PNG specification, 5.2 and 11.2.2: signature, then IHDR with width and height.
constexpr std::array<std::uint8_t, 16> kPngHead{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n',
                                                0,    0,   0,   13,  'I',  'H',  'D',  'R'};
constexpr std::size_t kPngHeadSize = 24;
}  // namespace

PngSize png_size(std::span<const std::uint8_t> png) {
  if (png.size() < kPngHeadSize || !std::equal(kPngHead.begin(), kPngHead.end(), png.begin())) {
    return {};
  }
  const auto u32 = [png](std::size_t at) {
    return unsigned{png[at]} << 24U | unsigned{png[at + 1]} << 16U | unsigned{png[at + 2]} << 8U |
           unsigned{png[at + 3]};
  };
  return {u32(16), u32(20)};
}

PicturePtr decode_png(std::span<const std::uint8_t> png) {
  const std::vector<std::uint8_t> bytes(png.begin(), png.end());
  const cv::Mat decoded = cv::imdecode(bytes, cv::IMREAD_COLOR);
  if (decoded.empty() || !decoded.isContinuous()) return nullptr;
  auto picture = std::make_shared<Picture>();
  picture->width_px = decoded.cols;
  picture->height_px = decoded.rows;
  picture->channels = decoded.channels();
  picture->pixels.assign(decoded.data, decoded.data + decoded.total() * decoded.elemSize());
  return picture;
}

std::vector<std::uint8_t> encode_png(const Picture& picture) {
  CARDRIG_CHECK(picture.channels == 3);
  cv::Mat rows(picture.height_px, picture.width_px, CV_8UC3);
  CARDRIG_CHECK(rows.total() * rows.elemSize() == picture.pixels.size());
  std::copy(picture.pixels.begin(), picture.pixels.end(), rows.data);
  std::vector<std::uint8_t> png;
  CARDRIG_CHECK(cv::imencode(".png", rows, png));
  return png;
}

PicturePtr partly_printed(const Picture& whole, int panels) {
  CARDRIG_CHECK(whole.channels == 3);
  auto card = std::make_shared<Picture>(whole);
  // BGR: yellow makes channel 0, magenta 1, cyan 2.
  for (std::size_t i = 0; i < card->pixels.size(); ++i) {
    if (static_cast<int>(i % 3) >= panels) card->pixels[i] = 0xFF;
  }
  return card;
}

}  // namespace cardrig::sim
