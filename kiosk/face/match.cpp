// Looks at one live frame: is there one face, near, lit and sharp, and is it the chip photo's?
#include "kiosk/face/match.h"

#include <opencv2/imgproc.hpp>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::face {

namespace {

// Sharpness is judged at one size, so that its limit holds for every distance.
constexpr int kSharpnessSide_px = 112;

cv::Mat grey_face(const Picture& bgr, const Box& box) {
  const cv::Rect2f wanted(box.x, box.y, box.width, box.height);
  const cv::Rect inside = cv::Rect(wanted) & cv::Rect(0, 0, bgr.width_px, bgr.height_px);
  if (inside.empty()) return cv::Mat::zeros(kSharpnessSide_px, kSharpnessSide_px, CV_8U);
  cv::Mat grey;
  cv::cvtColor(view_of(bgr)(inside), grey, cv::COLOR_BGR2GRAY);
  cv::resize(grey, grey, cv::Size(kSharpnessSide_px, kSharpnessSide_px), 0, 0, cv::INTER_AREA);
  return grey;
}

double sharpness_of(const cv::Mat& grey) {
  cv::Mat edges;
  cv::Laplacian(grey, edges, CV_64F);
  cv::Scalar mean;
  cv::Scalar deviation;
  cv::meanStdDev(edges, mean, deviation);
  return deviation[0] * deviation[0];
}

bool is_dark(const Picture& bgr, const MatchConfig& config) {
  constexpr double kRed = 0.299, kGreen = 0.587, kBlue = 0.114;
  const cv::Scalar mean = cv::mean(view_of(bgr));
  return kBlue * mean[0] + kGreen * mean[1] + kRed * mean[2] < config.min_frame_luma;
}

/// What keeps this frame from being compared; kMatch if nothing does.
Verdict judge_frame(const Picture& bgr, const std::vector<Detection>& faces,
                    const MatchConfig& config) {
  if (faces.empty()) return Verdict::kNoFace;
  const Box& box = faces.front().box;
  for (std::size_t i = 1; i < faces.size(); ++i) {
    if (faces[i].box.height >= kRivalHeight * box.height) return Verdict::kSeveralFaces;
  }
  if (box.height < config.min_face_height_px) return Verdict::kTooFar;
  const cv::Mat grey = grey_face(bgr, box);
  if (cv::mean(grey)[0] < config.min_luma) return Verdict::kTooDark;
  if (sharpness_of(grey) < config.min_sharpness) return Verdict::kBlurred;
  return Verdict::kMatch;
}

}  // namespace

const char* to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::kMatch:
      return "match";
    case Verdict::kDifferentPerson:
      return "different_person";
    case Verdict::kNoFace:
      return "no_face";
    case Verdict::kSeveralFaces:
      return "several_faces";
    case Verdict::kTooFar:
      return "too_far";
    case Verdict::kTooDark:
      return "too_dark";
    case Verdict::kBlurred:
      return "blurred";
  }
  return "?";
}

MatchConfig default_match_config(const Engine& engine) {
  MatchConfig config;
  config.threshold = engine.default_threshold();
  return config;
}

MatchResult match_frame(Engine& engine, const Embedding& chip_photo, const Picture& live_bgr,
                        const MatchConfig& config) {
  CARDRIG_CHECK(config.threshold > 0);  // 0 would let nearly everybody pass
  MatchResult result;
  const auto faces = engine.detect(live_bgr);
  if (!faces) return result;
  if (faces->empty()) {
    if (is_dark(live_bgr, config)) result.verdict = Verdict::kTooDark;
    return result;
  }
  result.faces = static_cast<int>(faces->size());
  result.box = faces->front().box;
  result.verdict = judge_frame(live_bgr, *faces, config);
  if (result.verdict != Verdict::kMatch) return result;
  const auto live = engine.embed(live_bgr, faces->front());
  if (!live) {
    result.verdict = Verdict::kNoFace;
    return result;
  }
  result.similarity = engine.similarity(chip_photo, *live);
  if (!(result.similarity >= config.threshold)) result.verdict = Verdict::kDifferentPerson;
  return result;
}

Result<Embedding, FaceReason> embed_chip_photo(Engine& engine, const Picture& photo_bgr) {
  const auto faces = engine.detect(photo_bgr);
  if (!faces) return tl::unexpected(faces.error());
  if (faces->empty()) return fail(FaceReason::kNoFace, "no face in the chip photo");
  return engine.embed(photo_bgr, faces->front());
}

}  // namespace cardrig::face
