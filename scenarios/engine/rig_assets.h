// What every run in a process shares, because loading it takes longer than a run: the simulated
// people with their pictures, and the face engine with its nets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/face/engine.h"
#include "kiosk/runtime/result.h"

namespace cardrig::scenario {

struct RigAssets {
  std::vector<fixtures::PersonFixture> people;
  std::unique_ptr<face::Engine> engine;
};

enum class AssetsReason { kPeopleMissing, kModelMissing };

/// `root` is the repository's root (where .cache lies); `engine` is "fast" or "dlib".
[[nodiscard]] Result<std::unique_ptr<RigAssets>, AssetsReason> load_rig_assets(
    const std::string& root, const std::string& engine = "fast");

}  // namespace cardrig::scenario
