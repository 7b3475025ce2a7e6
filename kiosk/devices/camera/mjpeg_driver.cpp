// One coroutine reads the connection as long as it stands; whoever wants a frame waits for its
// news.
#include "kiosk/devices/camera/mjpeg_driver.h"

#include <array>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/write.hpp>
#include <opencv2/imgcodecs.hpp>
#include <utility>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/picture_view.h"

namespace cardrig::camera {

namespace {

using Bytes = std::vector<std::uint8_t>;
using BytesPtr = std::shared_ptr<const Bytes>;

constexpr std::size_t kReadAtOnce = 64 * 1024;

/// Null: damaged, or larger than `side_max_px`.
PicturePtr decode(const Bytes& jpeg, int side_max_px) {
  const auto size = whole_jpeg(jpeg);
  if (!size || size->width_px > side_max_px || size->height_px > side_max_px) return nullptr;
  cv::Mat decoded;
  try {
    decoded = cv::imdecode(jpeg, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
  } catch (const cv::Exception&) {
    return nullptr;  // it throws for some broken files
  }
  if (decoded.cols != size->width_px || decoded.rows != size->height_px) return nullptr;
  return std::make_shared<const Picture>(picture_of(decoded));
}

/// Bytes read; 0: the end, for whatever reason.
Async<std::size_t> read_some(ByteStream& stream, asio::mutable_buffer buffer) {
  ErrorCode error;
  const std::size_t size = co_await stream.async_read_some(buffer, catch_error(error));
  co_return error ? 0 : size;
}

using News = asio::experimental::channel<void(ErrorCode)>;

Async<bool> hear(News& news) {
  co_await news.async_receive(asio::use_awaitable);
  co_return true;
}

}  // namespace

struct MjpegCamera::Connection {
  Connection(std::unique_ptr<ByteStream> s, const MjpegLimits& limits)
      : stream(std::move(s)), reader(limits) {}

  std::unique_ptr<ByteStream> stream;
  MjpegReader reader;
  Bytes buffer = Bytes(kReadAtOnce);
  Nanos last_part{0};  ///< or since when we wait for the first
  bool had_part = false;
};

struct MjpegCamera::State {
  State(Loop& l, Tracer t, std::unique_ptr<StreamSource> s, MjpegConfig c)
      : loop(l),
        tracer(std::move(t)),
        source(std::move(s)),
        config(std::move(c)),
        news(l.executor(), 1) {}

  void tell() { news.try_send(ErrorCode{}); }

  void drop(const std::string& why) {
    if (!connection) return;
    connection->stream->close();
    connection.reset();
    picture.reset();
    gone_because = why;
    tell();
  }

  void lose(const std::shared_ptr<Connection>& lost, const std::string& why) {
    if (connection != lost) return;  // another one has taken its place
    tracer.emit("camera.lost", {{"detail", why}});
    drop(why);
    device = DeviceState::kOffline;
  }

  void take_part(Connection& from, Bytes part) {
    from.last_part = loop.now();
    from.had_part = true;
    if (!newest || *newest != part) {
      newest = std::make_shared<const Bytes>(std::move(part));
      picture.reset();
      ++sequence;
      captured_at = loop.now();
    }
    tell();
  }

  Loop& loop;
  Tracer tracer;
  std::unique_ptr<StreamSource> source;
  MjpegConfig config;
  News news;
  std::shared_ptr<Connection> connection;
  std::string gone_because = "the camera was not started";
  DeviceState device = DeviceState::kUnknown;

  BytesPtr newest;  ///< of this connection or an earlier one
  std::uint64_t sequence = 0;  ///< of `newest`
  std::uint64_t damaged = 0;  ///< the number of a damaged picture that has been told of
  Nanos captured_at{0};
  PicturePtr picture;  ///< `newest`, if it has been decoded
};

MjpegCamera::MjpegCamera(Loop& loop, Tracer tracer, std::unique_ptr<StreamSource> source,
                         MjpegConfig config)
    : state_(
          std::make_shared<State>(loop, std::move(tracer), std::move(source), std::move(config))) {}

MjpegCamera::~MjpegCamera() { state_->drop("the camera's driver has ended"); }

DeviceState MjpegCamera::state() const { return state_->device; }

void MjpegCamera::stop() {
  if (state_->connection) state_->tracer.emit("camera.stopped");
  state_->drop("the camera was stopped");
  if (state_->device == DeviceState::kBusy) state_->device = DeviceState::kReady;
}

// ---- connecting --------------------------------------------------------------------------------

Async<Result<Unit, CameraReason>> MjpegCamera::read_head(std::shared_ptr<Connection> connection) {
  MjpegReader& reader = connection->reader;
  Bytes& buffer = connection->buffer;
  while (!reader.status() && reader.broken().empty()) {
    const std::size_t size = co_await read_some(*connection->stream, asio::buffer(buffer));
    if (size == 0) co_return fail(CameraReason::kGone, "the camera closed without an answer");
    reader.feed(std::span(buffer).first(size));
  }
  if (!reader.broken().empty()) co_return fail(CameraReason::kGone, reader.broken());
  const int status = *reader.status();
  if (status == 200) co_return ok();
  co_return fail(status == 503 ? CameraReason::kBusy : CameraReason::kGone,
                 "the camera answers with status " + std::to_string(status));
}

Async<Result<std::shared_ptr<MjpegCamera::Connection>, CameraReason>> MjpegCamera::connect(
    std::shared_ptr<State> state) {
  auto opened = co_await state->source->open();
  if (!opened) {
    co_return fail(CameraReason::kGone,
                   state->source->name() + ": " + to_string(opened.error().reason));
  }
  auto connection = std::make_shared<Connection>(std::move(*opened), state->config.limits);
  const std::string request = mjpeg_request(state->config.host, state->config.target);
  ErrorCode error;
  co_await asio::async_write(*connection->stream, asio::buffer(request), catch_error(error));
  if (error) co_return fail(CameraReason::kGone, "the camera takes no request");
  const auto answered = co_await read_head(connection);
  if (!answered) co_return tl::unexpected(answered.error());
  co_return connection;
}

Async<Result<Unit, CameraReason>> MjpegCamera::start() {
  const auto state = state_;
  if (state->connection) {
    if (state->loop.now() - state->connection->last_part < state->config.stale) co_return ok();
    state->drop("the camera is connected anew");
  }
  state->device = DeviceState::kOffline;
  auto connected = co_await with_timeout(state->loop, state->config.connect, connect(state));
  if (!connected) co_return fail(CameraReason::kGone, "the camera does not answer");
  if (!*connected) {
    state->gone_because = connected->error().detail;
    co_return tl::unexpected(connected->error());
  }
  state->drop("the camera is connected anew");  // by somebody else, meanwhile
  state->connection = **connected;
  state->connection->last_part = state->loop.now();
  state->device = DeviceState::kBusy;
  state->tracer.emit("camera.started");
  spawn(state->loop, read_on(state, state->connection));
  co_return ok();
}

// ---- pictures ----------------------------------------------------------------------------------

Async<void> MjpegCamera::read_on(std::shared_ptr<State> state,
                                 std::shared_ptr<Connection> connection) {
  MjpegReader& reader = connection->reader;
  while (state->connection == connection) {
    while (auto part = reader.next()) state->take_part(*connection, std::move(*part));
    if (!reader.broken().empty() || reader.ended()) {
      state->lose(connection, reader.ended() ? "the camera ended the stream" : reader.broken());
      co_return;
    }
    const auto size =
        co_await with_timeout(state->loop, state->config.silence,
                              read_some(*connection->stream, asio::buffer(connection->buffer)));
    if (!size || *size == 0) {
      state->lose(connection, size ? "the connection broke" : "the camera has fallen silent");
      co_return;
    }
    reader.feed(std::span(connection->buffer).first(*size));
  }
}

Async<Result<Frame, CameraReason>> MjpegCamera::next_frame(std::uint64_t after_sequence,
                                                           Nanos limit) {
  const auto state = state_;
  const Nanos deadline = state->loop.now() + limit;
  while (true) {
    if (!state->connection) co_return fail(CameraReason::kGone, state->gone_because);
    // A picture of an earlier connection counts only when the camera has sent it again.
    if (state->connection->had_part && state->sequence > after_sequence &&
        state->sequence != state->damaged) {
      co_return co_await take(state);
    }
    const Nanos left = deadline - state->loop.now();
    if (left <= Nanos(0)) co_return fail(CameraReason::kNoFrame, "no newer frame in time");
    (void)co_await with_timeout(state->loop, left, hear(state->news));
  }
}

Async<Result<Frame, CameraReason>> MjpegCamera::take(std::shared_ptr<State> state) {
  Frame frame{state->sequence, state->captured_at, state->picture};
  if (frame.picture == nullptr) {
    auto work = [jpeg = state->newest, side = state->config.side_max_px] {
      return decode(*jpeg, side);
    };
    frame.picture = co_await offload(state->loop, state->config.decode_cost, std::move(work));
    if (frame.picture == nullptr) {
      state->damaged = frame.sequence;
      co_return fail(CameraReason::kCorrupt, "damaged frame");
    }
    if (state->sequence == frame.sequence) state->picture = frame.picture;
    state->tracer.emit("camera.frame", {{"sequence", static_cast<long>(frame.sequence)}});
  }
  co_return frame;
}

}  // namespace cardrig::camera
