// The virtual rung: the whole kiosk, every simulator and the mock platform in this process, on
// virtual time, joined by simulated plugs. Same binary, machine, scenario and seed: same trace.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "scenarios/engine/rig_assets.h"
#include "scenarios/engine/rung.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::scenario {

struct VirtualRigOptions {
  std::uint64_t seed = 1;
  /// 2026-06-15 10:00 in China: the civil time at the start of every run.
  CivilTime starts_at{1781488800000};
  bool kiosk_on = true;
};

class VirtualRig final : public Rung {
 public:
  /// `assets` must outlive this object.
  VirtualRig(RigAssets& assets, VirtualRigOptions options);
  ~VirtualRig() override;
  VirtualRig(const VirtualRig&) = delete;
  VirtualRig& operator=(const VirtualRig&) = delete;

  [[nodiscard]] std::string name() const override { return "virtual"; }
  Result<nlohmann::json, RigReason> send(const RigMessage& message) override;
  [[nodiscard]] Nanos now() const override;
  bool advance(Nanos limit) override;
  [[nodiscard]] Trace& trace() override;
  [[nodiscard]] const std::vector<sim::CardThing>& cards() override;
  void clear_faults() override;
  [[nodiscard]] std::vector<std::string> inert_faults() override;
  [[nodiscard]] const flow::Screen* screen() override;
  Result<nlohmann::json, RigReason> query(const std::string& what,
                                          const nlohmann::json& args) override;
  [[nodiscard]] flow::Screen drawn(const flow::Screen& screen) override;
  [[nodiscard]] PicturePtr drawn_card(const sim::CardThing& card) override;

  // --- for the panel: a run by hand ---

  [[nodiscard]] sim::World& world();
  [[nodiscard]] sim::FaultCatalogue& faults();
  /// Runs one queued item; false if nothing is queued.
  bool step();
  /// Runs everything that is due up to `t`.
  void run_until(Nanos t);
  /// Pieces of work done so far: the exact place of a message, also between events of one instant.
  [[nodiscard]] std::uint64_t items_run() const;
  [[nodiscard]] flow::Language language() const;
  /// Names that messages may use.
  [[nodiscard]] const RigAssets& assets() const;
  /// Operations of the kiosk's disk so far: what `kiosk.power_cut {disk_operation}` counts from.
  [[nodiscard]] std::uint64_t disk_operations() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// The faults that this rung declares, for checking scenario files without a run.
[[nodiscard]] std::vector<sim::FaultSpec> virtual_rung_faults();

}  // namespace cardrig::scenario
