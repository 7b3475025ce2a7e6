// What the simulated camera draws: the same for the same seed, at true sizes, on every kind of
// subject.
#include <gtest/gtest.h>

#include <cmath>

#include "fixtures/people/drawn_portrait.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/camera/scene.h"

namespace cardrig::sim {
namespace {

PortraitSource drawn_people() {
  return [](const std::string& id, Portraits) -> PicturePtr {
    return id == "nobody" ? nullptr : std::make_shared<Picture>(fixtures::draw_portrait(id));
  };
}

Picture draw(const CameraScene& scene, std::uint64_t sequence = 1,
             PainterConfig config = PainterConfig{640, 360, 65, 1}) {
  return ScenePainter(config, drawn_people()).draw(scene, Portraits::kDrawn, sequence);
}

CameraScene scene_of_one(SubjectKind kind, double distance_m = 0.6, double offset_m = 0) {
  CameraScene scene;
  scene.subjects.push_back(CameraSubject{kind, "p01", distance_m, offset_m});
  return scene;
}

/// Pixels in which two pictures differ by more than noise: left edge, right edge, count.
struct Difference {
  int left = 1 << 20, right = -1, count = 0;
};
Difference difference(const Picture& a, const Picture& b) {
  Difference d;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) {
    if (std::abs(a.pixels[i] - b.pixels[i]) <= 30) continue;
    const int x = static_cast<int>(i / 3) % a.width_px;
    d.left = std::min(d.left, x);
    d.right = std::max(d.right, x);
    ++d.count;
  }
  return d;
}

TEST(ScenePainter, SameSeedAndSequenceGiveTheSamePixels) {
  const CameraScene scene = scene_of_one(SubjectKind::kPerson);
  EXPECT_EQ(draw(scene, 7), draw(scene, 7));
  EXPECT_NE(draw(scene, 7), draw(scene, 8));
  EXPECT_NE(draw(scene, 7), draw(scene, 7, PainterConfig{640, 360, 65, 2}));
}

TEST(ScenePainter, ThePictureHasTheSizeAskedFor) {
  const Picture picture = draw({}, 1, PainterConfig{1280, 720, 65, 1});
  EXPECT_EQ(picture.width_px, 1280);
  EXPECT_EQ(picture.height_px, 720);
  EXPECT_EQ(picture.pixels.size(), 1280U * 720 * 3);
}

TEST(ScenePainter, SubjectsShrinkWithDistanceAndMoveAside) {
  const Picture empty = draw({});
  const auto near = difference(empty, draw(scene_of_one(SubjectKind::kPerson, 0.6)));
  const auto far = difference(empty, draw(scene_of_one(SubjectKind::kPerson, 1.2)));
  EXPECT_NEAR(near.right - near.left, 2 * (far.right - far.left), 8);
  EXPECT_NEAR(near.left + near.right, 2 * 320, 24);
  const auto aside = difference(empty, draw(scene_of_one(SubjectKind::kPerson, 1.2, 0.3)));
  EXPECT_GT(aside.left, far.left + 80);
}

TEST(ScenePainter, SomebodyOutsideOfThePictureIsNotDrawn) {
  EXPECT_EQ(difference(draw({}), draw(scene_of_one(SubjectKind::kPerson, 0.6, 3))).count, 0);
}

TEST(ScenePainter, SomebodyUnknownIsNotDrawn) {
  CameraScene scene;
  scene.subjects.push_back(CameraSubject{SubjectKind::kPerson, "nobody", 0.6, 0});
  EXPECT_EQ(draw(scene), draw({}));
}

TEST(ScenePainter, TheNearerHidesTheFarther) {
  const CameraSubject near{SubjectKind::kScreen, "p01", 0.5, 0};
  const CameraSubject far{SubjectKind::kScreen, "p02", 1.0, 0};
  CameraScene alone;
  alone.subjects = {near};
  for (const auto& order : {std::vector{near, far}, std::vector{far, near}}) {
    CameraScene both;
    both.subjects = order;
    EXPECT_EQ(draw(both), draw(alone));
  }
}

TEST(ScenePainter, PrintAndScreenAreFlatAndFramed) {
  const Picture person = draw(scene_of_one(SubjectKind::kPerson));
  const Picture print = draw(scene_of_one(SubjectKind::kPrintedPhoto));
  const Picture screen = draw(scene_of_one(SubjectKind::kScreen));
  EXPECT_GT(difference(person, print).count, 1000);
  EXPECT_GT(difference(person, screen).count, 1000);
  EXPECT_GT(difference(print, screen).count, 1000);
}

TEST(ScenePainter, LightScalesAndDarknessIsBlack) {
  const auto mean = [](const Picture& p) {
    double sum = 0;
    for (const std::uint8_t v : p.pixels) sum += v;
    return sum / static_cast<double>(p.pixels.size());
  };
  CameraScene scene = scene_of_one(SubjectKind::kPerson);
  const double full = mean(draw(scene));
  scene.light = 0.5;
  EXPECT_NEAR(mean(draw(scene)), full / 2, 3);
  scene.light = 0;
  EXPECT_LT(mean(draw(scene)), 5);
}

TEST(ScenePainter, ExtremeScenesAreSafe) {
  for (const double distance_m : {-1.0, 0.0, 0.01, 50.0, 1000.0}) {
    EXPECT_FALSE(draw(scene_of_one(SubjectKind::kPerson, distance_m)).empty());
  }
  CameraScene bright = scene_of_one(SubjectKind::kScreen);
  bright.light = 9;
  bright.blur_px = 300;
  EXPECT_FALSE(draw(bright).empty());
}

TEST(Scene, IsTakenFromTheWorld) {
  VirtualTime time;
  const auto loop = time.make_loop("world");
  Trace trace([&time] { return time.now(); });
  Tracer tracer(trace, "world");
  World world(tracer, *loop);
  world.set_subjects({Subject{"person", "p01", 0.7, 0.1}, Subject{"printed_photo", "p02", 0.4, 0},
                      Subject{"screen", "p03", 0.5, -0.1}});
  world.set_light(0.8);
  CameraScene expected;
  expected.subjects = {{SubjectKind::kPerson, "p01", 0.7, 0.1},
                       {SubjectKind::kPrintedPhoto, "p02", 0.4, 0},
                       {SubjectKind::kScreen, "p03", 0.5, -0.1}};
  expected.light = 0.8;
  EXPECT_EQ(scene_of(world), expected);
}

}  // namespace
}  // namespace cardrig::sim
