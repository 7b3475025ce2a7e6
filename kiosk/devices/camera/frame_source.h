// FrameSource: where camera frames come from (a simulated camera, MJPEG, V4L2). Latest frame only;
// identical frames carry the same sequence number and are not inferred twice.
#pragma once

#include <cstdint>

#include "kiosk/devices/status.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/result.h"

namespace cardrig::camera {

enum class CameraReason {
  kGone,  ///< device removed
  kBusy,  ///< another program holds it
  kNoFrame,  ///< none within the time limit
  kCorrupt,  ///< damaged frame, dropped
};
[[nodiscard]] const char* to_string(CameraReason reason);

struct Frame {
  std::uint64_t sequence = 0;  ///< rises with every new picture of the sensor
  Nanos captured_at{0};  ///< monotonic
  PicturePtr picture;  ///< BGR
};

class FrameSource {
 public:
  virtual ~FrameSource() = default;
  /// Starts streaming; harmless if it streams already.
  virtual Async<Result<Unit, CameraReason>> start() = 0;
  /// The latest frame newer than `after_sequence`, waiting for one if need be (at most `limit`).
  virtual Async<Result<Frame, CameraReason>> next_frame(std::uint64_t after_sequence,
                                                        Nanos limit) = 0;
  virtual void stop() = 0;
  [[nodiscard]] virtual DeviceState state() const = 0;
};

}  // namespace cardrig::camera
