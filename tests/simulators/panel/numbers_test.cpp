// The column of numbers, beside real sessions.
#include <gmock/gmock.h>

#include <filesystem>

#include "tests/simulators/panel/sessions.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

Coverage coverage_of(Panel& panel) {
  Coverage coverage(vocabulary());
  for (const Event& event : panel.run.rig().trace().events()) coverage.see(event);
  return coverage;
}

TEST(Numbers, AJamInMidPrintIsCounted) {
  Panel panel;
  jam_in_mid_print(panel);
  const Coverage coverage = coverage_of(panel);
  const Coverage::Counters& n = coverage.counters();
  EXPECT_EQ(n.sessions, 1);
  EXPECT_EQ(n.spoilt, 1);
  EXPECT_EQ(n.delivered, 1);
  EXPECT_EQ(n.refusals, 0);
  EXPECT_EQ(n.faults_injected, 1);
  EXPECT_EQ(n.platform_calls, panel.run.history().count_of("platform.call"));
  EXPECT_GT(n.platform_calls, 3);
  EXPECT_EQ(coverage.fault("card_printer.jam_in_head"), Coverage::Fault::kHadEffect);
  EXPECT_EQ(coverage.faults_covered(), 1U);
  EXPECT_THAT(coverage.outcomes().seen, ElementsAre("delivered", "spoilt"));
  EXPECT_THAT(coverage.endings().seen, ElementsAre("delivered"));
  EXPECT_THAT(coverage.screens().seen, Contains("take_card"));
  EXPECT_THAT(coverage.screens().seen, Not(Contains("refused")));
}

TEST(Numbers, ARefusalIsCountedWithItsCode) {
  Panel panel;
  fake_document(panel);
  const Coverage coverage = coverage_of(panel);
  EXPECT_EQ(coverage.counters().refusals, 1);
  EXPECT_EQ(coverage.counters().delivered, 0);
  EXPECT_THAT(coverage.staff_codes().seen, ElementsAre("R16"));
  EXPECT_THAT(coverage.endings().seen, ElementsAre("document_check"));
}

TEST(Numbers, TheCatalogueIsTheRungs) {
  Panel panel;
  const Coverage coverage(vocabulary());
  EXPECT_EQ(coverage.faults().size(), panel.run.faults().size());
  EXPECT_GT(coverage.screens().all.size(), 20U);
  EXPECT_GT(coverage.staff_codes().all.size(), 40U);
  EXPECT_GT(coverage.endings().all.size(), 30U);
  EXPECT_EQ(coverage.outcomes().all.size(), 5U);
}

TEST(Numbers, AreShownAndAMissingFaultLeadsToItsDevice) {
  Panel panel;
  panel.click("tab numbers");
  EXPECT_FALSE(panel.view->area("throughput id_reader").has_value()) << "nothing was said yet";
  ASSERT_TRUE(panel.await("welcome"));
  panel.wait(3s);
  for (const char* shown : {"counter sessions", "throughput id_reader", "covered faults"}) {
    EXPECT_TRUE(panel.view->area(shown).has_value()) << shown;
  }
  panel.click("cover card_printer.jam_at_exit");
  EXPECT_TRUE(panel.view->area("arm card card_printer.jam_at_exit").has_value())
      << "the printer's faults are not open at this one";
  panel.click("fault card_printer.jam_at_exit");
  EXPECT_THAT(panel.run.truth().faults, Contains("card_printer.jam_at_exit"));
}

TEST(Numbers, TheColumnIsChosenByKeyAndRemembered) {
  const std::string file = ::testing::TempDir() + "panel_numbers/panel.json";
  std::filesystem::remove(file);
  {
    Panel panel("", file);
    panel.key(SDL_SCANCODE_O, KMOD_CTRL);
    EXPECT_EQ(panel.view->settings().right, RightColumn::kScenario);
    panel.key(SDL_SCANCODE_O, KMOD_CTRL);
  }
  EXPECT_EQ(load_settings(file).right, RightColumn::kNumbers);
  Panel again("", file);
  EXPECT_TRUE(again.view->area("covered faults").has_value());
  again.key(SDL_SCANCODE_O, KMOD_CTRL);
  EXPECT_EQ(again.view->settings().right, RightColumn::kWorld);
}

}  // namespace
}  // namespace cardrig::panel
