// The world: documents, cards and their conservation.
#include "simulators/world/world.h"

#include <gtest/gtest.h>

#include "kiosk/runtime/virtual_time.h"

namespace cardrig::sim {
namespace {

class WorldTest : public ::testing::Test {
 protected:
  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("world");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer tracer{trace, "world"};
  World world{tracer, *loop};
};

TEST_F(WorldTest, OneDocumentLiesOnTheReader) {
  DocumentThing document;
  document.id = "p01.resident";
  world.add_document(document);
  EXPECT_FALSE(world.place_document("p02.resident"));
  EXPECT_TRUE(world.place_document("p01.resident"));
  EXPECT_FALSE(world.place_document("p01.resident")) << "it lies there already";
  EXPECT_EQ(world.document_on_reader()->id, "p01.resident");
  EXPECT_EQ(world.placings(), 1U);
  EXPECT_TRUE(world.lift_document());
  EXPECT_FALSE(world.lift_document());
  EXPECT_EQ(world.document_on_reader(), nullptr);
}

TEST_F(WorldTest, CardsAreConserved) {
  world.load_hopper(3);
  CardThing* card = world.next_blank();
  ASSERT_NE(card, nullptr);
  EXPECT_EQ(card->number, 1);
  world.move_card(1, CardPlace::kPath);
  world.move_card(1, CardPlace::kExit);
  EXPECT_FALSE(world.count(CardPlace::kTaken));
  EXPECT_TRUE(world.take_card("p01"));
  EXPECT_FALSE(world.take_card("p01"));
  world.move_card(2, CardPlace::kRejectBin);
  world.empty_reject_bin();
  EXPECT_EQ(world.count(CardPlace::kHopper), 1);
  EXPECT_EQ(world.count(CardPlace::kTaken), 1);
  EXPECT_EQ(world.count(CardPlace::kStaff), 1);
  EXPECT_EQ(world.cards().size(), 3U);
  EXPECT_EQ(world.card(1).taken_by, "p01");
}

TEST_F(WorldTest, ATakenCardNeverComesBackAndTheExitHoldsOne) {
  world.load_hopper(2);
  world.move_card(1, CardPlace::kExit);
  EXPECT_DEATH(world.move_card(2, CardPlace::kExit), "the exit holds one card");
  world.take_card("p01");
  EXPECT_DEATH(world.move_card(1, CardPlace::kHopper), "has left the kiosk");
}

TEST_F(WorldTest, EveryChangeIsAnEventAndHeard) {
  std::vector<std::string> heard;
  world.on_change([&](const std::string& kind) { heard.push_back(kind); });
  world.set_mains(true);
  world.set_mains(false);
  world.set_network(false);
  world.set_light(0.2);
  world.set_subjects({{"person", "p01", 0.6, 0}});
  EXPECT_EQ(heard, (std::vector<std::string>{"world.mains", "world.network", "world.light",
                                             "world.subjects"}));
  ASSERT_EQ(trace.events().size(), 4U);
  EXPECT_EQ(trace.events()[3].text("who"), "person p01");
}

}  // namespace
}  // namespace cardrig::sim
