// A wire rig whose kiosk has a window, for the tests that look at the window.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "scenarios/engine/wire_rig.h"
#include "tests/scenarios/wire/suite_assets.h"

namespace cardrig::scenario {

inline std::unique_ptr<WireRig> window_rig(bool full_screen = false) {
  WireRigOptions options;
  options.root = std::filesystem::absolute(".").string();
  options.window = true;
  options.full_screen = full_screen;
  return std::make_unique<WireRig>(shared().assets->people, options);
}

/// Waits for a screen. False: it does not come, or the rig is in trouble.
inline bool sees(WireRig& rig, const std::string& screen) {
  const Nanos limit = rig.now() + std::chrono::seconds(60);
  while (rig.trouble().empty() && rig.now() < limit) {
    if (rig.screen() != nullptr && rig.screen()->id == screen) return true;
    rig.advance(limit);
  }
  return false;
}

}  // namespace cardrig::scenario
