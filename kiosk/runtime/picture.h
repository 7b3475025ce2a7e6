// Pictures in memory: 8 bits a channel, rows from the top, no padding. BGR as OpenCV has it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace cardrig {

struct Picture {
  int width_px = 0;
  int height_px = 0;
  int channels = 3;  ///< 1 grey, 3 BGR, 4 BGRA
  std::vector<std::uint8_t> pixels;

  [[nodiscard]] bool empty() const { return pixels.empty(); }
  bool operator==(const Picture&) const = default;
};

/// Pictures are shared between screens, trace and drivers, and never changed once shared.
using PicturePtr = std::shared_ptr<const Picture>;

}  // namespace cardrig
