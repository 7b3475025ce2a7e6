// Three sessions that a person clicks together: what the recorder must be able to say.
#pragma once

#include "tests/simulators/panel/clicks.h"

namespace cardrig::panel {

inline void come_forward(Panel& panel) {
  using namespace std::chrono_literals;
  panel.click("permit approved");
  panel.click("stand here");
  ASSERT_TRUE(panel.await("welcome"));
  panel.wait(1300ms);
}

inline void to_print(Panel& panel) {
  using namespace std::chrono_literals;
  come_forward(panel);
  panel.click("place");
  ASSERT_TRUE(panel.await("consent"));
  panel.wait(700ms);
  panel.touch("agree");
  ASSERT_TRUE(panel.await("preview"));
  panel.wait(900ms);
  panel.touch("print");
}

inline void take_card_and_leave(Panel& panel) {
  using namespace std::chrono_literals;
  ASSERT_TRUE(panel.await("take_card"));
  panel.wait(1s);
  panel.click("take card");
  panel.wait(600ms);
  panel.click("lift");
  ASSERT_TRUE(panel.await("welcome"));
  panel.wait(400ms);
}

inline void good_path(Panel& panel) {
  to_print(panel);
  take_card_and_leave(panel);
}

inline void jam_in_mid_print(Panel& panel) {
  using namespace std::chrono_literals;
  to_print(panel);
  ASSERT_TRUE(panel.await_event("card.fed"));
  panel.wait(2500ms);
  panel.click("device card_printer");
  panel.click("fault card_printer.jam_in_head");
  ASSERT_TRUE(panel.await_event("card.rejected"));
  panel.click("all devices");
  take_card_and_leave(panel);
}

inline void fake_document(Panel& panel) {
  using namespace std::chrono_literals;
  come_forward(panel);
  panel.click("document");
  panel.click("document p01.resident#forged_chip");
  panel.click("place");
  ASSERT_TRUE(panel.await("consent"));
  panel.wait(700ms);
  panel.touch("agree");
  ASSERT_TRUE(panel.await("refused"));
  panel.wait(1500ms);
  panel.click("lift");
  panel.wait(500ms);
  if (panel.screen() == "refused") panel.touch("finish");
  ASSERT_TRUE(panel.await("welcome"));
  panel.wait(400ms);
}

struct Session {
  const char* name;
  void (*act)(Panel&);
};
inline constexpr Session kSessions[] = {{"good_path", good_path},
                                        {"jam_in_mid_print", jam_in_mid_print},
                                        {"fake_document", fake_document}};

}  // namespace cardrig::panel
