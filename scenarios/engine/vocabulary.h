// Vocabulary: the names that a scenario file may use, and that only the rest of the system knows:
// faults, people, documents, screens, buttons, events. The loader checks files against it without a
// run. An empty list checks nothing.
#pragma once

#include <string>
#include <vector>

#include "simulators/world/fault_catalogue.h"

namespace cardrig::scenario {

struct Vocabulary {
  std::vector<sim::FaultSpec> faults;
  std::vector<std::string> people;  ///< "p01"…
  std::vector<std::string> documents;  ///< "p01.resident"…
  std::vector<std::string> screens;  ///< ids that the flow can show
  std::vector<std::string> idle_screens;  ///< at rest, ready for the next person
  std::vector<std::string> closed_screens;  ///< out of service, naming the cause
  std::vector<std::string> buttons;  ///< keys; "choose:*" stands for any text after the colon
  std::vector<std::string> items;  ///< item codes that a permit may name: "2.1"
  std::vector<std::string> events;  ///< kinds of trace events: "card.fed"
};

}  // namespace cardrig::scenario
