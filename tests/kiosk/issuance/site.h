// A whole site on virtual time: machine, platform, disk, and a kiosk that can lose its power at any
// moment and start again with a new loop on the disk that survived.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/issuance/issuance.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/disk/simulated_disk.h"
#include "tests/kiosk/issuance/machine.h"
#include "tests/kiosk/issuance/platform_model.h"

namespace cardrig::issuance {

inline constexpr char kPermit[] = "permit-1";

/// One kiosk between power-on and power-off.
struct PoweredKiosk {
  std::unique_ptr<VirtualLoop> loop;
  bool power = true;
  Tracer tracer;
  VirtualCivilClock clock;
  Wire wire;
  ModelJobs jobs;
  ModelPath path;
  ModelBoard board;
  ModelPlatform platform;
  std::unique_ptr<journal::Journal> journal;
  std::unique_ptr<Issuance> issuance;
  std::vector<Stage> stages;

  PoweredKiosk(VirtualTime& time, Trace& trace, Machine& machine, PlatformModel& model)
      : loop(time.make_loop("kiosk")),
        tracer(trace, "kiosk"),
        clock(*loop, {1795300000000}),
        wire{*loop, machine, power},
        jobs(wire),
        path(wire),
        board(wire),
        platform(*loop, model, power) {}
};

class Site {
 public:
  explicit Site(std::uint64_t seed = 1);
  ~Site();
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  /// A new kiosk on the disk. False: the journal does not open.
  bool start();
  /// The kiosk loses its power, the disk what it has not synced; with the mains also the machine.
  void cut(bool mains);
  /// Power comes back `off` later, and a new kiosk starts.
  void restart_after(Nanos off);

  /// Runs an issuance to its end; nothing if the power failed meanwhile (then cut() has been done,
  /// with the mains if `mains_on_disk_cut`).
  std::optional<Settled> issue();
  /// The same, cutting the power at `at`.
  std::optional<Settled> issue_until(Nanos at, bool mains);
  std::optional<Settled> settle_all();
  bool flush();
  bool staff_found(platform::Outcome found);
  std::vector<journal::Record> open_records();
  std::vector<platform::Report> pending();

  template <class T>
  T run(Async<T> work);

  /// What a truthful observer finds at the end: cards against platform and journal. `interrupted`
  /// allows "unknown" where nobody could see what happened.
  void expect_consistent(const std::string& when);
  [[nodiscard]] std::string attempt() const;  ///< the one that reached the platform; "" if none
  [[nodiscard]] std::vector<std::string> outcomes() const;  ///< as counted by the platform
  [[nodiscard]] int events(const std::string& kind) const;

  VirtualTime time;
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer world_tracer{trace, "world"};
  sim::FaultCatalogue faults{world_tracer};
  std::unique_ptr<VirtualLoop> world = time.make_loop("world");
  Machine machine{*world};
  PlatformModel platform;
  sim::SimulatedDisk disk;
  SeededEntropy entropy{5};
  std::unique_ptr<PoweredKiosk> kiosk;
  Times times;
  bool mains_on_disk_cut = false;
  platform::Person person{"resident", "11010519491231002X", "王小明"};
  DrawCard draw;

 private:
  template <class T>
  std::optional<T> run_until(Async<T> work, Nanos end);
  Deps deps();
};

template <class T>
Async<void> keep(Async<T> work, std::optional<T>& into) {
  into.emplace(co_await std::move(work));
}

template <class T>
std::optional<T> Site::run_until(Async<T> work, Nanos end) {
  std::optional<T> result;
  spawn(*kiosk->loop, keep(std::move(work), result));
  while (!result && kiosk->power) {
    if (!time.has_ready() && time.next_due() > end) {
      time.run_until(end);
      break;
    }
    EXPECT_TRUE(time.step()) << "nothing is left to happen";
  }
  return kiosk->power ? std::move(result) : std::nullopt;
}

template <class T>
T Site::run(Async<T> work) {
  const Nanos limit = time.now() + 30min;
  auto result = run_until(std::move(work), limit);
  EXPECT_TRUE(result) << "it hangs, or the power failed";
  return result ? std::move(*result) : T{};
}

}  // namespace cardrig::issuance
