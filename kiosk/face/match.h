// The 1:1 decision: is the live person the one in the chip photo? One frame at a time for now; the
// flow asks for several frames and shows what to change.
#pragma once

#include <string>

#include "kiosk/face/engine.h"

namespace cardrig::face {

struct MatchConfig {
  double threshold = 0;  ///< similarity at or above which two faces are one person
  double min_face_height_px = 80;  ///< smaller: "come closer"
  double min_luma = 40;  ///< mean luma of the face below which it is too dark
  double min_frame_luma = 12;  ///< mean luma below which a frame without a face shows the dark
  double min_sharpness = 15;  ///< variance of the Laplacian over the face, scaled to 112 px
};

enum class Verdict {
  kMatch,
  kDifferentPerson,
  kNoFace,
  kSeveralFaces,
  kTooFar,
  kTooDark,
  kBlurred,
};
[[nodiscard]] const char* to_string(Verdict verdict);

/// A second face at least this share of the largest one's height stands in front of the kiosk too;
/// a smaller one passes by behind.
inline constexpr float kRivalHeight = 0.5F;

/// The defaults with the engine's own threshold, where the profile sets none.
[[nodiscard]] MatchConfig default_match_config(const Engine& engine);

struct MatchResult {
  Verdict verdict = Verdict::kNoFace;
  double similarity = 0;  ///< 0 where no comparison was made
  int faces = 0;
  Box box;  ///< of the largest face, if any
};

/// Compares one live frame with the embedding of the chip photo. `config.threshold` must be
/// positive. A malformed picture has no face.
[[nodiscard]] MatchResult match_frame(Engine& engine, const Embedding& chip_photo,
                                      const Picture& live_bgr, const MatchConfig& config);

/// Embedding of the chip photo (102×126); kNoFace if none is found in it.
[[nodiscard]] Result<Embedding, FaceReason> embed_chip_photo(Engine& engine,
                                                             const Picture& photo_bgr);

}  // namespace cardrig::face
