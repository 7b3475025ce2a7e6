// The contract of FrameSource, as the simulated camera keeps it, and its faults.
#include "kiosk/devices/camera/frame_source.h"

#include <gtest/gtest.h>

#include <chrono>
#include <numeric>

#include "kiosk/runtime/virtual_time.h"
#include "simulators/camera/simulated_camera.h"

namespace cardrig::sim {
namespace {

using namespace std::chrono_literals;
using camera::CameraReason;
using camera::Frame;
using FrameResult = Result<Frame, CameraReason>;

/// A portrait that is one colour, so that tests see at once which of the two was drawn.
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

double mean_luma(const Picture& picture) {
  return std::accumulate(picture.pixels.begin(), picture.pixels.end(), 0.0) /
         static_cast<double>(picture.pixels.size());
}

int middle_value(const Picture& picture) {
  const int at = (picture.height_px / 2 * picture.width_px + picture.width_px / 2) * 3;
  return picture.pixels[static_cast<std::size_t>(at)];
}

class CameraTest : public ::testing::Test {
 protected:
  CameraTest() {
    SimulatedCamera::declare_faults(faults);
    scene.subjects.push_back(CameraSubject{SubjectKind::kPerson, "p01", 0.6, 0});
    EXPECT_TRUE(start().has_value());
  }
  template <class T>
  T run(Async<T> operation) {
    std::optional<T> result;
    spawn(*loop, store(std::move(operation), result));
    time.run();
    EXPECT_TRUE(result.has_value());
    return std::move(*result);
  }
  Result<Unit, CameraReason> start() { return run(camera.start()); }
  FrameResult next(std::uint64_t after, Nanos limit = 1s) {
    return run(camera.next_frame(after, limit));
  }
  Picture picture_now() {
    const auto frame = next(last);
    EXPECT_TRUE(frame.has_value());
    if (!frame) return {};
    last = frame->sequence;
    return *frame->picture;
  }
  void inject(const char* fault) { ASSERT_TRUE(faults.inject(fault).has_value()); }
  void clear(const char* fault) { ASSERT_TRUE(faults.clear(fault).has_value()); }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer tracer{trace, "camera"};
  FaultCatalogue faults{tracer};
  CameraScene scene;
  std::shared_ptr<const ScenePainter> painter =
      std::make_shared<ScenePainter>(PainterConfig{320, 240, 65, 1}, plain_portraits());
  SimulatedCamera camera{*loop, faults, tracer, painter, [this] { return scene; }};
  std::uint64_t last = 0;

 private:
  template <class T>
  static Async<void> store(Async<T> operation, std::optional<T>& into) {
    into.emplace(co_await std::move(operation));
  }
};

TEST_F(CameraTest, GivesTheLatestFrameAtOnce) {
  const auto frame = next(0);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->sequence, 1U);
  EXPECT_EQ(frame->picture->width_px, 320);
  EXPECT_EQ(frame->picture->height_px, 240);
  EXPECT_EQ(frame->picture->channels, 3);
  EXPECT_EQ(loop->now(), 5ms) << "the modelled cost of a frame";
}

TEST_F(CameraTest, WaitsForANewerFrame) {
  const auto frame = next(1);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->sequence, 2U);
  EXPECT_EQ(frame->captured_at, Nanos(33'333'334));
  EXPECT_EQ(loop->now(), frame->captured_at + 5ms);
}

TEST_F(CameraTest, SkipsFramesThatNobodyAskedFor) {
  ASSERT_TRUE(next(0).has_value());
  time.run_until(1s);
  const auto frame = next(1);
  ASSERT_TRUE(frame.has_value());
  EXPECT_EQ(frame->sequence, 31U);
}

TEST_F(CameraTest, NewFramesDifferByNoiseAndAskingAgainGivesTheSame) {
  const auto first = next(0);
  const auto again = next(0);
  const auto second = next(1);
  ASSERT_TRUE(first.has_value() && again.has_value() && second.has_value());
  EXPECT_EQ(first->picture, again->picture);
  EXPECT_NE(*first->picture, *second->picture);
}

TEST_F(CameraTest, HasNoFrameWhenTheLimitIsShort) {
  const auto frame = next(1, 10ms);
  ASSERT_FALSE(frame.has_value());
  EXPECT_EQ(frame.error().reason, CameraReason::kNoFrame);
  EXPECT_EQ(loop->now(), 10ms);
}

TEST_F(CameraTest, MustBeStartedAndMayBeStartedTwice) {
  camera.stop();
  EXPECT_EQ(camera.state(), DeviceState::kReady);
  EXPECT_EQ(next(0).error().reason, CameraReason::kGone);
  EXPECT_TRUE(start().has_value());
  EXPECT_TRUE(start().has_value());
  EXPECT_EQ(camera.state(), DeviceState::kBusy);
  EXPECT_TRUE(next(0).has_value());
}

TEST_F(CameraTest, FilmsTheWorldOfNow) {
  EXPECT_NEAR(middle_value(picture_now()), 60, 12);
  scene.subjects.clear();
  EXPECT_GT(middle_value(picture_now()), 150);
}

TEST_F(CameraTest, AWaitCanBeCancelled) {
  inject(camera_fault::kFrozen);
  ASSERT_TRUE(next(0).has_value());
  const auto frame = run(with_timeout(*loop, 100ms, camera.next_frame(1, 10s)));
  EXPECT_FALSE(frame.has_value());
  EXPECT_LT(loop->now(), 1s);
}

TEST_F(CameraTest, GoneEndsTheStreamUntilItIsStartedAgain) {
  ASSERT_TRUE(next(0).has_value());
  inject(camera_fault::kGone);
  EXPECT_EQ(camera.state(), DeviceState::kOffline);
  EXPECT_EQ(next(1).error().reason, CameraReason::kGone);
  EXPECT_EQ(start().error().reason, CameraReason::kGone);
  clear(camera_fault::kGone);
  EXPECT_EQ(next(1).error().reason, CameraReason::kGone) << "the stream does not come back alone";
  EXPECT_TRUE(start().has_value());
  EXPECT_TRUE(next(1).has_value());
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(CameraTest, GoneDuringAWaitIsToldAtTheNextFrame) {
  loop->at(10ms, [this] { inject(camera_fault::kGone); });
  EXPECT_EQ(next(1).error().reason, CameraReason::kGone);
  EXPECT_LT(loop->now(), 50ms);
}

TEST_F(CameraTest, FrozenGivesNothingNewerThanItsLastFrame) {
  const auto before = next(0);
  inject(camera_fault::kFrozen);
  scene.subjects.clear();
  EXPECT_EQ(next(1, 500ms).error().reason, CameraReason::kNoFrame);
  const auto same = next(0);
  ASSERT_TRUE(before.has_value() && same.has_value());
  EXPECT_EQ(same->sequence, before->sequence);
  EXPECT_EQ(*same->picture, *before->picture);
  camera.stop();
  EXPECT_TRUE(start().has_value());
  EXPECT_EQ(*next(0)->picture, *before->picture) << "restarting does not thaw it";
  clear(camera_fault::kFrozen);
  EXPECT_GT(middle_value(picture_now()), 150);
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(CameraTest, BlackIsNearlyBlack) {
  inject(camera_fault::kBlack);
  EXPECT_LT(mean_luma(picture_now()), 5);
  clear(camera_fault::kBlack);
  EXPECT_GT(mean_luma(picture_now()), 80);
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(CameraTest, BlurredSmearsTheEdges) {
  const auto contrast = [](const Picture& p) {  // the strongest step along the middle row
    int strongest = 0;
    const int row = p.height_px / 2 * p.width_px;
    for (int x = 1; x < p.width_px; ++x) {
      strongest =
          std::max(strongest, std::abs(p.pixels[static_cast<std::size_t>(row + x) * 3] -
                                       p.pixels[static_cast<std::size_t>(row + x - 1) * 3]));
    }
    return strongest;
  };
  const int sharp = contrast(picture_now());
  inject(camera_fault::kBlurred);
  EXPECT_LT(contrast(picture_now()), sharp / 2);
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(CameraTest, CorruptFramesAreDroppedWithAReason) {
  inject(camera_fault::kCorrupt);
  EXPECT_EQ(next(0).error().reason, CameraReason::kCorrupt);
  clear(camera_fault::kCorrupt);
  EXPECT_TRUE(next(0).has_value());
  EXPECT_TRUE(faults.inert().empty());
}

TEST_F(CameraTest, AFaultThatNobodySeesIsInert) {
  inject(camera_fault::kBlack);
  EXPECT_EQ(faults.inert(), std::vector<std::string>{camera_fault::kBlack});
}

TEST_F(CameraTest, EveryFrameHasADrawnTwin) {
  const auto frame = next(0);
  ASSERT_TRUE(frame.has_value());
  const PicturePtr twin = camera.drawn_twin(frame->picture);
  ASSERT_NE(twin, nullptr);
  EXPECT_NEAR(middle_value(*twin), 160, 12);
  EXPECT_NEAR(middle_value(*frame->picture), 60, 12);
  camera.stop();
  EXPECT_NE(camera.drawn_twin(frame->picture), nullptr) << "reports are written later";
  EXPECT_EQ(camera.drawn_twin(std::make_shared<Picture>()), nullptr);
  EXPECT_EQ(camera.drawn_twin(nullptr), nullptr);
}

TEST_F(CameraTest, TheTraceNamesEveryFrame) {
  ASSERT_TRUE(next(0).has_value());
  camera.stop();
  std::vector<std::string> kinds;
  for (const Event& event : trace.events()) kinds.push_back(event.kind);
  EXPECT_EQ(kinds, (std::vector<std::string>{"camera.started", "camera.frame", "camera.stopped"}));
}

}  // namespace
}  // namespace cardrig::sim
