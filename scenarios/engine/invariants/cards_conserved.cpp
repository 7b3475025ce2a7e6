// 5. Cards are conserved. Every card's way is followed from the events of the world: a card moves
// from where it lay, leaves a taken place never, and every card that the printer says it fed has
// left the hopper.
#include <fmt/format.h>

#include <map>

#include "scenarios/engine/invariants/invariant.h"

namespace cardrig::scenario {
namespace {

class CardsConserved final : public Invariant {
 public:
  CardsConserved() : Invariant(5, "cards are conserved") {}

  void on_event(const Event& event) override {
    if (event.kind == "world.hopper_loaded") loaded_ += event.number("cards");
    if (event.kind == "world.card_moved") {
      move(event.number("card"), event.text("from"), event.text("to"));
    }
    if (event.kind == "world.card_taken") move(event.number("card"), "exit", "taken");
    if (event.kind == "card.fed") ++fed_;
    if (event.kind == "world.reject_bin_emptied") empty_bin(event.number("cards"));
  }

  void at_end(bool healed) override {
    static_cast<void>(healed);
    if (left_hopper_ == 0 && fed_ == 0) return;
    checked();
    if (fed_ > left_hopper_) {
      violated(
          fmt::format("the printer fed {} cards, but {} left the hopper.", fed_, left_hopper_));
    }
  }

 private:
  void move(std::int64_t card, const std::string& from, const std::string& to) {
    checked();
    std::string& place = place_.try_emplace(card, "hopper").first->second;
    if (card < 1 || card > loaded_) {
      violated(fmt::format("card {} moved, but only {} were loaded.", card, loaded_));
    }
    if (place != from) {
      violated(fmt::format("card {} moved from {}, but it lay in {}.", card, from, place));
    }
    if (from == "hopper" && to != "hopper") ++left_hopper_;
    if (place == "taken") violated(fmt::format("card {} was taken and moved again.", card));
    place = to;
  }

  void empty_bin(std::int64_t cards) {
    checked();
    std::int64_t found = 0;
    for (auto& [card, place] : place_) {
      if (place != "reject_bin") continue;
      place = "staff";
      ++found;
    }
    if (found != cards) {
      violated(fmt::format("staff took {} cards out of the reject bin, but {} lay in it.", cards,
                           found));
    }
  }

  std::int64_t loaded_ = 0;
  std::int64_t left_hopper_ = 0;
  std::int64_t fed_ = 0;
  std::map<std::int64_t, std::string> place_;
};

}  // namespace

std::unique_ptr<Invariant> make_cards_conserved() { return std::make_unique<CardsConserved>(); }

}  // namespace cardrig::scenario
