// Screens cross the rig's socket whole, and what is no screen is refused.
#include "kiosk/flow/screen_json.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "kiosk/flow/screens.h"

namespace cardrig::flow {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

PicturePtr checkered(int channels) {
  Picture p{7, 5, channels, {}};
  for (int i = 0; i < 7 * 5 * channels; ++i)
    p.pixels.push_back(static_cast<std::uint8_t>(i * 37 % 251));
  return std::make_shared<Picture>(std::move(p));
}

/// Every member differs from its default.
Screen full_screen() {
  Screen s;
  s.id = "choose";
  s.step = Step::kChoose;
  s.tone = Tone::kAttention;
  s.title = {"choose.title", {{"name", "张*三"}, {"@why", "refused.expired"}}};
  s.sentence = {"choose.sentence", {}};
  s.details = {{"a", {{"x", "1"}}}, {"b", {}}};
  s.illustration = Illustration::kCounter;
  s.picture = checkered(3);
  s.picture_is_camera = true;
  s.buttons = {{"choose:0", {"choose.item", {{"item", "焊接"}}}, true, false, {"expired", {}}},
               {"cancel", {"cancel", {}}, false, true, {}}};
  s.entry = "•••• ••7";
  s.ends_at = 81'234'567'890'123ns;
  s.total = 60s;
  s.staff_code = "P7";
  s.progress = 0.25;
  s.progress_goal = 0.9;
  s.progress_since = 5ns;
  s.progress_takes = 38s;
  s.large_text = true;
  return s;
}

TEST(ScreenJson, AScreenComesBackWhole) {
  const Screen sent = full_screen();
  const json line = json::parse(screen_to_json(sent, true).dump());
  const Screen got = screen_from_json(line);
  ASSERT_NE(got.picture, nullptr);
  EXPECT_EQ(*got.picture, *sent.picture);
  EXPECT_EQ(got.ends_at, sent.ends_at);
  ASSERT_EQ(got.title.values.size(), 2U);
  EXPECT_EQ(got.title.values[1], sent.title.values[1]) << "in the order of the screen";
  EXPECT_EQ(got.buttons[0].note.key, "expired");
  EXPECT_FALSE(got.buttons[0].enabled);
  EXPECT_EQ(screen_to_json(got, true), line) << "nothing got lost";
}

TEST(ScreenJson, EveryMemberIsInIt) {
  const json full = screen_to_json(full_screen(), true);
  const json empty = screen_to_json(Screen{}, true);
  ASSERT_EQ(full.size(), empty.size());
  for (const auto& [key, value] : empty.items()) {
    EXPECT_NE(full.at(key), value) << key << " is the same on a screen that differs in everything";
  }
}

TEST(ScreenJson, PicturesOfEveryKindAreExactAndMayBeLeftOut) {
  for (const int channels : {1, 3, 4}) {
    Screen screen;
    screen.picture = checkered(channels);
    EXPECT_EQ(*screen_from_json(screen_to_json(screen, true)).picture, *screen.picture) << channels;
    EXPECT_TRUE(screen_to_json(screen, false).at("picture").is_null());
  }
}

TEST(ScreenJson, EveryNamedThingComesBack) {
  for (int i = 0; i <= static_cast<int>(Illustration::kClock); ++i) {
    Screen screen;
    screen.illustration = static_cast<Illustration>(i);
    screen.step = static_cast<Step>(i % (static_cast<int>(Step::kTake) + 1));
    screen.tone = static_cast<Tone>(i % (static_cast<int>(Tone::kRefusal) + 1));
    const Screen got = screen_from_json(screen_to_json(screen, false));
    EXPECT_EQ(got.illustration, screen.illustration);
    EXPECT_EQ(got.step, screen.step);
    EXPECT_EQ(got.tone, screen.tone);
  }
}

TEST(ScreenJson, TheScreensOfTheFlowComeBack) {
  const std::vector<Screen> all{
      screens::welcome(true), screens::face(FaceHint::kTooFar, checkered(3), {3s, 15s}),
      screens::choose({"张*三", "110***********002X"}, {{"焊接", "熔化焊接"}}, 0, {1s, 60s}),
      screens::printing(issuance::Stage::kPrinting, 4s, 38s)};
  for (const Screen& screen : all) {
    const json sent = screen_to_json(screen, true);
    EXPECT_EQ(screen_to_json(screen_from_json(sent), true), sent) << screen.id;
  }
}

TEST(ScreenJson, RefusesWhatIsNoScreen) {
  const json good = screen_to_json(full_screen(), true);
  for (const auto& [key, value] : good.items()) {
    json bad = good;
    bad[key] = json::object();
    EXPECT_ANY_THROW(static_cast<void>(screen_from_json(bad))) << key;
    bad.erase(key);
    EXPECT_THROW(static_cast<void>(screen_from_json(bad)), json::exception) << key;
  }
  json bad = good;
  bad["step"] = "dance";
  EXPECT_THROW(static_cast<void>(screen_from_json(bad)), std::invalid_argument);
  bad = good;
  bad["picture"]["base64"] = "AAAA";
  EXPECT_THROW(static_cast<void>(screen_from_json(bad)), std::invalid_argument);
  bad["picture"]["base64"] = "";
  EXPECT_THROW(static_cast<void>(screen_from_json(bad)), std::invalid_argument);
  EXPECT_ANY_THROW(static_cast<void>(screen_from_json(json())));
}

}  // namespace
}  // namespace cardrig::flow
