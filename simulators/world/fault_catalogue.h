// The fault catalogue: a fault is declared once, beside the simulator that can show it. From that
// declaration come the panel's controls, the scenario checker, the test that every fault is in a
// scenario, and the reference page. A fault that was injected and had no effect fails the scenario
// as inert.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/result.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::sim {

struct FaultParam {
  std::string name;  ///< with its unit last: "delay_ms"
  double low = 0, high = 0;
  double initial = 0;
  std::string help;
};

struct FaultSpec {
  std::string name;  ///< "id_reader.card_lifted_during_read"
  std::string reference;  ///< row of the field catalogue: "R10"; "" if ours
  std::string title;  ///< one line
  std::string wire_shows;  ///< what the wire shows
  std::string kiosk_must;  ///< what the kiosk must do
  std::string precondition;  ///< "" if none
  std::vector<FaultParam> params;
  bool once = false;  ///< spends itself at its first effect
  bool on_virtual = true, on_wire = true, on_hardware = false;
};

enum class FaultReason { kUnknown, kBadParameter, kAlreadyActive, kNotActive, kNotOnThisRung };

/// Declares faults and holds which are active. One per run, shared by all simulators of it.
class FaultCatalogue {
 public:
  explicit FaultCatalogue(Tracer& tracer) : tracer_(tracer) {}

  /// Called by each simulator's declare_faults(). A second declaration of a name aborts.
  void declare(FaultSpec spec);
  [[nodiscard]] const std::vector<FaultSpec>& specs() const { return specs_; }
  [[nodiscard]] const FaultSpec* find(std::string_view name) const;

  /// Parameters that are absent take their initial value. Emits fault.injected.
  Result<Unit, FaultReason> inject(const std::string& name,
                                   const nlohmann::json& params = nlohmann::json::object());
  /// Emits fault.cleared.
  Result<Unit, FaultReason> clear(const std::string& name);
  void clear_all();
  [[nodiscard]] std::vector<std::string> active() const;
  /// Those injected in this run that never had an effect.
  [[nodiscard]] std::vector<std::string> inert() const;

  // --- for simulators ---

  /// Is it active? Asking has no effect; showing it must be told with took_effect().
  [[nodiscard]] bool is_active(std::string_view name) const;
  [[nodiscard]] double param(std::string_view name, std::string_view param) const;
  /// The simulator shows the fault now. Emits fault.effect; clears a `once` fault.
  void took_effect(std::string_view name);
  /// `if (faults.strikes("…")) …`: active, and it takes effect now.
  bool strikes(std::string_view name);
  /// Runs `f(name, active)` on every injection and clearing (for faults that act at once).
  void on_change(std::function<void(const std::string& name, bool active)> f);

 private:
  struct Active {
    std::map<std::string, double, std::less<>> params;
  };
  Tracer& tracer_;
  std::vector<FaultSpec> specs_;
  std::map<std::string, Active, std::less<>> active_;
  std::map<std::string, std::int64_t, std::less<>> effects_;  // injected names → effects shown
  std::vector<std::function<void(const std::string&, bool)>> observers_;
};

}  // namespace cardrig::sim
