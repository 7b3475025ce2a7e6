// TraceGather: follows the traces of several programs, and the engine's own words between them, as
// the one trace of a run, in real time. It waits in poll(), never busy and never asleep.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/trace.h"
#include "scenarios/engine/peer.h"
#include "scenarios/engine/trace_merge.h"

namespace cardrig::scenario {

class TraceGather {
 public:
  using Seen = std::function<void(const Peer*, const Event&)>;

  /// `start`: the monotonic time that becomes 0.
  explicit TraceGather(Nanos start);
  TraceGather(const TraceGather&) = delete;
  TraceGather& operator=(const TraceGather&) = delete;

  /// Follows a program that cannot have anything to tell of before `since`.
  void add(Peer& peer, std::string name, Nanos since);
  /// It is gone, or will be: takes in what it still told, and forgets it.
  void end(Peer& peer);
  /// The engine's own event, of this moment (monotonic).
  void say(std::string kind, std::vector<Field> fields, Nanos at);

  /// `arrived`: an event has come in, and stands not in the trace yet.
  void on_arrival(Seen arrived) { arrived_ = std::move(arrived); }

  [[nodiscard]] Trace& trace() { return trace_; }
  /// Takes in what was told and puts out what is settled and not later than `limit` (monotonic).
  /// True: the trace has grown.
  bool take_in(Nanos limit);
  /// Waits until everything up to `until` (monotonic) is in the trace, or there is trouble.
  void flush(Nanos until);
  /// Waits until somebody tells something, a question to them is due, or it is `until` (monotonic).
  void wait(Nanos until);
  /// For how long, at the utmost, this process was not woken when it was due.
  [[nodiscard]] Nanos overslept() const { return overslept_; }
  /// The first that went wrong with any of them; "": all is well.
  [[nodiscard]] std::string trouble() const;
  [[nodiscard]] std::size_t unjoined() const { return merge_.unjoined(); }

 private:
  struct Followed {
    Peer* peer;
    TraceMerge::Process source;
  };
  EventId put_out(Event event);
  void feed(const Followed& followed);
  void feed_all();
  bool ask_marks(Nanos now);

  Nanos emitted_at_{0};
  EventId cause_ = 0;
  Trace trace_;
  TraceMerge merge_;
  TraceMerge::Process engine_;
  EventId engine_events_ = 0;
  std::vector<Followed> followed_;
  Seen arrived_;
  Nanos overslept_{0};
  std::string trouble_;
};

}  // namespace cardrig::scenario
