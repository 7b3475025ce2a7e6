// The faults of the exam platform in the fault catalogue. The mock platform keys its faults by
// permit, never globally; a fault of the catalogue strikes every permit of the run.
#pragma once

#include <string>

#include "mock-platform/mock_platform.h"
#include "simulators/world/fault_catalogue.h"

namespace cardrig::mock_platform {

/// Once per run, before PlatformFaults is made.
void declare_platform_faults(sim::FaultCatalogue& catalogue);

/// Carries injections and clearings to the mock platform, and effects back to the catalogue.
class PlatformFaults {
 public:
  /// Both must outlive this object, and it must outlive the run.
  PlatformFaults(sim::FaultCatalogue& catalogue, MockPlatform& platform);
  PlatformFaults(const PlatformFaults&) = delete;
  PlatformFaults& operator=(const PlatformFaults&) = delete;

 private:
  void apply(const std::string& fault, bool active, const std::string& permit_id);

  sim::FaultCatalogue& catalogue_;
  MockPlatform& platform_;
};

}  // namespace cardrig::mock_platform
