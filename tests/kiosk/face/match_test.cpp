// The 1:1 decision: with an engine that says what the test wants, then with real faces.
#include "kiosk/face/match.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/kiosk/face/filmed_people.h"

namespace cardrig::face {
namespace {

/// Finds the faces that it was given; every one has the similarity that it was given.
class ScriptedEngine final : public Engine {
 public:
  std::vector<Detection> faces;
  double alike = 0.9;
  int embedded = 0;

  std::string name() const override { return "scripted"; }
  Result<std::vector<Detection>, FaceReason> detect(const Picture& picture) override {
    if (picture.empty()) return fail(FaceReason::kBadPicture);
    return faces;
  }
  Result<Embedding, FaceReason> embed(const Picture&, const Detection&) override {
    ++embedded;
    return Embedding{{1}};
  }
  double similarity(const Embedding&, const Embedding&) const override { return alike; }
  double default_threshold() const override { return 0.4; }
};

Detection face_of(float height) {
  Detection face;
  face.box = Box{40, 40, height * 0.8F, height};
  face.confidence = 0.9F;
  return face;
}

/// A picture of stripes: sharp, and of the given brightness on average.
Picture stripes(int luma) {
  Picture picture{320, 240, 3, {}};
  for (int row = 0; row < 240; ++row) {
    for (int column = 0; column < 320 * 3; ++column) {
      picture.pixels.push_back(static_cast<std::uint8_t>(row % 16 < 8 ? luma / 2 : luma * 3 / 2));
    }
  }
  return picture;
}

class Decision : public ::testing::Test {
 protected:
  MatchResult look(const Picture& picture) {
    return match_frame(engine, Embedding{{1}}, picture, config);
  }
  ScriptedEngine engine;
  MatchConfig config = default_match_config(engine);
};

TEST_F(Decision, AlikeAtTheThresholdIsAMatchAndBelowIsNot) {
  engine.faces = {face_of(120)};
  engine.alike = 0.4;
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kMatch);
  engine.alike = std::nextafter(0.4, 0.0);
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kDifferentPerson);
  EXPECT_EQ(look(stripes(120)).similarity, engine.alike);
}

TEST_F(Decision, ASimilarityThatIsNoNumberNeverMatches) {
  engine.faces = {face_of(120)};
  engine.alike = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kDifferentPerson);
}

TEST_F(Decision, NobodyAndMalformedPicturesAreNoFace) {
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kNoFace);
  EXPECT_EQ(look(Picture()).verdict, Verdict::kNoFace);
  EXPECT_EQ(look(stripes(120)).faces, 0);
}

TEST_F(Decision, ASecondFaceNearbyStopsItAndOneFarBehindDoesNot) {
  engine.faces = {face_of(120), face_of(60)};
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kSeveralFaces);
  EXPECT_EQ(engine.embedded, 0) << "nobody is compared while two stand there";
  engine.faces = {face_of(120), face_of(59)};
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kMatch);
  EXPECT_EQ(look(stripes(120)).faces, 2);
}

TEST_F(Decision, TooFarTooDarkAndBlurredAreToldApart) {
  engine.faces = {face_of(79)};
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kTooFar);
  engine.faces = {face_of(120)};
  EXPECT_EQ(look(stripes(30)).verdict, Verdict::kTooDark);
  const Picture flat{320, 240, 3, std::vector<std::uint8_t>(320 * 240 * 3, 120)};
  EXPECT_EQ(look(flat).verdict, Verdict::kBlurred);
  EXPECT_EQ(engine.embedded, 0);
}

TEST_F(Decision, ABlackPictureIsTooDarkAndNotEmpty) {
  engine.faces.clear();
  EXPECT_EQ(look(Picture{320, 240, 3, std::vector<std::uint8_t>(320 * 240 * 3, 2)}).verdict,
            Verdict::kTooDark);
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kNoFace);
}

TEST_F(Decision, ABoxOutsideOfThePictureIsSafe) {
  Detection outside = face_of(120);
  outside.box = Box{5000, -400, 100, 120};
  engine.faces = {outside};
  EXPECT_EQ(look(stripes(120)).verdict, Verdict::kTooDark);
}

TEST_F(Decision, AThresholdThatNobodySetStopsTheProcess) {
  config.threshold = 0;
  engine.faces = {face_of(120)};
  EXPECT_DEATH(look(stripes(120)), "invariant violated: config.threshold > 0");
}

class RealDecision : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = shared_engine("fast", ".cache/models");
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    engine = *made;
    const auto* holder = fixtures::find_person(test::people(), "p02");
    ASSERT_NE(holder, nullptr);
    const auto embedded = embed_chip_photo(*engine, test::chip_photo(*holder));
    ASSERT_TRUE(embedded.has_value());
    chip = *embedded;
  }
  Verdict look(const sim::CameraScene& scene, int width_px = 1280, int height_px = 720) {
    return match_frame(*engine, chip, test::film(scene, width_px, height_px),
                       default_match_config(*engine))
        .verdict;
  }
  static sim::CameraScene scene_with(std::vector<sim::CameraSubject> subjects) {
    sim::CameraScene scene;
    scene.subjects = std::move(subjects);
    return scene;
  }
  std::shared_ptr<Engine> engine;
  Embedding chip;
};

TEST_F(RealDecision, TheHolderPassesWhereTheyMayStand) {
  for (const double distance_m : {0.45, 0.6, 0.9}) {
    for (const double offset_m : {-0.12, 0.0, 0.12}) {
      const auto scene = scene_with({test::person("p02", distance_m, offset_m)});
      EXPECT_EQ(look(scene), Verdict::kMatch) << distance_m << " m, " << offset_m << " m aside";
      EXPECT_EQ(look(scene, 640, 480), Verdict::kMatch) << distance_m << " m, small frames";
    }
  }
}

TEST_F(RealDecision, SomebodyElseIsADifferentPerson) {
  for (const auto& person : test::people()) {
    if (person.id == "p02") continue;
    EXPECT_EQ(look(scene_with({test::person(person.id)})), Verdict::kDifferentPerson) << person.id;
  }
}

TEST_F(RealDecision, ScenesThatCannotBeJudgedSayWhy) {
  EXPECT_EQ(look(scene_with({})), Verdict::kNoFace);
  EXPECT_EQ(look(scene_with({test::person("p02", 0.6, -0.2), test::person("p05", 0.7, 0.2)})),
            Verdict::kSeveralFaces);
  EXPECT_EQ(look(scene_with({test::person("p02", 2.6)})), Verdict::kTooFar);
  auto dim = scene_with({test::person("p02")});
  dim.light = 0.2;
  EXPECT_EQ(look(dim), Verdict::kTooDark);
  auto dark = dim;
  dark.light = 0;
  EXPECT_EQ(look(dark), Verdict::kTooDark);
  auto smeared = scene_with({test::person("p02")});
  smeared.blur_px = 14;
  EXPECT_EQ(look(smeared), Verdict::kBlurred);
}

TEST_F(RealDecision, SomebodyFarBehindDoesNotStopTheHolder) {
  EXPECT_EQ(look(scene_with({test::person("p02", 0.6), test::person("p05", 2.5, 0.9)})),
            Verdict::kMatch);
}

}  // namespace
}  // namespace cardrig::face
