#pragma once

#include <string>

#include "scenarios/engine/result.h"

namespace cardrig::scenario {

/// The timeline of one run as inline SVG: a lane for each party, card, fault and wire. Details of a
/// mark are its tool-tip. "" where nothing was recorded.
[[nodiscard]] std::string timeline_svg(const ScenarioResult& result);

}  // namespace cardrig::scenario
