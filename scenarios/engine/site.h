// Site: everything around the kiosk of a virtual run — world, devices, lines in memory, disk,
// clocks, platform — and how the rig's verbs act on it. The kiosk is not in here: it loses power,
// the site stays.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/rig.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"
#include "mock-platform/mock_platform.h"
#include "mock-platform/rig/platform_faults.h"
#include "mock-platform/rig/platform_rig.h"
#include "scenarios/engine/rig_assets.h"
#include "simulators/disk/simulated_disk.h"
#include "simulators/site/device_site.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::scenario {

class Site {
 public:
  Site(VirtualTime& time, Trace& trace, RigAssets& assets, std::uint64_t seed, CivilTime starts_at);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  static void declare_faults(sim::FaultCatalogue& faults);

  /// Verbs world.*, fault.*, faults.*, platform.*, clock.*; kUnknownVerb for every other.
  Result<nlohmann::json, RigReason> send(const RigMessage& message);
  [[nodiscard]] Result<nlohmann::json, RigReason> permit(const std::string& permit_id);
  /// The kiosk's computer lost power: its ends of all wires are dead.
  void sever_kiosk();

  // The parts, in the order in which they are made.
  Random randomness;
  std::unique_ptr<VirtualLoop> world_loop;
  std::unique_ptr<VirtualLoop> reader_loop;
  std::unique_ptr<VirtualLoop> printer_loop;
  std::unique_ptr<VirtualLoop> board_loop;
  std::unique_ptr<VirtualLoop> platform_loop;
  Tracer world_tracer;
  Tracer reader_tracer;
  Tracer printer_tracer;
  Tracer board_tracer;
  Tracer platform_tracer;
  VirtualCivilClock true_clock;  ///< the platform's
  VirtualCivilClock kiosk_clock;  ///< can be set wrong

  MemoryLine reader_line;
  MemoryLine ipp_line;
  MemoryLine path_line;
  MemoryLine board_line;
  MemoryLine platform_line;

  sim::DeviceSite devices;
  sim::SimulatedDisk disk;

 private:
  using Json = nlohmann::json;
  using Answer = Result<Json, RigReason>;

  void follow_network();
  [[nodiscard]] sim::DeviceParties parties();
  [[nodiscard]] sim::DevicePlugs plugs();
  Answer add_permit(const Json& args);

  RigAssets& assets_;
  std::unique_ptr<mock_platform::MockPlatform> platform_;
  std::unique_ptr<mock_platform::PlatformFaults> platform_faults_;
  std::unique_ptr<mock_platform::PlatformRig> platform_rig_;
};

}  // namespace cardrig::scenario
