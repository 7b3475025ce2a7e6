// The judgement over counters, position and outlet sensor.
#include "kiosk/issuance/evidence.h"

namespace cardrig::issuance {

using card_printer::CardPosition;

const char* to_string(Fate fate) {
  switch (fate) {
    case Fate::kNotFed:
      return "not fed";
    case Fate::kMoving:
      return "moving";
    case Fate::kInPath:
      return "in the path";
    case Fate::kAtExit:
      return "at the exit";
    case Fate::kTaken:
      return "taken";
    case Fate::kTakenUnsure:
      return "taken, the path is silent";
    case Fate::kInBinWhole:
      return "whole in the bin";
    case Fate::kInBinSpoilt:
      return "spoilt in the bin";
    case Fate::kLost:
      return "lost";
    case Fate::kNotKnown:
      return "not known";
  }
  return "?";
}

namespace {

// One job feeds one card, two at a double feed. A greater difference means that a counter was reset
// or exchanged with its device: it says nothing any more.
constexpr unsigned kPlausible = 2;

struct Counts {
  std::uint32_t fed = 0, printed = 0, rejected = 0;
  [[nodiscard]] bool plausible() const {
    return fed <= kPlausible && printed <= fed && rejected <= fed;
  }
};

std::optional<Counts> counts_since(const Sources& s, const journal::Baseline& b) {
  if (!s.path || !s.capabilities.counts_cards) return std::nullopt;
  return Counts{s.path->cards_fed_total - b.cards_fed_total,
                s.path->cards_printed_total - b.cards_printed_total,
                s.path->cards_rejected_total - b.cards_rejected_total};
}

std::uint16_t taken_since(const Sources& s, const journal::Baseline& b) {
  // The board's counters wrap at 16 bits: the difference is right all the same.
  return s.board ? static_cast<std::uint16_t>(s.board->cards_taken_total - b.cards_taken_total) : 0;
}

Fate where_it_rests(const Counts& counts, CardPosition position, bool covered) {
  switch (position) {
    case CardPosition::kMoving:
      return Fate::kMoving;
    case CardPosition::kExit:
      return Fate::kAtExit;
    case CardPosition::kFeeder:
    case CardPosition::kHead:
    case CardPosition::kFlip:
      return Fate::kInPath;
    case CardPosition::kUnknown:
      return Fate::kNotKnown;
    case CardPosition::kNone:
      break;
  }
  if (covered) return Fate::kAtExit;
  if (counts.rejected < counts.fed) return Fate::kLost;
  const bool whole = counts.printed == counts.fed && counts.fed == 1;
  return whole ? Fate::kInBinWhole : Fate::kInBinSpoilt;
}

}  // namespace

std::optional<std::uint32_t> printed_since(const Sources& sources,
                                           const journal::Baseline& baseline) {
  const auto counts = counts_since(sources, baseline);
  if (!counts) return std::nullopt;
  return counts->printed;
}

Fate judge(const Sources& sources, const journal::Baseline& baseline) {
  const auto counts = counts_since(sources, baseline);
  const bool position_known = sources.path && sources.capabilities.knows_position;
  const bool covered = sources.board && sources.board->card_in_outlet;
  const auto taken = taken_since(sources, baseline);
  if (taken > kPlausible || (counts && !counts->plausible())) return Fate::kLost;
  if (!counts || !position_known) {
    if (taken > 0) return Fate::kTakenUnsure;
    return covered ? Fate::kAtExit : Fate::kNotKnown;
  }
  // A card in the outlet that the printer never fed is none of ours.
  if (counts->fed == 0) return taken > 0 ? Fate::kLost : Fate::kNotFed;
  if (taken > 0) {
    // An unfinished card in somebody's hand, or two fates for one card: for staff to find out.
    const bool one_and_whole = counts->fed == 1 && counts->printed == 1 && counts->rejected == 0;
    return one_and_whole ? Fate::kTaken : Fate::kLost;
  }
  return where_it_rests(*counts, sources.path->position, covered);
}

}  // namespace cardrig::issuance
