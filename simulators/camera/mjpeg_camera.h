// The simulated camera of real wires: MJPEG over HTTP, as network cameras serve it. A GET of
// /stream is answered with multipart/x-mixed-replace without end (RFC 2046; the "replace" is a
// custom of browsers and cameras that no standard holds): one JPEG a part, with Content-Length and
// X-Frame-Sequence, the number of the sensor's picture. A picture that is sent again (the camera is
// frozen) keeps its number.
//
// Pictures are drawn and coded only for somebody who has room for one, off the loop, and only ever
// the newest: a viewer that is slow sees fewer pictures, not older ones.
#pragma once

#include <memory>

#include "kiosk/runtime/plug.h"
#include "kiosk/runtime/trace.h"
#include "simulators/camera/scene.h"
#include "simulators/camera/sensor.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

struct MjpegOptions {
  int frames_per_s = 30;
  int jpeg_quality = 85;
  /// One more is told 503.
  std::size_t viewers_max = 4;
  /// A viewer that has asked for nothing by then is dropped.
  Nanos request_limit = std::chrono::seconds(10);
  /// So is one that has not taken a picture by then: whoever never reads must not keep its place.
  Nanos picture_limit = std::chrono::seconds(10);
};

class MjpegCamera {
 public:
  static constexpr const char* kPath = "/stream";

  /// Serves `plug` as long as it lives, and sets its reach by the fault camera.gone. Trace events
  /// are those of SimulatedCamera. Declare the faults first (SimulatedCamera::declare_faults); all
  /// that is passed by reference must outlive it.
  MjpegCamera(Loop& loop, const Tracer& tracer, FaultCatalogue& faults, Plug& plug,
              std::shared_ptr<const ScenePainter> painter, SceneFn scene,
              MjpegOptions options = {});
  ~MjpegCamera();
  MjpegCamera(const MjpegCamera&) = delete;
  MjpegCamera& operator=(const MjpegCamera&) = delete;

  /// What it sees now, with drawn portraits in place of photographs: to be shown.
  [[nodiscard]] Picture drawn() const;

 private:
  struct State;
  class Viewer;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig::sim
