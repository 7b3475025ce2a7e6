// What has happened of all that can happen, read from events alone.
#include "simulators/panel/coverage.h"

#include <gmock/gmock.h>

#include <utility>

namespace cardrig::panel {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

scenario::Vocabulary three_of_each() {
  scenario::Vocabulary known;
  for (const char* name : {"camera.gone", "card_printer.jam", "platform.down"}) {
    sim::FaultSpec spec;
    spec.name = name;
    known.faults.push_back(spec);
  }
  known.screens = {"welcome", "refused", "take_card"};
  known.staff_codes = {"P7", "R16", "R26"};
  using Holds = scenario::FieldKind::Holds;
  known.events = {
      {"kiosk.session_ended", {}, {{"reason", Holds::kWord, {"delivered", "expired", "time_up"}}}},
      {"issuance.settled", {}, {{"outcome", Holds::kWord, {"delivered", "spoilt", "unknown"}}}}};
  return known;
}

class CoverageTest : public ::testing::Test {
 protected:
  void see(const std::string& kind, std::vector<Field> fields = {}) {
    Event event;
    event.kind = kind;
    event.fields = std::move(fields);
    coverage_.see(event);
  }
  void settle(const char* attempt, int card, const char* outcome) {
    see("issuance.settled", {{"attempt", attempt}, {"card", card}, {"outcome", outcome}});
  }
  const Coverage::Counters& n() const { return coverage_.counters(); }

  scenario::Vocabulary known_ = three_of_each();
  Coverage coverage_{known_};
};

TEST_F(CoverageTest, AFaultIsCoveredByItsEffectNotByItsInjection) {
  EXPECT_EQ(coverage_.fault("card_printer.jam"), Coverage::Fault::kNever);
  see("fault.injected", {{"fault", "card_printer.jam"}});
  EXPECT_EQ(coverage_.fault("card_printer.jam"), Coverage::Fault::kInjected);
  EXPECT_EQ(coverage_.faults_covered(), 0U);
  see("fault.effect", {{"fault", "card_printer.jam"}});
  see("fault.cleared", {{"fault", "card_printer.jam"}});
  see("fault.injected", {{"fault", "card_printer.jam"}});  // once more, without an effect
  EXPECT_EQ(coverage_.fault("card_printer.jam"), Coverage::Fault::kHadEffect);
  EXPECT_EQ(coverage_.faults_covered(), 1U);
  EXPECT_EQ(n().faults_injected, 2);
  EXPECT_EQ(n().fault_effects, 1);
  EXPECT_EQ(coverage_.fault("camera.gone"), Coverage::Fault::kNever);
}

TEST_F(CoverageTest, ScreensCodesAndEndingsAreThoseOfTheVocabulary) {
  see("kiosk.screen", {{"id", "welcome"}, {"staff_code", ""}});
  see("kiosk.screen", {{"id", "refused"}, {"staff_code", "R16"}});
  see("kiosk.screen", {{"id", "of_another_kiosk"}, {"staff_code", "Z1"}});
  see("kiosk.session_ended", {{"reason", "expired"}});
  EXPECT_THAT(coverage_.screens().seen, ElementsAre("refused", "welcome"));
  EXPECT_THAT(coverage_.staff_codes().seen, ElementsAre("R16"));
  EXPECT_THAT(coverage_.endings().seen, ElementsAre("expired"));
  EXPECT_EQ(coverage_.endings().all.size(), 3U);
}

TEST_F(CoverageTest, ARefusalCountsOnceASession) {
  see("kiosk.session_started");
  see("kiosk.screen", {{"id", "refused"}});
  see("kiosk.screen", {{"id", "refused"}, {"language", "en"}});
  EXPECT_EQ(n().refusals, 1);
  see("kiosk.session_started");
  see("kiosk.screen", {{"id", "refused"}});
  EXPECT_EQ(n().sessions, 2);
  EXPECT_EQ(n().refusals, 2);
}

TEST_F(CoverageTest, EachCardCountsByWhatIsKnownOfItLast) {
  settle("a", 1, "spoilt");
  settle("a", 2, "delivered");
  settle("b", 1, "unknown");
  EXPECT_EQ(n().spoilt, 1);
  EXPECT_EQ(n().delivered, 1);
  EXPECT_EQ(n().unknown, 1);
  settle("b", 1, "delivered");  // staff found out
  EXPECT_EQ(n().unknown, 0);
  EXPECT_EQ(n().delivered, 2);
  EXPECT_THAT(coverage_.outcomes().seen, ElementsAre("delivered", "spoilt", "unknown"));
}

TEST_F(CoverageTest, PlatformCallsThatFailedAreAmongTheCalls) {
  see("platform.call", {{"call", "query"}, {"ok", true}});
  see("platform.call", {{"call", "claim"}, {"ok", false}});
  EXPECT_EQ(n().platform_calls, 2);
  EXPECT_EQ(n().platform_calls_failed, 1);
}

TEST_F(CoverageTest, ARunThatBeginsAgainHasCoveredNothing) {
  see("kiosk.session_started");
  see("kiosk.screen", {{"id", "welcome"}});
  see("fault.effect", {{"fault", "camera.gone"}});
  settle("a", 1, "delivered");
  coverage_.clear();
  EXPECT_THAT(coverage_.screens().seen, IsEmpty());
  EXPECT_EQ(coverage_.faults_covered(), 0U);
  EXPECT_EQ(n().sessions + n().delivered + n().fault_effects, 0);
  settle("a", 1, "delivered");
  EXPECT_EQ(n().delivered, 1);
}

}  // namespace
}  // namespace cardrig::panel
