// The `fast` engine: three small ONNX nets on OpenCV DNN, one thread.
//   detector   320×240 RGB, Ultra-Light RFB class; the frame is fitted in, keeping its aspect
//   landmarks  64×64 grey, 68 points, of which five are kept
//   feature    112×112 BGR, MobileFaceNet class, aligned by a similarity over the five points
#include <algorithm>
#include <cmath>
#include <complex>
#include <mutex>
#include <numeric>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "kiosk/face/engines.h"
#include "kiosk/face/models.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::face {

namespace {

constexpr int kDetectWidth_px = 320;
constexpr int kDetectHeight_px = 240;
constexpr float kMinConfidence = 0.65F;
constexpr float kMaxOverlap = 0.4F;  // of two boxes: intersection over union
constexpr std::size_t kMaxFaces = 16;
constexpr int kLandmarkSide_px = 64;
constexpr int kFeatureSide_px = 112;
constexpr double kDefaultThreshold = 0.40;

// Where eyes, nose and mouth corners lie in the picture that the feature net was trained on.
constexpr std::array<Point, 5> kAligned{Point{38.2946F, 51.6963F}, Point{73.5318F, 51.5014F},
                                        Point{56.0252F, 71.7366F}, Point{41.5493F, 92.3655F},
                                        Point{70.7299F, 92.2041F}};

/// Treats denormal activations as zero while it lives: they cost a tenth of the time.
class FlushToZero {
 public:
#if defined(__SSE2__)
  FlushToZero() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040U); }
  ~FlushToZero() { _mm_setcsr(saved_); }
  FlushToZero(const FlushToZero&) = delete;
  FlushToZero& operator=(const FlushToZero&) = delete;

 private:
  unsigned saved_;
#endif
};

cv::dnn::Net load_net(const std::vector<std::uint8_t>& bytes) {
  cv::dnn::Net net =
      cv::dnn::readNetFromONNX(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
  // Denormal weights (the feature net has many) make a run ten times slower and change nothing.
  constexpr float kTiny = 1e-15F;
  for (const cv::String& name : net.getLayerNames()) {
    for (cv::Mat& blob : net.getLayer(net.getLayerId(name))->blobs) {
      if (blob.depth() != CV_32F || !blob.isContinuous()) continue;
      float* values = blob.ptr<float>();
      std::replace_if(
          values, values + blob.total(), [](float v) { return std::abs(v) < kTiny; }, 0.0F);
    }
  }
  return net;
}

float overlap(const Box& a, const Box& b) {
  const float width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
  const float height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const float common = width * height;
  return common / (a.width * a.height + b.width * b.height - common);
}

/// Keeps the most confident of boxes that overlap.
std::vector<Detection> suppress_doubles(std::vector<Detection> found) {
  std::stable_sort(found.begin(), found.end(), [](const Detection& a, const Detection& b) {
    return a.confidence > b.confidence;
  });
  std::vector<Detection> kept;
  for (const Detection& candidate : found) {
    const bool is_double = std::any_of(kept.begin(), kept.end(), [&](const Detection& other) {
      return overlap(candidate.box, other.box) > kMaxOverlap;
    });
    if (!is_double) kept.push_back(candidate);
    if (kept.size() == kMaxFaces) break;
  }
  return kept;
}

/// The square around a face's box, repeated at the picture's edges, as the landmark net wants it.
cv::Mat square_crop(const cv::Mat& picture, const cv::Rect& square) {
  const cv::Rect inside = square & cv::Rect(0, 0, picture.cols, picture.rows);
  cv::Mat crop;
  cv::copyMakeBorder(picture(inside), crop, inside.y - square.y,
                     square.y + square.height - inside.y - inside.height, inside.x - square.x,
                     square.x + square.width - inside.x - inside.width, cv::BORDER_REPLICATE);
  return crop;
}

/// Five points (eyes, nose, mouth corners) of the 68, in units of the square.
std::array<Point, 5> pick_five(const float* all) {
  const auto mean = [all](std::initializer_list<int> indices) {
    Point sum;
    for (const int i : indices) {
      sum.x += all[2 * i];
      sum.y += all[2 * i + 1];
    }
    const auto n = static_cast<float>(indices.size());
    return Point{sum.x / n, sum.y / n};
  };
  return {mean({37, 38, 40, 41}), mean({43, 44, 46, 47}), mean({30}), mean({48, 60}),
          mean({54, 64})};
}

/// The similarity (turn, scale, shift) that maps `from` onto kAligned with least squared error,
/// as a 2×3 matrix. Plane points as complex numbers: q = a·p + b.
cv::Mat alignment(const std::vector<Point>& from) {
  using Complex = std::complex<double>;
  const auto as_complex = [](const Point& p) { return Complex(p.x, p.y); };
  const double n = static_cast<double>(kAligned.size());
  Complex mean_from;
  Complex mean_to;
  for (std::size_t i = 0; i < kAligned.size(); ++i) {
    mean_from += as_complex(from[i]) / n;
    mean_to += as_complex(kAligned[i]) / n;
  }
  Complex product;
  double spread = 0;
  for (std::size_t i = 0; i < kAligned.size(); ++i) {
    const Complex p = as_complex(from[i]) - mean_from;
    product += std::conj(p) * (as_complex(kAligned[i]) - mean_to);
    spread += std::norm(p);
  }
  const Complex a = spread > 0 ? product / spread : Complex(1, 0);
  const Complex b = mean_to - a * mean_from;
  return (cv::Mat_<double>(2, 3) << a.real(), -a.imag(), b.real(), a.imag(), a.real(), b.imag());
}

class FastEngine final : public Engine {
 public:
  FastEngine(const std::vector<std::uint8_t>& detect, const std::vector<std::uint8_t>& landmark,
             const std::vector<std::uint8_t>& feature)
      : detect_net_(load_net(detect)),
        landmark_net_(load_net(landmark)),
        feature_net_(load_net(feature)) {}

  std::string name() const override { return "fast"; }

  Result<std::vector<Detection>, FaceReason> detect(const Picture& bgr) override {
    if (!is_well_formed(bgr) || bgr.channels != 3) return fail(FaceReason::kBadPicture);
    const std::lock_guard lock(mutex_);
    [[maybe_unused]] const FlushToZero fast_arithmetic;
    const cv::Mat picture = view_of(bgr);
    std::vector<Detection> faces = find_boxes(picture);
    for (Detection& face : faces) face.landmarks = find_landmarks(picture, face.box);
    std::stable_sort(faces.begin(), faces.end(), [](const Detection& a, const Detection& b) {
      return a.box.width * a.box.height > b.box.width * b.box.height;
    });
    return faces;
  }

  Result<Embedding, FaceReason> embed(const Picture& bgr, const Detection& face) override {
    if (!is_well_formed(bgr) || bgr.channels != 3) return fail(FaceReason::kBadPicture);
    if (face.landmarks.size() != kAligned.size()) return fail(FaceReason::kNoFace);
    const std::lock_guard lock(mutex_);
    [[maybe_unused]] const FlushToZero fast_arithmetic;
    cv::Mat aligned;
    cv::warpAffine(view_of(bgr), aligned, alignment(face.landmarks),
                   cv::Size(kFeatureSide_px, kFeatureSide_px));
    feature_net_.setInput(
        cv::dnn::blobFromImage(aligned, 1 / 128.0, cv::Size(), cv::Scalar::all(127)));
    cv::Mat feature = feature_net_.forward().reshape(1, 1);
    cv::normalize(feature, feature);
    return Embedding{std::vector<float>(feature.begin<float>(), feature.end<float>())};
  }

  /// Cosine.
  double similarity(const Embedding& a, const Embedding& b) const override {
    CARDRIG_CHECK(!a.values.empty() && a.values.size() == b.values.size());
    return std::inner_product(a.values.begin(), a.values.end(), b.values.begin(), 0.0);
  }

  double default_threshold() const override { return kDefaultThreshold; }

 private:
  std::vector<Detection> find_boxes(const cv::Mat& picture) {
    const double scale = std::min(static_cast<double>(kDetectWidth_px) / picture.cols,
                                  static_cast<double>(kDetectHeight_px) / picture.rows);
    const cv::Size fitted(std::max(1, static_cast<int>(std::lround(picture.cols * scale))),
                          std::max(1, static_cast<int>(std::lround(picture.rows * scale))));
    cv::Mat input(kDetectHeight_px, kDetectWidth_px, CV_8UC3, cv::Scalar::all(127));
    cv::Mat corner = input(cv::Rect(cv::Point(0, 0), fitted));
    cv::resize(picture, corner, fitted, 0, 0, scale < 1 ? cv::INTER_AREA : cv::INTER_LINEAR);
    detect_net_.setInput(
        cv::dnn::blobFromImage(input, 1 / 128.0, cv::Size(), cv::Scalar::all(127), true));
    std::vector<cv::Mat> outputs;
    detect_net_.forward(outputs, std::vector<cv::String>{"scores", "boxes"});
    return suppress_doubles(read_boxes(outputs[0], outputs[1], scale, picture.size()));
  }

  /// Boxes of the picture out of the net's: corners as shares of the detector's picture.
  static std::vector<Detection> read_boxes(const cv::Mat& scores, const cv::Mat& boxes,
                                           double scale, cv::Size size) {
    std::vector<Detection> found;
    const auto* score = scores.ptr<float>();
    const auto* corner = boxes.ptr<float>();
    const std::size_t count = scores.total() / 2;
    const auto unscaled = static_cast<float>(1 / scale);
    for (std::size_t i = 0; i < count; ++i, corner += 4) {
      const float confidence = score[2 * i + 1];
      if (confidence < kMinConfidence) continue;
      const auto at = [&](int k, int extent_px, int limit_px) {
        return std::clamp(corner[k] * static_cast<float>(extent_px) * unscaled, 0.0F,
                          static_cast<float>(limit_px));
      };
      const float left = at(0, kDetectWidth_px, size.width);
      const float top = at(1, kDetectHeight_px, size.height);
      const Box box{left, top, at(2, kDetectWidth_px, size.width) - left,
                    at(3, kDetectHeight_px, size.height) - top};
      if (box.width < 1 || box.height < 1) continue;
      found.push_back(Detection{box, std::min(confidence, 1.0F), {}});
    }
    return found;
  }

  std::vector<Point> find_landmarks(const cv::Mat& picture, const Box& box) {
    // The net was trained on squares as high as the box.
    const float side = std::max(box.height, 2.0F);
    const cv::Rect square(cvRound(box.x + box.width / 2 - side / 2), cvRound(box.y), cvRound(side),
                          cvRound(side));
    cv::Mat input = square_crop(picture, square);
    cv::resize(input, input, cv::Size(kLandmarkSide_px, kLandmarkSide_px), 0, 0, cv::INTER_AREA);
    cv::cvtColor(input, input, cv::COLOR_BGR2GRAY);
    landmark_net_.setInput(cv::dnn::blobFromImage(input, 1 / 256.0));
    const cv::Mat points = landmark_net_.forward();
    std::vector<Point> landmarks;
    for (const Point& p : pick_five(points.ptr<float>())) {
      landmarks.push_back(Point{static_cast<float>(square.x) + p.x * side,
                                static_cast<float>(square.y) + p.y * side});
    }
    return landmarks;
  }

  std::mutex mutex_;  // the nets keep their layers' outputs: one run at a time
  cv::dnn::Net detect_net_;
  cv::dnn::Net landmark_net_;
  cv::dnn::Net feature_net_;
};

}  // namespace

Result<std::unique_ptr<Engine>, FaceReason> make_fast_engine(const std::string& model_dir) {
  const auto detect = read_model(model_dir, kDetectModel);
  if (!detect) return tl::unexpected(detect.error());
  const auto landmark = read_model(model_dir, kLandmarkModel);
  if (!landmark) return tl::unexpected(landmark.error());
  const auto feature = read_model(model_dir, kFeatureModel);
  if (!feature) return tl::unexpected(feature.error());
  cv::setNumThreads(1);  // same sums in the same order on every machine, and no pool of threads
  return std::make_unique<FastEngine>(*detect, *landmark, *feature);
}

}  // namespace cardrig::face
