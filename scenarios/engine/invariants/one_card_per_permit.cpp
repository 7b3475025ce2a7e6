// 2. One permit gives at most one delivered card, whatever is cut, repeated or lost: by the cards
// that people took, and by what the platform counted.
#include <fmt/format.h>

#include <map>

#include "scenarios/engine/invariants/invariant.h"

namespace cardrig::scenario {
namespace {

class OneCardPerPermit final : public Invariant {
 public:
  OneCardPerPermit() : Invariant(2, "one permit gives at most one delivered card") {}

  void on_event(const Event& event) override {
    if (event.kind == "platform.claim") permit_of_[event.text("attempt")] = event.text("permit");
    if (event.kind == "platform.permit" && event.text("state") == "approved") {
      taken_.erase(event.text("permit"));  // the authority allows a new card
      counted_.erase(event.text("permit"));
    }
    if (event.kind == "world.card_taken" && event.text("printed") == "true") {
      count(taken_, permit_of(event.text("attempt")), "were taken");
    }
    if (event.kind == "platform.report" && event.text("outcome") == "delivered" &&
        event.text("duplicate") != "true") {
      count(counted_, event.text("permit"), "were counted as delivered");
    }
  }

 private:
  std::string permit_of(const std::string& attempt) const {
    const auto it = permit_of_.find(attempt);
    // A card without a claim is a violation of invariant 1; it still counts by its attempt.
    return it == permit_of_.end() ? "?" + attempt : it->second;
  }

  void count(std::map<std::string, int>& cards, const std::string& permit, const char* what) {
    checked();
    if (++cards[permit] > 1) {
      violated(fmt::format("{} cards of the permit {} {}.", cards[permit], permit, what));
    }
  }

  std::map<std::string, std::string> permit_of_;
  std::map<std::string, int> taken_;
  std::map<std::string, int> counted_;
};

}  // namespace

std::unique_ptr<Invariant> make_one_card_per_permit() {
  return std::make_unique<OneCardPerPermit>();
}

}  // namespace cardrig::scenario
