// Fitting, blurring, rounding of pictures.
#include "kiosk/screen/picture_tools.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::screen {
namespace {

// The largest part in the middle of `from` that has the shape of width × height.
cv::Rect middle_part(const cv::Mat& from, int width_px, int height_px) {
  const double scale = std::max(static_cast<double>(width_px) / from.cols,
                                static_cast<double>(height_px) / from.rows);
  const int width = std::clamp(static_cast<int>(width_px / scale), 1, from.cols);
  const int height = std::clamp(static_cast<int>(height_px / scale), 1, from.rows);
  return {(from.cols - width) / 2, (from.rows - height) / 2, width, height};
}

// A strong blur with a veil, so that the oval stands out. It costs little: down to a few pixels,
// and up again in two steps, of which only the smaller one need be smooth.
void draw_veiled(const cv::Mat& from, cv::Mat& into) {
  const cv::Size size = into.size();
  cv::Mat tiny;
  cv::resize(from, tiny, {std::max(2, from.cols / 28), std::max(2, from.rows / 28)}, 0, 0,
             cv::INTER_AREA);
  cv::GaussianBlur(tiny, tiny, cv::Size(3, 3), 0);
  tiny = tiny * 0.72 + cv::Scalar(58, 44, 34, 255);
  cv::Mat small;
  cv::resize(tiny, small, {std::max(2, size.width / 6), std::max(2, size.height / 6)}, 0, 0,
             cv::INTER_CUBIC);
  cv::resize(small, into, size, 0, 0, cv::INTER_LINEAR);
}

Picture blank(int width_px, int height_px) {
  Picture picture{width_px, height_px, 4, {}};
  picture.pixels.resize(static_cast<std::size_t>(width_px) * static_cast<std::size_t>(height_px) *
                        4);
  return picture;
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

// Paints what lies outside the corners' rounding; `mask`: of the upper left one.
void round_corners(cv::Mat& bgra, const Picture& mask, std::uint32_t around) {
  const cv::Vec4i rim(static_cast<int>(around & 0xFFU), static_cast<int>((around >> 8U) & 0xFFU),
                      static_cast<int>((around >> 16U) & 0xFFU), 255);
  const auto paint = [&](int x, int y, int inside) {
    cv::Vec4b& pixel = bgra.at<cv::Vec4b>(y, x);
    for (int c = 0; c < 4; ++c) {
      pixel[c] = static_cast<std::uint8_t>((pixel[c] * inside + rim[c] * (255 - inside)) / 255);
    }
  };
  if (mask.empty()) return;
  const cv::Mat inside = view_of(mask);
  for (int y = 0; y < inside.rows; ++y) {
    for (int x = 0; x < inside.cols; ++x) {
      const int share = inside.at<std::uint8_t>(y, x);
      paint(x, y, share);
      paint(bgra.cols - 1 - x, y, share);
      paint(x, bgra.rows - 1 - y, share);
      paint(bgra.cols - 1 - x, bgra.rows - 1 - y, share);
    }
  }
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

CameraView::CameraView(const CameraFrame& frame)
    : frame_(frame),
      shown_(blank(frame.width_px, frame.height_px)),
      sharp_(blank(frame.width_px, frame.height_px)) {
  CARDRIG_CHECK(frame.width_px > 0 && frame.height_px > 0);
  const Oval& oval = frame.oval;
  cv::Mat mask(frame.height_px, frame.width_px, CV_8U, cv::Scalar(0));
  const cv::Point centre(static_cast<int>(oval.centre_x * frame.width_px),
                         static_cast<int>(oval.centre_y * frame.height_px));
  const cv::Size radii(static_cast<int>(oval.radius_x * frame.height_px),
                       static_cast<int>(oval.radius_y * frame.height_px));
  cv::ellipse(mask, centre, radii, 0, 0, 360, cv::Scalar(255), cv::FILLED);
  oval_mask_ = picture_of(mask);
  const int r = std::min({frame.radius_px, frame.width_px / 2, frame.height_px / 2});
  if (r > 0) corner_mask_ = picture_of(round_mask({2 * r, 2 * r}, r)(cv::Rect(0, 0, r, r)).clone());
}

const Picture& CameraView::draw(const Picture& live) {
  CARDRIG_CHECK(!live.empty());
  cv::Mat sharp = view_of(sharp_);
  cv::Mat shown = view_of(shown_);
  const cv::Mat whole = as_bgr(live);
  cv::Mat source;
  cv::cvtColor(whole(middle_part(whole, shown.cols, shown.rows)), source, cv::COLOR_BGR2BGRA);
  cv::flip(source, source, 1);
  draw_veiled(source, shown);
  cv::resize(source, sharp, sharp.size(), 0, 0,
             sharp.cols < source.cols ? cv::INTER_AREA : cv::INTER_LINEAR);
  sharp.copyTo(shown, view_of(oval_mask_));
  round_corners(shown, corner_mask_, frame_.around);
  CARDRIG_CHECK(shown.data == shown_.pixels.data());
  return shown_;
}

void CameraView::wipe() {
  for (Picture* picture : {&shown_, &sharp_}) std::ranges::fill(picture->pixels, std::uint8_t{0});
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
