// The panel in its window, on an X server of its own, under the hands of an X client: the event
// path of a real mouse and a real keyboard.
#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>

#include "scenarios/engine/process.h"
#include "scenarios/engine/runner.h"
#include "tests/simulators/panel/walkthrough.h"
#include "tests/simulators/panel/x_hands.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

scenario::WireDisplaySpec as_large_as_the_panel(const std::string& folder) {
  scenario::WireDisplaySpec spec;
  spec.folder = folder;
  spec.width_px = Panel::kWidth_px;
  spec.height_px = Panel::kHeight_px;
  return spec;
}

class PanelWindow : public ::testing::Test {
 protected:
  PanelWindow() : display_(as_large_as_the_panel(folder_.path())) {
    // SDL reads them when its video starts: with the first window of this test.
    for (const std::string& one : display_.environment()) {
      const auto sign = one.find('=');
      ::setenv(one.substr(0, sign).c_str(), one.substr(sign + 1).c_str(), 1);
    }
  }

  std::unique_ptr<Panel> open(const std::string& save_as = "", const std::string& settings = "") {
    auto window =
        std::make_unique<screen::Canvas>("cardrig", Panel::kWidth_px, Panel::kHeight_px, true);
    EXPECT_STREQ(SDL_GetCurrentVideoDriver(), "x11");
    SDL_StartTextInput();
    auto hands = std::make_unique<XHands>(display_, *window);
    hands_ = hands.get();
    return std::make_unique<Panel>(std::move(window), std::move(hands), save_as, settings);
  }

  scenario::InstanceFolder folder_;
  scenario::WireDisplay display_;
  XHands* hands_ = nullptr;  // the panel's
};

TEST_F(PanelWindow, TheReadmesWalkthroughIsFollowedWithARealPointer) {
  const std::string path = ::testing::TempDir() + "window_walkthrough.scenario.json";
  std::filesystem::remove(path);
  const auto panel = open(path);
  follow_readme(*panel);
  if (HasFatalFailure()) return;
  EXPECT_EQ(panel->run.history().count_of("card.spoilt"), 1);
  EXPECT_EQ(panel->run.truth().count(sim::CardPlace::kTaken), 1);
  EXPECT_THAT(panel->view->status(), HasSubstr("it gives the same trace, "));
  EXPECT_TRUE(std::filesystem::exists(path));

  // What a hand took does not count as time: off-screen, the same clicks give the same session.
  Panel off_screen(path);
  follow_readme(off_screen);
  EXPECT_EQ(panel->run.rig().trace().hash(), off_screen.run.rig().trace().hash());
}

TEST_F(PanelWindow, ADocumentIsDraggedOntoTheReader) {
  const auto panel = open();
  panel->click("permit approved");
  panel->drag("stand here", "device camera");
  ASSERT_EQ(panel->run.truth().subjects.size(), 1U);
  ASSERT_TRUE(panel->await("welcome"));
  panel->drag("place", "device card_printer");
  EXPECT_EQ(panel->run.truth().document, "") << "it does not belong there";
  panel->drag("place", "device id_reader");
  EXPECT_TRUE(panel->run.truth().document.starts_with("p01.")) << panel->run.truth().document;
  EXPECT_TRUE(panel->await("consent"));
}

TEST_F(PanelWindow, CommandsAreTypedAndTakenBack) {
  const auto panel = open();
  panel->key(SDL_SCANCODE_K, KMOD_CTRL);
  ASSERT_TRUE(panel->view->area("palette text").has_value());
  panel->type("place_document p03.");
  panel->key(SDL_SCANCODE_RETURN);
  EXPECT_FALSE(panel->view->area("palette text").has_value());
  EXPECT_TRUE(panel->run.truth().document.starts_with("p03.")) << panel->run.truth().document;
  panel->key(SDL_SCANCODE_Z, KMOD_CTRL);
  EXPECT_EQ(panel->run.truth().document, "");
  EXPECT_TRUE(panel->run.deeds().empty());
}

TEST_F(PanelWindow, SpacePlaysAndPauses) {
  const auto panel = open();
  panel->frames(10, 100ms);
  EXPECT_EQ(panel->run.rig().now(), 0s);
  panel->key(SDL_SCANCODE_SPACE);
  EXPECT_TRUE(panel->run.playing);
  panel->frames(10, 100ms);
  EXPECT_GT(panel->run.rig().now(), 900ms);
  panel->key(SDL_SCANCODE_SPACE);
  EXPECT_FALSE(panel->run.playing);
  // In a field, a space is a letter.
  panel->click("search");
  panel->type("a b");
  EXPECT_FALSE(panel->run.playing);
}

TEST_F(PanelWindow, TheWheelScrolls) {
  const auto panel = open();
  panel->click("tab numbers");
  const auto first = panel->view->area("counter sessions");
  ASSERT_TRUE(first.has_value());
  for (int i = 0; i < 5; ++i) panel->wheel_at(*first, /*up=*/false);
  EXPECT_FALSE(panel->view->area("counter sessions").has_value());
  for (int i = 0; i < 5; ++i) panel->wheel_at(*first, /*up=*/true);
  EXPECT_TRUE(panel->view->area("counter sessions").has_value());
}

TEST_F(PanelWindow, AllOfItIsThereInAWindowOfAnotherSize) {
  const std::string file = ::testing::TempDir() + "panel_window/panel.json";
  std::filesystem::remove(file);
  {
    const auto panel = open("", file);
    hands_->resize(1280, 800);
    panel->settle(3);
    EXPECT_EQ(panel->canvas.width_px(), 1280);
    EXPECT_EQ(panel->canvas.height_px(), 800);
    EXPECT_EQ(panel->canvas.picture().width_px, 1280);
    const auto world = panel->view->area("tab world");
    ASSERT_TRUE(world.has_value());
    EXPECT_LT(world->x + world->width, 1280);
    panel->click("permit approved");
    EXPECT_EQ(panel->run.deeds().size(), 1U);
    hands_->resize(1600, 900);
    panel->settle(3);
    ASSERT_TRUE(panel->view->area("tab world").has_value());
    EXPECT_GT(panel->view->area("tab world")->x, world->x);
    panel->click("permit approved");
    EXPECT_EQ(panel->run.deeds().size(), 2U);
  }
  EXPECT_EQ(load_settings(file).height_px, 900) << "it opens again as it was left";
}

}  // namespace
}  // namespace cardrig::panel
