// Colours of the kiosk's screens, 0xRRGGBB. Whatever is written has a contrast of at least 4.5 : 1
// to what it is written on, and whatever is drawn to be understood at least 3 : 1 (WCAG AA,
// tested).
#pragma once

#include <imgui.h>

#include <cmath>
#include <cstdint>

namespace cardrig::screen {

struct Palette {
  std::uint32_t ground = 0xF5F7FA;
  std::uint32_t panel = 0xFFFFFF;
  std::uint32_t ink = 0x0F1C2E;
  std::uint32_t quiet_ink = 0x4A596D;  ///< help texts
  std::uint32_t faint_ink = 0x616F84;  ///< staff code, steps to come
  std::uint32_t blue = 0x0B57A4;
  std::uint32_t blue_pressed = 0x084580;
  std::uint32_t blue_soft = 0xE3EEF9;  ///< behind illustrations
  std::uint32_t blue_mid = 0x9DC1E6;
  std::uint32_t good = 0x0B7A4B;
  std::uint32_t good_soft = 0xDFF3E8;
  std::uint32_t attention = 0x9A4F00;
  std::uint32_t attention_soft = 0xFBEBD6;
  std::uint32_t refusal = 0xB3261E;
  std::uint32_t refusal_soft = 0xFBE4E2;
  std::uint32_t hairline = 0xD5DCE5;
  std::uint32_t on_blue = 0xFFFFFF;
};

/// Dark hall: ground and ink change places. A blue that is seen on the dark ground is too light for
/// white letters: they are dark too.
[[nodiscard]] inline Palette dark_palette() {
  Palette p;
  p.ground = 0x0F1C2E;
  p.panel = 0x182A41;
  p.ink = 0xF5F7FA;
  p.quiet_ink = 0xB9C6D6;
  p.faint_ink = 0x93A3B8;
  p.blue = 0x62A8F0;
  p.blue_pressed = 0x4E8FD4;
  p.blue_soft = 0x1F3A5A;
  p.blue_mid = 0x4C7FB5;
  p.good = 0x4CC38A;
  p.good_soft = 0x17402E;
  p.attention = 0xF0A95B;
  p.attention_soft = 0x45331C;
  p.refusal = 0xF28B82;
  p.refusal_soft = 0x4A2422;
  p.hairline = 0x33475F;
  p.on_blue = 0x0F1C2E;
  return p;
}

[[nodiscard]] inline ImU32 colour(std::uint32_t rgb, float alpha = 1.0F) {
  return IM_COL32((rgb >> 16U) & 0xFFU, (rgb >> 8U) & 0xFFU, rgb & 0xFFU,
                  static_cast<int>(std::lround(alpha * 255.0F)));
}

}  // namespace cardrig::screen
