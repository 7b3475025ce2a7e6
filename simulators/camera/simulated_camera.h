// The simulated camera of the virtual rung: 30 pictures a second of what stands in the world, drawn
// only when somebody asks, the latest alone. It is the kiosk's FrameSource itself: a compressed
// stream would cost a virtual run its speed and show it nothing. Real wires: mjpeg_camera.h.
#pragma once

#include <deque>
#include <memory>

#include "kiosk/devices/camera/frame_source.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/trace.h"
#include "simulators/camera/scene.h"
#include "simulators/camera/sensor.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

struct CameraConfig {
  int frames_per_s = 30;
  Nanos draw_cost = std::chrono::milliseconds(5);  ///< modelled time from the sensor to the frame
};

class SimulatedCamera final : public camera::FrameSource {
 public:
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
  [[nodiscard]] std::uint64_t latest_sequence();
  [[nodiscard]] const Shot& shot_of(std::uint64_t sequence);
  [[nodiscard]] bool lost();
  Async<Result<camera::Frame, camera::CameraReason>> take(std::uint64_t sequence);

  Loop& loop_;
  FaultCatalogue& faults_;
  Tracer tracer_;
  std::shared_ptr<const ScenePainter> painter_;
  CameraSensor sensor_;
  CameraConfig config_;
  bool streaming_ = false;
  PicturePtr latest_;  // of shots_.back(): asking again gives the same
  std::deque<Shot> shots_;  // newest last
};

}  // namespace cardrig::sim
