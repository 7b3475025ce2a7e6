// 6. A card that is not taken is captured and never handed to the next person: when the kiosk is
// ready for the next one, and when a session begins, no card lies in the path or at the exit.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenarios/engine/invariants/invariant.h"

namespace cardrig::scenario {
namespace {

class UntakenCardCaptured final : public Invariant {
 public:
  explicit UntakenCardCaptured(const Vocabulary& vocabulary)
      : Invariant(6, "a card that is not taken is captured, never handed to the next person"),
        idle_screens_(vocabulary.idle_screens) {}

  void on_event(const Event& event) override {
    if (event.kind == "world.card_moved") {
      const std::string to = event.text("to");
      if (to == "path" || to == "exit") {
        lying_.insert(event.number("card"));
      } else {
        lying_.erase(event.number("card"));
      }
    }
    if (event.kind == "world.card_taken") lying_.erase(event.number("card"));
    const bool idle = event.kind == "kiosk.screen" &&
                      std::find(idle_screens_.begin(), idle_screens_.end(), event.text("id")) !=
                          idle_screens_.end();
    if (!idle && event.kind != "kiosk.session_started") return;
    checked();
    if (lying_.empty()) return;
    violated(
        fmt::format("card {} lies in the path or at the exit while the kiosk is ready for "
                    "the next person.",
                    *lying_.begin()));
    lying_.clear();  // said once
  }

 private:
  std::vector<std::string> idle_screens_;
  std::set<std::int64_t> lying_;
};

}  // namespace

std::unique_ptr<Invariant> make_untaken_card_captured(const Vocabulary& vocabulary) {
  return std::make_unique<UntakenCardCaptured>(vocabulary);
}

}  // namespace cardrig::scenario
