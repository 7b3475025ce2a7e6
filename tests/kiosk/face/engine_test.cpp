// One contract for both face engines, on the simulated people.
#include "kiosk/face/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "kiosk/face/match.h"
#include "kiosk/face/models.h"
#include "kiosk/runtime/random.h"
#include "tests/kiosk/face/filmed_people.h"

namespace cardrig::face {
namespace {

using ::testing::HasSubstr;

constexpr const char* kModels = ".cache/models";

/// What the engines may differ in, of the 18 people and their 306 pairs.
struct EngineUnderTest {
  const char* kind;
  int unseen_max;  // faces that the detector does not find
  int false_accepts_max;  // pairs of people that pass for one another
};
// HOG does not find the one face that looks down.
constexpr EngineUnderTest kFast{"fast", 0, 0};
constexpr EngineUnderTest kDlib{"dlib", 1, 2};

class EngineContract : public ::testing::TestWithParam<EngineUnderTest> {
 protected:
  void SetUp() override {
    auto made = shared_engine(GetParam().kind, kModels);
    ASSERT_TRUE(made.has_value()) << made.error().detail;
    engine_ = *made;
  }
  Engine& engine() { return *engine_; }
  std::vector<Detection> faces_in(const Picture& picture) {
    const auto faces = engine().detect(picture);
    EXPECT_TRUE(faces.has_value());
    return faces ? *faces : std::vector<Detection>();
  }

 private:
  std::shared_ptr<Engine> engine_;
};

TEST_P(EngineContract, FindsOneFaceWithItsLandmarksInOrder) {
  const Picture picture = test::film({test::person("p02")});
  const auto faces = faces_in(picture);
  ASSERT_EQ(faces.size(), 1U);
  const Detection& face = faces.front();
  EXPECT_GT(face.confidence, 0.5F);
  EXPECT_LE(face.confidence, 1.0F);
  EXPECT_GT(face.box.height, 80);
  EXPECT_LT(face.box.x, 320);
  EXPECT_GT(face.box.x + face.box.width, 320);
  ASSERT_EQ(face.landmarks.size(), 5U);
  const auto& [left_eye, right_eye, nose, left_mouth, right_mouth] =
      reinterpret_cast<const std::array<Point, 5>&>(*face.landmarks.data());
  EXPECT_LT(left_eye.x, nose.x);
  EXPECT_LT(nose.x, right_eye.x);
  EXPECT_LT(left_mouth.x, right_mouth.x);
  EXPECT_LT(std::max(left_eye.y, right_eye.y), nose.y);
  EXPECT_LT(nose.y, std::min(left_mouth.y, right_mouth.y));
}

TEST_P(EngineContract, FindsNobodyInAnEmptyHallOrInNoise) {
  EXPECT_TRUE(faces_in(test::film(sim::CameraScene{})).empty());
  Random random(3);
  Picture noise{320, 240, 3, {}};
  for (int i = 0; i < 320 * 240 * 3; ++i) {
    noise.pixels.push_back(static_cast<std::uint8_t>(random.below(256)));
  }
  EXPECT_TRUE(faces_in(noise).empty());
}

TEST_P(EngineContract, GivesTheLargestFaceFirst) {
  const auto faces =
      faces_in(test::film({test::person("p02", 1.0, -0.3), test::person("p05", 0.7, 0.15)}));
  ASSERT_EQ(faces.size(), 2U);
  EXPECT_GT(faces[0].box.height, faces[1].box.height);
  EXPECT_GT(faces[0].box.x, faces[1].box.x);
}

TEST_P(EngineContract, TheSamePictureGivesTheSameEmbedding) {
  const Picture picture = test::film({test::person("p02")});
  const auto faces = faces_in(picture);
  ASSERT_FALSE(faces.empty());
  const auto once = engine().embed(picture, faces.front());
  const auto again = engine().embed(picture, faces.front());
  ASSERT_TRUE(once.has_value() && again.has_value());
  EXPECT_EQ(once->values, again->values);
  EXPECT_NEAR(engine().similarity(*once, *again), 1, 1e-6);
}

TEST_P(EngineContract, EverybodyMatchesTheirChipPhotoBestAndNobodyElses) {
  std::vector<Embedding> chips;
  std::vector<Embedding> lives;
  int unseen = 0;
  for (const auto& person : test::people()) {
    const auto chip = embed_chip_photo(engine(), test::chip_photo(person));
    const auto live = embed_chip_photo(engine(), test::film({test::person(person.id)}));
    if (chip && live) {
      chips.push_back(*chip);
      lives.push_back(*live);
    } else {
      ++unseen;
    }
  }
  EXPECT_LE(unseen, GetParam().unseen_max);
  int false_accepts = 0;
  for (std::size_t i = 0; i < chips.size(); ++i) {
    const double own = engine().similarity(chips[i], lives[i]);
    EXPECT_GE(own, engine().default_threshold()) << "person " << i;
    for (std::size_t j = 0; j < lives.size(); ++j) {
      const double similarity = engine().similarity(chips[i], lives[j]);
      EXPECT_EQ(similarity, engine().similarity(lives[j], chips[i]));
      if (i == j) continue;
      EXPECT_LT(similarity, own) << "persons " << i << " and " << j;
      if (similarity >= engine().default_threshold()) ++false_accepts;
    }
  }
  EXPECT_LE(false_accepts, GetParam().false_accepts_max);
}

TEST_P(EngineContract, RefusesMalformedPictures) {
  const Picture good = test::film({test::person("p02")});
  Picture short_of_bytes = good;
  short_of_bytes.pixels.pop_back();
  Picture one_channel{64, 64, 1, std::vector<std::uint8_t>(64 * 64)};
  Picture four_channels{64, 64, 4, std::vector<std::uint8_t>(64 * 64 * 4)};
  Picture negative = good;
  negative.width_px = -640;
  Detection face = faces_in(good).front();
  for (const Picture& bad : {Picture(), short_of_bytes, one_channel, four_channels, negative}) {
    const auto faces = engine().detect(bad);
    ASSERT_FALSE(faces.has_value());
    EXPECT_EQ(faces.error().reason, FaceReason::kBadPicture);
    const auto embedding = engine().embed(bad, face);
    ASSERT_FALSE(embedding.has_value());
    EXPECT_EQ(embedding.error().reason, FaceReason::kBadPicture);
  }
}

TEST_P(EngineContract, OddSizesHaveNoFaces) {
  for (const auto& [width, height] : {std::pair{1, 1}, {2, 900}, {900, 2}, {9, 7}, {31, 17}}) {
    const auto size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3;
    EXPECT_TRUE(faces_in(Picture{width, height, 3, std::vector<std::uint8_t>(size, 90)}).empty())
        << width << "x" << height;
  }
}

TEST_P(EngineContract, AFaceCutByTheEdgeIsSafe) {
  for (const double offset_m : {-0.42, -0.38, 0.38, 0.42}) {
    const Picture picture = test::film({test::person("p02", 0.6, offset_m)});
    for (const Detection& face : faces_in(picture)) {
      EXPECT_TRUE(engine().embed(picture, face).has_value());
    }
  }
}

TEST_P(EngineContract, EmbeddingNothingIsNoFace) {
  const auto embedding = engine().embed(test::film(sim::CameraScene{}), Detection{});
  ASSERT_FALSE(embedding.has_value());
  EXPECT_EQ(embedding.error().reason, FaceReason::kNoFace);
}

TEST_P(EngineContract, AnAbsentModelIsNamedWithTheCommandThatFetchesIt) {
  const auto made = make_engine(GetParam().kind, "no/such/folder");
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().reason, FaceReason::kModelMissing);
  EXPECT_THAT(made.error().detail, HasSubstr("no/such/folder/"));
  EXPECT_THAT(made.error().detail, HasSubstr("tools/setup"));
}

TEST_P(EngineContract, AnAlteredModelIsRefused) {
  const std::filesystem::path folder =
      std::filesystem::path(::testing::TempDir()) /
      ("models_" + std::string(GetParam().kind) + "_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  for (const ModelFile& file : kModelFiles) std::ofstream(folder / file.name) << "altered";
  const auto made = make_engine(GetParam().kind, folder.string());
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().reason, FaceReason::kModelMissing);
  EXPECT_THAT(made.error().detail, HasSubstr("SHA-256"));
  std::filesystem::remove_all(folder);
}

TEST_P(EngineContract, IsLoadedOnceAProcess) {
  EXPECT_EQ(shared_engine(GetParam().kind, kModels)->get(), &engine());
  EXPECT_EQ(engine().name(), GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(Both, EngineContract, ::testing::Values(kFast, kDlib),
                         [](const auto& engine) { return std::string(engine.param.kind); });

TEST(Engines, AnUnknownKindIsRefused) {
  const auto made = make_engine("best", kModels);
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().detail, HasSubstr("\"best\""));
}

TEST(Engines, PinsAreThoseOfTheSetUp) {
  std::ifstream stream("tools/pins.sha256");
  std::stringstream pins;
  pins << stream.rdbuf();
  for (const ModelFile& file : kModelFiles) {
    EXPECT_THAT(pins.str(), HasSubstr(std::string(file.sha256) + "  .cache/models/" +
                                      std::string(file.name) + "\n"));
  }
}

}  // namespace
}  // namespace cardrig::face
