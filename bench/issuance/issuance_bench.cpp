// What the kiosk's own software adds to an issuance: the time of a visit in which nothing outside
// the kiosk is pending (docs/latency.md), of visits that end with a card, one after the other at a
// kiosk that stays on.
//   own_latency/virtual   everything simulated, on virtual time: the modelled costs count, the
//                         machine's other work does not
//   own_latency/wire      real processes in real time, the devices' mechanics ten times as fast
//
//   bench_issuance [Google Benchmark's own options]
// One repetition is one visit; --benchmark_repetitions says how many (default 30),
// --benchmark_filter which rung, --benchmark_out where the JSON goes. Counters are milliseconds by
// phase.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fixtures/people/people.h"
#include "kiosk/runtime/random.h"
#include "scenarios/engine/own_latency.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/wire_rig.h"

namespace cardrig::bench {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;
using scenario::OwnLatency;
using scenario::Rung;

constexpr double kLimit_ms = 300;
constexpr int kDelayMax_ms = 400;

struct Somebody {
  const char* person;
  const char* document;
};
constexpr std::array kPeople{
    Somebody{"p01", "p01.resident"},
    Somebody{"p08", "p08.resident"},
    Somebody{"p11", "p11.foreigner_2017"},
    Somebody{"p12", "p12.foreigner_2023"},
    Somebody{"p13", "p13.hmt"},
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_issuance: {}\n", why);
  std::exit(1);
}

double ms(Nanos time) { return std::chrono::duration<double, std::milli>(time).count(); }

/// People who come one after the other, do at once what the screen asks for (but for a moment, so
/// that they are not in step with the kiosk's polls), and go.
class Visitors {
 public:
  explicit Visitors(std::unique_ptr<Rung> rung) : rung_(std::move(rung)) { wait_for("welcome"); }
  ~Visitors() { static_cast<void>(rung_->close()); }
  Visitors(const Visitors&) = delete;
  Visitors& operator=(const Visitors&) = delete;

  OwnLatency next();

 private:
  void act(const std::string& verb, json args = json::object());
  void hesitate();
  std::string wait_for(const std::string& id, const std::string& or_id = "");
  void choose();
  void print_and_leave(const Somebody& who);

  std::unique_ptr<Rung> rung_;
  Random random_{7};
  std::size_t seen_ = 0;  // events of the trace
  std::size_t visits_ = 0;
};

void Visitors::act(const std::string& verb, json args) {
  const auto answer = rung_->send({verb, std::move(args)});
  if (!answer) give_up(verb + ": " + answer.error().detail);
}

void Visitors::hesitate() {
  const Nanos until = rung_->now() + std::chrono::milliseconds(random_.between(0, kDelayMax_ms));
  while (rung_->now() < until) rung_->advance(until);
}

/// Until the kiosk shows the screen, or the other one: which it was.
std::string Visitors::wait_for(const std::string& id, const std::string& or_id) {
  const Nanos limit = rung_->now() + 90s;
  for (;;) {
    const auto& events = rung_->trace().events();
    for (; seen_ < events.size(); ++seen_) {
      if (events[seen_].kind != "kiosk.screen") continue;
      std::string shown = events[seen_].text("id");
      if (shown != id && shown != or_id) continue;
      ++seen_;
      return shown;
    }
    if (!rung_->trouble().empty()) give_up(rung_->trouble());
    if (!rung_->advance(limit) && rung_->now() >= limit) {
      give_up(fmt::format("the screen \"{}\" did not come in visit {}", id, visits_));
    }
  }
}

/// The permit that is not used up yet; those that are used fill the first pages.
void Visitors::choose() {
  for (;;) {
    const auto* screen = rung_->screen();
    if (screen == nullptr || screen->id != "choose") give_up("the kiosk offers nothing to choose");
    std::string wanted;
    for (const auto& button : screen->buttons) {
      const bool is_free = button.enabled && button.key.starts_with("choose:");
      if (is_free && !wanted.starts_with("choose:")) wanted = button.key;
      if (button.key == "next_page" && wanted.empty()) wanted = button.key;
    }
    if (wanted.empty()) give_up("the kiosk offers no free permit");
    act("kiosk.touch", {{"button", wanted}});
    if (wanted != "next_page") return;
    wait_for("choose");
  }
}

void Visitors::print_and_leave(const Somebody& who) {
  act("kiosk.touch", {{"button", "print"}});
  wait_for("take_card");
  hesitate();
  act("world.take_card", {{"person", who.person}});
  wait_for("done");
  act("world.lift_document");
  act("world.subjects", {{"subjects", json::array()}});
  act("kiosk.touch", {{"button", "finish"}});
  wait_for("welcome");
}

OwnLatency Visitors::next() {
  const Somebody& who = kPeople.at(visits_ % kPeople.size());
  const std::string permit = "visit-" + std::to_string(++visits_);
  act("platform.permit", {{"id", permit}, {"person", who.person}, {"item", "2.1"}});
  act("world.load_hopper", {{"cards", 1}});
  hesitate();
  act("kiosk.touch", {{"button", "start"}});
  wait_for("consent");
  hesitate();
  act("kiosk.touch", {{"button", "agree"}});
  wait_for("place_card");
  hesitate();
  act("world.place_document", {{"document", who.document}});
  wait_for("face");
  hesitate();
  act("world.subjects", {{"subjects", {{{"kind", "person"}, {"person", who.person}}}}});
  if (wait_for("preview", "choose") == "choose") {
    hesitate();
    choose();
    wait_for("preview");
  }
  hesitate();
  print_and_leave(who);
  const auto all = scenario::own_latencies(rung_->trace().events());
  if (all.size() != visits_) give_up("a visit is missing in the trace");
  return all.back();
}

// ---- the benchmarks ----------------------------------------------------------------------------

using Make = std::function<std::unique_ptr<Rung>()>;
using Latencies = std::vector<OwnLatency>;

double percentile_of(const std::vector<double>& values, double percent) {
  return scenario::percentile(values, percent);
}
double p50(const std::vector<double>& values) { return percentile_of(values, 50); }
double p95(const std::vector<double>& values) { return percentile_of(values, 95); }
double most(const std::vector<double>& values) { return percentile_of(values, 100); }

void add(const std::string& name, const Make& make, Latencies& latencies) {
  const auto visitors = std::make_shared<std::unique_ptr<Visitors>>();
  auto body = [make, visitors, &latencies](benchmark::State& state) {
    if (!*visitors) *visitors = std::make_unique<Visitors>(make());
    for (auto unused : state) {
      const OwnLatency latency = (*visitors)->next();
      state.SetIterationTime(ms(latency.own) / 1000);
      for (const auto& own : latency.intervals) {
        state.counters[own.phase] += ms(own.to - own.from);
      }
      latencies.push_back(latency);
    }
  };
  benchmark::RegisterBenchmark(name.c_str(), body)
      ->Unit(benchmark::kMillisecond)
      ->UseManualTime()
      ->Iterations(1)
      ->ReportAggregatesOnly()
      ->ComputeStatistics("p50", p50)
      ->ComputeStatistics("p95", p95)
      ->ComputeStatistics("max", most);
}

/// Where the time goes, the greatest first.
void print_breakdown(const Latencies& latencies) {
  std::map<std::string, double> total_ms;
  for (const auto& latency : latencies) {
    for (const auto& own : latency.intervals) {
      total_ms[own.phase + ": " + own.after + " > " + own.before] += ms(own.to - own.from);
    }
  }
  std::vector<std::pair<double, std::string>> rows;
  rows.reserve(total_ms.size());
  for (const auto& [what, sum] : total_ms) {
    rows.emplace_back(sum / static_cast<double>(latencies.size()), what);
  }
  std::sort(rows.rbegin(), rows.rend());
  fmt::print("  mean ms a visit, of what the kiosk does between two things it waits for:\n");
  for (const auto& [mean_ms, what] : rows) {
    if (mean_ms >= 0.5) fmt::print("  {:8.1f}  {}\n", mean_ms, what);
  }
}

/// Whether the limit was kept.
bool print_summary(const std::string& name, const Latencies& latencies) {
  if (latencies.empty()) return true;
  std::vector<double> own_ms;
  for (const auto& latency : latencies) own_ms.push_back(ms(latency.own));
  const double p95_ms = p95(own_ms);
  fmt::print(
      "\n{}: {} visits, own latency p50 {:.0f} ms, p95 {:.0f} ms, max {:.0f} ms; limit of p95 "
      "{:.0f} ms: {}\n",
      name, latencies.size(), p50(own_ms), p95_ms, most(own_ms), kLimit_ms,
      p95_ms < kLimit_ms ? "kept" : "exceeded");
  print_breakdown(latencies);
  return p95_ms < kLimit_ms;
}

std::string root() {
  const char* set = std::getenv("CARDRIG_ROOT");
  return std::filesystem::absolute(set != nullptr ? set : ".").string();
}

int run(int argc, char** argv) {
  std::vector<char*> arguments(argv, argv + argc);
  std::string visits = "--benchmark_repetitions=30";
  arguments.insert(arguments.begin() + 1, visits.data());
  argc = static_cast<int>(arguments.size());
  argv = arguments.data();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  auto assets = scenario::load_rig_assets(root());
  if (!assets) give_up(assets.error().detail);
  const auto people = fixtures::load_people(root() + "/" + fixtures::kPeopleFolder);
  if (!people) give_up(people.error().detail);
  Latencies on_virtual, on_wire;
  add(
      "own_latency/virtual",
      [&] {
        return std::make_unique<scenario::VirtualRig>(**assets, scenario::VirtualRigOptions{});
      },
      on_virtual);
  add(
      "own_latency/wire",
      [&] {
        scenario::WireRigOptions options;
        options.root = root();
        return std::make_unique<scenario::WireRig>(*people, options);
      },
      on_wire);
  benchmark::RunSpecifiedBenchmarks();
  const bool kept_on_virtual = print_summary("virtual rung", on_virtual);
  const bool kept_on_wire = print_summary("wire rung", on_wire);
  benchmark::ClearRegisteredBenchmarks();
  return kept_on_virtual && kept_on_wire ? 0 : 1;
}

}  // namespace
}  // namespace cardrig::bench

int main(int argc, char** argv) {
  try {
    return cardrig::bench::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_issuance: %s\n", error.what());
    return 1;
  }
}
