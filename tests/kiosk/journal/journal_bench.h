// A journal on a simulated disk in virtual time, that can lose its power and start again.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "kiosk/journal/journal.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/disk/simulated_disk.h"

namespace cardrig::journal {

inline Key256 key_of(std::uint8_t seed) {
  Key256 key{};
  for (auto& b : key) b = seed = static_cast<std::uint8_t>(seed * 7 + 3);
  return key;
}

template <class T>
Async<void> keep(Async<T> work, std::optional<T>& into) {
  into.emplace(co_await std::move(work));
}

/// Runs a coroutine to its end on virtual time.
template <class T>
T run(VirtualTime& time, Loop& loop, Async<T> work) {
  std::optional<T> result;
  spawn(loop, keep(std::move(work), result));
  while (!result && time.step()) {
  }
  EXPECT_TRUE(result) << "the coroutine hangs";
  return std::move(*result);
}

struct JournalBench {
  VirtualTime time;
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer disk_tracer{trace, "disk"};
  sim::FaultCatalogue faults{disk_tracer};
  sim::SimulatedDisk disk;
  SeededEntropy entropy{5};  // of the machine: it goes on over restarts
  FixedKeySource keys{key_of(1)};
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  std::unique_ptr<Tracer> tracer = std::make_unique<Tracer>(trace, "kiosk");
  std::unique_ptr<Journal> journal;

  explicit JournalBench(std::uint64_t seed = 1) : disk(Random(seed), &faults) {
    sim::SimulatedDisk::declare_faults(faults);
  }
  ~JournalBench() { stop(); }

  std::optional<JournalReason> open() {
    auto opened = open_journal({}, *loop, disk, keys, entropy, *tracer);
    if (!opened) return opened.error().reason;
    journal = std::move(*opened);
    return std::nullopt;
  }
  void stop() {
    if (loop) loop->drop_everything();
    journal.reset();
  }
  /// The power fails (if it has not yet) and comes back; a new kiosk opens the journal.
  std::optional<JournalReason> restart() {
    disk.power_cut();
    tracer->mute();
    stop();
    loop = time.make_loop("kiosk");
    tracer = std::make_unique<Tracer>(trace, "kiosk");
    disk.power_on();
    return open();
  }
  std::optional<JournalReason> commit(const Record& record) {
    return reason_of(journal->commit(record));
  }
  std::optional<JournalReason> acknowledge(const std::string& key) {
    return reason_of(journal->acknowledge(key));
  }
  std::optional<JournalReason> forget_persons() { return reason_of(journal->forget_persons()); }
  std::vector<Record> open_records() { return value_of(journal->open_records()); }
  std::vector<platform::Report> pending() { return value_of(journal->pending_reports()); }

  template <class T>
  std::optional<JournalReason> reason_of(Async<Result<T, JournalReason>> work) {
    const auto done = run(time, *loop, std::move(work));
    if (!done) return done.error().reason;
    return std::nullopt;
  }
  template <class T>
  T value_of(Async<Result<T, JournalReason>> work) {
    auto done = run(time, *loop, std::move(work));
    EXPECT_TRUE(done) << to_string(done.error().reason) << ": " << done.error().detail;
    return done ? std::move(*done) : T{};
  }
};

inline constexpr char kName[] = "王小明";
inline constexpr char kNumber[] = "11010519491231002X";

inline Record sample(const std::string& attempt, Phase phase = Phase::kAttempt) {
  Record r;
  r.attempt_id = attempt;
  r.permit_id = "permit-7";
  r.person = {"resident", kNumber, kName};
  r.phase = phase;
  r.started_at = {1795300000000};
  if (phase >= Phase::kClaimed) {
    certificate::Certificate c;
    c.permit_id = r.permit_id;
    c.number = std::string("T") + kNumber;
    c.name = kName;
    c.sex = "女";
    c.category = "焊接与热切割作业";
    c.valid_from = {2026, 11, 21};
    c.valid_to = {2032, 11, 20};
    r.certificate = c;
  }
  if (phase >= Phase::kIntent) r.baseline = {41, 40, 3, 65535, 17};
  if (phase == Phase::kSettled) {
    r.outcome = platform::Outcome::kDelivered;
    r.settled_at = {1795300060000};
    r.detail = "fine";
  }
  return r;
}

}  // namespace cardrig::journal
