// The verb kiosk.touch where the kiosk has a window: the finger looks where the button is, comes
// down there, and sees what the kiosk made of it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "kiosk/runtime/rig.h"
#include "kiosk/runtime/trace.h"
#include "scenarios/engine/peer.h"
#include "scenarios/engine/trace_gather.h"
#include "scenarios/engine/wire_display.h"

namespace cardrig::scenario {

class WireTouch {
 public:
  /// `display` must outlive this object. `limit`: from the touch to the kiosk's own event of it.
  WireTouch(WireDisplay& display, Nanos limit) : display_(display), limit_(limit) {}

  /// Answers as the kiosk's intent does, in the same sentences: no such button, disabled. What the
  /// touch brought about stands not in the trace yet, as with every act: nothing later than `at`
  /// (monotonic) does.
  Result<nlohmann::json, RigReason> touch(const nlohmann::json& args, Peer& kiosk,
                                          TraceGather& gather, Nanos at);
  /// An event of the kiosk has come in.
  void arrived(const Event& event);

 private:
  using Answer = Result<nlohmann::json, RigReason>;

  Answer wait_for_touch(const std::string& button, Peer& kiosk, TraceGather& gather, Nanos at);
  [[nodiscard]] Answer judged(const std::string& button, Peer& kiosk) const;

  WireDisplay& display_;
  Nanos limit_;
  bool waiting_ = false;
  std::optional<Event> touched_;
};

}  // namespace cardrig::scenario
