// What the card path and the outlet sensor together say about one card. Pure: no waiting, no
// devices. Sensor and counters are believed; what a print job claims is not asked here at all.
#pragma once

#include <cstdint>
#include <optional>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/journal/journal.h"

namespace cardrig::issuance {

/// The sum of what is known at one moment.
enum class Fate {
  kNotFed,  ///< no card has left the hopper since the baseline
  kMoving,  ///< it is on its way
  kInPath,  ///< it rests inside the printer
  kAtExit,  ///< it can be taken
  kTaken,  ///< it was finished, and left outwards
  kTakenUnsure,  ///< the sensor says so, and the card path does not answer
  kInBinWhole,  ///< finished, and in the reject bin
  kInBinSpoilt,  ///< not finished (or a double feed), and in the reject bin
  kLost,  ///< the sources contradict each other, or the card is nowhere
  kNotKnown,  ///< too few sources answer
};
[[nodiscard]] const char* to_string(Fate fate);

/// Answers of one moment; nothing where a source did not answer.
struct Sources {
  std::optional<card_printer::PathStatus> path;
  card_printer::PathCapabilities capabilities;
  std::optional<control_board::BoardInputs> board;
};

/// Cards finished since the baseline; nothing if the path does not answer or does not count.
[[nodiscard]] std::optional<std::uint32_t> printed_since(const Sources& sources,
                                                         const journal::Baseline& baseline);
[[nodiscard]] Fate judge(const Sources& sources, const journal::Baseline& baseline);

}  // namespace cardrig::issuance
