// MjpegCamera: a camera that sends MJPEG over HTTP, as network cameras do.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "kiosk/devices/camera/frame_source.h"
#include "kiosk/devices/camera/mjpeg_driver_codec.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::camera {

struct MjpegConfig {
  std::string host;  ///< as the camera is called, for the request's head
  std::string target = "/";
  Nanos connect{std::chrono::seconds(5)};  ///< until the head of the answer is here
  Nanos silence{std::chrono::seconds(10)};  ///< without a byte: the connection is given up
  Nanos stale{std::chrono::seconds(2)};  ///< without a picture: start() connects anew
  Nanos decode_cost{std::chrono::milliseconds(8)};  ///< modelled, of one picture
  int side_max_px = 4096;  ///< larger pictures are corrupt
  MjpegLimits limits;
};

/// Keeps the newest picture only, and decodes it when somebody asks. A connection that is lost does
/// not come back alone: kGone, and DeviceState::kOffline, until start() succeeds. A camera that
/// sends the same bytes again has no new picture: it is frozen. Sequence numbers rise as long as
/// this object lives, over any number of connections.
///
/// start(): kGone (not there, refuses, or is no MJPEG camera), kBusy (status 503).
/// next_frame(): kGone, kNoFrame, kCorrupt (the newest picture is damaged; the next call waits for
/// another). At most one coroutine waits for a frame at a time.
///
/// Trace: camera.started, camera.frame {sequence} for each picture that was asked for,
/// camera.stopped, camera.lost {detail}.
class MjpegCamera final : public FrameSource {
 public:
  /// `loop` must outlive the camera and what the camera leaves on it.
  MjpegCamera(Loop& loop, Tracer tracer, std::unique_ptr<StreamSource> source, MjpegConfig config);
  ~MjpegCamera() override;
  MjpegCamera(const MjpegCamera&) = delete;
  MjpegCamera& operator=(const MjpegCamera&) = delete;

  Async<Result<Unit, CameraReason>> start() override;
  Async<Result<Frame, CameraReason>> next_frame(std::uint64_t after_sequence, Nanos limit) override;
  void stop() override;
  [[nodiscard]] DeviceState state() const override;

 private:
  struct Connection;
  struct State;
  static Async<Result<std::shared_ptr<Connection>, CameraReason>> connect(
      std::shared_ptr<State> state);
  static Async<Result<Unit, CameraReason>> read_head(std::shared_ptr<Connection> connection);
  static Async<void> read_on(std::shared_ptr<State> state, std::shared_ptr<Connection> connection);
  static Async<Result<Frame, CameraReason>> take(std::shared_ptr<State> state);

  std::shared_ptr<State> state_;
};

}  // namespace cardrig::camera
