// Vocabulary: the names that a scenario file may use, and that only the rest of the system knows:
// faults, people, documents, screens, buttons, events and their fields. The loader checks files
// against it without a run. An empty list checks nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "simulators/world/fault_catalogue.h"

namespace cardrig::scenario {

/// A field of an event, and what it can hold. A `never` that waits for anything else cannot fail.
struct FieldKind {
  enum class Holds { kAnything, kBool, kNumber, kWord, kPermit };
  std::string name;
  Holds holds = Holds::kAnything;
  std::vector<std::string> words{};  ///< of kWord
};

struct EventKind {
  std::string kind;  ///< "card.fed"
  std::vector<std::string> parties;  ///< who says it; empty: anybody
  std::vector<FieldKind> fields;
};

struct Vocabulary {
  std::vector<sim::FaultSpec> faults;
  std::vector<std::string> people;  ///< "p01"…
  std::vector<std::string> documents;  ///< "p01.resident"…
  std::vector<std::string> screens;  ///< ids that the flow can show
  std::vector<std::string> idle_screens;  ///< at rest, ready for the next person
  std::vector<std::string> closed_screens;  ///< out of service, naming the cause
  std::vector<std::string> buttons;  ///< keys; "choose:*" stands for any text after the colon
  std::vector<std::string> staff_codes;  ///< of refusals and causes: "P7"
  std::vector<std::string> texts;  ///< keys of the kiosk's texts: "consent.title"
  std::vector<std::string> items;  ///< item codes that a permit may name: "2.1"
  std::vector<std::string> permit_states;  ///< at the platform
  std::vector<std::string> claim_states;
  std::vector<EventKind> events;

  /// Null: there is no such kind.
  [[nodiscard]] const EventKind* find_event(std::string_view kind) const {
    for (const EventKind& event : events) {
      if (event.kind == kind) return &event;
    }
    return nullptr;
  }
  [[nodiscard]] std::vector<std::string> event_kinds() const {
    std::vector<std::string> kinds;
    for (const EventKind& event : events) kinds.push_back(event.kind);
    return kinds;
  }
};

}  // namespace cardrig::scenario
