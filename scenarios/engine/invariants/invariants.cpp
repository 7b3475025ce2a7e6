#include "scenarios/engine/invariants/invariants.h"

#include <fmt/format.h>

namespace cardrig::scenario {

void Invariant::violated(const std::string& what) {
  violations_.push_back(fmt::format("Invariant {} ({}) is violated: {}", number_, title_, what));
}

Invariants::Invariants(const Vocabulary& vocabulary) {
  all_.push_back(make_print_needs_permission());
  all_.push_back(make_one_card_per_permit());
  all_.push_back(make_outcome_counted_once());
  all_.push_back(make_printed_as_certified());
  all_.push_back(make_cards_conserved());
  all_.push_back(make_untaken_card_captured(vocabulary));
  all_.push_back(make_personal_data_gone(vocabulary));
  all_.push_back(make_never_stuck(vocabulary));
  told_.resize(all_.size());
}

void Invariants::on_event(const Event& event) {
  for (const auto& invariant : all_) invariant->on_event(event);
}

std::vector<std::string> Invariants::take_new_violations() {
  std::vector<std::string> fresh;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const auto& violations = all_[i]->violations();
    for (; told_[i] < violations.size(); ++told_[i]) fresh.push_back(violations[told_[i]]);
  }
  return fresh;
}

std::vector<std::string> Invariants::at_end(bool healed) {
  for (const auto& invariant : all_) invariant->at_end(healed);
  return take_new_violations();
}

std::vector<InvariantResult> Invariants::results() const {
  std::vector<InvariantResult> results;
  for (const auto& invariant : all_) {
    results.push_back(InvariantResult{invariant->number(), invariant->title(), invariant->checks(),
                                      invariant->violations()});
  }
  return results;
}

}  // namespace cardrig::scenario
