// 8. The kiosk is never stuck: it reaches its idle screen, or an out-of-service screen that names
// the cause, within a bounded time.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/invariants/invariant.h"
#include "scenarios/engine/result.h"

namespace cardrig::scenario {
namespace {

/// All waits of a session at their longest, with every extension that a person can ask for.
constexpr Nanos kBound = std::chrono::minutes(20);

class NeverStuck final : public Invariant {
 public:
  explicit NeverStuck(const Vocabulary& vocabulary)
      : Invariant(8, "the kiosk is never stuck"), vocabulary_(vocabulary) {}

  void on_event(const Event& event) override {
    if (is_power_cut(event)) powered_ = false;
    if (event.kind == "kiosk.starting") {
      powered_ = true;
      at_rest_ = false;
      since_ = event.time;
    }
    if (event.kind == "kiosk.screen") shown(event);
    if (!powered_ || at_rest_ || told_) return;
    if (event.time - since_ <= kBound) return;
    told_ = true;
    violated(
        fmt::format("it was neither idle nor out of service for more than {}.", show_time(kBound)));
  }

 private:
  static bool holds(const std::vector<std::string>& list, const std::string& id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  }

  void shown(const Event& event) {
    const std::string id = event.text("id");
    const bool idle = holds(vocabulary_.idle_screens, id);
    const bool closed = holds(vocabulary_.closed_screens, id);
    if (closed) {
      checked();
      if (event.text("staff_code").empty() || event.text("sentence").empty()) {
        violated("the out-of-service screen does not name its cause.");
      }
    }
    if (idle) checked();
    if (at_rest_ && !idle && !closed) since_ = event.time;
    at_rest_ = idle || closed;
    powered_ = true;
  }

  Vocabulary vocabulary_;
  bool powered_ = true;
  bool at_rest_ = false;
  bool told_ = false;
  Nanos since_{0};
};

}  // namespace

std::unique_ptr<Invariant> make_never_stuck(const Vocabulary& vocabulary) {
  return std::make_unique<NeverStuck>(vocabulary);
}

}  // namespace cardrig::scenario
