// What the simulated camera films, as plain data, and how it is drawn. A scene can be drawn twice:
// with the photographs that inference needs, and with drawn portraits for pictures that are shown.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/picture.h"
#include "simulators/world/world.h"

namespace cardrig::sim {

enum class SubjectKind { kPerson, kPrintedPhoto, kScreen };

struct CameraSubject {
  SubjectKind kind = SubjectKind::kPerson;
  std::string person_id;
  double distance_m = 0.6;
  double offset_m = 0;  ///< to the right in the picture
  bool operator==(const CameraSubject&) const = default;
};

struct CameraScene {
  std::vector<CameraSubject> subjects;
  double light = 1;  ///< 1 normal, 0 dark
  double blur_px = 0;  ///< deviation of the blur at 720 rows
  bool operator==(const CameraScene&) const = default;
};

/// What the world says stands before the camera.
[[nodiscard]] CameraScene scene_of(const World& world);

enum class Portraits { kPhotographs, kDrawn };

/// A portrait: BGRA, transparent outside the person, eyes level around (kPortraitEyesX, …Y).
inline constexpr int kPortraitWidth_px = 704;
inline constexpr int kPortraitHeight_px = 640;
inline constexpr double kPortraitEyesX_px = 352;
inline constexpr double kPortraitEyesY_px = 268;
inline constexpr double kPortraitEyeDistance_px = 104;
/// People's eyes are about 63 mm apart.
inline constexpr double kPortraitScale_px_per_m = kPortraitEyeDistance_px / 0.063;

/// Gives a person's portrait; null: nobody knows that person.
using PortraitSource = std::function<PicturePtr(const std::string& person_id, Portraits portraits)>;

struct PainterConfig {
  int width_px = 1280;
  int height_px = 720;
  double field_of_view_deg = 65;  ///< across the width
  std::uint64_t seed = 1;  ///< of the sensor's noise
};

/// Draws scenes. Same configuration, scene and sequence: same pixels. May be used from any thread.
class ScenePainter {
 public:
  ScenePainter(PainterConfig config, PortraitSource portraits);
  ~ScenePainter();
  ScenePainter(const ScenePainter&) = delete;
  ScenePainter& operator=(const ScenePainter&) = delete;

  /// The scene at one frame of the sensor; `sequence` picks noise and how people sway.
  [[nodiscard]] Picture draw(const CameraScene& scene, Portraits portraits,
                             std::uint64_t sequence) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cardrig::sim
