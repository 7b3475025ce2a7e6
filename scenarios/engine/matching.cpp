#include "scenarios/engine/matching.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace cardrig::scenario {
namespace {

constexpr const char* kScreenKind = "kiosk.screen";
constexpr const char* kSettledKind = "issuance.settled";

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// "0.5" and "0.50" are the same number; everything else compares as text.
bool same_value(const std::string& wanted, const std::string& found) {
  if (wanted == found) return true;
  char* end_of_wanted = nullptr;
  char* end_of_found = nullptr;
  const double a = std::strtod(wanted.c_str(), &end_of_wanted);
  const double b = std::strtod(found.c_str(), &end_of_found);
  return !wanted.empty() && !found.empty() && *end_of_wanted == 0 && *end_of_found == 0 && a == b;
}

std::string field_text(const FieldPattern& field) {
  return field.key + (field.negated ? "≠" : "=") + field.wanted;
}

/// The number at `key` of a query's answer, or nothing.
std::optional<std::int64_t> number_of(const nlohmann::json& answer, const std::string& key) {
  const auto it = answer.find(key);
  if (it == answer.end() || !it->is_number_integer()) return std::nullopt;
  return it->get<std::int64_t>();
}

void unmet_permit(const PermitPattern& permit, History& history, std::vector<std::string>& unmet) {
  const auto answer = history.rung().query("platform.permit", {{"permit", permit.permit}});
  if (!answer) {
    unmet.push_back("permit " + permit.permit + ": " + answer.error().detail);
    return;
  }
  for (const auto& [key, wanted] : permit.texts) {
    const std::string found = answer->value(key, std::string("(nothing)"));
    if (found == wanted) continue;
    unmet.push_back(fmt::format("permit {}: {} is {}, not {}", permit.permit, key, found, wanted));
  }
  for (const auto& [key, wanted] : permit.numbers) {
    const auto found = number_of(*answer, key);
    if (found && wanted.holds(*found)) continue;
    unmet.push_back(fmt::format("permit {}: {} is {}, not {}", permit.permit, key,
                                found ? std::to_string(*found) : "(nothing)", to_string(wanted)));
  }
}

const char* name_of(KioskRest rest) {
  switch (rest) {
    case KioskRest::kIdle:
      return "idle";
    case KioskRest::kOutOfService:
      return "out of service";
    case KioskRest::kEither:
      return "idle or out of service";
  }
  return "?";
}

int count_cards(const std::vector<sim::CardThing>& cards, sim::CardPlace place) {
  return static_cast<int>(std::count_if(cards.begin(), cards.end(),
                                        [&](const auto& card) { return card.place == place; }));
}

std::string screen_name(Rung& rung) {
  const flow::Screen* screen = rung.screen();
  return screen == nullptr ? "no screen" : "the screen " + screen->id;
}

}  // namespace

std::string to_string(const Amount& amount) {
  if (amount.low == amount.high) return std::to_string(amount.low);
  return fmt::format("{} to {}", amount.low, amount.high);
}

std::string to_string(const EventPattern& pattern) {
  std::string text = pattern.kind;
  if (!pattern.party.empty()) text += " of " + pattern.party;
  for (const FieldPattern& field : pattern.fields) text += " " + field_text(field);
  return text;
}

bool matches(const EventPattern& pattern, const Event& event) {
  if (event.kind != pattern.kind) return false;
  if (!pattern.party.empty() && event.party != pattern.party) return false;
  return std::all_of(pattern.fields.begin(), pattern.fields.end(), [&](const auto& field) {
    const bool same =
        event.find(field.key) != nullptr && same_value(field.wanted, event.text(field.key));
    return same != field.negated;
  });
}

bool matches(const ScreenPattern& pattern, const flow::Screen& screen) {
  if (screen.id != pattern.id) return false;
  if (!pattern.staff_code.empty() && screen.staff_code != pattern.staff_code) return false;
  if (!pattern.title.empty() && screen.title.key != pattern.title) return false;
  return std::all_of(pattern.buttons.begin(), pattern.buttons.end(), [&](const auto& key) {
    return std::any_of(screen.buttons.begin(), screen.buttons.end(),
                       [&](const auto& button) { return button.key == key && button.enabled; });
  });
}

std::size_t History::update() {
  const auto& all = events();
  const std::size_t fresh = all.size() - taken_in_;
  for (; taken_in_ < all.size(); ++taken_in_) {
    const Event& event = all[taken_in_];
    ++counts_[event.kind];
    if (event.kind == kSettledKind) last_outcome_ = event.text("outcome");
    if (event.kind != kScreenKind) continue;
    ShownScreen shown{event.id, event.time, {}};
    if (const flow::Screen* screen = rung_.screen_of(event)) {
      shown.screen = *screen;
      shown.screen.picture = nullptr;
    } else {
      shown.screen.id = event.text("id");
    }
    screens_.push_back(std::move(shown));
  }
  return fresh;
}

std::int64_t History::count_of(const std::string& kind) const {
  const auto it = counts_.find(kind);
  return it == counts_.end() ? 0 : it->second;
}

bool History::at_rest(KioskRest rest) const {
  const flow::Screen* screen = rung_.screen();
  if (screen == nullptr) return false;
  const bool idle = contains(vocabulary_.idle_screens, screen->id);
  const bool closed = contains(vocabulary_.closed_screens, screen->id);
  switch (rest) {
    case KioskRest::kIdle:
      return idle;
    case KioskRest::kOutOfService:
      return closed;
    case KioskRest::kEither:
      return idle || closed;
  }
  return false;
}

void History::act_done() {
  last_act_ = rung_.trace().events().size();  // ids count from 1 without gaps
}

EventId History::used(const std::string& kind) const {
  const auto it = used_.find(kind);
  return it == used_.end() ? 0 : it->second;
}

Watch::Watch(const Condition& condition, Mode mode, History& history)
    : condition_(condition), mode_(mode), history_(history), patterns_(condition.events) {
  if (mode == Mode::kExpect) {
    next_event_ = history.last_act();
    if (condition.outcome && *condition.outcome != "no_attempt") {
      patterns_.push_back(EventPattern{kSettledKind, "", {{"outcome", *condition.outcome}}});
    }
  }
}

bool Watch::check() {
  look_at_events();
  look_at_screens();
  if (found_.size() < patterns_.size()) return false;
  if (condition_.screen && !screen_found_) return false;
  if (mode_ == Mode::kExpect) {
    // The outcome is one of the events here.
    Condition rest = condition_;
    if (rest.outcome != "no_attempt") rest.outcome.reset();
    return unmet_state(rest, history_).empty();
  }
  return unmet_state(condition_, history_).empty();
}

void Watch::look_at_events() {
  const auto& all = history_.events();
  for (; next_event_ < all.size(); ++next_event_) {
    if (found_.size() == patterns_.size()) continue;
    const Event& event = all[next_event_];
    const EventPattern& pattern = patterns_[found_.size()];
    if (!matches(pattern, event)) continue;
    if (mode_ == Mode::kExpect && event.id <= history_.used(event.kind)) continue;
    found_.push_back(event.id);
  }
}

void Watch::look_at_screens() {
  if (!condition_.screen || screen_found_) return;
  const ScreenPattern& pattern = *condition_.screen;
  const flow::Screen* now = history_.rung().screen();
  const auto& shown = history_.screens();
  if (now != nullptr && matches(pattern, *now)) {
    screen_found_ = shown.empty() ? 0 : shown.back().event;
    return;
  }
  if (mode_ == Mode::kFinal) return;  // what is shown at the end
  const EventId after = std::max(history_.last_act(), history_.used(kScreenKind));
  for (const ShownScreen& screen : shown) {
    if (screen.event > after && matches(pattern, screen.screen)) {
      screen_found_ = screen.event;
      return;
    }
  }
}

void Watch::use_up() {
  for (const EventId id : found_) history_.use(history_.events()[id - 1].kind, id);
  if (screen_found_) {
    history_.use(kScreenKind, std::max(history_.used(kScreenKind), *screen_found_));
  }
}

std::vector<std::string> Watch::missing() {
  std::vector<std::string> lines;
  if (condition_.screen && !screen_found_) {
    const flow::Screen* now = history_.rung().screen();
    std::string line = now == nullptr ? "there was no screen" : "the screen was " + now->id;
    if (now != nullptr && now->id == condition_.screen->id) {
      line = "the screen " + now->id + " was there, but without the buttons, title or staff code";
    }
    if (now != nullptr && !now->staff_code.empty()) line += " (staff code " + now->staff_code + ")";
    lines.push_back(line);
  }
  for (std::size_t i = found_.size(); i < patterns_.size(); ++i) {
    lines.push_back("there was no event " + to_string(patterns_[i]));
  }
  for (std::string& line : unmet_state(condition_, history_)) lines.push_back(std::move(line));
  return lines;
}

std::vector<std::string> unmet_state(const Condition& condition, History& history) {
  std::vector<std::string> unmet;
  for (const auto& [place, wanted] : condition.cards) {
    const int found = count_cards(history.rung().cards(), place);
    if (wanted.holds(found)) continue;
    unmet.push_back(
        fmt::format("cards in {}: {}, not {}", sim::to_string(place), found, to_string(wanted)));
  }
  for (const PermitPattern& permit : condition.permits) unmet_permit(permit, history, unmet);
  for (const auto& [kind, wanted] : condition.counts) {
    const std::int64_t found = history.count_of(kind);
    if (wanted.holds(found)) continue;
    unmet.push_back(fmt::format("events {}: {}, not {}", kind, found, to_string(wanted)));
  }
  if (condition.outcome) {
    const std::string& last = history.last_outcome();
    const std::string found = last.empty() ? "no_attempt" : last;
    if (found != *condition.outcome) {
      unmet.push_back(fmt::format("the last outcome is {}, not {}", found, *condition.outcome));
    }
  }
  if (condition.kiosk && !history.at_rest(*condition.kiosk)) {
    unmet.push_back(fmt::format("the kiosk shows {} and is not {}", screen_name(history.rung()),
                                name_of(*condition.kiosk)));
  }
  return unmet;
}

bool holds_at(const Condition& condition, const Event& event, History& history) {
  if (!condition.events.empty()) {
    const bool any = std::any_of(condition.events.begin(), condition.events.end(),
                                 [&](const auto& pattern) { return matches(pattern, event); });
    if (!any) return false;
  }
  if (condition.screen) {
    const auto& shown = history.screens();
    if (shown.empty() || !matches(*condition.screen, shown.back().screen)) return false;
  }
  return unmet_state(condition, history).empty();
}

bool is_noise(const Event& event) {
  static constexpr std::array kNoisy = {"wire.", "printer.", "reader.", "board.", "camera."};
  return std::any_of(kNoisy.begin(), kNoisy.end(),
                     [&](const char* prefix) { return event.kind.starts_with(prefix); });
}

std::string show_event(const Event& event) {
  std::string text =
      fmt::format("{:>9.3f} s  {:<13} {}", std::chrono::duration<double>(event.time).count(),
                  event.party, event.kind);
  for (const Field& field : event.fields)
    text += fmt::format("  {}={}", field.key, event.text(field.key));
  return text;
}

}  // namespace cardrig::scenario
