// Face match, one thread, 640×480 frames of a simulated person: detection, embedding, and the whole
// way from frame to decision, for both engines, beside dlib's stock flow in the same run.
//
//   bench_face_match [Google Benchmark's own options]
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <functional>
#include <map>

#include "bench/face/stock_dlib.h"
#include "fixtures/people/people.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/face/match.h"
#include "simulators/id_reader/stand_in_photo_encoder.h"

namespace cardrig::bench {
namespace {

constexpr const char* kModels = ".cache/models";
constexpr const char* kPerson = "p02";
constexpr const char* kStock = "frame_to_decision/stock_dlib";

struct Scene {
  Picture frame;  // 640×480, the person at 0.6 m
  Picture chip_photo;  // as the kiosk decodes it
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_face_match: {}\n", why);
  std::exit(1);
}

Scene make_scene() {
  const auto people = fixtures::load_people();
  if (!people) give_up(people.error().detail);
  const fixtures::PersonFixture* person = fixtures::find_person(*people, kPerson);
  if (person == nullptr) give_up(std::string("there is no person ") + kPerson);
  const sim::ScenePainter painter(sim::PainterConfig{640, 480, 65, 1},
                                  fixtures::portrait_source(*people));
  sim::CameraScene scene;
  scene.subjects.push_back(sim::CameraSubject{sim::SubjectKind::kPerson, kPerson, 0.6, 0});
  const auto photo = id_reader::decode_stand_in(sim::encode_stand_in_photo(*person->id_photo));
  if (!photo) give_up("the chip photo does not decode");
  return {painter.draw(scene, sim::Portraits::kPhotographs, 1), *photo};
}

/// Several short repetitions, taken in turns: what else the machine does hits all alike.
void add(const std::string& name, std::function<void(benchmark::State&)> body) {
  benchmark::RegisterBenchmark(name.c_str(), std::move(body))
      ->Unit(benchmark::kMillisecond)
      ->MinTime(0.15)
      ->Repetitions(7)
      ->ReportAggregatesOnly();
}

void bench_engine(const std::string& kind, const Scene& scene) {
  auto made = face::shared_engine(kind, kModels);
  if (!made) give_up(made.error().detail);
  const auto engine = *made;
  const auto faces = engine->detect(scene.frame);
  const auto chip = face::embed_chip_photo(*engine, scene.chip_photo);
  if (!faces || faces->empty() || !chip) give_up("the " + kind + " engine finds no face");
  add("detect/" + kind, [=, &scene](benchmark::State& state) {
    for (auto unused : state) benchmark::DoNotOptimize(engine->detect(scene.frame));
  });
  add("embed/" + kind, [=, &scene](benchmark::State& state) {
    for (auto unused : state) benchmark::DoNotOptimize(engine->embed(scene.frame, faces->front()));
  });
  add("frame_to_decision/" + kind, [=, &scene](benchmark::State& state) {
    const auto config = face::default_match_config(*engine);
    for (auto unused : state) {
      const auto result = face::match_frame(*engine, *chip, scene.frame, config);
      if (result.verdict != face::Verdict::kMatch) state.SkipWithError("no match");
    }
  });
}

/// The dlib engine, made before, has set the BLAS library to one thread for all.
void bench_stock(StockDlib& stock, const Scene& scene) {
  const auto chip = stock.describe(scene.chip_photo);
  if (!chip) give_up("the stock flow finds no face in the chip photo");
  add(kStock, [=, &stock, &scene](benchmark::State& state) {
    for (auto unused : state) {
      if (!stock.matches(scene.frame, *chip)) state.SkipWithError("no match");
    }
  });
}

/// Prints as usual and remembers the medians, to say at the end how many times faster each is. By
/// processor time: everything runs on one thread, and what else the machine does does not count.
class RatioReporter final : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    benchmark::ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      if (!run.error_occurred && run.aggregate_name == "median") {
        medians_ms_[run.run_name.function_name] = run.GetAdjustedCPUTime();
      }
    }
  }
  void Finalize() override {
    const auto stock = medians_ms_.find(kStock);
    if (stock == medians_ms_.end()) return;
    fmt::print("\nframe to decision, medians of processor time; stock dlib takes {:.1f} ms\n",
               stock->second);
    for (const auto& [name, ms] : medians_ms_) {
      if (name.rfind("frame_to_decision/", 0) != 0 || name == kStock) continue;
      fmt::print("  {:<28} {:6.1f} ms, {:5.2f} times as fast as stock\n", name, ms,
                 stock->second / ms);
    }
  }

 private:
  std::map<std::string, double> medians_ms_;
};

int run(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  std::string in_turns = "--benchmark_enable_random_interleaving=true";
  arguments.insert(arguments.begin() + 1, in_turns.data());
  argc = static_cast<int>(arguments.size());
  argv = arguments.data();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  const Scene scene = make_scene();
  StockDlib stock(kModels);
  bench_engine("fast", scene);
  bench_engine("dlib", scene);
  bench_stock(stock, scene);
  RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  return 0;
}

}  // namespace
}  // namespace cardrig::bench

int main(int argc, char** argv) { return cardrig::bench::run(argc, argv); }
