// Stories: what counts in them and what does not, and what is said of a difference.
#include "scenarios/engine/causal_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Trail {
 public:
  Trail& add(std::string party, std::string kind, std::vector<Field> fields = {}) {
    Event event;
    event.id = events_.size() + 1;
    event.time = Nanos(1s) * static_cast<std::int64_t>(event.id);
    event.party = std::move(party);
    event.kind = std::move(kind);
    event.fields = std::move(fields);
    events_.push_back(std::move(event));
    return *this;
  }
  Trail& face(const char* verdict) { return add("kiosk", "face.result", {{"verdict", verdict}}); }
  [[nodiscard]] Story story(const char* name) const { return tell_story(events_, name); }

 private:
  std::vector<Event> events_;
};

TEST(StoryTest, RandomNamesAndWhatIsLeftOutDoNotCount) {
  Trail a, b;
  a.add("kiosk", "issuance.stage", {{"attempt", "8200aa"}, {"stage", "claiming"}});
  b.add("kiosk", "wire.sent", {{"line", "ipp"}}).add("kiosk", "printer.path", {{"op", "get_info"}});
  b.add("kiosk", "issuance.stage", {{"attempt", "ebefb6"}, {"stage", "claiming"}});
  EXPECT_EQ(compare(a.story("virtual"), b.story("wire")), "");
}

TEST(StoryTest, TheSecondAttemptIsNotTheFirst) {
  Trail a, b;
  for (Trail* trail : {&a, &b}) trail->add("kiosk", "issuance.stage", {{"attempt", "x"}});
  a.add("kiosk", "issuance.settled", {{"attempt", "x"}});
  b.add("kiosk", "issuance.settled", {{"attempt", "y"}});
  EXPECT_THAT(compare(a.story("virtual"), b.story("wire")), HasSubstr("attempt=attempt 2"));
}

TEST(StoryTest, LoopsCountOnce) {
  Trail a, b;
  a.face("no_face").face("too_far").face("match");
  b.face("no_face").face("no_face").face("too_far").face("no_face").face("too_far").face("match");
  EXPECT_EQ(compare(a.story("virtual"), b.story("wire")), "");
}

TEST(StoryTest, ADifferenceIsToldInOneSentence) {
  Trail a, b;
  a.face("no_face").face("match");
  b.face("no_face").face("different_person");
  EXPECT_EQ(compare(a.story("virtual"), b.story("wire")),
            "In the lane \"face\", after \"face.result verdict=no_face\", the virtual story has "
            "\"face.result verdict=match\", the wire story has \"face.result "
            "verdict=different_person\".");
  Trail c;
  c.face("no_face");
  EXPECT_THAT(compare(a.story("virtual"), c.story("wire")),
              HasSubstr("the wire story has nothing more."));
}

TEST(StoryTest, TheFirstDifferenceInTimeIsTold) {
  Trail a, b;
  a.add("world", "world.mains", {{"on", true}}).face("match");
  b.add("world", "world.mains", {{"on", false}}).face("no_face");
  EXPECT_THAT(compare(a.story("virtual"), b.story("wire")), HasSubstr("lane \"world\""));
}

/// A card's way from the journal to the outlet, in two lanes and more.
Trail card_way(bool fed_before_intent) {
  Trail trail;
  const std::vector<Field> card{{"card", 1}, {"attempt", "x"}};
  if (fed_before_intent) trail.add("card_printer", "card.fed", card);
  trail.add("kiosk", "journal.committed", {{"attempt", "x"}, {"card", 1}, {"phase", "intent"}});
  if (!fed_before_intent) trail.add("card_printer", "card.fed", card);
  return trail;
}

TEST(StoryTest, OrdersWithACauseCountAcrossLanes) {
  EXPECT_EQ(compare(card_way(false).story("a"), card_way(false).story("b")), "");
  EXPECT_THAT(compare(card_way(false).story("virtual"), card_way(true).story("wire")),
              HasSubstr("\"card.fed card=1 attempt=attempt 1\" after \"journal.committed"));
}

TEST(StoryTest, OrdersWithoutACauseDoNot) {
  Trail a, b;
  a.add("world", "world.light", {{"level", 1.0}}).face("match");
  b.face("match").add("world", "world.light", {{"level", 1.0}});
  EXPECT_EQ(compare(a.story("virtual"), b.story("wire")), "");
}

}  // namespace
}  // namespace cardrig::scenario
