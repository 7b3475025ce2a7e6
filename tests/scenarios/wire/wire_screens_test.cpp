// Each kiosk.screen event with its own screen, whatever the kiosk showed when it was asked.
#include "scenarios/engine/wire_screens.h"

#include <gtest/gtest.h>

#include "kiosk/flow/screen_json.h"

namespace cardrig::scenario {
namespace {

using flow::Screen;

Screen screen(const std::string& id, const std::string& title) {
  Screen made;
  made.id = id;
  made.title.key = title;
  made.staff_code = "P7";
  made.buttons.push_back({"agree", {"consent.agree", {}}, true, true, {}});
  made.buttons.push_back({"print", {}, false, false, {}});
  return made;
}

Event event_of(EventId number, const Screen& shown) {
  Event event;
  event.id = number;
  event.kind = "kiosk.screen";
  event.fields = {{"id", shown.id},
                  {"title", flow::render_text({"consent.title", {}}, flow::Language::kChinese)},
                  {"sentence", "…"},
                  {"buttons", "agree (print)"},
                  {"staff_code", "P7"}};
  return event;
}

TEST(WireScreensTest, TheKiosksOwnScreenIsTakenIfItIsTheOne) {
  const Screen shown = screen("consent", "consent.title");
  WireScreens screens;
  EXPECT_EQ(screens.now(), nullptr);
  screens.arrived(event_of(3, shown), flow::screen_to_json(shown, false));
  EXPECT_EQ(screens.now(), nullptr) << "it stands not in the trace yet";
  screens.stands(event_of(7, shown));
  ASSERT_NE(screens.now(), nullptr);
  EXPECT_EQ(screens.now()->buttons[0].label.key, "consent.agree");
  EXPECT_EQ(screens.of(7), screens.now());
  EXPECT_EQ(screens.of(3), nullptr) << "numbers are those of the merged trace";
  screens.dark();
  EXPECT_EQ(screens.now(), nullptr);
  EXPECT_NE(screens.of(7), nullptr);
}

/// The kiosk may have gone on, be gone, or say what is no screen.
TEST(WireScreensTest, OtherwiseTheEventSaysWhatScenariosAskFor) {
  const Screen shown = screen("consent", "consent.title");
  for (const auto& told : {flow::screen_to_json(screen("face", "face.title"), false),
                           nlohmann::json(), nlohmann::json{{"id", 5}}}) {
    WireScreens screens;
    screens.arrived(event_of(1, shown), told);
    screens.stands(event_of(1, shown));
    ASSERT_NE(screens.now(), nullptr);
    EXPECT_EQ(screens.now()->id, "consent");
    EXPECT_EQ(screens.now()->title.key, "consent.title");
    EXPECT_EQ(screens.now()->staff_code, "P7");
    ASSERT_EQ(screens.now()->buttons.size(), 2u);
    EXPECT_TRUE(screens.now()->buttons[0].enabled);
    EXPECT_EQ(screens.now()->buttons[1].key, "print");
    EXPECT_FALSE(screens.now()->buttons[1].enabled);
  }
}

}  // namespace
}  // namespace cardrig::scenario
