// Has the picture coded as a whole JPEG, then keeps the scan alone.
#include "simulators/id_reader/stand_in_photo_encoder.h"

#include <algorithm>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <optional>
#include <vector>

#include "kiosk/devices/id_reader/photo_coding.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::sim {

namespace {

namespace coding = id_reader::coding;
using Bytes = std::vector<std::uint8_t>;

constexpr int kBestQuality = 60;  // a face at this size never fits above
constexpr int kWorstQuality = 4;  // below, features of the face go; softening costs less

/// What stands between the header of the first scan and the end marker.
Bytes scan_of(const Bytes& jpeg) {
  std::size_t at = 2;  // behind the start marker
  while (jpeg[at + 1] != 0xDA) {
    at += 2 + static_cast<std::size_t>(jpeg[at + 2] << 8 | jpeg[at + 3]);
    CARDRIG_CHECK(at + 4 < jpeg.size() && jpeg[at] == 0xFF);
  }
  at += 2 + static_cast<std::size_t>(jpeg[at + 2] << 8 | jpeg[at + 3]);
  CARDRIG_CHECK(jpeg[jpeg.size() - 2] == 0xFF && jpeg.back() == 0xD9);
  return Bytes(jpeg.begin() + static_cast<std::ptrdiff_t>(at), jpeg.end() - 2);
}

struct Coded {
  int quality;
  Bytes scan;
};

std::optional<Coded> code_to_fit(const cv::Mat& picture) {
  for (int quality = kBestQuality; quality >= kWorstQuality; --quality) {
    const std::vector<int> switches{cv::IMWRITE_JPEG_QUALITY,     quality,
                                    cv::IMWRITE_JPEG_OPTIMIZE,    0,
                                    cv::IMWRITE_JPEG_PROGRESSIVE, 0};
    Bytes jpeg;
    CARDRIG_CHECK(cv::imencode(".jpg", picture, jpeg, switches));
    Bytes scan = scan_of(jpeg);
    if (scan.size() <= coding::kMaxScan_bytes) return Coded{quality, std::move(scan)};
  }
  return std::nullopt;
}

std::uint16_t crc16(const std::uint8_t* first, const std::uint8_t* last, std::uint32_t crc) {
  for (; first != last; ++first) {
    for (int bit = 7; bit >= 0; --bit) {
      const std::uint32_t feedback =
          ((crc >> 15) ^ (static_cast<std::uint32_t>(*first) >> bit)) & 1;
      crc = (crc << 1 & 0xFFFFU) ^ (feedback * coding::kCrcPolynomial);
    }
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace

std::array<std::uint8_t, 1024> encode_stand_in_photo(const Picture& bgr) {
  CARDRIG_CHECK(bgr.width_px == coding::kWidth_px && bgr.height_px == coding::kHeight_px &&
                bgr.channels == 3);
  std::optional<Coded> coded = code_to_fit(view_of(bgr));
  for (double sigma_px = 1; !coded; sigma_px *= 1.5) {
    cv::Mat softened;
    cv::GaussianBlur(view_of(bgr), softened, cv::Size(), sigma_px);
    coded = code_to_fit(softened);
  }
  std::array<std::uint8_t, 1024> photo{};
  std::copy(coding::kMagic.begin(), coding::kMagic.end(), photo.begin());
  photo[coding::kQualityOffset] = static_cast<std::uint8_t>(coded->quality);
  photo[coding::kLengthOffset] = static_cast<std::uint8_t>(coded->scan.size() >> 8);
  photo[coding::kLengthOffset + 1] = static_cast<std::uint8_t>(coded->scan.size() & 0xFF);
  std::copy(coded->scan.begin(), coded->scan.end(), photo.begin() + coding::kScanOffset);
  const std::uint8_t* head = photo.data() + coding::kQualityOffset;
  const std::uint8_t* scan = photo.data() + coding::kScanOffset;
  const std::uint16_t crc =
      crc16(scan, scan + coded->scan.size(), crc16(head, head + 3, coding::kCrcInitial));
  photo[coding::kCrcOffset] = static_cast<std::uint8_t>(crc >> 8);
  photo[coding::kCrcOffset + 1] = static_cast<std::uint8_t>(crc & 0xFF);
  return photo;
}

}  // namespace cardrig::sim
