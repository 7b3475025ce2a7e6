// One clockwork for all viewers: at each new picture of the sensor, if somebody has room, it is
// drawn, coded and sent to all who have room.
#include "simulators/camera/mjpeg_camera.h"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/picture_view.h"
#include "simulators/camera/stream_request.h"

namespace cardrig::sim {

using namespace camera_fault;

namespace {

using Bytes = std::vector<std::uint8_t>;
using BytesPtr = std::shared_ptr<const Bytes>;

constexpr const char* kBoundary = "cardrig-frame";
/// Modelled time from the sensor to the coded picture, where time is virtual.
constexpr Nanos kCodingCost = std::chrono::milliseconds(10);

std::string text_answer(int status, const std::string& phrase, const std::string& sentence) {
  return "HTTP/1.1 " + std::to_string(status) + " " + phrase +
         "\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
         std::to_string(sentence.size() + 1) + "\r\nConnection: close\r\n" +
         (status == 405 ? "Allow: GET\r\n" : "") + "\r\n" + sentence + "\n";
}

std::string refusal(int status) {
  switch (status) {
    case 404:
      return text_answer(404, "Not Found", std::string("there is only ") + MjpegCamera::kPath);
    case 405:
      return text_answer(405, "Method Not Allowed", "the stream can only be asked for with GET");
    case 431:
      return text_answer(431, "Request Header Fields Too Large", "the request has no end");
    case 503:
      return text_answer(503, "Service Unavailable", "too many are watching already");
    case 505:
      return text_answer(505, "HTTP Version Not Supported", "the camera speaks HTTP/1.1");
    default:
      return text_answer(400, "Bad Request", "this is no request of HTTP/1.1");
  }
}

std::string stream_head() {
  return std::string("HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-store\r\n") +
         "Content-Type: multipart/x-mixed-replace; boundary=" + kBoundary + "\r\n\r\n";
}

std::string part_head(std::uint64_t sequence, std::size_t size) {
  return std::string("--") + kBoundary +
         "\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(size) +
         "\r\nX-Frame-Sequence: " + std::to_string(sequence) + "\r\n\r\n";
}

Bytes coded(const Picture& picture, int quality) {
  Bytes jpeg;
  CARDRIG_CHECK(cv::imencode(".jpg", view_of(picture), jpeg, {cv::IMWRITE_JPEG_QUALITY, quality}));
  return jpeg;
}

/// What is left after a bad transfer: the second half is missing, and the frame header (SOF, ITU-T
/// T.81 B.2.2) is garbage, so that no decoder takes it for a picture.
Bytes damaged(const Bytes& jpeg) {
  Bytes rest(jpeg.begin(), jpeg.begin() + static_cast<std::ptrdiff_t>(jpeg.size() / 2));
  constexpr std::array<std::uint8_t, 2> kFrameHeader{0xFF, 0xC0};
  const auto header =
      std::search(rest.begin(), rest.end(), kFrameHeader.begin(), kFrameHeader.end());
  constexpr std::ptrdiff_t kGarbled = 10;
  const auto end = header + std::min<std::ptrdiff_t>(kGarbled, rest.end() - header);
  std::transform(header, end, header, [](std::uint8_t b) { return static_cast<std::uint8_t>(~b); });
  return rest;
}

}  // namespace

// --- the clockwork ---

struct MjpegCamera::State : std::enable_shared_from_this<MjpegCamera::State> {
  struct Shot {
    std::uint64_t sequence = 0;
    CameraScene scene;
    BytesPtr jpeg;  // null: none has been taken
  };

  State(Loop& l, const Tracer& t, FaultCatalogue& f, Plug& p,
        std::shared_ptr<const ScenePainter> painter_of_scenes, SceneFn scene, MjpegOptions o)
      : loop(l),
        tracer(t),
        faults(f),
        plug(p),
        painter(std::move(painter_of_scenes)),
        sensor(l, f, std::move(scene), o.frames_per_s),
        options(o) {}

  void accept(std::shared_ptr<ByteStream> stream);
  void left(const Viewer* viewer);
  /// Somebody has room: the next picture is due.
  void wake();
  void tick();
  void take(std::uint64_t sequence);
  void send_last();
  void follow_gone();
  void tell_streaming();
  void close();

  Loop& loop;
  const Tracer& tracer;
  FaultCatalogue& faults;
  Plug& plug;
  std::shared_ptr<const ScenePainter> painter;
  CameraSensor sensor;
  MjpegOptions options;
  std::vector<std::shared_ptr<Viewer>> viewers;
  Shot last;
  std::uint64_t ticked = 0;  // the sensor's picture of the last tick
  bool drawing = false;
  TimerId timer = 0;
  bool streaming = false;
};

// --- one connection ---

/// Reads the request, then takes pictures until it leaves.
class MjpegCamera::Viewer : public std::enable_shared_from_this<Viewer> {
 public:
  Viewer(std::shared_ptr<ByteStream> stream, const std::shared_ptr<State>& camera)
      : stream_(std::move(stream)),
        camera_(camera),
        loop_(camera->loop),
        options_(camera->options) {}

  void start() {
    leave_after(options_.request_limit);
    read();
  }
  /// Says no, whatever the request is.
  void refuse(int status) {
    refused_ = true;
    part_ = refusal(status);
    write({asio::buffer(part_)});
  }
  [[nodiscard]] bool watches() const { return watches_ && stream_; }
  [[nodiscard]] bool has_room() const { return watches() && !writing_; }

  void send(std::uint64_t sequence, BytesPtr jpeg) {
    CARDRIG_CHECK(has_room());
    jpeg_ = std::move(jpeg);
    part_ = (is_first_ ? stream_head() : "\r\n") + part_head(sequence, jpeg_->size());
    is_first_ = false;
    write({asio::buffer(part_), asio::buffer(*jpeg_)});
  }

  void close() {
    loop_.cancel(timer_);
    if (const auto stream = std::exchange(stream_, nullptr)) stream->close();
  }

 private:
  void read() {
    stream_->async_read_some(asio::buffer(buffer_),
                             [self = shared_from_this()](const ErrorCode& error, std::size_t size) {
                               if (!self->stream_) return;
                               if (error) return self->leave();
                               self->heard(std::span(self->buffer_).first(size));
                               if (self->stream_) self->read();
                             });
  }

  void heard(std::span<const std::uint8_t> bytes) {
    if (watches_ || refused_) return;
    reader_.feed(bytes);
    if (reader_.error() != 0) return refuse(reader_.error());
    if (!reader_.request()) return;
    if (reader_.request()->path != kPath) return refuse(404);
    if (reader_.request()->method != "GET") return refuse(405);
    loop_.cancel(timer_);
    watches_ = true;
    if (const auto camera = camera_.lock()) camera->wake();
  }

  void leave_after(Nanos limit) {
    loop_.cancel(timer_);
    timer_ = loop_.after(limit, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->leave();
    });
  }

  void write(const std::vector<asio::const_buffer>& buffers) {
    writing_ = true;
    leave_after(options_.picture_limit);
    // Between two buffers the operation comes back to the stream, closed or not: it keeps it alive.
    auto done = [self = shared_from_this(), stream = stream_](const ErrorCode& error, std::size_t) {
      self->writing_ = false;
      if (!self->stream_) return;
      self->loop_.cancel(self->timer_);
      if (error || self->refused_) return self->leave();
      if (const auto camera = self->camera_.lock()) camera->wake();
    };
    asio::async_write(*stream_, buffers, std::move(done));
  }

  void leave() {
    close();
    if (const auto camera = camera_.lock()) camera->left(this);
  }

  std::shared_ptr<ByteStream> stream_;
  std::weak_ptr<State> camera_;
  Loop& loop_;
  MjpegOptions options_;
  StreamRequestReader reader_;
  std::array<std::uint8_t, 2048> buffer_{};
  TimerId timer_ = 0;
  bool watches_ = false;
  bool refused_ = false;
  bool is_first_ = true;
  bool writing_ = false;
  std::string part_;  // being written, with jpeg_
  BytesPtr jpeg_;
};

void MjpegCamera::State::accept(std::shared_ptr<ByteStream> stream) {
  const auto viewer = std::make_shared<Viewer>(std::move(stream), shared_from_this());
  const bool is_full = viewers.size() >= options.viewers_max;
  viewers.push_back(viewer);
  viewer->start();
  if (is_full) viewer->refuse(503);
}

void MjpegCamera::State::left(const Viewer* viewer) {
  std::erase_if(viewers, [viewer](const auto& v) { return v.get() == viewer; });
  tell_streaming();
}

void MjpegCamera::State::tell_streaming() {
  const bool now =
      std::any_of(viewers.begin(), viewers.end(), [](const auto& v) { return v->watches(); });
  if (now == streaming) return;
  streaming = now;
  tracer.emit(now ? "camera.started" : "camera.stopped");
}

void MjpegCamera::State::wake() {
  tell_streaming();
  if (drawing || timer != 0) return;
  const std::uint64_t next = std::max(ticked + 1, sensor.sequence_now());
  timer = loop.at(sensor.time_of(next), [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->timer = 0;
    self->tick();
  });
}

void MjpegCamera::State::tick() {
  const bool wanted =
      std::any_of(viewers.begin(), viewers.end(), [](const auto& v) { return v->has_room(); });
  if (!wanted) return;  // whoever gets room wakes us
  ticked = sensor.sequence_now();
  if (last.jpeg && faults.strikes(kFrozen)) {
    send_last();
    return wake();
  }
  take(ticked);
}

void MjpegCamera::State::take(std::uint64_t sequence) {
  drawing = true;
  last = Shot{sequence, sensor.film(), nullptr};
  const auto jpeg = std::make_shared<Bytes>();
  auto work = [jpeg, painter = painter, scene = last.scene, sequence,
               quality = options.jpeg_quality] {
    *jpeg = coded(painter->draw(scene, Portraits::kPhotographs, sequence), quality);
  };
  loop.offload(std::move(work), kCodingCost, [weak = weak_from_this(), jpeg] {
    const auto self = weak.lock();
    if (!self) return;
    self->drawing = false;
    self->last.jpeg = jpeg;
    self->tracer.emit("camera.frame", {{"sequence", static_cast<long>(self->last.sequence)}});
    self->send_last();
    self->wake();
  });
}

void MjpegCamera::State::send_last() {
  BytesPtr jpeg;
  for (const auto& viewer : viewers) {
    if (!viewer->has_room()) continue;
    if (!jpeg) {
      const bool corrupt = faults.strikes(kCorrupt);
      jpeg = corrupt ? std::make_shared<const Bytes>(damaged(*last.jpeg)) : last.jpeg;
    }
    viewer->send(last.sequence, jpeg);
  }
}

/// Unplugged: streams break off, and nobody listens.
void MjpegCamera::State::follow_gone() {
  const bool gone = faults.is_active(kGone);
  if (gone) {
    faults.took_effect(kGone);
    close();
    tell_streaming();
  }
  plug.set_reach(gone ? Plug::Reach::kUnplugged : Plug::Reach::kOpen);
}

void MjpegCamera::State::close() {
  for (const auto& viewer : std::exchange(viewers, {})) viewer->close();
}

// --- the camera ---

MjpegCamera::MjpegCamera(Loop& loop, const Tracer& tracer, FaultCatalogue& faults, Plug& plug,
                         std::shared_ptr<const ScenePainter> painter, SceneFn scene,
                         MjpegOptions options)
    : state_(std::make_shared<State>(loop, tracer, faults, plug, std::move(painter),
                                     std::move(scene), options)) {
  plug.on_accept([weak = std::weak_ptr<State>(state_)](std::shared_ptr<ByteStream> stream) {
    if (const auto state = weak.lock()) state->accept(std::move(stream));
  });
  faults.on_change([weak = std::weak_ptr<State>(state_)](const std::string& name, bool) {
    const auto state = weak.lock();
    if (state && name == kGone) state->follow_gone();
  });
}

MjpegCamera::~MjpegCamera() {
  state_->plug.on_accept(nullptr);
  state_->loop.cancel(state_->timer);
  state_->close();
}

Picture MjpegCamera::drawn() const {
  const State& s = *state_;
  const bool frozen = s.last.jpeg && s.faults.is_active(kFrozen);
  return frozen ? s.painter->draw(s.last.scene, Portraits::kDrawn, s.last.sequence)
                : s.painter->draw(s.sensor.look(), Portraits::kDrawn, s.sensor.sequence_now());
}

}  // namespace cardrig::sim
