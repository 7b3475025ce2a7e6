// What to do next about one card, from what is seen of it. Pure, so that every rule can be tested
// by itself; card_run.h carries the steps out.
#pragma once

#include "kiosk/issuance/evidence.h"
#include "kiosk/issuance/issuance.h"

namespace cardrig::issuance {

/// How the print job stands. Never believed about the card: only about whether one may still come.
enum class JobView {
  kUnreachable,  ///< the print channel does not answer
  kActive,  ///< it may still feed a card
  kEnded,  ///< cancelled, aborted, or the printer does not know it (any more)
  kCompleted,
};

struct Sight {
  Sources sources;
  JobView job = JobView::kUnreachable;
  Fate fate = Fate::kNotKnown;
  bool finished = false;  ///< the card's printing has finished, as far as is known
  Nanos stable{0};  ///< nothing of this has changed for so long
};

struct Circumstances {
  bool person_is_here = false;
  bool overtime = false;  ///< the time for printing has passed: put the card away
  bool submit_unclear = false;  ///< the printer may have taken the job without saying so
  bool present_failed = false;
  bool capturing = false;  ///< the retract of an untaken card has begun
  std::optional<Nanos> shown_for;  ///< since the card was offered to the person
  bool reminded = false;
};

enum class Step {
  kWait,
  kCancelJob,
  kPresent,  ///< bring a finished card to the exit
  kOffer,  ///< tell the person to take the card
  kRemind,
  kCapture,  ///< retract an untaken card
  kClearAway,  ///< reject what is in the path
  kEndDelivered,
  kEndCaptured,
  kEndSpoilt,
  kEndNoCard,
  kEndUnknown,
};

/// True if the printer says why it cannot feed a card now.
[[nodiscard]] bool has_defect(const card_printer::PathStatus& status);
[[nodiscard]] Step next_step(const Sight& sight, const Circumstances& now, const Times& times);

}  // namespace cardrig::issuance
