// Fitting, blurring, rounding of pictures.
#include "kiosk/screen/picture_tools.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::screen {
namespace {

// The largest part in the middle of `from` that has the shape of width × height, at that size.
cv::Mat cover(const cv::Mat& from, int width_px, int height_px) {
  const double scale = std::max(static_cast<double>(width_px) / from.cols,
                                static_cast<double>(height_px) / from.rows);
  const int part_width = std::clamp(static_cast<int>(width_px / scale), 1, from.cols);
  const int part_height = std::clamp(static_cast<int>(height_px / scale), 1, from.rows);
  const cv::Rect part((from.cols - part_width) / 2, (from.rows - part_height) / 2, part_width,
                      part_height);
  cv::Mat out;
  cv::resize(from(part), out, cv::Size(width_px, height_px), 0, 0,
             scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

// A strong blur that costs little: down to a few pixels and up again.
cv::Mat blurred(const cv::Mat& from) {
  cv::Mat tiny;
  cv::resize(from, tiny, cv::Size(std::max(2, from.cols / 40), std::max(2, from.rows / 40)), 0, 0,
             cv::INTER_AREA);
  cv::GaussianBlur(tiny, tiny, cv::Size(3, 3), 0);
  cv::Mat out;
  cv::resize(tiny, out, from.size(), 0, 0, cv::INTER_CUBIC);
  return out;
}

// 255 inside a rectangle with round corners, with a smooth edge.
cv::Mat round_mask(cv::Size size, int radius_px) {
  cv::Mat mask(size, CV_8U, cv::Scalar(255));
  const auto corner = [&](int x, int y, int centre_x, int centre_y) {
    const double distance = std::hypot(x + 0.5 - centre_x, y + 0.5 - centre_y);
    const double inside = std::clamp(radius_px + 0.5 - distance, 0.0, 1.0);
    mask.at<std::uint8_t>(y, x) = static_cast<std::uint8_t>(std::lround(255 * inside));
  };
  const int r = std::min({radius_px, size.width / 2, size.height / 2});
  for (int y = 0; y < r; ++y) {
    for (int x = 0; x < r; ++x) {
      corner(x, y, r, r);
      corner(size.width - 1 - x, y, size.width - r, r);
      corner(x, size.height - 1 - y, r, size.height - r);
      corner(size.width - 1 - x, size.height - 1 - y, size.width - r, size.height - r);
    }
  }
  return mask;
}

Picture with_round_corners(const cv::Mat& bgr, int radius_px) {
  cv::Mat bgra;
  cv::cvtColor(bgr, bgra, cv::COLOR_BGR2BGRA);
  const cv::Mat mask = round_mask(bgr.size(), radius_px);
  const int from_to[] = {0, 3};
  cv::mixChannels(&mask, 1, &bgra, 1, from_to, 1);
  return picture_of(bgra);
}

cv::Mat as_bgr(const Picture& picture) {
  cv::Mat bgr = view_of(picture);
  if (picture.channels == 1) cv::cvtColor(bgr, bgr, cv::COLOR_GRAY2BGR);
  if (picture.channels == 4) cv::cvtColor(bgr, bgr, cv::COLOR_BGRA2BGR);
  return bgr;
}

}  // namespace

Picture camera_view(const Picture& live, int width_px, int height_px, int radius_px,
                    const Oval& oval) {
  CARDRIG_CHECK(!live.empty() && width_px > 0 && height_px > 0);
  cv::Mat sharp = cover(as_bgr(live), width_px, height_px);
  cv::flip(sharp, sharp, 1);
  cv::Mat outside = blurred(sharp);
  outside = outside * 0.72 + cv::Scalar(58, 44, 34);  // a veil, so that the oval stands out
  cv::Mat mask(sharp.size(), CV_8U, cv::Scalar(0));
  const cv::Point centre(static_cast<int>(oval.centre_x * width_px),
                         static_cast<int>(oval.centre_y * height_px));
  const cv::Size radii(static_cast<int>(oval.radius_x * height_px),
                       static_cast<int>(oval.radius_y * height_px));
  cv::ellipse(mask, centre, radii, 0, 0, 360, cv::Scalar(255), cv::FILLED, cv::LINE_AA);
  sharp.copyTo(outside, mask);
  return with_round_corners(outside, radius_px);
}

Picture fitted(const Picture& picture, int width_px, int height_px, int radius_px) {
  CARDRIG_CHECK(!picture.empty() && width_px > 0 && height_px > 0);
  const cv::Mat from = as_bgr(picture);
  cv::Mat out;
  cv::resize(from, out, cv::Size(width_px, height_px), 0, 0,
             width_px < from.cols ? cv::INTER_AREA : cv::INTER_LINEAR);
  return with_round_corners(out, radius_px);
}

Picture scaled(const Picture& picture, int width_px, int height_px) {
  CARDRIG_CHECK(!picture.empty() && width_px > 0 && height_px > 0);
  cv::Mat out;
  cv::resize(view_of(picture), out, cv::Size(width_px, height_px), 0, 0,
             width_px < picture.width_px ? cv::INTER_AREA : cv::INTER_LINEAR);
  return picture_of(out);
}

}  // namespace cardrig::screen
