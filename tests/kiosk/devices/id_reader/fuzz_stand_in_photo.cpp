// Fuzzes the stand-in photo decoder. The checksum is made right first: else nothing gets behind it.
//   cmake --preset fuzz && cmake --build build/fuzz --target fuzz_stand_in_photo
#include <algorithm>
#include <array>
#include <cstdint>

#include "kiosk/devices/id_reader/photo_coding.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/runtime/check.h"

namespace coding = cardrig::id_reader::coding;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<std::uint8_t, 1024> coded{};
  std::copy(coding::kMagic.begin(), coding::kMagic.end(), coded.begin());
  const std::size_t room = coded.size() - coding::kQualityOffset;
  std::copy(data, data + std::min(size, room), coded.begin() + coding::kQualityOffset);
  std::uint32_t crc = coding::kCrcInitial;
  const auto add = [&crc](std::uint8_t byte) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1 ^ coding::kCrcPolynomial) & 0xFFFFU : crc << 1;
    }
  };
  std::for_each(coded.begin() + coding::kQualityOffset, coded.begin() + coding::kCrcOffset, add);
  const std::size_t length = static_cast<std::size_t>(coded[coding::kLengthOffset]) << 8 |
                             coded[coding::kLengthOffset + 1];
  const std::size_t end = std::min(coding::kScanOffset + length, coded.size());
  std::for_each(coded.begin() + coding::kScanOffset, coded.begin() + static_cast<long>(end), add);
  coded[coding::kCrcOffset] = static_cast<std::uint8_t>(crc >> 8);
  coded[coding::kCrcOffset + 1] = static_cast<std::uint8_t>(crc & 0xFFU);
  const auto picture = cardrig::id_reader::decode_stand_in(coded);
  CARDRIG_CHECK(!picture || picture->pixels.size() == 102U * 126U * 3U);
  return 0;
}
