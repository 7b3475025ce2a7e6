// Truth: what is, whatever the kiosk believes: the world, the cards and the active faults, asked of
// the rung whenever the trace tells of a change.
#pragma once

#include <string>
#include <vector>

#include "scenarios/engine/rung.h"
#include "simulators/world/world.h"

namespace cardrig::panel {

struct Truth {
  std::string document;  ///< on the reader; "": none
  std::vector<sim::Subject> subjects;
  double light = 1;
  bool mains = true;
  bool network = true;
  bool service_key = false;
  std::vector<sim::CardThing> cards;  ///< faces only where the rung shares our memory
  std::vector<std::string> faults;  ///< active
  int open = 0;  ///< rows of the kiosk's journal that are not settled
  int reports = 0;  ///< …that are still to be reported

  [[nodiscard]] int count(sim::CardPlace place) const;
  [[nodiscard]] bool card_at_exit() const { return count(sim::CardPlace::kExit) > 0; }
};

/// What the rung does not answer stays as it was.
void read_truth(scenario::Rung& rung, Truth& truth);
/// It can have changed with this event.
[[nodiscard]] bool changes_truth(const Event& event);

}  // namespace cardrig::panel
