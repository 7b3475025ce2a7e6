// After dlib's example dnn_face_recognition_ex, with the five-point predictor.
#include "bench/face/stock_dlib.h"

#include <dlib/dnn.h>
#include <dlib/image_processing.h>
#include <dlib/image_processing/frontal_face_detector.h>
#include <dlib/image_transforms.h>

#include <algorithm>

namespace cardrig::bench {

namespace {

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
using Body = Down<256, Res<256, Res<256, Down<256, Res<128, Res<128, Down<128, Below>>>>>>>;
template <typename Below>
using Entry = Res<64, Res<64, Res<64, Down<64, Res<32, Res<32, Res<32, Below>>>>>>>;
using Net = dlib::loss_metric<dlib::fc_no_bias<
    128,
    dlib::avg_pool_everything<Body<Entry<dlib::max_pool<
        3, 3, 2, 2,
        dlib::relu<dlib::affine<dlib::con<32, 7, 7, 2, 2, dlib::input_rgb_image_sized<150>>>>>>>>>>;

}  // namespace

struct StockDlib::Models {
  dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
  dlib::shape_predictor predictor;
  Net net;
};

StockDlib::StockDlib(const std::string& model_dir) : models_(std::make_unique<Models>()) {
  dlib::deserialize(model_dir + "/shape_predictor_5_face_landmarks.dat") >> models_->predictor;
  dlib::deserialize(model_dir + "/dlib_face_recognition_resnet_model_v1.dat") >> models_->net;
}

StockDlib::~StockDlib() = default;

std::optional<StockFeature> StockDlib::describe(const Picture& bgr) {
  dlib::matrix<dlib::rgb_pixel> image(bgr.height_px, bgr.width_px);
  const std::uint8_t* p = bgr.pixels.data();
  for (dlib::rgb_pixel& pixel : image) {
    pixel = dlib::rgb_pixel(p[2], p[1], p[0]);
    p += 3;
  }
  auto enlarged = image;
  dlib::pyramid_up(enlarged);
  const auto faces = models_->detector(enlarged);
  if (faces.empty()) return std::nullopt;
  const dlib::pyramid_down<2> pyramid;
  const auto shape = models_->predictor(image, pyramid.rect_down(faces.front()));
  dlib::matrix<dlib::rgb_pixel> chip;
  dlib::extract_image_chip(image, dlib::get_face_chip_details(shape, 150, 0.25), chip);
  const dlib::matrix<float, 0, 1> described = models_->net(chip);
  StockFeature feature{};
  std::copy(described.begin(), described.end(), feature.begin());
  return feature;
}

bool StockDlib::matches(const Picture& bgr, const StockFeature& known) {
  const auto feature = describe(bgr);
  if (!feature) return false;
  float squares = 0;
  for (std::size_t i = 0; i < known.size(); ++i) {
    squares += ((*feature)[i] - known[i]) * ((*feature)[i] - known[i]);
  }
  return squares < 0.6F * 0.6F;
}

}  // namespace cardrig::bench
