// The rules about one card. The order of the design: sensor and counters over job states (P23,
// P24); nothing is called "no card used" while a job could still feed one.
#include "kiosk/issuance/next_step.h"

namespace cardrig::issuance {

using card_printer::PathFault;

namespace {

bool device_is(const Sight& s, DeviceState state) {
  return s.sources.path && s.sources.path->device == state;
}

Step step_before_feed(const Sight& s, const Circumstances& c, const Times& t) {
  switch (s.job) {
    case JobView::kUnreachable:
      return Step::kWait;  // it could still print
    case JobView::kActive: {
      const bool stuck = s.stable >= t.defect_limit && has_defect(*s.sources.path);
      return !c.person_is_here || c.overtime || stuck ? Step::kCancelJob : Step::kWait;
    }
    case JobView::kEnded:
    case JobView::kCompleted:
      break;
  }
  if (device_is(s, DeviceState::kBusy)) return Step::kWait;
  // A job whose sending broke off may be accepted a moment later.
  const bool patient = c.submit_unclear || s.job == JobView::kCompleted;
  return s.stable >= (patient ? 4 * t.grace : t.grace) ? Step::kEndNoCard : Step::kWait;
}

Step step_in_path(const Sight& s, const Circumstances& c, const Times& t) {
  if (device_is(s, DeviceState::kBusy) || device_is(s, DeviceState::kStarting)) return Step::kWait;
  if (s.sources.path->fault_after_feed && !s.finished) return Step::kClearAway;
  if (s.job == JobView::kActive && !c.overtime) return Step::kWait;  // e.g. a cover to be closed
  if (s.stable < t.grace) return Step::kWait;
  // A card that was offered before and is inside again is on its way to the bin.
  const bool show =
      s.finished && c.person_is_here && !c.overtime && !c.present_failed && !c.shown_for;
  return show ? Step::kPresent : Step::kClearAway;
}

Step step_at_exit(const Sight& s, const Circumstances& c, const Times& t) {
  const bool path_known = printed_since(s.sources, journal::Baseline{}).has_value();
  if (!path_known && s.stable < 2 * t.grace) return Step::kWait;
  if (path_known && !s.finished) return Step::kCapture;  // half a card is not for anybody's hand
  if (!c.person_is_here) return path_known ? Step::kCapture : Step::kWait;
  // A card that is taken before the sensor has believed in it would never be seen to be taken.
  const bool unseen = s.sources.board && !s.sources.board->card_in_outlet;
  if (!c.shown_for) return unseen && s.stable < t.grace ? Step::kWait : Step::kOffer;
  if (c.capturing || *c.shown_for >= 2 * t.take_card) return Step::kCapture;
  return *c.shown_for >= t.take_card && !c.reminded ? Step::kRemind : Step::kWait;
}

}  // namespace

bool has_defect(const card_printer::PathStatus& status) {
  const auto gone = [](SupplyState s) {
    return s == SupplyState::kEmpty || s == SupplyState::kMissing;
  };
  return status.fault != PathFault::kNone || gone(status.hopper) || gone(status.ribbon) ||
         status.reject_bin_full;
}

Step next_step(const Sight& s, const Circumstances& c, const Times& t) {
  switch (s.fate) {
    case Fate::kTaken:
      return Step::kEndDelivered;
    case Fate::kTakenUnsure: {
      // After a restart the printer may be starting, too: it is waited for longer.
      const Nanos patience = (c.person_is_here ? 4 : 12) * t.grace;
      return s.stable >= patience ? Step::kEndDelivered : Step::kWait;
    }
    case Fate::kInBinWhole:
      return Step::kEndCaptured;
    case Fate::kInBinSpoilt:
      return Step::kEndSpoilt;
    case Fate::kNotFed:
      return step_before_feed(s, c, t);
    case Fate::kMoving:
      return Step::kWait;
    case Fate::kInPath:
      return step_in_path(s, c, t);
    case Fate::kAtExit:
      return step_at_exit(s, c, t);
    case Fate::kLost:
      return s.stable >= 2 * t.grace ? Step::kEndUnknown : Step::kWait;
    case Fate::kNotKnown:
      return Step::kWait;
  }
  return Step::kWait;
}

}  // namespace cardrig::issuance
