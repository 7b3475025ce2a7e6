// What lies in the data of read answers (reference sheet "id-reader-sdt" §1.6): lengths, then text,
// photo and fingerprints.
#pragma once

#include <cstdint>
#include <span>

#include "kiosk/devices/id_reader/id_reader.h"

namespace cardrig::id_reader {

/// The data of an answer to 30 01. False, and `into` as it was: other lengths than 256 and 1024.
[[nodiscard]] bool take_text_and_photo(std::span<const std::uint8_t> data, ChipRecord& into);

/// The data of an answer to 30 10. False, and `into` as it was: other lengths than 256, 1024, and
/// 0, 512 or 1024 of fingerprints.
[[nodiscard]] bool take_text_photo_and_fingers(std::span<const std::uint8_t> data,
                                               ChipRecord& into);

}  // namespace cardrig::id_reader
