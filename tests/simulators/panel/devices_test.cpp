// Devices, faults, things to drag, the timeline, and what is remembered.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/simulators/panel/sessions.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;

TEST(Devices, EveryFaultIsTwoClicksAway) {
  Panel panel;
  ASSERT_TRUE(panel.await("welcome"));
  for (const sim::FaultSpec& spec : panel.run.faults()) {
    const Device* device = device_of_fault(spec.name);
    ASSERT_NE(device, nullptr) << spec.name;
    const int before = panel.clicks;
    panel.click(std::string("device ") + device->key);
    panel.click("fault " + spec.name);
    EXPECT_EQ(panel.clicks - before, 2);
    const auto& events = panel.run.rig().trace().events();
    EXPECT_TRUE(std::any_of(events.begin(), events.end(),
                            [&](const Event& event) {
                              return event.kind == "fault.injected" &&
                                     event.text("fault") == spec.name;
                            }))
        << spec.name << ": " << panel.run.refusal();
    panel.click("all devices");
  }
}

TEST(Devices, AnArmedFaultBeginsOnTheNextCard) {
  Panel panel;
  panel.click("device card_printer");
  panel.click("options card_printer.jam_at_exit");
  panel.click("arm card card_printer.jam_at_exit");
  EXPECT_TRUE(panel.view->area("disarm card_printer.jam_at_exit").has_value());
  panel.click("all devices");
  to_print(panel);
  EXPECT_TRUE(panel.run.truth().faults.empty());
  ASSERT_TRUE(panel.await_event("card.fed"));
  EXPECT_THAT(panel.run.truth().faults, Contains("card_printer.jam_at_exit"));
}

TEST(Devices, AnArmedFaultIsTakenBack) {
  Panel panel;
  panel.click("device camera");
  panel.click("options camera.gone");
  panel.click("arm after camera.gone");
  EXPECT_EQ(panel.run.deeds().size(), 1U);
  panel.click("disarm camera.gone");
  EXPECT_TRUE(panel.run.deeds().empty());
  panel.wait(3s);
  EXPECT_TRUE(panel.run.truth().faults.empty());
}

TEST(Devices, ThingsAreDraggedToWhereTheyBelong) {
  Panel panel;
  panel.click("permit approved");
  panel.drag("stand here", "device camera");
  ASSERT_EQ(panel.run.truth().subjects.size(), 1U);
  ASSERT_TRUE(panel.await("welcome"));
  panel.drag("place", "device id_reader");
  EXPECT_NE(panel.run.truth().document, "");
  panel.drag("subject printed_photo", "device card_printer");  // does not belong there
  EXPECT_EQ(panel.run.truth().subjects[0].kind, "person");
  ASSERT_TRUE(panel.await("consent"));
  panel.touch("agree");
  ASSERT_TRUE(panel.await("preview"));
  panel.touch("print");
  ASSERT_TRUE(panel.await("take_card"));
  panel.drag("device card_printer", "person");
  EXPECT_EQ(panel.run.truth().count(sim::CardPlace::kTaken), 1);
}

TEST(Timeline, AnEventShowsItsBytes) {
  Panel panel;
  to_print(panel);
  panel.wait(2s);
  panel.click("word card_printer");
  ASSERT_NE(panel.view->selected(), 0U);
  panel.frames(2);
  EXPECT_TRUE(panel.view->area("bytes").has_value())
      << "the frame that was decoded is found by its cause";
  panel.click("latest");
  EXPECT_EQ(panel.view->selected(), 0U);
}

TEST(Timeline, ScreensAndFramesOfThatTimeAreShown) {
  Panel panel;
  to_print(panel);
  for (const char* kind : {"kiosk.screen", "face.result"}) {
    const auto& events = panel.run.rig().trace().events();
    const auto event = std::find_if(events.rbegin(), events.rend(),
                                    [&](const Event& e) { return e.kind == kind; });
    ASSERT_NE(event, events.rend());
    panel.view->select(event->id);
    panel.frames(2);
    EXPECT_TRUE(panel.view->area("picture").has_value()) << kind;
  }
}

TEST(Timeline, TheListIsSearched) {
  Panel panel;
  ASSERT_TRUE(panel.await("welcome"));
  panel.wait(2s);
  panel.click("search");
  panel.type("in_service");
  const auto& events = panel.run.rig().trace().events();
  const auto event = std::find_if(events.begin(), events.end(),
                                  [](const Event& e) { return e.kind == "kiosk.in_service"; });
  ASSERT_NE(event, events.end());
  panel.frames(2);
  panel.click("event " + std::to_string(event->id));
  EXPECT_EQ(panel.view->selected(), event->id);
}

TEST(Settings, AreRemembered) {
  const std::string file = ::testing::TempDir() + "panel_settings/panel.json";
  std::filesystem::remove(file);
  {
    Panel panel("", file);
    panel.key(SDL_SCANCODE_T, KMOD_CTRL);
    panel.click("tab scenario");
    panel.click("wires");
    const auto split = panel.view->area("split bottom");
    ASSERT_TRUE(split.has_value());
    panel.drag(*split, 700, split->y - 80);
    EXPECT_GT(panel.view->settings().bottom_px, Settings().bottom_px + 60);
  }
  const Settings kept = load_settings(file);
  EXPECT_TRUE(kept.light);
  EXPECT_EQ(kept.right, RightColumn::kScenario);
  EXPECT_FALSE(kept.wires);
  EXPECT_GT(kept.bottom_px, Settings().bottom_px + 60);
  Panel again("", file);
  EXPECT_EQ(again.view->settings(), kept);
  again.key(SDL_SCANCODE_T, KMOD_CTRL);  // the theme is the process's: back to dark
}

TEST(Settings, ADamagedFileMeansTheDefaults) {
  const std::string file = ::testing::TempDir() + "damaged.json";
  std::ofstream(file) << "{\"light\": 3, \"bottom_px\": \"high\", \"devices_part\": 9}";
  Settings expected;
  expected.devices_part = 0.8F;
  EXPECT_EQ(load_settings(file), expected);
  EXPECT_EQ(load_settings("/nonexistent/panel.json"), Settings());
}

TEST(Help, IsShownAndHidden) {
  Panel panel;
  panel.key(SDL_SCANCODE_F1);
  EXPECT_TRUE(panel.view->area("close help").has_value());
  panel.key(SDL_SCANCODE_ESCAPE);
  EXPECT_FALSE(panel.view->area("close help").has_value());
}

TEST(Keys, PlayAndSave) {
  Panel panel(::testing::TempDir() + "keys.scenario.json");
  panel.key(SDL_SCANCODE_SPACE);
  EXPECT_TRUE(panel.run.playing);
  panel.frames(5, 100ms);
  panel.key(SDL_SCANCODE_SPACE);
  EXPECT_FALSE(panel.run.playing);
  panel.key(SDL_SCANCODE_S, KMOD_CTRL);
  EXPECT_THAT(panel.view->status(), HasSubstr("Saved"));
}

}  // namespace
}  // namespace cardrig::panel
