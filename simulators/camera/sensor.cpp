#include "simulators/camera/sensor.h"

#include <algorithm>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig::sim {

using namespace camera_fault;

namespace {

constexpr std::int64_t kSecond_ns = 1'000'000'000;

}  // namespace

CameraSensor::CameraSensor(const Loop& loop, FaultCatalogue& faults, SceneFn scene,
                           int frames_per_s)
    : loop_(loop), faults_(faults), scene_(std::move(scene)), frames_per_s_(frames_per_s) {
  CARDRIG_CHECK(frames_per_s_ > 0);
}

std::uint64_t CameraSensor::sequence_now() const {
  return static_cast<std::uint64_t>(loop_.now().count() * frames_per_s_ / kSecond_ns) + 1;
}

Nanos CameraSensor::time_of(std::uint64_t sequence) const {
  const auto passed = static_cast<std::int64_t>(sequence - 1) * kSecond_ns;
  return Nanos((passed + frames_per_s_ - 1) / frames_per_s_);
}

CameraScene CameraSensor::look() const {
  CameraScene scene = scene_();
  if (faults_.is_active(kBlack)) scene.light = 0;
  if (faults_.is_active(kBlurred)) {
    scene.blur_px = std::max(scene.blur_px, faults_.param(kBlurred, "sigma_px"));
  }
  return scene;
}

CameraScene CameraSensor::film() {
  CameraScene scene = look();
  for (const char* fault : {kBlack, kBlurred}) static_cast<void>(faults_.strikes(fault));
  return scene;
}

}  // namespace cardrig::sim
