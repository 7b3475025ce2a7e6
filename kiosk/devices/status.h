// Status is orthogonal: a device reports its own state, its media, its supplies and its last error
// on separate axes, and says unasked when one changes.
#pragma once

#include <functional>
#include <string>

namespace cardrig {

enum class DeviceState { kUnknown, kOffline, kStarting, kReady, kBusy, kFault };
enum class SupplyState { kUnknown, kOk, kLow, kEmpty, kMissing };

[[nodiscard]] constexpr const char* to_string(DeviceState s) {
  switch (s) {
    case DeviceState::kUnknown:
      return "unknown";
    case DeviceState::kOffline:
      return "offline";
    case DeviceState::kStarting:
      return "starting";
    case DeviceState::kReady:
      return "ready";
    case DeviceState::kBusy:
      return "busy";
    case DeviceState::kFault:
      return "fault";
  }
  return "?";
}
[[nodiscard]] constexpr const char* to_string(SupplyState s) {
  switch (s) {
    case SupplyState::kUnknown:
      return "unknown";
    case SupplyState::kOk:
      return "ok";
    case SupplyState::kLow:
      return "low";
    case SupplyState::kEmpty:
      return "empty";
    case SupplyState::kMissing:
      return "missing";
  }
  return "?";
}

}  // namespace cardrig
