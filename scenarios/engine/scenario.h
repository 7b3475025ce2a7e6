// A scenario as the runner sees it: read, checked, with the values of one row of examples filled
// in. The file format is described in docs/scenarios.md.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/rig.h"
#include "simulators/world/world.h"

namespace cardrig::scenario {

/// A number that is wanted: equal, or within bounds.
struct Amount {
  std::int64_t low = 0;
  std::int64_t high = 0;

  [[nodiscard]] bool holds(std::int64_t n) const { return n >= low && n <= high; }
};
[[nodiscard]] std::string to_string(const Amount& amount);

/// One field of an event. Text form compares (personal values masked); `negated`: must differ.
struct FieldPattern {
  std::string key;
  std::string wanted;
  bool negated = false;
};

struct EventPattern {
  std::string kind;  ///< "card.fed"
  std::string party;  ///< "": any
  std::vector<FieldPattern> fields;
};
[[nodiscard]] std::string to_string(const EventPattern& pattern);

struct ScreenPattern {
  std::string id;
  std::vector<std::string> buttons;  ///< all of them must be on the screen
  std::string staff_code;  ///< "": any
  std::string title;  ///< text key of the title; "": any
};

struct PermitPattern {
  std::string permit;
  std::vector<std::pair<std::string, std::string>> texts;  ///< "state", "claim"
  std::vector<std::pair<std::string, Amount>> numbers;  ///< "delivered"…
};

/// What the kiosk is to be at.
enum class KioskRest { kIdle, kOutOfService, kEither };

/// What is expected. Every part that is set must hold.
struct Condition {
  int line = 0;
  std::string text;  ///< as the author wrote it
  std::optional<ScreenPattern> screen;
  std::vector<EventPattern> events;  ///< in this order
  std::vector<std::pair<sim::CardPlace, Amount>> cards;  ///< how many lie where
  std::vector<PermitPattern> permits;  ///< asked from the platform
  std::optional<std::string> outcome;  ///< of the attempt settled last; "no_attempt": none was
  std::vector<std::pair<std::string, Amount>> counts;  ///< events of a kind in the whole run
  std::optional<KioskRest> kiosk;
};

/// Holds a step back until something has happened, without holding up the steps after it.
struct Trigger {
  EventPattern event;  ///< no kind: at once, so that only `after` counts
  int count = 1;  ///< at the n-th such event after the step was reached
  Nanos after{0};
};

struct Step {
  enum class Kind { kAct, kWait, kExpect, kNever, kEventually };

  Kind kind = Kind::kAct;
  int line = 0;
  std::string text;  ///< as the author wrote it
  std::string note;
  RigMessage act;
  std::optional<Trigger> at;  ///< acts only
  bool refused = false;  ///< acts only: it must not be possible
  Condition condition;  ///< expect, never, eventually
  /// wait: how long. expect: the limit. never: how long; 0 means to the end.
  Nanos time{0};
};

struct Scenario {
  std::string file;
  std::string id;  ///< "cards/jam.scenario.json" or "…#row": unique in a suite
  std::string name;  ///< with the row's name
  std::string purpose;
  std::vector<std::string> tags;
  int line = 1;
  std::optional<std::uint64_t> seed;
  Nanos limit{0};  ///< of the whole run, virtual
  bool heal = true;  ///< afterwards everything is mended and the reports must be counted
  std::vector<Step> given;
  std::vector<Step> steps;
  std::optional<Condition> finally;
};

/// What an author gets who says nothing.
inline constexpr Nanos kDefaultWithin = std::chrono::seconds(10);
inline constexpr Nanos kDefaultLimit = std::chrono::minutes(20);

}  // namespace cardrig::scenario
