// The screens of a kiosk in another process: each kiosk.screen event of the trace with the screen
// that it is about.
//
// The kiosk is asked for its screen when the event arrives. It may have shown another by then; the
// event itself says which of the two it is, and enough to stand in for a screen that nobody saw.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "kiosk/flow/screen.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::scenario {

class WireScreens {
 public:
  /// A kiosk.screen event has arrived; `shown` is what the kiosk shows (the answer to
  /// kiosk.screen), or null: it did not say.
  void arrived(const Event& event, const nlohmann::json& shown);
  /// The same event stands in the trace now. They come in the order of their arrival.
  void stands(const Event& event);
  /// The kiosk has lost its power.
  void dark() { now_ = nullptr; }

  [[nodiscard]] const flow::Screen* now() const { return now_; }
  [[nodiscard]] const flow::Screen* of(EventId event) const;

 private:
  std::deque<flow::Screen> arrived_;
  std::map<EventId, flow::Screen> screens_;
  const flow::Screen* now_ = nullptr;
};

}  // namespace cardrig::scenario
