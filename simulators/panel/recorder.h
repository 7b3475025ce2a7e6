// The recorder: what was done in the panel, as a scenario file. Between two acts it writes what was
// seen (screens, cards on their way) and how long the person then waited, so that the file places
// each act exactly on the virtual rung, and in the right order of causes on the others.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "simulators/panel/run.h"

namespace cardrig::panel {

struct RecordedStep {
  nlohmann::ordered_json step;
  Nanos time{0};  ///< of the session
  bool is_act = false;  ///< else it says what was seen, or waits
};

/// Up to the present instant.
[[nodiscard]] std::vector<RecordedStep> recorded_steps(Run& run);

/// `{"touch": "print"}`, with a space after every sign.
[[nodiscard]] std::string one_line(const nlohmann::ordered_json& value);

/// The whole file. The session ends at the present instant: what is due now is done first.
[[nodiscard]] std::string write_scenario(Run& run, const std::string& name);

/// What running the file again gave, on a fresh virtual rung of the session's seed. Of a live
/// session the virtual rung can tell the same story, no more.
struct Repeated {
  bool passed = false;
  std::string other_story;  ///< of a live session: the first difference; "": the same story
  bool same_trace = false;  ///< the session's events come again, each as it was
  bool whole = false;  ///< and no others: the hashes are equal
  std::string hash;  ///< of the repeated run
  std::string failure;  ///< the first one
};
[[nodiscard]] Repeated repeat_scenario(Run& run, const std::string& text);

/// Writes the file and runs it again; one sentence for the person.
[[nodiscard]] std::string save_scenario(Run& run, const std::string& path);

}  // namespace cardrig::panel
