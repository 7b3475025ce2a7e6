// What a kiosk takes of the machine while nobody uses it: devices are asked, the camera sends, the
// welcome screen stands in a real window, and nothing moves.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "kiosk/runtime/real_loop.h"
#include "kiosk/screen/illustrations.h"
#include "tests/scenarios/wire/window_rig.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;

constexpr double kIdleMax_percent = 3;
constexpr Nanos kMeasured = 10s;

/// Of all threads of a process, so far. Throws std::runtime_error if there is no such process.
Nanos processor_time_of(pid_t pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("there is no such process");
  // The second column is a name in brackets, which may hold blanks; utime and stime are the
  // fourteenth and fifteenth.
  std::istringstream columns(line.substr(line.rfind(')') + 1));
  std::string skipped;
  for (int column = 3; column < 14; ++column) columns >> skipped;
  std::int64_t user_ticks = 0, system_ticks = 0;
  columns >> user_ticks >> system_ticks;
  return (user_ticks + system_ticks) * Nanos(1s) / ::sysconf(_SC_CLK_TCK);
}

/// The rig's events are taken in meanwhile, as an engine does.
void pass(WireRig& rig, Nanos time) {
  const Nanos end = rig.now() + time;
  while (rig.trouble().empty() && rig.now() < end) rig.advance(end);
}

/// From the moment the screen came up.
Nanos until_the_picture_rests() {
  Nanos time = 0s;
  while (!screen::pose_at(std::chrono::duration<double>(time).count()).resting) time += 1s;
  return time;
}

TEST(WireIdleTest, AKioskThatNobodyUsesTakesUnderThreePercentOfACore) {
  const auto rig = window_rig();
  ASSERT_TRUE(sees(*rig, "welcome")) << rig->trouble();
  pass(*rig, until_the_picture_rests());
  const pid_t kiosk = rig->process_of("kiosk");
  const Nanos used_before = processor_time_of(kiosk);
  const Nanos began = monotonic_now();
  pass(*rig, kMeasured);
  const Nanos used = processor_time_of(kiosk) - used_before;
  const Nanos took = monotonic_now() - began;
  ASSERT_EQ(rig->trouble(), "");
  ASSERT_EQ(rig->screen()->id, "welcome");
  ASSERT_GE(took, kMeasured);

  const double percent =
      100.0 * static_cast<double>(used.count()) / static_cast<double>(took.count());
  fmt::print("an idle kiosk with a window: {:.1f} % of a core over {:.1f} s, limit {:.0f} %\n",
             percent, std::chrono::duration<double>(took).count(), kIdleMax_percent);
  EXPECT_LT(percent, kIdleMax_percent);
  EXPECT_EQ(rig->close(), "");
}

}  // namespace
}  // namespace cardrig::scenario
