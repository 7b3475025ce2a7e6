#include "simulators/panel/truth.h"

#include <algorithm>

namespace cardrig::panel {

using nlohmann::json;

namespace {

void read_state(const json& state, Truth& truth) {
  truth.document = state.value("document", "");
  truth.light = state.value("light", 1.0);
  truth.mains = state.value("mains", true);
  truth.network = state.value("network", true);
  truth.service_key = state.value("service_key", false);
  truth.subjects.clear();
  for (const json& subject : state.value("subjects", json::array())) {
    truth.subjects.push_back({subject.value("kind", "person"), subject.value("person", ""),
                              subject.value("distance_m", 0.6), subject.value("offset_m", 0.0)});
  }
}

}  // namespace

int Truth::count(sim::CardPlace place) const {
  return static_cast<int>(
      std::count_if(cards.begin(), cards.end(),
                    [place](const sim::CardThing& card) { return card.place == place; }));
}

void read_truth(scenario::Rung& rung, Truth& truth) {
  if (const auto state = rung.query("world.state"); state && state->is_object()) {
    read_state(*state, truth);
  }
  if (const auto faults = rung.query("faults.active"); faults && faults->is_array()) {
    truth.faults = faults->get<std::vector<std::string>>();
  }
  if (const auto pending = rung.query("kiosk.pending"); pending && pending->is_object()) {
    truth.open = pending->value("open", 0);
    truth.reports = pending->value("reports", 0);
  }
  truth.cards = rung.cards();
}

bool changes_truth(const Event& event) {
  return event.kind.starts_with("world.") || event.kind.starts_with("card.") ||
         event.kind.starts_with("fault.") || event.kind.starts_with("journal.") ||
         event.kind == "kiosk.power";
}

}  // namespace cardrig::panel
