// The kiosk's screens on SDL's software renderer, one thread: what a frame costs with the live
// picture (limit 12 ms at 1080×1920), what other screens cost, and what a screen at rest costs
// (limit 3 % of a core). By processor time: what else the machine does does not count.
//
//   bench_screen [Google Benchmark's own options]
//
// Returns 1 if a limit is exceeded.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <functional>
#include <map>

#include "kiosk/screen/picture_tools.h"
#include "kiosk/screen/screen_window.h"
#include "tests/kiosk/screen/gallery.h"

namespace cardrig::bench {
namespace {

using namespace std::chrono_literals;
using screen::Canvas;
using screen::ScreenWindow;

constexpr const char* kLive = "live_picture/1080x1920";
constexpr const char* kIdle = "second_at_rest/1080x1920";
constexpr double kFrameLimit_ms = 12;
constexpr double kIdleLimit_ms = 30;  // of a second: 3 % of a core
constexpr Nanos kFrame = 16ms;

/// Several short repetitions, taken in turns: what else the machine does hits all alike.
void add(const std::string& name, std::function<void(benchmark::State&)> body) {
  benchmark::RegisterBenchmark(name.c_str(), std::move(body))
      ->Unit(benchmark::kMillisecond)
      ->MinTime(0.1)
      ->Repetitions(7)
      ->ReportAggregatesOnly();
}

struct Kiosk {
  ScreenWindow window;
  Nanos now{100s};

  Kiosk(int width_px, int height_px)
      : window(std::make_unique<Canvas>(width_px, height_px), {}, [](const flow::Intent&) {}) {}
  void frame() {
    now += kFrame;
    window.frame(now);
  }
  /// The first frame of a screen may build the font atlas anew; it has faded in a little later.
  void warm_up(const flow::Screen& screen) {
    for (int i = 0; i < 3; ++i) {
      window.show(screen);
      frame();
      now += 300ms;
    }
  }
};

flow::Screen face(PicturePtr live, Nanos now) {
  return flow::screens::face(flow::FaceHint::kNone, std::move(live), {now + 10s, 15s});
}

/// Every frame with another picture, as the camera brings them, and the ring that empties.
void live_picture(benchmark::State& state, int width_px, int height_px) {
  Kiosk kiosk(width_px, height_px);
  const Picture scene = screen::testing::drawn_scene();
  const PicturePtr pictures[] = {std::make_shared<const Picture>(scene),
                                 std::make_shared<const Picture>(scene)};
  std::size_t turn = 0;
  kiosk.warm_up(face(pictures[0], kiosk.now));
  for (auto unused : state) {
    kiosk.window.show(face(pictures[turn++ % 2], kiosk.now));
    kiosk.frame();
  }
}

/// A screen that is drawn anew as it is: what a touch, or the first frame of a screen, costs.
void whole_screen(benchmark::State& state, const flow::Screen& screen) {
  Kiosk kiosk(1080, 1920);
  kiosk.warm_up(screen);
  for (auto unused : state) {
    kiosk.window.show(screen);
    kiosk.frame();
  }
}

/// A second of asking sixty times whether there is anything to draw.
void second_at_rest(benchmark::State& state) {
  Kiosk kiosk(1080, 1920);
  kiosk.window.show(flow::screens::welcome(false));
  kiosk.frame();
  kiosk.now += 10s;  // the picture has explained enough, and rests
  kiosk.frame();
  const int drawn = kiosk.window.drawn();
  for (auto unused : state) {
    for (int i = 0; i < 60; ++i) kiosk.frame();
  }
  if (kiosk.window.drawn() != drawn) state.SkipWithError("a screen at rest was drawn");
}

void camera_view(benchmark::State& state) {
  screen::CameraView view({904, 800, 24, 0xFFFFFF, {}});
  const Picture scene = screen::testing::drawn_scene();
  for (auto unused : state) benchmark::DoNotOptimize(view.draw(scene).pixels.data());
}

/// Prints as usual and remembers the medians.
class LimitReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    benchmark::ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      all_kept_ = all_kept_ && !run.error_occurred;
      if (!run.error_occurred && run.aggregate_name == "median") {
        medians_ms_[run.run_name.function_name] = run.GetAdjustedCPUTime();
      }
    }
  }
  void Finalize() override {
    judge(kLive, "a frame with the live picture at 1080×1920", kFrameLimit_ms);
    judge(kIdle, "a second of a screen at rest", kIdleLimit_ms);
  }
  /// What was measured kept its limits, and nothing went wrong.
  [[nodiscard]] bool all_kept() const { return all_kept_; }

 private:
  void judge(const char* name, const char* what, double limit_ms) {
    const auto found = medians_ms_.find(name);
    if (found == medians_ms_.end()) return;
    const bool kept = found->second <= limit_ms;
    all_kept_ = all_kept_ && kept;
    fmt::print("{}: {:.2f} ms of processor time, limit {:.0f} ms: {}\n", what, found->second,
               limit_ms, kept ? "kept" : "exceeded");
  }

  bool all_kept_ = true;
  std::map<std::string, double> medians_ms_;
};

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  add(kLive, [](benchmark::State& state) { live_picture(state, 1080, 1920); });
  add("live_picture/1920x1080", [](benchmark::State& state) { live_picture(state, 1920, 1080); });
  add(kIdle, second_at_rest);
  add("camera_view", camera_view);
  for (const auto& sample : screen::testing::samples()) {
    for (const char* name : {"welcome", "choose", "preview", "printing"}) {
      if (sample.name != name) continue;
      add("whole_screen/" + sample.name,
          [shown = sample.screen](benchmark::State& state) { whole_screen(state, shown); });
    }
  }
  LimitReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return reporter.all_kept() ? 0 : 1;
}

}  // namespace
}  // namespace cardrig::bench

int main(int argc, char** argv) { return cardrig::bench::run(argc, argv); }
