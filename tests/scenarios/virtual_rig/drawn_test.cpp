// What a report shows of a run: no photograph, no full number.
#include <gtest/gtest.h>

#include "tests/scenarios/virtual_rig/visit.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;

/// The part of the picture that differs, in pixels.
int differing_pixels(const Picture& a, const Picture& b) {
  int n = 0;
  for (std::size_t i = 0; i + 2 < a.pixels.size(); i += 3) {
    n += std::equal(&a.pixels[i], &a.pixels[i] + 3, &b.pixels[i]) ? 0 : 1;
  }
  return n;
}

TEST(DrawnPictures, TheCardOfAReportHasAnotherPortraitAndAMaskedNumber) {
  Visit visit;
  ASSERT_TRUE(visit.good_session("p01", "p01.resident", "permit-1")) << visit.story();
  const auto& card = visit.rig.world().card(1);
  ASSERT_TRUE(card.face);
  const auto shown = visit.rig.drawn_card(card);
  ASSERT_TRUE(shown);
  const int changed = differing_pixels(*card.face, *shown);
  EXPECT_GT(changed, 20000) << "portrait and number";
  EXPECT_LT(changed, 200000) << "and nothing else";
}

TEST(DrawnPictures, TheLivePictureOfAReportIsDrawn) {
  Visit visit;
  visit.act("platform.permit", {{"id", "permit-1"}, {"person", "p01"}, {"item", "2.1"}});
  ASSERT_TRUE(visit.until_screen("welcome", 60s));
  visit.run_for(2s);
  visit.act("world.subjects", {{"subjects", {{{"kind", "person"}, {"person", "p01"}}}}});
  visit.act("world.place_document", {{"document", "p01.resident"}});
  ASSERT_TRUE(visit.until_screen("consent", 10s));
  visit.act("kiosk.touch", {{"button", "agree"}});
  ASSERT_TRUE(visit.until("face.result", 30s));
  const flow::Screen* live = visit.rig.screen();
  ASSERT_TRUE(live != nullptr && live->picture_is_camera && live->picture) << visit.story();
  const auto drawn = visit.rig.drawn(*live);
  ASSERT_TRUE(drawn.picture);
  EXPECT_GT(differing_pixels(*live->picture, *drawn.picture), 1000);
}

TEST(DrawnPictures, APictureThatCannotBeDrawnIsLeftOut) {
  Visit visit;
  flow::Screen screen;
  screen.picture = std::make_shared<Picture>(Picture{4, 4, 3, std::vector<std::uint8_t>(48, 7)});
  screen.picture_is_camera = true;
  EXPECT_EQ(visit.rig.drawn(screen).picture, nullptr);
  screen.picture_is_camera = false;
  EXPECT_EQ(visit.rig.drawn(screen).picture, nullptr);
}

}  // namespace
}  // namespace cardrig::scenario
