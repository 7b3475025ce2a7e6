// The camera's stream over a wire in memory, on virtual time: pictures, their numbers, faults, and
// who is told no.
#include "simulators/camera/mjpeg_camera.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <string>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/camera/simulated_camera.h"
#include "tests/simulators/mjpeg_parts.h"

namespace cardrig::sim {
namespace {

using namespace std::chrono_literals;
using test::mjpeg_parts;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kGet = "GET /stream HTTP/1.1\r\nHost: camera\r\n\r\n";

PicturePtr plain_portrait(std::uint8_t grey) {
  Picture portrait{kPortraitWidth_px, kPortraitHeight_px, 4, {}};
  portrait.pixels.assign(4UL * kPortraitWidth_px * kPortraitHeight_px, grey);
  for (std::size_t i = 3; i < portrait.pixels.size(); i += 4) portrait.pixels[i] = 255;
  return std::make_shared<Picture>(std::move(portrait));
}

PortraitSource plain_portraits() {
  return [](const std::string& id, Portraits wanted) -> PicturePtr {
    static const PicturePtr photograph = plain_portrait(60);
    static const PicturePtr drawn = plain_portrait(160);
    if (id != "p01") return nullptr;
    return wanted == Portraits::kDrawn ? drawn : photograph;
  };
}

int middle_value(const Picture& picture) {
  const int at = (picture.height_px / 2 * picture.width_px + picture.width_px / 2) * 3;
  return picture.pixels[static_cast<std::size_t>(at)];
}

/// Whoever watches, and what came.
struct Watcher {
  std::unique_ptr<ByteStream> stream;
  std::string received;
  bool ended = false;
  OpenReason refused = OpenReason::kNotFound;
};

class MjpegTest : public ::testing::Test {
 protected:
  MjpegTest() { SimulatedCamera::declare_faults(faults); }

  void SetUp() override {
    scene.subjects.push_back(CameraSubject{SubjectKind::kPerson, "p01", 0.6, 0});
    camera = std::make_unique<MjpegCamera>(*device, tracer, faults, line, painter,
                                           [this] { return scene; });
  }

  static Async<void> watch(Loop& loop, StreamSource& source, std::string request,
                           Watcher& watcher) {
    auto opened = co_await source.open();
    if (!opened) {
      watcher.ended = true;
      watcher.refused = opened.error().reason;
      co_return;
    }
    watcher.stream = std::move(*opened);
    ErrorCode error;
    co_await watcher.stream->async_write_some(asio::buffer(request), catch_error(error));
    std::vector<char> buffer(1 << 16);
    while (!error) {
      const auto size =
          co_await watcher.stream->async_read_some(asio::buffer(buffer), catch_error(error));
      watcher.received.append(buffer.data(), size);
    }
    watcher.ended = true;
    static_cast<void>(loop);
  }
  Watcher& ask(const std::string& request = kGet) {
    watchers.push_back(std::make_unique<Watcher>());
    spawn(*host, watch(*host, *source, request, *watchers.back()));
    return *watchers.back();
  }
  void pass(Nanos length) { time.run_until(time.now() + length); }
  void inject(const char* fault) { ASSERT_TRUE(faults.inject(fault).has_value()); }
  void clear(const char* fault) { ASSERT_TRUE(faults.clear(fault).has_value()); }
  [[nodiscard]] long count(const std::string& kind) const {
    return std::count_if(trace.events().begin(), trace.events().end(),
                         [&kind](const Event& e) { return e.kind == kind; });
  }
  std::vector<test::MjpegPart> parts_of(const Watcher& w) { return mjpeg_parts(w.received); }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> host = time.make_loop("kiosk");
  std::unique_ptr<VirtualLoop> device = time.make_loop("camera");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer tracer{trace, "camera"};
  Trace bytes_trace{[] { return Nanos(0); }};
  Tracer bytes_tracer{bytes_trace, "camera"};
  FaultCatalogue faults{tracer};
  CameraScene scene;
  std::shared_ptr<const ScenePainter> painter =
      std::make_shared<ScenePainter>(PainterConfig{}, plain_portraits());
  MemoryLine line{"camera", *device, bytes_tracer, {0, 1ms, 1 << 20}};
  std::unique_ptr<StreamSource> source = line.source(*host, bytes_tracer);
  std::vector<std::unique_ptr<Watcher>> watchers;
  std::unique_ptr<MjpegCamera> camera;
};

TEST_F(MjpegTest, GivesEveryPictureOfTheSensorOnce) {
  const Watcher& watcher = ask();
  pass(1s);
  EXPECT_THAT(watcher.received, StartsWith("HTTP/1.1 200 OK\r\n"));
  const auto parts = parts_of(watcher);
  ASSERT_GE(parts.size(), 28U);
  EXPECT_LE(parts.size(), 30U);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].sequence, parts[i - 1].sequence + 1);
  }
  const cv::Mat picture = parts.front().picture();
  EXPECT_EQ(picture.cols, 1280);
  EXPECT_EQ(picture.rows, 720);
  // The photograph (60), not the drawn portrait (160).
  EXPECT_NEAR(picture.at<cv::Vec3b>(360, 640)[0], 60, 15);
}

TEST_F(MjpegTest, DrawsNothingWhileNobodyWatches) {
  pass(2s);
  EXPECT_EQ(count("camera.frame"), 0);
  Watcher& watcher = ask();
  pass(1s);
  EXPECT_GT(count("camera.frame"), 20);
  EXPECT_EQ(count("camera.started"), 1);
  watcher.stream->close();
  pass(100ms);
  EXPECT_EQ(count("camera.stopped"), 1);
  const long before = count("camera.frame");
  pass(2s);
  EXPECT_EQ(count("camera.frame"), before);
}

TEST_F(MjpegTest, TwoWatchersSeeTheSame) {
  const Watcher& one = ask();
  const Watcher& other = ask();
  pass(500ms);
  const auto first = parts_of(one);
  const auto second = parts_of(other);
  ASSERT_GT(first.size(), 5U);
  ASSERT_EQ(first.size(), second.size());
  EXPECT_EQ(first.back().jpeg, second.back().jpeg);
  EXPECT_EQ(count("camera.frame"), static_cast<long>(first.size()));
}

TEST_F(MjpegTest, AFrozenCameraRepeatsItsLastPicture) {
  const Watcher& watcher = ask();
  pass(300ms);
  inject(camera_fault::kFrozen);
  pass(100ms);
  const auto at_freezing = parts_of(watcher);
  pass(500ms);
  const auto parts = parts_of(watcher);
  ASSERT_GT(parts.size(), at_freezing.size() + 10);
  EXPECT_EQ(parts.back().sequence, at_freezing.back().sequence);
  EXPECT_EQ(parts.back().jpeg, at_freezing.back().jpeg);
  clear(camera_fault::kFrozen);
  pass(100ms);
  EXPECT_GT(parts_of(watcher).back().sequence, parts.back().sequence + 10);
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(MjpegTest, ABlackPictureIsBlack) {
  inject(camera_fault::kBlack);
  const Watcher& watcher = ask();
  pass(200ms);
  EXPECT_LT(cv::mean(parts_of(watcher).back().picture())[0], 8);
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(MjpegTest, ABlurredPictureHasNoEdges) {
  const auto steepest = [](const cv::Mat& picture) {
    cv::Mat step;
    cv::absdiff(picture.colRange(1, picture.cols), picture.colRange(0, picture.cols - 1), step);
    double largest = 0;
    cv::minMaxLoc(step.reshape(1), nullptr, &largest);
    return largest;
  };
  const Watcher& watcher = ask();
  pass(200ms);
  const double sharp = steepest(parts_of(watcher).back().picture());
  inject(camera_fault::kBlurred);
  pass(200ms);
  EXPECT_LT(steepest(parts_of(watcher).back().picture()), sharp / 2);
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(MjpegTest, NoDecoderTakesADamagedPicture) {
  const Watcher& watcher = ask();
  pass(200ms);
  const long before = parts_of(watcher).back().sequence;
  inject(camera_fault::kCorrupt);
  pass(200ms);
  const auto parts = parts_of(watcher);
  EXPECT_GT(parts.back().sequence, before);  // the stream itself goes on
  EXPECT_TRUE(parts.back().picture().empty());
  clear(camera_fault::kCorrupt);
  pass(200ms);
  EXPECT_FALSE(parts_of(watcher).back().picture().empty());
}

TEST_F(MjpegTest, ACameraThatIsGoneBreaksOffAndIsNotFound) {
  const Watcher& watcher = ask();
  pass(200ms);
  inject(camera_fault::kGone);
  pass(100ms);
  EXPECT_TRUE(watcher.ended);
  EXPECT_EQ(count("camera.stopped"), 1);
  const Watcher& later = ask();
  pass(100ms);
  EXPECT_TRUE(later.ended);
  EXPECT_EQ(later.stream, nullptr);
  clear(camera_fault::kGone);
  const Watcher& again = ask();
  pass(200ms);
  EXPECT_FALSE(parts_of(again).empty());
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(MjpegTest, SaysNoToWhatItDoesNotServe) {
  const Watcher& other = ask("GET / HTTP/1.1\r\nHost: camera\r\n\r\n");
  const Watcher& post = ask("POST /stream HTTP/1.1\r\nHost: camera\r\n\r\n");
  const Watcher& nonsense = ask("hello\r\n\r\n");
  pass(100ms);
  EXPECT_THAT(other.received, StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(post.received, StartsWith("HTTP/1.1 405 Method Not Allowed\r\n"));
  EXPECT_THAT(post.received, HasSubstr("\r\nAllow: GET\r\n"));
  EXPECT_THAT(nonsense.received, StartsWith("HTTP/1.1 400 Bad Request\r\n"));
  for (const auto& watcher : watchers) EXPECT_TRUE(watcher->ended);
  EXPECT_EQ(count("camera.started"), 0);
}

TEST_F(MjpegTest, AFifthWatcherIsTurnedAway) {
  for (int i = 0; i < 4; ++i) ask();
  pass(100ms);
  const Watcher& fifth = ask();
  pass(100ms);
  EXPECT_THAT(fifth.received, StartsWith("HTTP/1.1 503 Service Unavailable\r\n"));
  EXPECT_TRUE(fifth.ended);
  EXPECT_FALSE(watchers.front()->ended);
}

TEST_F(MjpegTest, WhoeverAsksForNothingIsDropped) {
  const Watcher& silent = ask("GET /str");
  pass(9s);
  EXPECT_FALSE(silent.ended);
  pass(2s);
  EXPECT_TRUE(silent.ended);
}

TEST_F(MjpegTest, WhatIsShownHasDrawnPortraitsAndNoEffect) {
  inject(camera_fault::kBlurred);
  EXPECT_NEAR(middle_value(camera->drawn()), 160, 15);
  EXPECT_EQ(faults.inert().size(), 1U);
}

TEST_F(MjpegTest, TheCameraMayGoInTheMiddleOfAPicture) {
  const Watcher& watcher = ask();
  pass(200ms);
  camera.reset();
  pass(1s);
  EXPECT_TRUE(watcher.ended);
}

}  // namespace
}  // namespace cardrig::sim
