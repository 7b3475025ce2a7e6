// The camera's faults and memory; the sensor is in sensor.cpp, the drawing in scene_painter.cpp.
#include "simulators/camera/simulated_camera.h"

#include <algorithm>
#include <utility>

namespace cardrig::sim {

using camera::CameraReason;
using camera::Frame;
using namespace camera_fault;

namespace {

constexpr std::size_t kShotsKept = 1000;

FaultSpec spec(const char* name, const char* reference, const char* title, const char* shows,
               const char* kiosk_must) {
  FaultSpec s;
  s.name = name;
  s.reference = reference;
  s.title = title;
  s.wire_shows = shows;
  s.kiosk_must = kiosk_must;
  s.precondition = "the kiosk asks for frames";
  return s;
}

}  // namespace

SimulatedCamera::SimulatedCamera(Loop& loop, FaultCatalogue& faults, Tracer tracer,
                                 std::shared_ptr<const ScenePainter> painter, SceneFn scene,
                                 CameraConfig config)
    : loop_(loop),
      faults_(faults),
      tracer_(std::move(tracer)),
      painter_(std::move(painter)),
      sensor_(loop, faults, std::move(scene), config.frames_per_s),
      config_(config) {}

void SimulatedCamera::declare_faults(FaultCatalogue& catalogue) {
  catalogue.declare(spec(kGone, "C1", "The camera disappears",
                         "starting and asking for frames fail: no such device",
                         "end the session safely, reopen with growing pauses, go out of service "
                         "naming the camera if it stays away"));
  catalogue.declare(spec(kFrozen, "C6", "The picture is frozen",
                         "no frame with a newer sequence number comes",
                         "not match the same picture again, restart the camera, give up in time"));
  catalogue.declare(spec(kBlack, "C8", "The picture is black", "frames of mean luma near 0",
                         "ask for light, never match, give up in time"));
  FaultSpec blurred = spec(kBlurred, "", "The picture is blurred: dirt on the lens, wrong focus",
                           "frames without sharp edges",
                           "ask the person to hold still, never match, give up in time");
  blurred.params.push_back({"sigma_px", 2, 40, 14, "deviation of the blur at 720 rows"});
  catalogue.declare(std::move(blurred));
  catalogue.declare(spec(kCorrupt, "C5", "Frames arrive damaged",
                         "every frame is dropped with an error",
                         "drop it, ask again, restart the camera if it goes on"));
}

Async<Result<Unit, CameraReason>> SimulatedCamera::start() {
  if (lost()) co_return fail(CameraReason::kGone, "the camera is not there");
  if (!streaming_) tracer_.emit("camera.started");
  streaming_ = true;
  co_return ok();
}

void SimulatedCamera::stop() {
  if (streaming_) tracer_.emit("camera.stopped");
  streaming_ = false;
  latest_ = nullptr;
}

DeviceState SimulatedCamera::state() const {
  if (faults_.is_active(kGone)) return DeviceState::kOffline;
  return streaming_ ? DeviceState::kBusy : DeviceState::kReady;
}

Async<Result<Frame, CameraReason>> SimulatedCamera::next_frame(std::uint64_t after_sequence,
                                                               Nanos limit) {
  const Nanos deadline = loop_.now() + limit;
  while (true) {
    if (lost()) co_return fail(CameraReason::kGone, "the camera is not there");
    if (!streaming_) co_return fail(CameraReason::kGone, "the camera was not started");
    const std::uint64_t latest = latest_sequence();
    if (latest > after_sequence) {
      if (faults_.strikes(kCorrupt)) co_return fail(CameraReason::kCorrupt, "damaged frame");
      co_return co_await take(latest);
    }
    const Nanos due = sensor_.time_of(sensor_.sequence_now() + 1);
    if (due > deadline) break;
    co_await sleep_until(loop_, due);
  }
  co_await sleep_until(loop_, deadline);
  co_return fail(CameraReason::kNoFrame, "no newer frame in time");
}

/// Looks whether the camera is there; where it is not, the stream has ended.
bool SimulatedCamera::lost() {
  if (!faults_.strikes(kGone)) return false;
  streaming_ = false;
  return true;
}

/// The newest that can be had: a frozen camera stays at the frame that it gave last.
std::uint64_t SimulatedCamera::latest_sequence() {
  if (shots_.empty() || !faults_.strikes(kFrozen)) return sensor_.sequence_now();
  return shots_.back().sequence;
}

/// What the sensor saw at `sequence`: the scene of now, or of then if it has been filmed already.
const SimulatedCamera::Shot& SimulatedCamera::shot_of(std::uint64_t sequence) {
  if (shots_.empty() || shots_.back().sequence != sequence) {
    shots_.push_back(Shot{sequence, sensor_.film(), {}});
    if (shots_.size() > kShotsKept) shots_.pop_front();
    latest_ = nullptr;
  }
  return shots_.back();
}

Async<Result<Frame, CameraReason>> SimulatedCamera::take(std::uint64_t sequence) {
  const CameraScene scene = shot_of(sequence).scene;
  if (latest_) co_return Frame{sequence, sensor_.time_of(sequence), latest_};
  const auto painter = painter_;
  auto draw = [painter, scene, sequence]() -> PicturePtr {
    return std::make_shared<Picture>(painter->draw(scene, Portraits::kPhotographs, sequence));
  };
  const PicturePtr picture = co_await offload(loop_, config_.draw_cost, std::move(draw));
  // Somebody else may have asked for a later frame while this one was drawn.
  if (shots_.back().sequence == sequence) {
    latest_ = picture;
    shots_.back().picture = picture;
  }
  tracer_.emit("camera.frame", {{"sequence", static_cast<long>(sequence)}});
  co_return Frame{sequence, sensor_.time_of(sequence), picture};
}

PicturePtr SimulatedCamera::drawn_twin(const PicturePtr& frame) const {
  if (!frame) return nullptr;
  const auto shot = std::find_if(shots_.begin(), shots_.end(),
                                 [&frame](const Shot& s) { return s.picture.lock() == frame; });
  if (shot == shots_.end()) return nullptr;
  return std::make_shared<Picture>(painter_->draw(shot->scene, Portraits::kDrawn, shot->sequence));
}

}  // namespace cardrig::sim
