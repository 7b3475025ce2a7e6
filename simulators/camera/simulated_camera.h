// The simulated camera: 30 pictures a second of what stands in the world, drawn only when somebody
// asks, the latest alone. It is the kiosk's FrameSource itself: between a camera and its driver
// there is no public protocol to simulate.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "kiosk/devices/camera/frame_source.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/trace.h"
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

struct CameraConfig {
  int frames_per_s = 30;
  Nanos draw_cost = std::chrono::milliseconds(5);  ///< modelled time from the sensor to the frame
};

class SimulatedCamera final : public camera::FrameSource {
 public:
  using SceneFn = std::function<CameraScene()>;

  /// `loop` is the one of whoever asks for frames. The painter may be shared by several cameras in
  /// turn: it costs more to make than a camera.
  SimulatedCamera(Loop& loop, FaultCatalogue& faults, Tracer tracer,
                  std::shared_ptr<const ScenePainter> painter, SceneFn scene,
                  CameraConfig config = {});
  static void declare_faults(FaultCatalogue& catalogue);

  Async<Result<Unit, camera::CameraReason>> start() override;
  /// A frozen camera has no newer frame than its last. A camera that was gone must be started anew.
  Async<Result<camera::Frame, camera::CameraReason>> next_frame(std::uint64_t after_sequence,
                                                                Nanos limit) override;
  void stop() override;
  [[nodiscard]] DeviceState state() const override;

  /// The same frame with drawn portraits, for pictures that are shown: `frame` is what next_frame()
  /// gave. Null if it was not this camera's, or too long ago.
  [[nodiscard]] PicturePtr drawn_twin(const PicturePtr& frame) const;

 private:
  struct Shot {
    std::uint64_t sequence;
    CameraScene scene;
    std::weak_ptr<const Picture> picture;  // kept by whoever asked for it
  };
  [[nodiscard]] std::uint64_t sensor_sequence() const;
  [[nodiscard]] Nanos time_of(std::uint64_t sequence) const;
  [[nodiscard]] std::uint64_t latest_sequence();
  [[nodiscard]] const Shot& shot_of(std::uint64_t sequence);
  [[nodiscard]] CameraScene filmed_scene();
  [[nodiscard]] bool lost();
  Async<Result<camera::Frame, camera::CameraReason>> take(std::uint64_t sequence);

  Loop& loop_;
  FaultCatalogue& faults_;
  Tracer tracer_;
  std::shared_ptr<const ScenePainter> painter_;
  SceneFn scene_;
  CameraConfig config_;
  bool streaming_ = false;
  PicturePtr latest_;  // of shots_.back(): asking again gives the same
  std::deque<Shot> shots_;  // newest last
};

}  // namespace cardrig::sim
