// The world's state and its changes; every change is an event.
#include "simulators/world/world.h"

#include <algorithm>

#include "kiosk/runtime/check.h"

namespace cardrig::sim {

const char* to_string(CardPlace place) {
  switch (place) {
    case CardPlace::kHopper:
      return "hopper";
    case CardPlace::kPath:
      return "path";
    case CardPlace::kExit:
      return "exit";
    case CardPlace::kTaken:
      return "taken";
    case CardPlace::kRejectBin:
      return "reject_bin";
    case CardPlace::kStaff:
      return "staff";
  }
  return "?";
}

void World::changed(const std::string& kind, std::vector<Field> fields) {
  tracer_.emit(kind, std::move(fields));
  for (const auto& f : observers_) f(kind);
}

void World::on_change(std::function<void(const std::string&)> f) {
  observers_.push_back(std::move(f));
}

void World::add_document(DocumentThing document) {
  std::string id = document.id;
  documents_.insert_or_assign(std::move(id), std::move(document));
}

const DocumentThing* World::find_document(const std::string& id) const {
  const auto it = documents_.find(id);
  return it == documents_.end() ? nullptr : &it->second;
}

bool World::place_document(const std::string& id) {
  if (!on_reader_.empty() || !documents_.contains(id)) return false;
  on_reader_ = id;
  ++placings_;
  changed("world.document_placed", {{"document", id}});
  return true;
}

bool World::lift_document() {
  if (on_reader_.empty()) return false;
  const std::string id = std::exchange(on_reader_, "");
  changed("world.document_lifted", {{"document", id}});
  return true;
}

const DocumentThing* World::document_on_reader() const {
  return on_reader_.empty() ? nullptr : find_document(on_reader_);
}

void World::set_subjects(std::vector<Subject> subjects) {
  subjects_ = std::move(subjects);
  std::string who;
  for (const auto& s : subjects_) who += (who.empty() ? "" : ", ") + s.kind + " " + s.person_id;
  changed("world.subjects", {{"count", subjects_.size()}, {"who", who}});
}

void World::set_light(double level) {
  light_ = level;
  changed("world.light", {{"level", level}});
}

void World::load_hopper(int cards) {
  CARDRIG_CHECK(cards >= 0);
  for (int i = 0; i < cards; ++i) {
    CardThing card;
    card.number = static_cast<int>(cards_.size()) + 1;
    cards_.push_back(std::move(card));
  }
  changed("world.hopper_loaded", {{"cards", cards}, {"in_hopper", count(CardPlace::kHopper)}});
}

CardThing* World::next_blank() {
  const auto it = std::find_if(cards_.begin(), cards_.end(),
                               [](const auto& c) { return c.place == CardPlace::kHopper; });
  return it == cards_.end() ? nullptr : &*it;
}

void World::move_card(int number, CardPlace to) {
  CardThing& moved = card(number);
  const CardPlace from = moved.place;
  CARDRIG_CHECK(from != CardPlace::kTaken && "a taken card has left the kiosk");
  CARDRIG_CHECK((to != CardPlace::kExit || card_at_exit() == nullptr) && "the exit holds one card");
  moved.place = to;
  changed("world.card_moved", {{"card", number},
                               {"from", to_string(from)},
                               {"to", to_string(to)},
                               {"printed", moved.printed},
                               {"spoilt", moved.spoilt}});
}

CardThing& World::card(int number) {
  CARDRIG_CHECK(number >= 1 && number <= static_cast<int>(cards_.size()));
  return cards_[static_cast<std::size_t>(number - 1)];
}

int World::count(CardPlace place) const {
  return static_cast<int>(std::count_if(cards_.begin(), cards_.end(),
                                        [place](const auto& c) { return c.place == place; }));
}

const CardThing* World::card_at_exit() const {
  const auto it = std::find_if(cards_.begin(), cards_.end(),
                               [](const auto& c) { return c.place == CardPlace::kExit; });
  return it == cards_.end() ? nullptr : &*it;
}

bool World::take_card(const std::string& person_id) {
  const CardThing* at_exit = card_at_exit();
  if (at_exit == nullptr) return false;
  CardThing& taken = card(at_exit->number);
  taken.place = CardPlace::kTaken;
  taken.taken_by = person_id;
  changed("world.card_taken", {{"card", taken.number},
                               {"by", person_id},
                               {"printed", taken.printed},
                               {"attempt", taken.attempt_id}});
  return true;
}

void World::empty_reject_bin() {
  int moved = 0;
  for (auto& c : cards_) {
    if (c.place != CardPlace::kRejectBin) continue;
    c.place = CardPlace::kStaff;
    ++moved;
  }
  changed("world.reject_bin_emptied", {{"cards", moved}});
}

void World::set_mains(bool on) {
  if (mains_ == on) return;
  mains_ = on;
  changed("world.mains", {{"on", on}});
}

void World::set_network(bool up) {
  if (network_ == up) return;
  network_ = up;
  changed("world.network", {{"up", up}});
}

void World::turn_service_key(bool on) {
  if (service_key_ == on) return;
  service_key_ = on;
  changed("world.service_key", {{"on", on}});
}

}  // namespace cardrig::sim
