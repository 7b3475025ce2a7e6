// Draws the front of the permit card with Cairo and Pango: 85.5 × 54 mm at 300 dpi, 1016 × 648 px.
// Always marked as a simulation specimen: this program must not be able to make a real-looking
// card.
#pragma once

#include <cstdint>
#include <vector>

#include "kiosk/certificate/certificate.h"

namespace cardrig::certificate {

inline constexpr int kCardWidth_px = 1016;
inline constexpr int kCardHeight_px = 648;

/// The card's front as BGR. Byte-identical for equal input.
[[nodiscard]] Picture draw_card_front(const Certificate& certificate);

/// True if every character of the name has a glyph in the card's fonts (fault R28).
[[nodiscard]] bool can_draw_text(const std::string& utf8);

/// PNG coding of any picture (BGR, BGRA or grey), the same bytes for the same picture.
[[nodiscard]] std::vector<std::uint8_t> encode_png(const Picture& picture);

}  // namespace cardrig::certificate
