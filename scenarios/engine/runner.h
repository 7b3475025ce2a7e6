// Runs one scenario on a rung: acts, waits, expects, watches the invariants, and says what
// happened.
#pragma once

#include <functional>
#include <string>

#include "kiosk/flow/screen.h"
#include "kiosk/runtime/picture.h"
#include "scenarios/engine/result.h"
#include "scenarios/engine/rung.h"
#include "scenarios/engine/scenario.h"
#include "scenarios/engine/screen_album.h"
#include "scenarios/engine/vocabulary.h"

namespace cardrig::scenario {

struct RunOptions {
  const Vocabulary* vocabulary = nullptr;  ///< which screens are at rest; never null
  std::uint64_t seed = 1;  ///< where the scenario names none
  PictureStore* pictures = nullptr;  ///< null: no pictures are made
  ScreenAlbum* album = nullptr;  ///< draws the screens; null: the report has no pictures of them
  bool timeline = false;  ///< collect marks for the report
  /// Every limit of the scenario and of the runner times this: for rungs in real time, on machines
  /// that have other work too. Waits, and times in which something must not be, stay as they are.
  double limit_factor = 1;
};

/// Time after the last step in which the kiosk must come to rest, and in which, once everything is
/// mended, every outcome must be counted.
inline constexpr Nanos kRestLimit = std::chrono::minutes(5);
inline constexpr Nanos kHealLimit = std::chrono::minutes(10);
/// More events than this mean that the run goes round in circles.
inline constexpr std::size_t kMaxEvents = 2'000'000;

[[nodiscard]] ScenarioResult run_scenario(const Scenario& scenario, Rung& rung,
                                          const RunOptions& options);

}  // namespace cardrig::scenario
