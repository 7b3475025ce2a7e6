// Picks an engine by name, and keeps one of each for the process.
#include "kiosk/face/engine.h"

#include <map>
#include <mutex>
#include <utility>

#include "kiosk/face/engines.h"

namespace cardrig::face {

const char* to_string(FaceReason reason) {
  switch (reason) {
    case FaceReason::kModelMissing:
      return "model_missing";
    case FaceReason::kBadPicture:
      return "bad_picture";
    case FaceReason::kNoFace:
      return "no_face";
  }
  return "?";
}

Result<std::unique_ptr<Engine>, FaceReason> make_engine(const std::string& kind,
                                                        const std::string& model_dir) {
  if (kind == "fast") return make_fast_engine(model_dir);
  if (kind == "dlib") return make_dlib_engine(model_dir);
  return fail(FaceReason::kModelMissing,
              "there is no face engine \"" + kind + "\": choose \"fast\" or \"dlib\"");
}

Result<std::shared_ptr<Engine>, FaceReason> shared_engine(const std::string& kind,
                                                          const std::string& model_dir) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, std::string>, std::shared_ptr<Engine>> engines;
  const std::lock_guard lock(mutex);
  std::shared_ptr<Engine>& engine = engines[{kind, model_dir}];
  if (!engine) {
    auto made = make_engine(kind, model_dir);
    if (!made) return tl::unexpected(made.error());
    engine = std::move(*made);
  }
  return engine;
}

}  // namespace cardrig::face
