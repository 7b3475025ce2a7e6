// Decoder of the stand-in photo coding (photo_coding.h): puts the fixed parts of the JPEG back in
// front of the scan and has it decoded.
#include <algorithm>
#include <initializer_list>
#include <opencv2/imgcodecs.hpp>
#include <vector>

#include "kiosk/devices/id_reader/photo_coding.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::id_reader {

namespace {

using Bytes = std::vector<std::uint8_t>;

// ITU-T T.81 Annex K.1, in zigzag order as DQT wants them.
constexpr std::array<std::uint8_t, 64> kLuminance{
    16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
    26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
    56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
    95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99};
constexpr std::array<std::uint8_t, 64> kChrominance{
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99};

// ITU-T T.81 Annex K.3: how many codes of each length 1..16, then the symbols.
constexpr std::array<std::uint8_t, 28> kDcLuminance{0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0,  0,
                                                    0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr std::array<std::uint8_t, 28> kDcChrominance{0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0,  0,
                                                      0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
constexpr std::array<std::uint8_t, 178> kAcLuminance{
    0,    2,    1,    3,    3,    2,    4,    3,    5,    5,    4,    4,    0,    0,    1,
    0x7d, 0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51,
    0x61, 0x07, 0x22, 0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15,
    0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a,
    0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44,
    0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63,
    0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
    0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98,
    0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5,
    0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2,
    0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7,
    0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa};
constexpr std::array<std::uint8_t, 178> kAcChrominance{
    0,    2,    1,    2,    4,    4,    3,    4,    7,    5,    4,    4,    0,    1,    2,
    0x77, 0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07,
    0x61, 0x71, 0x13, 0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23,
    0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17,
    0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43,
    0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a,
    0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79,
    0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96,
    0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3,
    0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9,
    0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6,
    0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa};

void append(Bytes& to, std::initializer_list<std::uint8_t> bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

void append_quantisation(Bytes& to, std::uint8_t id, const std::array<std::uint8_t, 64>& table,
                         int quality) {
  append(to, {0xFF, 0xDB, 0, 67, id});
  const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  for (const int entry : table) {
    to.push_back(static_cast<std::uint8_t>(std::clamp((entry * scale + 50) / 100, 1, 255)));
  }
}

template <std::size_t kSize>
void append_huffman(Bytes& to, std::uint8_t class_and_id,
                    const std::array<std::uint8_t, kSize>& table) {
  append(to, {0xFF, 0xC4, 0, static_cast<std::uint8_t>(kSize + 3), class_and_id});
  to.insert(to.end(), table.begin(), table.end());
}

Bytes rebuild_jpeg(int quality, std::span<const std::uint8_t> scan) {
  Bytes jpeg{0xFF, 0xD8};
  append_quantisation(jpeg, 0, kLuminance, quality);
  append_quantisation(jpeg, 1, kChrominance, quality);
  append(jpeg, {0xFF, 0xC0, 0, 17, 8, 0, coding::kHeight_px, 0, coding::kWidth_px, 3, 1, 0x22, 0, 2,
                0x11, 1, 3, 0x11, 1});
  append_huffman(jpeg, 0x00, kDcLuminance);
  append_huffman(jpeg, 0x10, kAcLuminance);
  append_huffman(jpeg, 0x01, kDcChrominance);
  append_huffman(jpeg, 0x11, kAcChrominance);
  append(jpeg, {0xFF, 0xDA, 0, 12, 3, 1, 0x00, 2, 0x11, 3, 0x11, 0, 63, 0});
  jpeg.insert(jpeg.end(), scan.begin(), scan.end());
  append(jpeg, {0xFF, 0xD9});
  return jpeg;
}

std::uint16_t crc_of(std::span<const std::uint8_t> bytes, std::uint16_t crc) {
  for (const std::uint8_t byte : bytes) {
    crc = static_cast<std::uint16_t>(crc ^ (byte << 8));
    for (int bit = 0; bit < 8; ++bit) {
      const bool carry = (crc & 0x8000) != 0;
      crc = static_cast<std::uint16_t>(crc << 1);
      if (carry) crc ^= coding::kCrcPolynomial;
    }
  }
  return crc;
}

int word_at(std::span<const std::uint8_t, 1024> coded, std::size_t offset) {
  return coded[offset] << 8 | coded[offset + 1];
}

/// A marker inside the scan could bring in segments of its own: another size, other tables.
bool holds_marker(std::span<const std::uint8_t> scan) {
  for (std::size_t i = 0; i < scan.size(); ++i) {
    if (scan[i] == 0xFF && (i + 1 == scan.size() || scan[i + 1] != 0)) return true;
  }
  return false;
}

class StandInDecoder final : public PhotoDecoder {
 public:
  /// A millisecond of work: not worth another thread.
  Async<Result<Picture, PhotoReason>> decode(std::span<const std::uint8_t, 1024> coded) override {
    co_return decode_stand_in(coded);
  }

  bool is_stand_in() const override { return true; }
};

}  // namespace

Result<Picture, PhotoReason> decode_stand_in(std::span<const std::uint8_t, 1024> coded) {
  if (!std::equal(coding::kMagic.begin(), coding::kMagic.end(), coded.begin())) {
    return fail(PhotoReason::kNotThisCoding);
  }
  const int quality = coded[coding::kQualityOffset];
  const auto length = static_cast<std::size_t>(word_at(coded, coding::kLengthOffset));
  if (quality < 1 || quality > 100) return fail(PhotoReason::kDamaged, "quality out of range");
  if (length < 1 || length > coding::kMaxScan_bytes) {
    return fail(PhotoReason::kDamaged, "length out of range");
  }
  const auto scan = coded.subspan(coding::kScanOffset, length);
  const std::uint16_t crc =
      crc_of(scan, crc_of(coded.subspan(coding::kQualityOffset, 3), coding::kCrcInitial));
  if (crc != word_at(coded, coding::kCrcOffset)) return fail(PhotoReason::kDamaged, "checksum");
  if (holds_marker(scan)) return fail(PhotoReason::kDamaged, "marker in the scan");
  const cv::Mat picture = cv::imdecode(rebuild_jpeg(quality, scan), cv::IMREAD_COLOR);
  if (picture.cols != kPhotoWidth_px || picture.rows != kPhotoHeight_px) {
    return fail(PhotoReason::kDamaged, "not decodable");
  }
  return picture_of(picture);
}

std::unique_ptr<PhotoDecoder> make_stand_in_decoder() { return std::make_unique<StandInDecoder>(); }

}  // namespace cardrig::id_reader
