#include "scenarios/engine/wire_screens.h"

#include <algorithm>
#include <sstream>

#include "kiosk/flow/screen_json.h"
#include "kiosk/flow/texts.h"
#include "kiosk/runtime/check.h"

namespace cardrig::scenario {
namespace {

using flow::Screen;

/// As kiosk.screen has them: "agree (print)"; brackets: it cannot be touched.
std::string buttons_of(const Screen& screen) {
  std::string keys;
  for (const auto& button : screen.buttons) {
    if (!keys.empty()) keys += ' ';
    keys += button.enabled ? button.key : "(" + button.key + ")";
  }
  return keys;
}

bool is_about(const Event& event, const Screen& screen) {
  return screen.id == event.text("id") && screen.staff_code == event.text("staff_code") &&
         buttons_of(screen) == event.text("buttons");
}

/// The key whose text this is; the text itself if it is none of the table's (it has values in it).
std::string key_of(const std::string& text) {
  const auto table = flow::text_table();
  const auto it = std::find_if(table.begin(), table.end(), [&](const auto& each) {
    return each.chinese == text || each.english == text;
  });
  return it == table.end() ? text : std::string(it->key);
}

/// What the event says of its screen: enough for every condition of a scenario.
Screen screen_from(const Event& event) {
  Screen screen;
  screen.id = event.text("id");
  screen.staff_code = event.text("staff_code");
  screen.title.key = key_of(event.text("title"));
  screen.sentence.key = key_of(event.text("sentence"));
  std::istringstream keys(event.text("buttons"));
  for (std::string key; keys >> key;) {
    flow::Button button;
    button.enabled = !key.starts_with('(');
    button.key = button.enabled ? key : key.substr(1, key.size() - 2);
    screen.buttons.push_back(std::move(button));
  }
  return screen;
}

std::optional<Screen> read_screen(const nlohmann::json& shown) {
  if (!shown.is_object()) return std::nullopt;
  try {
    return flow::screen_from_json(shown);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace

void WireScreens::arrived(const Event& event, const nlohmann::json& shown) {
  auto screen = read_screen(shown);
  arrived_.push_back(screen && is_about(event, *screen) ? std::move(*screen) : screen_from(event));
}

void WireScreens::stands(const Event& event) {
  CARDRIG_CHECK(!arrived_.empty());
  // Pictures of people are kept no longer than their screen.
  if (!screens_.empty()) screens_.rbegin()->second.picture = nullptr;
  now_ = &(screens_[event.id] = std::move(arrived_.front()));
  arrived_.pop_front();
}

const Screen* WireScreens::of(EventId event) const {
  const auto it = screens_.find(event);
  return it == screens_.end() ? nullptr : &it->second;
}

}  // namespace cardrig::scenario
