// What a run of a scenario gave: everything that the summaries and reports show. It holds no
// personal data but masked ones, and no photograph of a person.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"

namespace cardrig::scenario {

/// Coded pictures by their SHA-256, so that equal ones are kept once.
struct StoredPicture {
  std::string media_type;
  int width_px = 0;
  int height_px = 0;
  std::vector<std::uint8_t> bytes;
};
using PictureStore = std::map<std::string, StoredPicture>;

enum class StepState { kNotReached, kDone, kFailed };

struct StepResult {
  int line = 0;
  std::string kind;  ///< "given", "act", "wait", "expect", "never", "eventually", "finally"
  std::string text;
  std::string note;
  StepState state = StepState::kNotReached;
  Nanos began{0};
  Nanos ended{0};
};

struct Failure {
  int line = 0;  ///< of the scenario file; 0: an invariant or the run as a whole
  Nanos time{0};
  std::string what;  ///< one sentence
  std::vector<std::string> saw;  ///< what was there instead, a line each
  /// No slowness of the machine excuses it: an invariant, what must never be, a program's death.
  bool absolute = false;
};

struct InvariantResult {
  int number = 0;
  std::string title;
  std::int64_t checks = 0;  ///< how often there was something to check
  std::vector<std::string> violations;
};

struct ScreenShot {
  Nanos time{0};
  Nanos until{0};
  std::string id;
  std::string title;
  std::string sentence;
  std::string staff_code;
  std::string tone;
  std::string picture;  ///< key of the picture store; "": none was drawn
};

struct CardShot {
  int number = 0;
  std::string place;
  bool printed = false;
  bool spoilt = false;
  std::string attempt;
  std::string picture;
};

/// A mark or a span on one lane of the timeline.
struct Mark {
  std::string lane;
  std::string style;  ///< "act", "good", "bad", "fault", "busy", "wire_out"…
  std::string label;  ///< inside a span, if there is room
  std::string tip;
  Nanos from{0};
  Nanos until{0};  ///< equal to `from`: a point in time
};

struct ScenarioResult {
  std::string id, file, name, purpose, rung;
  std::vector<std::string> tags;
  int line = 1;
  std::uint64_t seed = 0;
  bool passed = false;
  std::vector<Failure> failures;
  std::vector<StepResult> steps;
  std::vector<InvariantResult> invariants;
  std::vector<std::string> faults;  ///< injected in this run
  std::vector<ScreenShot> screens;
  std::vector<CardShot> cards;
  std::vector<Mark> marks;
  std::vector<std::string> log;  ///< the events that matter, for a failed run
  std::string trace_hash;  ///< "": a run in real time, which never gives the same trace twice
  std::string second_hash;  ///< of the second run; "": it ran once
  std::vector<std::string> discarded;  ///< runs before this one that prove nothing, and why
  std::string same_story_as;  ///< the rung that told the same story; "": not compared, or another
  std::int64_t events = 0;
  Nanos virtual_time{0};
  double wall_s = 0;
};

/// A scenario that this rung cannot run, and why, in one sentence.
struct SkippedScenario {
  std::string id, file, why;
  int line = 1;
};

struct SuiteResult {
  std::string rung;
  std::vector<std::string> notes;  ///< about the rung, for whoever reads the results
  std::vector<SkippedScenario> skipped;
  std::string command;
  std::vector<ScenarioResult> scenarios;  ///< in the order of their ids
  PictureStore pictures;
  double wall_s = 0;

  [[nodiscard]] int failed() const;
};

/// For worker processes and results.json. Pictures travel as bytes (CBOR) beside the results.
[[nodiscard]] nlohmann::json to_json(const ScenarioResult& result);
[[nodiscard]] ScenarioResult result_from_json(const nlohmann::json& json);

/// "12.345 s", "2 min 5 s": for people.
[[nodiscard]] std::string show_time(Nanos time);

}  // namespace cardrig::scenario
