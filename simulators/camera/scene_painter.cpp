// Draws what the camera films: a hall, and the subjects from far to near at their true size; then
// the light, the lens and the noise of the sensor.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture_view.h"
#include "kiosk/runtime/random.h"
#include "simulators/camera/scene.h"

namespace cardrig::sim {

namespace {

constexpr int kNoiseSide_px = 256;
constexpr double kNoise = 2.2;  // deviation, in steps of 255
constexpr double kSway_m = 0.004;  // how far a standing person's head moves
constexpr double kNearest_m = 0.25;  // nearer, a face would not fit into the picture
constexpr double kEyesAt = 0.44;  // of the height: the camera is a little above the eyes
constexpr int kBlurRows_px = 720;  // the size at which blur is told

/// The hall behind: a wall, a board on it, the floor.
cv::Mat paint_hall(cv::Size size) {
  cv::Mat hall(size, CV_8UC3);
  const int floor = size.height * 88 / 100;
  for (int row = 0; row < size.height; ++row) {
    const int step = 26 * row / size.height;
    const cv::Scalar wall(206 - step, 204 - step, 196 - step);
    hall.row(row).setTo(row < floor ? wall : cv::Scalar(140, 146, 150));
  }
  const auto share = [&size](double x, double y, double width, double height) {
    return cv::Rect(cvRound(x * size.width), cvRound(y * size.height), cvRound(width * size.width),
                    cvRound(height * size.height));
  };
  cv::rectangle(hall, share(0.06, 0.14, 0.17, 0.34), cv::Scalar(176, 160, 138), cv::FILLED);
  cv::rectangle(hall, share(0.075, 0.165, 0.14, 0.29), cv::Scalar(222, 214, 205), cv::FILLED);
  cv::rectangle(hall, share(0.80, 0.05, 0.13, 0.83), cv::Scalar(188, 182, 172), cv::FILLED);
  cv::GaussianBlur(hall, hall, cv::Size(), size.width / 160.0);
  return hall;
}

/// A tile of normal noise; frames add it shifted, which costs a hundredth of drawing it anew.
cv::Mat paint_noise(std::uint64_t seed) {
  Random random = Random(seed).fork("sensor noise");
  cv::Mat noise(2 * kNoiseSide_px, 2 * kNoiseSide_px, CV_16SC3);
  for (int row = 0; row < kNoiseSide_px; ++row) {
    for (int column = 0; column < kNoiseSide_px; ++column) {
      auto& pixel = noise.at<cv::Vec3s>(row, column);
      for (int channel = 0; channel < 3; ++channel) {
        pixel[channel] = cv::saturate_cast<short>(random.normal(0, 16 * kNoise));
      }
    }
  }
  const cv::Rect first(0, 0, kNoiseSide_px, kNoiseSide_px);
  noise(first).copyTo(noise(first + cv::Point(kNoiseSide_px, 0)));
  noise(first).copyTo(noise(first + cv::Point(0, kNoiseSide_px)));
  noise(first).copyTo(noise(first + cv::Point(kNoiseSide_px, kNoiseSide_px)));
  return noise;
}

/// Lays BGRA over BGR with the top left corner at `at`; what lies outside is cut off.
void lay_over(cv::Mat& picture, const cv::Mat& bgra, cv::Point at) {
  const cv::Rect place = cv::Rect(at, bgra.size()) & cv::Rect(0, 0, picture.cols, picture.rows);
  for (int row = place.y; row < place.y + place.height; ++row) {
    const auto* over = bgra.ptr<cv::Vec4b>(row - at.y) + (place.x - at.x);
    auto* under = picture.ptr<cv::Vec3b>(row) + place.x;
    for (int i = 0; i < place.width; ++i) {
      const int alpha = over[i][3];
      for (int channel = 0; channel < 3; ++channel) {
        const int mixed = over[i][channel] * alpha + under[i][channel] * (255 - alpha);
        under[i][channel] = static_cast<std::uint8_t>((mixed + 127) / 255);
      }
    }
  }
}

cv::Mat resized(const cv::Mat& mat, double scale) {
  const cv::Size size(std::max(1, cvRound(mat.cols * scale)),
                      std::max(1, cvRound(mat.rows * scale)));
  cv::Mat out;
  cv::resize(mat, out, size, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
  return out;
}

/// The portrait flat on a light ground, as it is printed or shown.
cv::Mat flatten(const cv::Mat& bgra) {
  cv::Mat flat(bgra.size(), CV_8UC3, cv::Scalar(238, 232, 226));
  lay_over(flat, bgra, cv::Point(0, 0));
  return flat;
}

cv::Mat with_border(const cv::Mat& bgr, int border_px, const cv::Scalar& colour) {
  cv::Mat framed;
  cv::copyMakeBorder(bgr, framed, border_px, border_px, border_px, border_px, cv::BORDER_CONSTANT,
                     colour);
  cv::cvtColor(framed, framed, cv::COLOR_BGR2BGRA);
  return framed;
}

/// A print: paper with a white border, flat in contrast.
cv::Mat as_print(const cv::Mat& bgra) {
  cv::Mat flat = flatten(bgra);
  flat.convertTo(flat, CV_8U, 0.82, 22);
  return with_border(flat, kPortraitWidth_px / 14, cv::Scalar(240, 242, 243));
}

/// A telephone: dark frame, bluish, with the lines of its display.
cv::Mat as_screen(const cv::Mat& bgra) {
  cv::Mat flat = flatten(bgra);
  for (int row = 0; row < flat.rows; ++row) {
    const double line = row % 3 == 0 ? 0.86 : 1.0;
    for (int column = 0; column < flat.cols; ++column) {
      auto& pixel = flat.at<cv::Vec3b>(row, column);
      const double dots = column % 3 == 0 ? 0.92 : 1.0;
      pixel[0] = cv::saturate_cast<std::uint8_t>(pixel[0] * 1.12 * line * dots + 10);
      pixel[1] = cv::saturate_cast<std::uint8_t>(pixel[1] * 1.02 * line * dots);
      pixel[2] = cv::saturate_cast<std::uint8_t>(pixel[2] * 0.95 * line * dots);
    }
  }
  return with_border(flat, kPortraitWidth_px / 18, cv::Scalar(22, 20, 20));
}

void apply_light(cv::Mat& picture, double light) {
  if (light == 1) return;
  picture.convertTo(picture, CV_8U, std::max(0.0, light));
}

/// A strong blur leaves nothing that a smaller picture would not hold, and is made at its size.
void blur(cv::Mat& picture, double sigma_px) {
  constexpr double kEnough_px = 3;
  const double scale = std::min(1.0, kEnough_px / sigma_px);
  cv::Mat small;
  cv::resize(picture, small, cv::Size(), scale, scale, cv::INTER_AREA);
  cv::GaussianBlur(small, small, cv::Size(), sigma_px * scale);
  cv::resize(small, picture, picture.size(), 0, 0, cv::INTER_LINEAR);
}

}  // namespace

struct ScenePainter::Parts {
  PainterConfig config;
  PortraitSource portraits;
  double focal_px;
  cv::Mat hall;
  cv::Mat noise;  // in sixteenths

  void draw_subject(cv::Mat& picture, const CameraSubject& subject, Portraits wanted,
                    std::uint64_t sequence) const;
  void add_noise(cv::Mat& picture, double light, std::uint64_t sequence) const;
};

void ScenePainter::Parts::draw_subject(cv::Mat& picture, const CameraSubject& subject,
                                       Portraits wanted, std::uint64_t sequence) const {
  const PicturePtr portrait = portraits(subject.person_id, wanted);
  if (!portrait) return;
  CARDRIG_CHECK(portrait->channels == 4);
  const double distance_m = std::max(kNearest_m, subject.distance_m);
  const double px_per_m = focal_px / distance_m;
  const double phase = static_cast<double>(sequence % 90) / 90 * 2 * std::numbers::pi;
  double offset_m = subject.offset_m;
  if (subject.kind == SubjectKind::kPerson) offset_m += kSway_m * std::sin(phase);
  cv::Mat shown = view_of(*portrait);
  cv::Point2d eyes(kPortraitEyesX_px, kPortraitEyesY_px);
  if (subject.kind != SubjectKind::kPerson) {
    const int before_px = shown.cols;
    shown = subject.kind == SubjectKind::kPrintedPhoto ? as_print(shown) : as_screen(shown);
    eyes += cv::Point2d((shown.cols - before_px) / 2.0, (shown.cols - before_px) / 2.0);
  }
  const double scale = px_per_m / kPortraitScale_px_per_m;
  cv::Mat sized = resized(shown, scale);
  const cv::Point at(cvRound(picture.cols / 2.0 + offset_m * px_per_m - eyes.x * scale),
                     cvRound(kEyesAt * picture.rows - eyes.y * scale));
  const int missing_px = picture.rows - (at.y + sized.rows);
  if (subject.kind == SubjectKind::kPerson && missing_px > 0) {
    // A portrait ends at the chest; the rest of the body goes on below.
    cv::copyMakeBorder(sized, sized, 0, missing_px, 0, 0, cv::BORDER_REPLICATE);
  }
  lay_over(picture, sized, at);
}

void ScenePainter::Parts::add_noise(cv::Mat& picture, double light, std::uint64_t sequence) const {
  Random random = Random(config.seed ^ (sequence * 0x9e3779b97f4a7c15ULL)).fork("frame");
  const int x = static_cast<int>(random.below(kNoiseSide_px));
  const int y = static_cast<int>(random.below(kNoiseSide_px));
  // A sensor amplifies in the dark, and its noise with it.
  const int strength = light < 0.5 ? 2 : 1;
  const cv::Mat tile = noise(cv::Rect(x, y, kNoiseSide_px, kNoiseSide_px));
  for (int row = 0; row < picture.rows; ++row) {
    auto* pixel = picture.ptr<std::uint8_t>(row);
    const auto* grains = tile.ptr<short>(row % kNoiseSide_px);
    for (int start = 0; start < 3 * picture.cols; start += 3 * kNoiseSide_px) {
      const int count = std::min(3 * kNoiseSide_px, 3 * picture.cols - start);
      for (int i = 0; i < count; ++i) {
        const int value = pixel[start + i] + (grains[i] * strength + 8) / 16;
        pixel[start + i] = static_cast<std::uint8_t>(std::clamp(value, 0, 255));
      }
    }
  }
}

ScenePainter::ScenePainter(PainterConfig config, PortraitSource portraits)
    : parts_(std::make_unique<Parts>()) {
  CARDRIG_CHECK(config.width_px > 0 && config.height_px > 0);
  cv::setNumThreads(1);  // same pixels on every machine, and no pool of threads
  const double half_view = config.field_of_view_deg / 2 * std::numbers::pi / 180;
  parts_->config = config;
  parts_->portraits = std::move(portraits);
  parts_->focal_px = config.width_px / 2.0 / std::tan(half_view);
  parts_->hall = paint_hall(cv::Size(config.width_px, config.height_px));
  parts_->noise = paint_noise(config.seed);
}

ScenePainter::~ScenePainter() = default;

Picture ScenePainter::draw(const CameraScene& scene, Portraits portraits,
                           std::uint64_t sequence) const {
  cv::Mat picture = parts_->hall.clone();
  std::vector<CameraSubject> far_to_near = scene.subjects;
  std::stable_sort(
      far_to_near.begin(), far_to_near.end(),
      [](const CameraSubject& a, const CameraSubject& b) { return a.distance_m > b.distance_m; });
  for (const CameraSubject& subject : far_to_near) {
    parts_->draw_subject(picture, subject, portraits, sequence);
  }
  apply_light(picture, scene.light);
  if (scene.blur_px > 0) {
    blur(picture, scene.blur_px * picture.rows / kBlurRows_px);
  }
  parts_->add_noise(picture, scene.light, sequence);
  return picture_of(picture);
}

}  // namespace cardrig::sim
