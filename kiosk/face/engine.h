// Face engines: two implementations, `fast` (ONNX nets) and `dlib` (stock), one interface, one
// contract test. An engine finds faces and compares; the decision and its threshold are in match.h.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/result.h"

namespace cardrig::face {

struct Box {
  float x = 0, y = 0, width = 0, height = 0;  ///< pixels of the picture given
};

struct Point {
  float x = 0, y = 0;
};

struct Detection {
  Box box;
  float confidence = 0;  ///< 0..1
  std::vector<Point> landmarks;  ///< 5: eyes (left, right in the picture), nose, mouth corners
};

/// An opaque feature vector; comparable only within one engine.
struct Embedding {
  std::vector<float> values;
};

enum class FaceReason {
  kModelMissing,  ///< a model file is absent or altered
  kBadPicture,  ///< empty, zero-sized, wrong channel count
  kNoFace,
};
[[nodiscard]] const char* to_string(FaceReason reason);

class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual std::string name() const = 0;
  /// All faces, largest first.
  virtual Result<std::vector<Detection>, FaceReason> detect(const Picture& bgr) = 0;
  virtual Result<Embedding, FaceReason> embed(const Picture& bgr, const Detection& face) = 0;
  /// Similarity of two embeddings of this engine, higher is more alike, about -1..1.
  [[nodiscard]] virtual double similarity(const Embedding& a, const Embedding& b) const = 0;
  /// The engine's default threshold for similarity(); the profile can set another.
  [[nodiscard]] virtual double default_threshold() const = 0;
};

/// `kind` is "fast" or "dlib"; `model_dir` holds the pinned files that tools/setup fetched.
[[nodiscard]] Result<std::unique_ptr<Engine>, FaceReason> make_engine(const std::string& kind,
                                                                      const std::string& model_dir);

/// The engine of this process for (kind, model_dir): loaded at the first call, kept for the next
/// run. Engines may be called from several threads; one inference runs at a time.
[[nodiscard]] Result<std::shared_ptr<Engine>, FaceReason> shared_engine(
    const std::string& kind, const std::string& model_dir);

}  // namespace cardrig::face
