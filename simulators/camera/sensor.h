// The sensor of the simulated camera: counts its pictures whether or not anybody looks, and films
// the world as the faults of the camera let it. However the pictures leave the camera, this is what
// they are.
#pragma once

#include <cstdint>
#include <functional>

#include "kiosk/runtime/loop.h"
#include "simulators/camera/scene.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

namespace camera_fault {
inline constexpr const char* kGone = "camera.gone";
inline constexpr const char* kFrozen = "camera.frozen";
inline constexpr const char* kBlack = "camera.black";
inline constexpr const char* kBlurred = "camera.blurred";
inline constexpr const char* kCorrupt = "camera.corrupt";
}  // namespace camera_fault

using SceneFn = std::function<CameraScene()>;

class CameraSensor {
 public:
  CameraSensor(const Loop& loop, FaultCatalogue& faults, SceneFn scene, int frames_per_s);

  /// The newest picture's number. Counts from the start of the run, whoever asks.
  [[nodiscard]] std::uint64_t sequence_now() const;
  /// When the sensor has the picture; rounded up, so that at this time it is there.
  [[nodiscard]] Nanos time_of(std::uint64_t sequence) const;
  /// What it sees now; faults that change it take effect.
  [[nodiscard]] CameraScene film();
  /// The same for whoever looks on from outside: no fault takes effect.
  [[nodiscard]] CameraScene look() const;

 private:
  const Loop& loop_;
  FaultCatalogue& faults_;
  SceneFn scene_;
  int frames_per_s_;
};

}  // namespace cardrig::sim
