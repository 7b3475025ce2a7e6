// Virtual time: one thread, one queue of (time, sequence) for all parties of a run, so that the
// same seed gives the same order of everything. No real clock is read and no thread is started.
#pragma once

#include <boost/asio/execution_context.hpp>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "kiosk/runtime/loop.h"

namespace cardrig {

class VirtualLoop;

class VirtualTime {
 public:
  VirtualTime();
  ~VirtualTime();
  VirtualTime(const VirtualTime&) = delete;
  VirtualTime& operator=(const VirtualTime&) = delete;

  [[nodiscard]] Nanos now() const { return now_; }

  /// A new party. It must not outlive this object.
  [[nodiscard]] std::unique_ptr<VirtualLoop> make_loop(std::string name);

  /// Runs one queued item, advancing time if nothing is due. False if nothing is left at all.
  bool step();
  /// Runs everything that is due up to and including `t`; `now()` is then at least `t`.
  void run_until(Nanos t);
  /// Runs until nothing is queued.
  void run();
  /// True if something is due at the present instant.
  [[nodiscard]] bool has_ready() const { return !ready_.empty(); }
  /// The instant of the next timer, or Nanos::max().
  [[nodiscard]] Nanos next_due();
  /// Items run so far.
  [[nodiscard]] std::uint64_t items_run() const { return items_run_; }

  /// The causal context: saved when something is queued, restored when it runs. The trace uses it
  /// to name the event that caused an event.
  std::uint64_t cause = 0;

 private:
  friend class VirtualLoop;
  struct Item {
    VirtualLoop* loop;
    UniqueFunction<void()> run;
    std::uint64_t cause;
    TimerId timer;  // 0: not a timer
  };
  struct Due {
    Nanos time;
    TimerId id;  // rises: equal times fire first in, first out
  };
  struct Later {
    bool operator()(const Due& a, const Due& b) const {
      return a.time != b.time ? a.time > b.time : a.id > b.id;
    }
  };
  void enqueue(VirtualLoop* loop, UniqueFunction<void()> f);
  TimerId add_timer(VirtualLoop* loop, Nanos due, UniqueFunction<void()> f);
  bool cancel_timer(TimerId id);
  void forget_cancelled();
  void move_due_timers();
  void drop_items_of(VirtualLoop* loop);

  Nanos now_{0};
  TimerId next_timer_ = 1;
  std::uint64_t items_run_ = 0;
  std::deque<Item> ready_;
  std::vector<Due> heap_;
  std::unordered_map<TimerId, Item> timers_;
};

/// One party's loop on the virtual time line.
class VirtualLoop final : public Loop {
 public:
  ~VirtualLoop() override;

  asio::any_io_executor executor() override;
  Nanos now() const override;
  void post(UniqueFunction<void()> f) override;
  TimerId at(Nanos due, UniqueFunction<void()> f) override;
  void cancel(TimerId id) override;
  void offload(UniqueFunction<void()> work, Nanos modelled_cost,
               UniqueFunction<void()> done) override;
  void wait_until(Nanos due, WaitHandler handler) override;

  /// The power of this party fails: everything queued is destroyed, not run, until nothing is left
  /// (destroying an Asio handler posts the unwinding of its coroutine, which is drained too).
  void drop_everything();

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] VirtualTime& time() { return time_; }

 private:
  friend class VirtualTime;
  class Context;
  VirtualLoop(VirtualTime& time, std::string name);

  VirtualTime& time_;
  std::string name_;
  std::unique_ptr<Context> context_;
};

}  // namespace cardrig
