// The panel, clicked through the real event path, off-screen.
#include "simulators/panel/panel.h"

#include <SDL2/SDL.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;

scenario::RigAssets& assets() {
  static const auto loaded = scenario::load_rig_assets(".");
  EXPECT_TRUE(loaded.has_value()) << "make the target people first";
  return **loaded;
}

struct Panel {
  screen::Canvas canvas{1600, 1000};
  Run run{assets(), 1};
  PanelViewOptions options;
  std::unique_ptr<PanelView> view;
  Nanos now{0};

  Panel() {
    options.drawn_portraits = true;
    view = std::make_unique<PanelView>(canvas, run, options);
    frames(2);
  }
  void frames(int count, Nanos each = 16ms) {
    for (int i = 0; i < count; ++i, now += each) view->frame(now);
  }
  void feed(std::uint32_t type, float x, float y) {
    SDL_Event event{};
    event.type = type;
    if (type == SDL_MOUSEMOTION) {
      event.motion.x = static_cast<int>(x);
      event.motion.y = static_cast<int>(y);
    } else {
      event.button.button = SDL_BUTTON_LEFT;
      event.button.x = static_cast<int>(x);
      event.button.y = static_cast<int>(y);
    }
    canvas.feed(event);
  }
  void click_at(const PanelView::Area& area) {
    const float x = area.x + area.width / 2;
    const float y = area.y + area.height / 2;
    feed(SDL_MOUSEMOTION, x, y);
    frames(1);
    feed(SDL_MOUSEBUTTONDOWN, x, y);
    feed(SDL_MOUSEBUTTONUP, x, y);
    frames(4);
  }
  void click(const std::string& name) {
    const auto area = view->area(name);
    ASSERT_TRUE(area.has_value()) << name << " is not on the panel";
    click_at(*area);
  }
  void key(SDL_Scancode code, std::uint16_t modifiers = 0) {
    SDL_Event event{};
    event.type = SDL_KEYDOWN;
    event.key.keysym.scancode = code;
    event.key.keysym.mod = modifiers;
    canvas.feed(event);
    event.type = SDL_KEYUP;
    canvas.feed(event);
    frames(4);
  }
  void type(const char* text) {
    SDL_Event event{};
    event.type = SDL_TEXTINPUT;
    std::snprintf(event.text.text, sizeof event.text.text, "%s", text);
    canvas.feed(event);
    frames(2);
  }
  void press_ctrl_k() {
    key(SDL_SCANCODE_K, KMOD_CTRL);
    SDL_Event released{};  // of the control key itself
    released.type = SDL_KEYUP;
    released.key.keysym.scancode = SDL_SCANCODE_LCTRL;
    canvas.feed(released);
    frames(2);
  }
  /// Lets virtual time pass until the kiosk shows this screen.
  bool await(const std::string& id) {
    for (int i = 0; i < 400 && screen() != id; ++i) {
      run.rig().run_until(run.rig().now() + 500ms);
    }
    frames(2);
    return screen() == id;
  }
  std::string screen() { return run.rig().screen() == nullptr ? "" : run.rig().screen()->id; }
};

TEST(Panel, PlaysPausesAndSteps) {
  Panel panel;
  EXPECT_EQ(panel.run.rig().now(), 0s);
  panel.frames(10, 100ms);
  EXPECT_EQ(panel.run.rig().now(), 0s);  // a run begins paused
  panel.click("step");
  const auto events = panel.run.rig().trace().events().size();
  panel.click("step");
  EXPECT_GT(panel.run.rig().trace().events().size(), events);
  panel.click("speed 4");
  panel.click("play");
  panel.frames(10, 100ms);
  EXPECT_GT(panel.run.rig().now(), 3s);
  EXPECT_LT(panel.run.rig().now(), 6s);
  panel.click("play");
  const Nanos stopped = panel.run.rig().now();
  panel.frames(10, 100ms);
  EXPECT_EQ(panel.run.rig().now(), stopped);
}

TEST(Panel, AWholeIssueByHand) {
  Panel panel;
  panel.click("permit approved");
  panel.click("stand here");
  ASSERT_TRUE(panel.await("welcome"));
  panel.click("place");
  ASSERT_TRUE(panel.await("consent"));
  const auto agree = panel.view->kiosk_button("agree");
  ASSERT_TRUE(agree.has_value());
  panel.click_at(*agree);
  ASSERT_TRUE(panel.await("preview"));
  panel.click_at(*panel.view->kiosk_button("print"));
  ASSERT_TRUE(panel.await("take_card"));
  panel.click("take card");
  panel.click("lift");
  EXPECT_TRUE(panel.await("welcome"));
  EXPECT_EQ(panel.run.rig().world().count(sim::CardPlace::kTaken), 1);
}

TEST(Panel, AFaultIsInjectedAndCleared) {
  Panel panel;
  panel.click("fault filter");
  panel.type("jam_in_head");
  const std::string name = "card_printer.jam_in_head";
  panel.click("fault " + name);
  EXPECT_EQ(panel.run.rig().faults().active(), std::vector<std::string>{name});
  panel.frames(2);
  panel.click("fault " + name);
  EXPECT_TRUE(panel.run.rig().faults().active().empty());
}

TEST(Panel, WhatCanBeClickedCanBeTyped) {
  Panel panel;
  panel.press_ctrl_k();
  panel.type("place_document p03.");
  panel.key(SDL_SCANCODE_RETURN);
  ASSERT_NE(panel.run.rig().world().document_on_reader(), nullptr);
  EXPECT_EQ(panel.run.rig().world().document_on_reader()->person_id, "p03");
}

TEST(Panel, ARefusedMessageIsSaidAndChangesNothing) {
  Panel panel;
  panel.click("lift");
  EXPECT_FALSE(panel.run.refusal().empty());
  panel.click("power cut");
  EXPECT_EQ(panel.screen(), "");
  panel.frames(2);
  panel.click("power on");
  EXPECT_TRUE(panel.await("welcome"));
}

TEST(Panel, EveryCommandNamesAVerbThatTheRigKnows) {
  Panel panel;
  EXPECT_GT(panel.view->commands().size(), 100U);
  for (const Command& command : panel.view->commands()) {
    if (command.verb.empty()) continue;
    RigMessage message;
    message.verb = command.verb;
    message.args = command.args;
    const auto answer = panel.run.rig().send(message);
    if (answer) continue;
    EXPECT_NE(answer.error().reason, RigReason::kUnknownVerb) << command.name;
    EXPECT_NE(answer.error().reason, RigReason::kBadArguments) << command.name;
  }
}

TEST(Panel, BeginsAgainTheSameWay) {
  Panel panel;
  panel.run.rig().run_until(5s);
  const std::string hash = panel.run.rig().trace().hash();
  panel.click("restart");
  EXPECT_EQ(panel.run.rig().now(), 0s);
  panel.run.rig().run_until(5s);
  EXPECT_EQ(panel.run.rig().trace().hash(), hash);
}

TEST(Panel, APhotographNeedsNoDisplay) {
  const std::string path = ::testing::TempDir() + "panel_" + std::to_string(::getpid()) + ".png";
  PanelArgs args;
  args.root = ".";
  args.screenshot = path;
  std::ostringstream err;
  ASSERT_EQ(run_panel(args, err), 0) << err.str();
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  EXPECT_GT(file.tellg(), 50'000);
  ::unlink(path.c_str());
}

}  // namespace
}  // namespace cardrig::panel
