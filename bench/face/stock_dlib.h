// dlib's face comparison as its own examples and the popular face_recognition package do it, with
// nothing of ours in between: what the engines are measured against.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "kiosk/runtime/picture.h"

namespace cardrig::bench {

using StockFeature = std::array<float, 128>;

class StockDlib {
 public:
  explicit StockDlib(const std::string& model_dir);
  ~StockDlib();
  StockDlib(const StockDlib&) = delete;
  StockDlib& operator=(const StockDlib&) = delete;

  /// Finds the first face of a BGR picture and describes it; nothing if there is none.
  [[nodiscard]] std::optional<StockFeature> describe(const Picture& bgr);
  /// Frame to decision: one face, nearer than 0.6.
  [[nodiscard]] bool matches(const Picture& bgr, const StockFeature& known);

 private:
  struct Models;
  std::unique_ptr<Models> models_;
};

}  // namespace cardrig::bench
