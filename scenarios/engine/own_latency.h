// How long the kiosk's own software keeps a person waiting: of one visit, from the touch of "start"
// to the screen "done", the time in which nothing outside the kiosk is pending. Read off the trace
// of any rung. What counts as pending stands in docs/latency.md; whatever is not named there
// (polls, inference, drawing, journal, pauses, set-up of connections) is the kiosk's own.
#pragma once

#include <string>
#include <vector>

#include "kiosk/runtime/trace.h"

namespace cardrig::scenario {

/// One stretch in which the kiosk had nobody to wait for.
struct OwnInterval {
  Nanos from{0}, to{0};
  std::string phase;  ///< the screen at `from`; of "printing" with its stage: "printing/claiming"
  std::string after;  ///< what ended then: "touch start", "id_reader read", "card taken"…
  std::string before;  ///< what was pending next; "done" at the end of the visit
};

struct OwnLatency {
  Nanos from{0}, to{0};  ///< the visit
  Nanos own{0};  ///< the sum of `intervals`
  std::vector<OwnInterval> intervals;  ///< in order, none empty
};

/// One for each visit that was begun by a touch and ended with the screen "done", in order. A visit
/// that ended otherwise has no latency: a refusal is over as soon as it is known. `events` are in
/// the order of their times; a power cut ends what was pending and the visit.
[[nodiscard]] std::vector<OwnLatency> own_latencies(const std::vector<Event>& events);

/// The value that `percent` of the values do not exceed (the nearest rank); 0 if there are none.
[[nodiscard]] double percentile(std::vector<double> values, double percent);

}  // namespace cardrig::scenario
