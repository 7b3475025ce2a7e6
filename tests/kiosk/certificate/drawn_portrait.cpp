// A head and shoulders out of ellipses and polygons.
#include "tests/kiosk/certificate/drawn_portrait.h"

#include <opencv2/imgproc.hpp>

#include "kiosk/runtime/picture_view.h"

namespace cardrig::tests {

namespace {

using Pen = cv::Scalar;  // blue, green, red

void ellipse(cv::Mat& mat, cv::Point centre, cv::Size axes, Pen colour, double from = 0,
             double to = 360, int thickness = cv::FILLED) {
  cv::ellipse(mat, centre, axes, 0, from, to, colour, thickness, cv::LINE_AA);
}

void draw_shoulders(cv::Mat& mat) {
  const Pen jacket(92, 64, 40), shirt(245, 240, 236);
  ellipse(mat, {179, 470}, {168, 128}, jacket);
  const std::vector<cv::Point> collar{{132, 346}, {226, 346}, {196, 441}, {162, 441}};
  cv::fillConvexPoly(mat, collar, shirt, cv::LINE_AA);
  const std::vector<cv::Point> tie{{170, 378}, {188, 378}, {198, 441}, {160, 441}};
  cv::fillConvexPoly(mat, tie, Pen(70, 52, 150), cv::LINE_AA);
}

void draw_head(cv::Mat& mat) {
  const Pen skin(178, 205, 236), shade(150, 180, 216), hair(34, 28, 30);
  cv::rectangle(mat, {146, 300}, {212, 366}, shade, cv::FILLED);
  ellipse(mat, {179, 180}, {116, 134}, hair);
  ellipse(mat, {72, 226}, {14, 28}, shade);
  ellipse(mat, {286, 226}, {14, 28}, shade);
  ellipse(mat, {179, 220}, {100, 128}, skin);
  ellipse(mat, {179, 128}, {104, 62}, hair);
  ellipse(mat, {132, 150}, {58, 40}, hair);
}

void draw_features(cv::Mat& mat) {
  const Pen ink(40, 34, 40), white(250, 250, 250), lip(104, 98, 186), line(130, 160, 200);
  for (const int x : {136, 222}) {
    ellipse(mat, {x, 222}, {22, 11}, white);
    ellipse(mat, {x, 222}, {10, 10}, ink);
    ellipse(mat, {x + 3, 219}, {3, 3}, white);
    ellipse(mat, {x, 200}, {28, 12}, ink, 200, 340, 5);
  }
  ellipse(mat, {179, 262}, {16, 10}, line, 10, 170, 4);
  ellipse(mat, {179, 296}, {34, 16}, lip, 12, 168, 6);
}

}  // namespace

PicturePtr drawn_portrait() {
  cv::Mat mat(441, 358, CV_8UC3, Pen(226, 150, 84));
  draw_shoulders(mat);
  draw_head(mat);
  draw_features(mat);
  return std::make_shared<const Picture>(picture_of(mat));
}

}  // namespace cardrig::tests
