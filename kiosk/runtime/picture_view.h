// A Picture as OpenCV sees it, and back. For code that computes on pictures; nothing is copied on
// the way in.
#pragma once

#include <opencv2/core.hpp>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture.h"

namespace cardrig {

/// True if sizes, channels and the number of bytes agree and there is at least one pixel.
[[nodiscard]] inline bool is_well_formed(const Picture& picture) {
  if (picture.width_px <= 0 || picture.height_px <= 0) return false;
  if (picture.channels != 1 && picture.channels != 3 && picture.channels != 4) return false;
  const auto width = static_cast<std::size_t>(picture.width_px);
  const auto height = static_cast<std::size_t>(picture.height_px);
  const auto channels = static_cast<std::size_t>(picture.channels);
  return picture.pixels.size() == width * height * channels;
}

/// Read only, and valid as long as the picture is.
[[nodiscard]] inline cv::Mat view_of(const Picture& picture) {
  CARDRIG_CHECK(is_well_formed(picture));
  return cv::Mat(picture.height_px, picture.width_px, CV_8UC(picture.channels),
                 const_cast<std::uint8_t*>(picture.pixels.data()));
}

[[nodiscard]] inline Picture picture_of(const cv::Mat& mat) {
  CARDRIG_CHECK(mat.depth() == CV_8U);
  Picture picture;
  picture.width_px = mat.cols;
  picture.height_px = mat.rows;
  picture.channels = mat.channels();
  const cv::Mat packed = mat.isContinuous() ? mat : mat.clone();
  picture.pixels.assign(packed.data, packed.data + packed.total() * packed.elemSize());
  return picture;
}

}  // namespace cardrig
