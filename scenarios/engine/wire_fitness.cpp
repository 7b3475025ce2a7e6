// What a scenario may want that only a simulated disk or virtual time can give.
#include <fmt/format.h>

#include <algorithm>

#include "scenarios/engine/result.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/wire_rig.h"

namespace cardrig::scenario {
namespace {

std::optional<std::string> unfit_act(const RigMessage& act,
                                     const std::vector<sim::FaultSpec>& all) {
  if (act.verb == "kiosk.power_cut" && act.args.contains("disk_operation")) {
    return "a power cut at an operation of the disk needs the simulated disk of the virtual rung";
  }
  if (act.verb != "fault.inject") return std::nullopt;
  const std::string name = act.args.value("name", "");
  const auto spec =
      std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.name == name; });
  if (spec == all.end() || spec->on_wire) return std::nullopt;
  return fmt::format("the fault {} cannot be produced on the wire rung", name);
}

}  // namespace

std::optional<std::string> unfit_for_wire(const Scenario& scenario) {
  const auto faults = virtual_rung_faults();
  Nanos waits{0};
  for (const auto* steps : {&scenario.given, &scenario.steps}) {
    for (const Step& step : *steps) {
      if (step.kind == Step::Kind::kAct) {
        if (auto why = unfit_act(step.act, faults)) return why;
      }
      const bool always = step.kind == Step::Kind::kWait || step.kind == Step::Kind::kNever;
      if (always) waits += step.time;
    }
  }
  if (waits <= kWireWaitMax) return std::nullopt;
  return fmt::format("it waits for {} in all, longer than the {} that the wire rung grants",
                     show_time(waits), show_time(kWireWaitMax));
}

}  // namespace cardrig::scenario
