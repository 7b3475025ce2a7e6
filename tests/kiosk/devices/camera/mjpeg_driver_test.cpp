// The MJPEG camera against a peer that says what a test wrote by hand, on virtual time: the
// contract of FrameSource (see also tests/simulators/camera), and the ways of a bad connection.
#include "kiosk/devices/camera/mjpeg_driver.h"

#include <gtest/gtest.h>

#include <boost/asio/write.hpp>
#include <opencv2/imgcodecs.hpp>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::camera {
namespace {

using namespace std::chrono_literals;
using FrameResult = Result<Frame, CameraReason>;

const std::string kHead =
    "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=b\r\n\r\n";

std::string jpeg(int grey) {
  std::vector<std::uint8_t> bytes;
  EXPECT_TRUE(cv::imencode(".jpg", cv::Mat(48, 64, CV_8UC3, cv::Scalar::all(grey)), bytes));
  return {bytes.begin(), bytes.end()};
}

std::string part(const std::string& body) {
  return "--b\r\nContent-Type: image/jpeg\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body + "\r\n";
}

class MjpegCameraTest : public ::testing::Test {
 protected:
  MjpegCameraTest() {
    line.on_accept([this](std::shared_ptr<ByteStream> stream) {
      ++connections;
      peer = stream;
      if (answers) say(head);
      spawn(*device, listen(std::move(stream)));
    });
  }
  ~MjpegCameraTest() override {
    camera.reset();
    if (peer) peer->close();
    time.run();
  }

  // --- the peer ---
  void say(const std::string& bytes) { spawn(*device, write(peer, bytes)); }
  void say_at(Nanos when, const std::string& bytes) {
    device->at(when, [this, bytes] { say(bytes); });
  }
  static Async<void> write(std::shared_ptr<ByteStream> stream, std::string bytes) {
    ErrorCode error;
    co_await asio::async_write(*stream, asio::buffer(bytes), catch_error(error));
  }
  Async<void> listen(std::shared_ptr<ByteStream> stream) {
    std::array<char, 256> buffer{};
    ErrorCode error;
    while (!error) {
      const std::size_t size =
          co_await stream->async_read_some(asio::buffer(buffer), catch_error(error));
      heard.append(buffer.data(), size);
    }
  }

  // --- the kiosk ---
  template <class T>
  T run(Async<T> operation) {
    std::optional<T> result;
    spawn(*loop, store(std::move(operation), result));
    while (!result && time.step()) continue;
    EXPECT_TRUE(result.has_value());
    return std::move(*result);
  }
  template <class T>
  static Async<void> store(Async<T> operation, std::optional<T>& into) {
    into.emplace(co_await std::move(operation));
  }
  Result<Unit, CameraReason> start() { return run(camera->start()); }
  FrameResult next(std::uint64_t after, Nanos limit = 1s) {
    return run(camera->next_frame(after, limit));
  }
  static int grey_of(const FrameResult& frame) { return frame ? frame->picture->pixels[0] : -1; }
  std::unique_ptr<MjpegCamera> make() {
    MjpegConfig config;
    config.host = "cam:80";
    config.target = "/stream";
    return std::make_unique<MjpegCamera>(*loop, tracer, line.source(*loop, tracer), config);
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> list;
    for (const Event& e : trace.events()) {
      if (e.kind.starts_with("camera.")) list.push_back(e.kind);
    }
    return list;
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  std::unique_ptr<VirtualLoop> device = time.make_loop("camera");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer tracer{trace, "camera"};
  MemoryLine line{"camera", *device, tracer, {0, 1ms, 1000}};
  bool answers = true;
  std::string head = kHead;
  int connections = 0;
  std::shared_ptr<ByteStream> peer;
  std::string heard;
  std::unique_ptr<MjpegCamera> camera = make();
};

TEST_F(MjpegCameraTest, AsksForTheStreamAndGivesThePicture) {
  EXPECT_EQ(camera->state(), DeviceState::kUnknown);
  ASSERT_TRUE(start().has_value());
  EXPECT_EQ(camera->state(), DeviceState::kBusy);
  EXPECT_TRUE(heard.starts_with("GET /stream HTTP/1.0\r\nHost: cam:80\r\n")) << heard;
  say(part(jpeg(70)));
  const auto frame = next(0);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->sequence, 1U);
  EXPECT_EQ(frame->picture->width_px, 64);
  EXPECT_EQ(frame->picture->height_px, 48);
  EXPECT_EQ(frame->picture->channels, 3);
  EXPECT_EQ(loop->now(), frame->captured_at + 8ms) << "the modelled cost of decoding";
  camera->stop();
  EXPECT_EQ(kinds(),
            (std::vector<std::string>{"camera.started", "camera.frame", "camera.stopped"}));
}

TEST_F(MjpegCameraTest, TakesAStreamThatComesByteByByte) {
  line.set_timing({0, 0ns, 1});
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(70)));
  EXPECT_EQ(grey_of(next(0)), 70);
  say(part(jpeg(90)));
  EXPECT_EQ(grey_of(next(1)), 90);
}

TEST_F(MjpegCameraTest, GivesTheLatestFrameOnly) {
  ASSERT_TRUE(start().has_value());
  for (const int grey : {10, 20, 30, 40}) say(part(jpeg(grey)));
  time.run_until(time.now() + 100ms);
  const auto frame = next(0);
  EXPECT_EQ(grey_of(frame), 40);
  EXPECT_EQ(frame->sequence, 4U);
  EXPECT_EQ(next(0)->picture, frame->picture) << "asking again decodes nothing anew";
}

TEST_F(MjpegCameraTest, WaitsForANewerFrameAndNoLongerThanTheLimit) {
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10)));
  ASSERT_TRUE(next(0).has_value());
  const Nanos asked = loop->now();
  EXPECT_EQ(next(1, 50ms).error().reason, CameraReason::kNoFrame);
  EXPECT_EQ(loop->now(), asked + 50ms);
  say_at(asked + 200ms, part(jpeg(20)));
  EXPECT_EQ(grey_of(next(1)), 20);
}

TEST_F(MjpegCameraTest, AWaitCanBeCancelled) {
  ASSERT_TRUE(start().has_value());
  EXPECT_FALSE(run(with_timeout(*loop, 100ms, camera->next_frame(0, 10s))).has_value());
  EXPECT_LT(loop->now(), 1s);
  say(part(jpeg(10)));
  EXPECT_EQ(grey_of(next(0)), 10);
}

TEST_F(MjpegCameraTest, MustBeStartedAndMayBeStartedTwice) {
  EXPECT_EQ(next(0).error().reason, CameraReason::kGone);
  ASSERT_TRUE(start().has_value());
  ASSERT_TRUE(start().has_value());
  EXPECT_EQ(connections, 1);
  camera->stop();
  EXPECT_EQ(camera->state(), DeviceState::kReady);
  EXPECT_EQ(next(0).error().reason, CameraReason::kGone);
}

TEST_F(MjpegCameraTest, GoneEndsTheStreamUntilItIsStartedAgain) {
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10)));
  ASSERT_TRUE(next(0).has_value());
  device->at(loop->now() + 10ms, [this] { peer->close(); });
  EXPECT_EQ(next(1).error().reason, CameraReason::kGone) << "told during the wait";
  EXPECT_LT(loop->now(), 500ms);
  EXPECT_EQ(camera->state(), DeviceState::kOffline);
  line.set_reach(MemoryLine::Reach::kRefused);
  EXPECT_EQ(start().error().reason, CameraReason::kGone);
  line.set_reach(MemoryLine::Reach::kOpen);
  EXPECT_EQ(next(1).error().reason, CameraReason::kGone) << "the stream does not come back alone";
  ASSERT_TRUE(start().has_value());
  EXPECT_EQ(next(0, 50ms).error().reason, CameraReason::kNoFrame) << "the old picture is no news";
  say(part(jpeg(20)));
  const auto frame = next(1);
  EXPECT_EQ(grey_of(frame), 20);
  EXPECT_EQ(frame->sequence, 2U) << "numbers rise over connections";
}

TEST_F(MjpegCameraTest, TheSameBytesAgainAreNoNewPicture) {
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10)));
  const auto before = next(0);
  for (int i = 1; i < 5; ++i) say_at(loop->now() + i * 30ms, part(jpeg(10)));
  EXPECT_EQ(next(1, 300ms).error().reason, CameraReason::kNoFrame);
  camera->stop();
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10)));
  const auto again = next(0);
  ASSERT_TRUE(before.has_value() && again.has_value());
  EXPECT_EQ(again->sequence, before->sequence) << "restarting does not thaw it";
  EXPECT_EQ(again->captured_at, before->captured_at);
}

TEST_F(MjpegCameraTest, ADamagedPictureIsDroppedWithAReasonOnce) {
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10).substr(0, 300)));
  EXPECT_EQ(next(0).error().reason, CameraReason::kCorrupt);
  EXPECT_EQ(next(0, 50ms).error().reason, CameraReason::kNoFrame);
  say(part("no picture at all"));
  EXPECT_EQ(next(0).error().reason, CameraReason::kCorrupt);
  say(part(jpeg(20)));
  EXPECT_EQ(grey_of(next(0)), 20);
}

TEST_F(MjpegCameraTest, APictureThatWouldFillTheMemoryIsNotDecoded) {
  std::string huge = jpeg(10);
  const auto frame_head = huge.find("\xFF\xC0");
  ASSERT_NE(frame_head, std::string::npos);
  for (const std::size_t i : {5, 7}) huge[frame_head + i] = '\x7F';  // 32 thousand a side
  ASSERT_TRUE(start().has_value());
  say(part(huge));
  EXPECT_EQ(next(0).error().reason, CameraReason::kCorrupt);
}

TEST_F(MjpegCameraTest, GarbageBetweenPicturesEndsTheConnection) {
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10)) + "garbage\r\n");
  time.run_until(time.now() + 100ms);
  const auto frame = next(0);
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().reason, CameraReason::kGone);
  EXPECT_EQ(frame.error().detail, "after a part comes something else than the boundary");
  EXPECT_EQ(camera->state(), DeviceState::kOffline);
}

TEST_F(MjpegCameraTest, AnEndlessHeadIsNotReadForEver) {
  head = "HTTP/1.0 200 OK\r\nX: " + std::string(100'000, 'x');
  const auto started = start();
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, CameraReason::kGone);
  EXPECT_EQ(started.error().detail, "the head of the answer has no end");
}

TEST_F(MjpegCameraTest, SaysWhatTheCameraAnswered) {
  head = "HTTP/1.1 503 Service Unavailable\r\n\r\n";
  EXPECT_EQ(start().error().reason, CameraReason::kBusy);
  head = "HTTP/1.1 404 Not Found\r\n\r\n";
  const auto missing = start();
  EXPECT_EQ(missing.error().reason, CameraReason::kGone);
  EXPECT_EQ(missing.error().detail, "the camera answers with status 404");
  EXPECT_EQ(camera->state(), DeviceState::kOffline);
}

TEST_F(MjpegCameraTest, APeerThatNeverAnswersIsGivenUp) {
  answers = false;
  const auto started = start();
  EXPECT_EQ(started.error().reason, CameraReason::kGone);
  EXPECT_EQ(started.error().detail, "the camera does not answer");
  EXPECT_EQ(loop->now(), 5s);
}

TEST_F(MjpegCameraTest, AHalfOpenConnectionIsReplacedByStartAndGivenUpInTime) {
  ASSERT_TRUE(start().has_value());
  say(part(jpeg(10)));
  ASSERT_TRUE(next(0).has_value());
  EXPECT_EQ(next(1, 3s).error().reason, CameraReason::kNoFrame);
  ASSERT_TRUE(start().has_value());
  EXPECT_EQ(connections, 2) << "no picture for so long: start() connects anew";
  time.run_until(time.now() + 11s);
  EXPECT_EQ(camera->state(), DeviceState::kOffline) << "silence";
}

TEST_F(MjpegCameraTest, MayGoWhileItConnectsAndWhileItReads) {
  ASSERT_TRUE(start().has_value());
  camera.reset();
  time.run_until(time.now() + 1s);
  answers = false;
  camera = make();
  spawn(*loop, [](MjpegCamera& c) -> Async<void> { (void)co_await c.start(); }(*camera));
  time.run_until(time.now() + 1s);
  EXPECT_EQ(connections, 2);
  loop->drop_everything();
  camera.reset();
  loop->drop_everything();
}

}  // namespace
}  // namespace cardrig::camera
