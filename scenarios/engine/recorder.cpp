#include "scenarios/engine/recorder.h"

#include <algorithm>

#include "scenarios/engine/matching.h"
#include "scenarios/engine/pictures.h"

namespace cardrig::scenario {
namespace {

constexpr int kCardWidth_px = 508;
constexpr std::size_t kLogLines = 400;

std::string signature_of(const flow::Screen& screen) {
  std::string text =
      screen.id + '\n' + screen.title.key + '\n' + screen.sentence.key + '\n' + screen.staff_code;
  for (const auto& button : screen.buttons) text += '\n' + button.key;
  return text;
}

}  // namespace

void Recorder::update(std::size_t first_new) {
  const auto& events = rung_.trace().events();
  for (std::size_t i = first_new; i < events.size(); ++i) {
    if (events[i].kind == "kiosk.screen") shown(events[i]);
    if (events[i].kind == "kiosk.power" && events[i].text("on") == "false" && !shots_.empty()) {
      shots_.back().until = events[i].time;
      signature_.clear();
    }
  }
  const flow::Screen* screen = rung_.screen();
  if (!undrawn_ || screen == nullptr || !screen->picture) return;
  if (signature_of(*screen) == signature_) draw(*screen);
}

void Recorder::shown(const Event& event) {
  const flow::Screen* screen = rung_.screen_of(event);
  const bool is_present = screen != nullptr;
  const std::string signature = is_present ? signature_of(*screen) : event.text("id");
  if (signature == signature_) return;
  if (!shots_.empty() && shots_.back().until == Nanos(0)) shots_.back().until = event.time;
  draw_undrawn();
  signature_ = signature;
  ScreenShot shot;
  shot.time = event.time;
  shot.id = event.text("id");
  shot.title = event.text("title");
  shot.sentence = event.text("sentence");
  shot.staff_code = event.text("staff_code");
  shot.tone = event.text("tone");
  language_ = event.text("language") == "en" ? flow::Language::kEnglish : flow::Language::kChinese;
  shots_.push_back(std::move(shot));
  if (!is_present) return;
  if (screen->picture_is_camera && !screen->picture) {
    undrawn_ = *screen;
  } else {
    draw(*screen);
  }
}

void Recorder::draw(const flow::Screen& screen) {
  undrawn_.reset();
  if (options_.pictures == nullptr || options_.album == nullptr) return;
  shots_.back().picture = options_.album->add(*options_.pictures, rung_.drawn(screen), language_);
}

/// The camera picture never came.
void Recorder::draw_undrawn() {
  if (!undrawn_) return;
  const flow::Screen screen = std::move(*undrawn_);
  draw(screen);
}

void Recorder::add_cards(ScenarioResult& result) {
  for (const sim::CardThing& card : rung_.cards()) {
    if (card.place == sim::CardPlace::kHopper) continue;
    CardShot shot;
    shot.number = card.number;
    shot.place = sim::to_string(card.place);
    shot.printed = card.printed;
    shot.spoilt = card.spoilt;
    shot.attempt = card.attempt_id;
    if (options_.pictures != nullptr) {
      if (const PicturePtr face = rung_.drawn_card(card)) {
        shot.picture = store_picture(*options_.pictures, *face, kCardWidth_px, false);
      }
    }
    result.cards.push_back(std::move(shot));
  }
}

void Recorder::finish(ScenarioResult& result) {
  draw_undrawn();
  if (!shots_.empty() && shots_.back().until == Nanos(0)) shots_.back().until = rung_.now();
  result.screens = std::move(shots_);
  add_cards(result);
  const auto& events = rung_.trace().events();
  if (options_.timeline) result.marks = make_marks(events, rung_.now());
  if (result.passed) return;
  for (auto it = events.rbegin(); it != events.rend() && result.log.size() < kLogLines; ++it) {
    if (!is_noise(*it)) result.log.push_back(show_event(*it));
  }
  std::reverse(result.log.begin(), result.log.end());
}

}  // namespace cardrig::scenario
