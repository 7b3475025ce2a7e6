// PNG coding of pictures, fast rather than small: a card is coded while somebody waits.
#include <opencv2/imgcodecs.hpp>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::certificate {

std::vector<std::uint8_t> encode_png(const Picture& picture) {
  std::vector<std::uint8_t> bytes;
  CARDRIG_CHECK(cv::imencode(
      ".png", view_of(picture), bytes,
      {cv::IMWRITE_PNG_COMPRESSION, 1, cv::IMWRITE_PNG_STRATEGY, cv::IMWRITE_PNG_STRATEGY_RLE}));
  return bytes;
}

}  // namespace cardrig::certificate
