#include "scenarios/engine/pictures.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace cardrig::scenario {
namespace {

constexpr int kJpegQuality = 82;

std::string sha256(const std::vector<std::uint8_t>& bytes) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 15U];
  }
  return text;
}

}  // namespace

std::string store_picture(PictureStore& store, const Picture& picture, int width_px,
                          bool lossless) {
  if (picture.empty()) return {};
  const int type = CV_MAKETYPE(CV_8U, picture.channels);
  cv::Mat image(picture.height_px, picture.width_px, type);
  std::copy(picture.pixels.begin(), picture.pixels.end(), image.data);
  if (picture.channels == 4) cv::cvtColor(image, image, cv::COLOR_BGRA2BGR);
  if (image.cols > width_px) {
    const int height_px = std::max(1, image.rows * width_px / image.cols);
    cv::Mat scaled;
    cv::resize(image, scaled, cv::Size(width_px, height_px), 0, 0, cv::INTER_AREA);
    image = scaled;
  }
  StoredPicture stored;
  stored.width_px = image.cols;
  stored.height_px = image.rows;
  stored.media_type = lossless ? "image/png" : "image/jpeg";
  if (lossless) {
    cv::imencode(".png", image, stored.bytes);
  } else {
    cv::imencode(".jpg", image, stored.bytes, {cv::IMWRITE_JPEG_QUALITY, kJpegQuality});
  }
  std::string key = sha256(stored.bytes).substr(0, 16);
  store.emplace(key, std::move(stored));
  return key;
}

std::optional<Picture> decode_picture(const std::vector<std::uint8_t>& coded) {
  if (coded.empty()) return std::nullopt;
  const cv::Mat image = cv::imdecode(coded, cv::IMREAD_COLOR);
  if (image.empty()) return std::nullopt;
  Picture picture;
  picture.width_px = image.cols;
  picture.height_px = image.rows;
  picture.channels = 3;
  for (int row = 0; row < image.rows; ++row) {
    const auto* line = image.ptr<std::uint8_t>(row);
    picture.pixels.insert(picture.pixels.end(), line, line + image.cols * 3);
  }
  return picture;
}

}  // namespace cardrig::scenario
