// Read answers taken apart. Every length is checked against what came before anything is copied.
#include "kiosk/devices/id_reader/sdt_records.h"

#include <algorithm>

#include "kiosk/devices/id_reader/protocol.h"

namespace cardrig::id_reader {

namespace {

std::size_t big_endian_16(std::span<const std::uint8_t> bytes) {
  return static_cast<std::size_t>(bytes[0]) << 8 | bytes[1];
}

bool has_text_and_photo(std::span<const std::uint8_t> data) {
  return data.size() >= 4 && big_endian_16(data) == sdt::kTextSize &&
         big_endian_16(data.subspan(2)) == sdt::kPhotoSize;
}

void copy_text_and_photo(std::span<const std::uint8_t> contents, ChipRecord& into) {
  std::copy_n(contents.begin(), sdt::kTextSize, into.text.begin());
  std::copy_n(contents.begin() + sdt::kTextSize, sdt::kPhotoSize, into.photo.begin());
}

}  // namespace

bool take_text_and_photo(std::span<const std::uint8_t> data, ChipRecord& into) {
  constexpr std::size_t kLengths = 4;
  if (!has_text_and_photo(data)) return false;
  if (data.size() != kLengths + sdt::kTextSize + sdt::kPhotoSize) return false;
  copy_text_and_photo(data.subspan(kLengths), into);
  return true;
}

bool take_text_photo_and_fingers(std::span<const std::uint8_t> data, ChipRecord& into) {
  constexpr std::size_t kLengths = 6;
  if (!has_text_and_photo(data) || data.size() < kLengths) return false;
  const std::size_t fingers = big_endian_16(data.subspan(4));
  if (fingers != 0 && fingers != sdt::kMostFingersSize / 2 && fingers != sdt::kMostFingersSize) {
    return false;
  }
  constexpr std::size_t kBefore = kLengths + sdt::kTextSize + sdt::kPhotoSize;
  if (data.size() != kBefore + fingers) return false;
  copy_text_and_photo(data.subspan(kLengths), into);
  std::copy_n(data.begin() + kBefore, fingers, into.fingers.begin());
  into.fingers_size = fingers;
  return true;
}

}  // namespace cardrig::id_reader
