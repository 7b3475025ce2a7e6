// The story of a run: what happened, without when. Two rungs that run the same scenario must tell
// the same story, though their bytes, polls and times differ.
//
// A story keeps the events that mean something to the parties: acts, the world, cards, faults, what
// the reader found, identity, face, screens and touches, calls of the platform, issuance, journal.
// Each with its stable fields, random names (attempts, sessions) replaced by their order. Bytes,
// frames, polls and what merely takes its time are left out. What may happen side by side stands in
// lanes of its own: within a lane the order counts, and between lanes only those orders that have a
// cause (a job before the card that it feeds). Loops count once, however often they ran.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kiosk/runtime/trace.h"

namespace cardrig::scenario {

struct StoryLine {
  std::string text;
  Nanos time{0};  ///< of its first event; for telling which difference comes first
};

struct Story {
  std::string name;  ///< for people: "virtual"
  std::map<std::string, std::vector<StoryLine>> lanes;
  std::set<std::string> orders;  ///< "<line> after <line>", across lanes
};

[[nodiscard]] Story tell_story(const std::vector<Event>& events, std::string name);

/// The first difference, in one sentence; "": they are the same story.
[[nodiscard]] std::string compare(const Story& a, const Story& b);

}  // namespace cardrig::scenario
