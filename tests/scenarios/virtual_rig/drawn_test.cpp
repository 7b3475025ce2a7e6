// What a report shows of a run: no photograph, no full number.
#include <gtest/gtest.h>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/masking.h"
#include "mock-platform/json_codec.h"
#include "scenarios/engine/pictures.h"
#include "simulators/card_printer/pictures.h"
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

const fixtures::PersonFixture& person(const char* id) {
  return *fixtures::find_person(shared_assets().people, id);
}

/// A printed card with the number of one person and the photograph of another.
sim::CardThing printed_card(const std::string& number, const PicturePtr& photo) {
  certificate::Certificate c;
  c.number = number;
  c.name = "测试";
  c.photo = photo;
  sim::CardThing card;
  card.printed = true;
  card.face = std::make_shared<const Picture>(certificate::draw_card_front(c));
  return card;
}

/// What a report may show of such a card.
Picture shown_card(const std::string& number, const PicturePtr& photo) {
  return *printed_card(number, photo).face;
}

std::string masked(const char* id) { return "T" + mask_number(person(id).number); }

TEST(DrawnPictures, ACardShowsWhomItsPrintIsOfNotWhoseDocumentLiesOnTheReader) {
  Visit visit;
  ASSERT_TRUE(visit.good_session("p01", "p01.resident", "permit-1")) << visit.story();
  ASSERT_TRUE(visit.good_session("p02", "p02.resident", "permit-2")) << visit.story();
  // The first card's report is repeated while the second person is there, and so on: whatever the
  // trace says about attempts, the cards stay those of p01 and p02.
  visit.act("world.place_document", {{"document", "p03.resident"}});
  for (const auto& [number, id] : {std::pair{1, "p01"}, std::pair{2, "p02"}}) {
    const auto& card = visit.rig.world().card(number);
    const auto shown = visit.rig.drawn_card(card);
    ASSERT_TRUE(shown);
    // The same card with the real photograph and number of this person, patched by hand.
    const auto own = shown_card(masked(id), person(id).drawn_id_photo);
    const auto bare = shown_card("", nullptr);
    int portrait_px = 0, wrong_px = 0;
    for (std::size_t i = 0; i + 2 < own.pixels.size(); i += 3) {
      if (std::equal(&own.pixels[i], &own.pixels[i] + 3, &bare.pixels[i])) continue;
      ++portrait_px;
      wrong_px += std::equal(&own.pixels[i], &own.pixels[i] + 3, &shown->pixels[i]) ? 0 : 1;
    }
    EXPECT_GT(portrait_px, 20000);
    EXPECT_EQ(wrong_px, 0) << "number and portrait of " << id;
  }
}

TEST(DrawnPictures, AReportOfTheFirstCardDuringTheSecondVisitDoesNotChangeWhoseCardItIs) {
  Visit visit;
  ASSERT_TRUE(visit.up_to_printing("p01", "p01.resident", "permit-1")) << visit.story();
  ASSERT_TRUE(visit.until("card.fed", 60s));
  visit.act("world.network", {{"up", false}});
  ASSERT_TRUE(visit.until_screen("take_card", 120s)) << visit.story();
  visit.act("world.take_card", {{"person", "p01"}});
  const auto& card = visit.rig.world().card(1);
  const auto before = visit.rig.drawn_card(card);
  visit.act("world.lift_document");
  visit.act("world.subjects", {{"subjects", nlohmann::json::array()}});
  ASSERT_TRUE(visit.until_screen("welcome", 60s));
  visit.act("world.place_document", {{"document", "p02.resident"}});
  visit.act("world.network", {{"up", true}});
  ASSERT_TRUE(visit.until("platform.claim", 180s)) << "the report that was held back";
  const auto after = visit.rig.drawn_card(card);
  ASSERT_TRUE(before && after);
  EXPECT_EQ(differing_pixels(*before, *after), 0);
}

TEST(DrawnPictures, ACardWithSomebodyElsesDataShowsSomebodyElse) {
  Visit visit;
  visit.act("world.place_document", {{"document", "p01.resident"}});
  const auto card = printed_card("T" + person("p02").number, person("p03").id_photo);
  const auto shown = visit.rig.drawn_card(card);
  ASSERT_TRUE(shown);
  EXPECT_EQ(*shown, shown_card(masked("p02"), person("p03").drawn_id_photo));
}

TEST(DrawnPictures, EverybodyIsKnownAgainByTheJpegThatThePlatformSends) {
  Visit visit;
  for (const auto& one : shared_assets().people) {
    const auto jpeg = decode_picture(mock_platform::encode_jpeg(one.id_photo));
    ASSERT_TRUE(jpeg);
    const auto shown = visit.rig.drawn_card(
        printed_card("T" + one.number, std::make_shared<const Picture>(*jpeg)));
    ASSERT_TRUE(shown);
    EXPECT_EQ(*shown, shown_card("T" + mask_number(one.number), one.drawn_id_photo)) << one.id;
  }
}

TEST(DrawnPictures, WhatIsNobodysLeavesAnEmptyFrameAndNoNumber) {
  Visit visit;
  visit.act("world.place_document", {{"document", "p01.resident"}});
  const auto noise = std::make_shared<const Picture>(Picture{
      3, 3, 3,
      std::vector<std::uint8_t>{9,  250, 3, 90, 17, 240, 66, 5,  130, 210, 11,  201, 123, 45,
                                67, 178, 2, 88, 1,  199, 77, 30, 60,  90,  255, 0,   120}});
  const auto shown = visit.rig.drawn_card(printed_card("T110101199003070000", noise));
  ASSERT_TRUE(shown);
  EXPECT_EQ(*shown, shown_card("T?", nullptr));
}

TEST(DrawnPictures, ASpoiltCardShowsOnlyTheColoursThatItHas) {
  Visit visit;
  auto card = printed_card("T" + person("p02").number, person("p02").id_photo);
  const auto whole = shown_card(masked("p02"), person("p02").drawn_id_photo);
  for (const int panels : {0, 1, 2}) {
    auto spoilt = card;
    spoilt.face = sim::partly_printed(*card.face, panels);
    const auto shown = visit.rig.drawn_card(spoilt);
    ASSERT_TRUE(shown);
    EXPECT_EQ(*shown, *sim::partly_printed(whole, panels)) << panels;
  }
}

TEST(DrawnPictures, TheLivePictureOfAReportIsDrawn) {
  Visit visit;
  visit.act("platform.permit", {{"id", "permit-1"}, {"person", "p01"}, {"item", "2.1"}});
  ASSERT_TRUE(visit.until_screen("welcome", 60s));
  visit.run_for(2s);
  // Two, so that the kiosk goes on looking.
  visit.act("world.subjects", {{"subjects",
                                {{{"kind", "person"}, {"person", "p01"}, {"offset_m", -0.18}},
                                 {{"kind", "person"}, {"person", "p02"}, {"offset_m", 0.18}}}}});
  visit.act("world.place_document", {{"document", "p01.resident"}});
  ASSERT_TRUE(visit.until_screen("consent", 10s));
  visit.act("kiosk.touch", {{"button", "agree"}});
  ASSERT_TRUE(visit.until("face.result", 30s));
  visit.run_for(10ms);
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
