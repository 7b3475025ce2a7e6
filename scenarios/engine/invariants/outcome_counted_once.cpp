// 3. Every attempt's outcome is counted at the platform exactly once, as soon as the network
// allows, and it is what really became of the card: "What becomes of a card" in
// docs/protocols/card-path.md.
#include <fmt/format.h>

#include <map>
#include <set>
#include <tuple>

#include "scenarios/engine/invariants/invariant.h"

namespace cardrig::scenario {
namespace {

class OutcomeCountedOnce final : public Invariant {
 public:
  OutcomeCountedOnce() : Invariant(3, "every outcome is counted at the platform exactly once") {}

  void on_event(const Event& event) override {
    const std::string attempt = event.text("attempt");
    if (event.kind == "platform.claim" && event.text("state") == "granted")
      claimed_.insert(attempt);
    if (event.kind == "platform.report") report(event);
    if (event.kind == "journal.committed" && event.text("phase") == "settled") {
      settled_.insert({attempt, event.number("card")});
    }
    if (event.kind == "world.card_taken") ++truth_[attempt].taken;
    if (event.kind == "card.fed") job_of_[event.number("card")] = event.text("job");
    if (event.kind == "card.rejected") rejected(event);
  }

  void at_end(bool healed) override {
    if (!healed) return;
    for (const auto& card : settled_) {
      if (!claimed_.contains(card.first)) continue;  // given back, not reported
      checked();
      if (counted_.contains(card)) continue;
      violated(fmt::format("card {} of attempt {} is settled and was never counted.", card.second,
                           card.first));
    }
    for (const auto& [attempt, told] : told_) compare(attempt, told, truth_[attempt]);
  }

 private:
  struct Cards {
    int taken = 0;
    int captured = 0;
    int spoilt = 0;
    bool open_or_corrected = false;  // unknown, or what staff said: no sensor can check that
  };
  using Card = std::pair<std::string, std::int64_t>;

  /// Cards that were fed together, for one job, are one spoilt card of the attempt.
  void rejected(const Event& event) {
    Cards& truth = truth_[event.text("attempt")];
    if (event.text("printed") == "true") {
      ++truth.captured;
    } else if (spoilt_jobs_.insert({event.text("attempt"), job_of_[event.number("card")]}).second) {
      ++truth.spoilt;
    }
  }

  void report(const Event& event) {
    checked();
    if (event.text("duplicate") == "true") return;
    const Card card{event.text("attempt"), event.number("card_number")};
    const bool corrects = !event.text("corrects").empty();
    if (!counted_.insert(card).second && !corrects) {
      violated(fmt::format("card {} of attempt {} was counted twice.", card.second, card.first));
    }
    Cards& told = told_[card.first];
    const std::string outcome = event.text("outcome");
    if (outcome == "delivered") ++told.taken;
    if (outcome == "captured") ++told.captured;
    if (outcome == "spoilt") ++told.spoilt;
    if (outcome == "unknown" || corrects) told.open_or_corrected = true;
  }

  void compare(const std::string& attempt, const Cards& told, const Cards& truth) {
    if (told.open_or_corrected) return;
    checked();
    const auto differs = [&](const char* what, int said, int is) {
      if (said == is) return;
      violated(fmt::format("attempt {} reported {} cards as {}, but there were {}.", attempt, said,
                           what, is));
    };
    differs("delivered", told.taken, truth.taken);
    differs("captured", told.captured, truth.captured);
    differs("spoilt", told.spoilt, truth.spoilt);
  }

  std::set<std::string> claimed_;
  std::set<Card> settled_;
  std::set<Card> counted_;
  std::map<std::string, Cards> told_;
  std::map<std::string, Cards> truth_;
  std::map<std::int64_t, std::string> job_of_;  // by card
  std::set<std::pair<std::string, std::string>> spoilt_jobs_;  // attempt, job
};

}  // namespace

std::unique_ptr<Invariant> make_outcome_counted_once() {
  return std::make_unique<OutcomeCountedOnce>();
}

}  // namespace cardrig::scenario
