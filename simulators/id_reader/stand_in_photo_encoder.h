// Encoder of the stand-in photo coding, for the chips of simulated cards. It shares with the
// kiosk's decoder only the numbers of photo_coding.h.
#pragma once

#include <array>
#include <cstdint>

#include "kiosk/runtime/picture.h"

namespace cardrig::sim {

/// A 102 × 126 BGR picture at the best quality whose scan fits. A picture with too much detail for
/// any quality is softened until it fits.
[[nodiscard]] std::array<std::uint8_t, 1024> encode_stand_in_photo(const Picture& bgr);

}  // namespace cardrig::sim
