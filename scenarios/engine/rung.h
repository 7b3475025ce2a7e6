// Rung: what a scenario runs on. One interface for the virtual rung (everything in this process, on
// virtual time), the wire rung (processes of their own, in real time) and the hardware rung. The
// engine acts through the rig protocol and reads the trace; nothing here needs the world or the
// fault catalogue of the same process.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kiosk/flow/screen.h"
#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/rig.h"
#include "kiosk/runtime/trace.h"
#include "simulators/world/world.h"

namespace cardrig::scenario {

class Rung : public Rig {
 public:
  /// "virtual", "wire" or "hardware".
  [[nodiscard]] virtual std::string name() const = 0;
  /// The same scenario and seed give the same trace, to the byte.
  [[nodiscard]] virtual bool repeats_itself() const { return true; }

  // send(): every verb of docs/protocols/rig.md. Each message also emits scenario.act{verb, args},
  // see traced_act.h.

  /// Time since the start of the run.
  [[nodiscard]] virtual Nanos now() const = 0;
  /// Runs until the trace has grown (true), or until `now() == limit` and all that is due there has
  /// run (false). One piece of work may emit several events; they are all there on return.
  virtual bool advance(Nanos limit) = 0;

  [[nodiscard]] virtual Trace& trace() = 0;
  /// Every card of the run, in the order of loading. Valid until the rung runs on.
  [[nodiscard]] virtual const std::vector<sim::CardThing>& cards() = 0;
  /// Ends every active fault.
  virtual void clear_faults() = 0;
  /// Those injected in this run that never had an effect.
  [[nodiscard]] virtual std::vector<std::string> inert_faults() = 0;
  /// Why this run cannot go on, in one sentence ("The kiosk died by signal 11."); "": it can.
  [[nodiscard]] virtual std::string trouble() { return {}; }
  /// The screen that is shown now, or null (the kiosk has no power, or has not shown one yet).
  [[nodiscard]] virtual const flow::Screen* screen() = 0;
  /// The screen that this kiosk.screen event of the trace is about, or null: it can no longer be
  /// looked at (of several in one piece of work only the last can).
  [[nodiscard]] virtual const flow::Screen* screen_of(const Event& event) {
    const flow::Screen* shown = screen();
    return shown != nullptr && shown->id == event.text("id") ? shown : nullptr;
  }
  /// For how long the machine stood still during this run, as far as it was seen: time-outs of the
  /// kiosk and the devices that this long a pause broke prove nothing. 0 in virtual time.
  [[nodiscard]] virtual Nanos stood_still() { return Nanos(0); }
  /// Copies what may help to understand the run (logs, configuration) into a folder, which it
  /// makes; keys stay where they are. For a rung of processes.
  virtual void keep_files(const std::string& folder) { static_cast<void>(folder); }
  /// Ends the run. What did not end as it should, in one sentence; "": all is well. To be called
  /// once, after everything else.
  [[nodiscard]] virtual std::string close() { return {}; }

  /// What no event tells. Queries change nothing and emit nothing. Names:
  ///   "platform.permit" {permit} →
  ///       {"state": "pending|approved|revoked|issued|ended",
  ///        "claim": "none|granted|withdrawn|released|used|captured|unknown|ended",
  ///        "delivered": n, "captured": n, "spoilt": n, "no_card": n, "unknown": n,
  ///        "foreign_lookups": n}
  ///       (the five numbers: reports counted by outcome, repeated keys not counted again)
  ///   "world.state" {} → {"document": "" | id, "subjects": [{kind, person, distance_m, offset_m}],
  ///       "light", "mains", "network", "service_key"}
  ///   "faults.active" {} → names
  ///   "kiosk.pending" {} → {"reports": n, "open": n}  (journal rows still to be reported, settled)
  virtual Result<nlohmann::json, RigReason> query(
      const std::string& what, const nlohmann::json& args = nlohmann::json::object()) = 0;

  // --- for reports: photographs of people never leave a run, drawn portraits take their place ---

  /// The screen with drawn portraits in place of photographs. Without portraits: no picture.
  [[nodiscard]] virtual flow::Screen drawn(const flow::Screen& screen) {
    flow::Screen copy = screen;
    copy.picture = nullptr;
    copy.picture_is_camera = false;
    return copy;
  }
  /// The face of a printed card with a drawn portrait; null: it cannot be shown.
  [[nodiscard]] virtual PicturePtr drawn_card(const sim::CardThing& card) {
    static_cast<void>(card);
    return nullptr;
  }
};

/// Makes a fresh rung for one run, with the kiosk switched on at time 0.
struct RungOptions {
  std::uint64_t seed = 1;
  bool pictures = false;  ///< the screens' pictures will be asked for
};
using RungFactory = std::function<std::unique_ptr<Rung>(const RungOptions&)>;

}  // namespace cardrig::scenario
