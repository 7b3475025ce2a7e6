// Names of the reasons why there is no frame.
#include "kiosk/devices/camera/frame_source.h"

namespace cardrig::camera {

const char* to_string(CameraReason reason) {
  switch (reason) {
    case CameraReason::kGone:
      return "gone";
    case CameraReason::kBusy:
      return "busy";
    case CameraReason::kNoFrame:
      return "no_frame";
    case CameraReason::kCorrupt:
      return "corrupt";
  }
  return "?";
}

}  // namespace cardrig::camera
