#include "simulators/panel/coverage.h"

#include <algorithm>

namespace cardrig::panel {

namespace {

/// What this field of this kind of event can hold.
std::vector<std::string> words_of(const scenario::Vocabulary& vocabulary, std::string_view kind,
                                  std::string_view field) {
  const scenario::EventKind* event = vocabulary.find_event(kind);
  if (event == nullptr) return {};
  for (const scenario::FieldKind& one : event->fields) {
    if (one.name == field) return one.words;
  }
  return {};
}

void note(Coverage::Names& names, const std::string& name) {
  if (std::find(names.all.begin(), names.all.end(), name) != names.all.end()) {
    names.seen.insert(name);
  }
}

}  // namespace

Coverage::Coverage(const scenario::Vocabulary& vocabulary) : vocabulary_(vocabulary) {
  screens_.all = vocabulary.screens;
  staff_codes_.all = vocabulary.staff_codes;
  endings_.all = words_of(vocabulary, "kiosk.session_ended", "reason");
  outcomes_.all = words_of(vocabulary, "issuance.settled", "outcome");
}

void Coverage::clear() {
  faults_.clear();
  for (Names* names : {&screens_, &staff_codes_, &endings_, &outcomes_}) names->seen.clear();
  counters_ = {};
  refused_ = false;
  outcome_of_.clear();
}

Coverage::Fault Coverage::fault(std::string_view name) const {
  const auto found = faults_.find(name);
  return found == faults_.end() ? Fault::kNever : found->second;
}

std::size_t Coverage::faults_covered() const {
  return static_cast<std::size_t>(
      std::count_if(vocabulary_.faults.begin(), vocabulary_.faults.end(),
                    [this](const auto& spec) { return fault(spec.name) == Fault::kHadEffect; }));
}

void Coverage::see(const Event& event) {
  if (event.kind.starts_with("fault.")) return see_fault(event);
  if (event.kind == "kiosk.screen") return see_screen(event);
  if (event.kind == "issuance.settled") return see_settled(event);
  if (event.kind == "kiosk.session_started") {
    ++counters_.sessions;
    refused_ = false;
  } else if (event.kind == "kiosk.session_ended") {
    note(endings_, event.text("reason"));
  } else if (event.kind == "platform.call") {
    ++counters_.platform_calls;
    if (event.text("ok") == "false") ++counters_.platform_calls_failed;
  }
}

void Coverage::see_fault(const Event& event) {
  const bool effect = event.kind == "fault.effect";
  if (!effect && event.kind != "fault.injected") return;
  ++(effect ? counters_.fault_effects : counters_.faults_injected);
  Fault& most = faults_.try_emplace(event.text("fault"), Fault::kNever).first->second;
  most = std::max(most, effect ? Fault::kHadEffect : Fault::kInjected);
}

void Coverage::see_screen(const Event& event) {
  const std::string id = event.text("id");
  note(screens_, id);
  note(staff_codes_, event.text("staff_code"));
  if (id != "refused" || refused_) return;
  refused_ = true;
  ++counters_.refusals;
}

std::int64_t* Coverage::count_of(std::string_view outcome) {
  if (outcome == "delivered") return &counters_.delivered;
  if (outcome == "captured") return &counters_.captured;
  if (outcome == "spoilt") return &counters_.spoilt;
  if (outcome == "no_card") return &counters_.no_card;
  if (outcome == "unknown") return &counters_.unknown;
  return nullptr;
}

void Coverage::see_settled(const Event& event) {
  const std::string outcome = event.text("outcome");
  note(outcomes_, outcome);
  const auto [known, is_new] =
      outcome_of_.try_emplace(event.text("attempt") + ' ' + event.text("card"), outcome);
  if (!is_new) {
    if (std::int64_t* before = count_of(known->second)) --*before;
    known->second = outcome;
  }
  if (std::int64_t* count = count_of(outcome)) ++*count;
}

}  // namespace cardrig::panel
