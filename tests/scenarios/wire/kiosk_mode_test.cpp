// Kiosk mode on a real X display: whoever brings a keyboard and a mouse gets nowhere, and the next
// finger counts as ever.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/engine/wire_display.h"
#include "tests/scenarios/wire/window_rig.h"

namespace cardrig::scenario {
namespace {

using Words = std::vector<std::string>;

class WireKioskModeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(sees(*rig, "welcome")) << rig->trouble();
    kiosk = rig->process_of("kiosk");
  }

  void do_by_hand(const Words& words) {
    EXPECT_EQ(rig->display()->do_by_hand(words), "") << ::testing::PrintToString(words);
  }
  /// Events of one display come in order: whatever was done before this touch has had its effect
  /// when the kiosk feels it. The kiosk that feels it is the one that was there at first.
  void expect_that_only_a_finger_counts() {
    const auto touched = rig->send({"kiosk.touch", {{"button", "start"}}});
    ASSERT_TRUE(touched) << touched.error().detail;
    EXPECT_TRUE(sees(*rig, "consent")) << rig->trouble();
    EXPECT_EQ(seen("kiosk.touch", "button"), Words{"start"});
    EXPECT_EQ(seen("kiosk.screen", "id"), (Words{"starting", "welcome", "consent"}));
    EXPECT_EQ(rig->process_of("kiosk"), kiosk);
    EXPECT_EQ(rig->close(), "");
  }
  /// A field of all events of a kind, without repetitions.
  [[nodiscard]] Words seen(const std::string& kind, const std::string& field) const {
    Words values;
    for (const Event& event : rig->trace().events()) {
      if (event.kind == kind) values.push_back(event.text(field));
    }
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return values;
  }

  std::unique_ptr<WireRig> rig = window_rig(/*full_screen=*/true);
  pid_t kiosk = 0;
};

/// The pointer rests on each of the welcome screen's buttons in turn: all that a key or another
/// button of the mouse could press.
TEST_F(WireKioskModeTest, NoKeyAndNoOtherButtonOfTheMouseLeadsOut) {
  const auto buttons = rig->send({"kiosk.buttons", nlohmann::json::object()});
  ASSERT_TRUE(buttons) << buttons.error().detail;
  ASSERT_FALSE(buttons->empty());
  for (const auto& button : *buttons) {
    const int x_px = button.at("x_px").get<int>() + button.at("width_px").get<int>() / 2;
    const int y_px = button.at("y_px").get<int>() + button.at("height_px").get<int>() / 2;
    do_by_hand({"mousemove", std::to_string(x_px), std::to_string(y_px)});
    do_by_hand({"key",
                "alt+F4",
                "alt+Tab",
                "alt+Return",
                "alt+space",
                "Escape",
                "ctrl+Escape",
                "ctrl+q",
                "ctrl+w",
                "ctrl+c",
                "ctrl+alt+Delete",
                "ctrl+alt+BackSpace",
                "ctrl+alt+F1",
                "ctrl+alt+t",
                "super",
                "super+d",
                "super+l",
                "F11",
                "Print",
                "Menu",
                "Return",
                "space",
                "Tab"});
    for (const char* other : {"2", "3", "4", "5", "8", "9"}) do_by_hand({"click", other});
    do_by_hand({"click", "--repeat", "2", "3"});
  }
  expect_that_only_a_finger_counts();
}

TEST_F(WireKioskModeTest, AWindowThatIsPutAwayComesBack) {
  do_by_hand({"search", "--onlyvisible", "--name", "^kiosk$", "windowminimize"});
  do_by_hand({"search", "--name", "^kiosk$", "windowunmap"});
  // Waits until it is there again.
  do_by_hand({"search", "--sync", "--onlyvisible", "--name", "^kiosk$"});
  expect_that_only_a_finger_counts();
}

}  // namespace
}  // namespace cardrig::scenario
