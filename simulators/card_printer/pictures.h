// What the printer does with pictures: reading the job's PNG, and what a card shows when printing
// stopped half-way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/runtime/picture.h"

namespace cardrig::sim {

/// Width and height of a PNG by its header; zeros if it is none.
struct PngSize {
  unsigned width_px = 0;
  unsigned height_px = 0;
};
[[nodiscard]] PngSize png_size(std::span<const std::uint8_t> png);

/// The picture as 8-bit BGR, or null if it cannot be decoded.
[[nodiscard]] PicturePtr decode_png(std::span<const std::uint8_t> png);
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Picture& picture);

/// The card after `panels` of Y, M, C, K, O: each dye takes away its colour (yellow blue, magenta
/// green, cyan red), so a missing one leaves the white of the card.
[[nodiscard]] PicturePtr partly_printed(const Picture& whole, int panels);

}  // namespace cardrig::sim
