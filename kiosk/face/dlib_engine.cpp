// The `dlib` engine, as the popular face_recognition package runs dlib: HOG frontal detector on the
// frame enlarged once, five landmarks, ResNet embedding of a 150×150 chip. The only file that
// includes dlib.
#include <dlib/dnn.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include <algorithm>
#include <cmath>
#include <istream>
#include <mutex>
#include <streambuf>

#include "kiosk/face/engines.h"
#include "kiosk/face/models.h"
#include "kiosk/runtime/picture_view.h"

// OpenBLAS starts a pool of threads unless told otherwise; other BLAS libraries lack the function.
extern "C" void openblas_set_num_threads(int count) __attribute__((weak));

namespace cardrig::face {

namespace {

// The net of dlib's own example dnn_face_recognition_ex, whose weights the model file holds.
template <template <int, template <typename> class, int, typename> class Block, int kFilters,
          template <typename> class Norm, typename Below>
using Residual = dlib::add_prev1<Block<kFilters, Norm, 1, dlib::tag1<Below>>>;
template <template <int, template <typename> class, int, typename> class Block, int kFilters,
          template <typename> class Norm, typename Below>
using ResidualDown = dlib::add_prev2<dlib::avg_pool<
    2, 2, 2, 2, dlib::skip1<dlib::tag2<Block<kFilters, Norm, 2, dlib::tag1<Below>>>>>>;
template <int kFilters, template <typename> class Norm, int kStride, typename Below>
using Block = Norm<dlib::con<kFilters, 3, 3, 1, 1,
                             dlib::relu<Norm<dlib::con<kFilters, 3, 3, kStride, kStride, Below>>>>>;
template <int kFilters, typename Below>
using Res = dlib::relu<Residual<Block, kFilters, dlib::affine, Below>>;
template <int kFilters, typename Below>
using Down = dlib::relu<ResidualDown<Block, kFilters, dlib::affine, Below>>;
template <typename Below>
using Level0 = Down<256, Below>;
template <typename Below>
using Level1 = Res<256, Res<256, Down<256, Below>>>;
template <typename Below>
using Level2 = Res<128, Res<128, Down<128, Below>>>;
template <typename Below>
using Level3 = Res<64, Res<64, Res<64, Down<64, Below>>>>;
template <typename Below>
using Level4 = Res<32, Res<32, Res<32, Below>>>;
using ResNet = dlib::loss_metric<dlib::fc_no_bias<
    128, dlib::avg_pool_everything<Level0<Level1<Level2<Level3<Level4<dlib::max_pool<
             3, 3, 2, 2,
             dlib::relu<dlib::affine<
                 dlib::con<32, 7, 7, 2, 2, dlib::input_rgb_image_sized<150>>>>>>>>>>>>>;

constexpr unsigned long kChipSide_px = 150;
constexpr double kChipPadding = 0.25;
constexpr int kMinSide_px = 8;  // below, there is no face, and the pyramid has nothing to enlarge
// similarity() is 1 − distance. dlib's authors call faces nearer than 0.6 one person: among people
// of one sex and age that lets too many pass (1 in 600 pairs, and 6 pairs of our fixtures).
constexpr double kDefaultThreshold = 0.45;

/// Lets dlib read a model from memory.
class MemoryStream : private std::streambuf, public std::istream {
 public:
  explicit MemoryStream(const std::vector<std::uint8_t>& bytes)
      : std::istream(static_cast<std::streambuf*>(this)) {
    char* begin = const_cast<char*>(reinterpret_cast<const char*>(bytes.data()));
    setg(begin, begin, begin + bytes.size());
  }
};

using RgbImage = dlib::matrix<dlib::rgb_pixel>;

RgbImage rgb_of(const Picture& bgr) {
  RgbImage image(bgr.height_px, bgr.width_px);
  const std::uint8_t* pixel = bgr.pixels.data();
  for (long row = 0; row < image.nr(); ++row) {
    for (long column = 0; column < image.nc(); ++column, pixel += 3) {
      image(row, column) = dlib::rgb_pixel(pixel[2], pixel[1], pixel[0]);
    }
  }
  return image;
}

Point middle(const dlib::point& a, const dlib::point& b) {
  return {static_cast<float>(a.x() + b.x()) / 2, static_cast<float>(a.y() + b.y()) / 2};
}

/// Eyes, nose, mouth corners. The predictor gives both corners of each eye and the nose; the mouth
/// is put below where it lies in an average face, which is good enough to draw and to check order.
std::vector<Point> landmarks_of(const dlib::full_object_detection& shape) {
  const Point left = middle(shape.part(2), shape.part(3));
  const Point right = middle(shape.part(0), shape.part(1));
  const Point nose{static_cast<float>(shape.part(4).x()), static_cast<float>(shape.part(4).y())};
  const Point along{right.x - left.x, right.y - left.y};
  const Point down{-along.y, along.x};
  const auto mouth_corner = [&](float side) {
    return Point{nose.x + side * along.x + 0.42F * down.x,
                 nose.y + side * along.y + 0.42F * down.y};
  };
  return {left, right, nose, mouth_corner(-0.41F), mouth_corner(0.41F)};
}

class DlibEngine final : public Engine {
 public:
  DlibEngine(const std::vector<std::uint8_t>& shape, const std::vector<std::uint8_t>& resnet)
      : detector_(dlib::get_frontal_face_detector()) {
    MemoryStream shape_stream(shape);
    dlib::deserialize(predictor_, shape_stream);
    MemoryStream resnet_stream(resnet);
    dlib::deserialize(resnet_, resnet_stream);
  }

  std::string name() const override { return "dlib"; }

  Result<std::vector<Detection>, FaceReason> detect(const Picture& bgr) override {
    if (!is_well_formed(bgr) || bgr.channels != 3) return fail(FaceReason::kBadPicture);
    if (std::min(bgr.width_px, bgr.height_px) < kMinSide_px) return std::vector<Detection>();
    const std::lock_guard lock(mutex_);
    const RgbImage image = rgb_of(bgr);
    RgbImage enlarged = image;
    dlib::pyramid_up(enlarged);
    std::vector<std::pair<double, dlib::rectangle>> found;
    detector_(enlarged, found);
    std::vector<Detection> faces;
    faces.reserve(found.size());
    const dlib::pyramid_down<2> pyramid;
    for (const auto& [score, rectangle] : found) {
      faces.push_back(detection_of(image, pyramid.rect_down(rectangle), score));
    }
    std::stable_sort(faces.begin(), faces.end(), [](const Detection& a, const Detection& b) {
      return a.box.width * a.box.height > b.box.width * b.box.height;
    });
    return faces;
  }

  Result<Embedding, FaceReason> embed(const Picture& bgr, const Detection& face) override {
    if (!is_well_formed(bgr) || bgr.channels != 3) return fail(FaceReason::kBadPicture);
    if (face.box.width < 1 || face.box.height < 1) return fail(FaceReason::kNoFace);
    const std::lock_guard lock(mutex_);
    const RgbImage image = rgb_of(bgr);
    const dlib::rectangle rectangle(std::lround(face.box.x), std::lround(face.box.y),
                                    std::lround(face.box.x + face.box.width) - 1,
                                    std::lround(face.box.y + face.box.height) - 1);
    RgbImage chip;
    dlib::extract_image_chip(
        image,
        dlib::get_face_chip_details(predictor_(image, rectangle), kChipSide_px, kChipPadding),
        chip);
    const dlib::matrix<float, 0, 1> feature = resnet_(chip);
    return Embedding{std::vector<float>(feature.begin(), feature.end())};
  }

  /// 1 − Euclidean distance.
  double similarity(const Embedding& a, const Embedding& b) const override {
    CARDRIG_CHECK(!a.values.empty() && a.values.size() == b.values.size());
    double squares = 0;
    for (std::size_t i = 0; i < a.values.size(); ++i) {
      const double difference = static_cast<double>(a.values[i]) - static_cast<double>(b.values[i]);
      squares += difference * difference;
    }
    return 1 - std::sqrt(squares);
  }

  double default_threshold() const override { return kDefaultThreshold; }

 private:
  Detection detection_of(const RgbImage& image, const dlib::rectangle& rectangle, double score) {
    Detection face;
    face.box = Box{static_cast<float>(rectangle.left()), static_cast<float>(rectangle.top()),
                   static_cast<float>(rectangle.width()), static_cast<float>(rectangle.height())};
    face.confidence = static_cast<float>(1 / (1 + std::exp(-score)));
    face.landmarks = landmarks_of(predictor_(image, rectangle));
    return face;
  }

  std::mutex mutex_;  // detector and net keep state between calls: one run at a time
  dlib::frontal_face_detector detector_;
  dlib::shape_predictor predictor_;
  ResNet resnet_;
};

}  // namespace

Result<std::unique_ptr<Engine>, FaceReason> make_dlib_engine(const std::string& model_dir) {
  const auto shape = read_model(model_dir, kDlibShapeModel);
  if (!shape) return tl::unexpected(shape.error());
  const auto resnet = read_model(model_dir, kDlibResnetModel);
  if (!resnet) return tl::unexpected(resnet.error());
  if (openblas_set_num_threads != nullptr) openblas_set_num_threads(1);
  return std::make_unique<DlibEngine>(*shape, *resnet);
}

}  // namespace cardrig::face
