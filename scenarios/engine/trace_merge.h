// TraceMerge: the events of several processes as one stream. Each process stamps its events with
// CLOCK_MONOTONIC and numbers them itself; here they get one order, one numbering and one time that
// counts from the start of the run.
//
// What holds for what comes out: the events of a process keep their order; times never go back; a
// receipt (wire.received) never stands before its send (wire.sent), which becomes its cause; a
// cause stands before its effect; nothing is lost or doubled.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/runtime/trace.h"

namespace cardrig::scenario {

class TraceMerge {
 public:
  /// Takes a merged event (time from the start, cause in the new numbering, id still unset) and
  /// returns the number that it got.
  using Sink = std::function<EventId(Event)>;
  using Process = std::size_t;

  /// `start`: the monotonic time that becomes 0. `patience`: for how long, in the processes' own
  /// time, a receipt waits for a send that nobody has told of; then it stands alone.
  TraceMerge(Nanos start, Sink sink, Nanos patience = std::chrono::seconds(1));

  /// A process that begins at `since`: it has nothing to say of any time before.
  Process add(std::string name, Nanos since);
  /// The next event of a process, in the order in which it was said.
  void take(Process process, Event event);
  /// The process has said everything up to this time.
  void mark(Process process, Nanos time);
  /// The process is gone: what it said stays, nothing more will come.
  void ended(Process process);

  /// Puts out what is settled and not later than `limit` (monotonic), `most` events at the utmost;
  /// returns how many. An event is settled when every living process has spoken of its time.
  std::size_t release(Nanos limit, std::size_t most = std::numeric_limits<std::size_t>::max());

  /// Everything up to here (monotonic) has been said by every living process.
  [[nodiscard]] Nanos horizon() const;
  /// Names of the living processes that have not spoken of `time` yet.
  [[nodiscard]] std::vector<std::string> silent_at(Nanos time) const;
  /// Events that were said and are not put out yet.
  [[nodiscard]] std::size_t held_back() const;
  /// When the first of them happened (monotonic), or nothing.
  [[nodiscard]] std::optional<Nanos> first_held_back() const;
  /// Receipts that stand alone, because no process told of their send.
  [[nodiscard]] std::size_t unjoined() const { return unjoined_; }

 private:
  struct Source {
    std::string name;
    bool living = true;
    Nanos spoken{0};  // of every time up to this
    std::deque<Event> held;
    std::map<EventId, EventId> merged;  // its numbers → ours
  };
  /// One direction of one connection, as its sends tell of it.
  struct Wire {
    std::int64_t sent = 0;  // bytes, by sends that are put out
    std::map<std::int64_t, EventId> sends;  // end offset → event
    bool begun = false;  // somebody received its first byte
  };
  enum class Join { kNoReceipt, kJoined, kWait, kAlone };
  /// What could be put out next.
  struct Next {
    Process process = 0;
    Join join = Join::kNoReceipt;
    EventId send = 0;
  };

  [[nodiscard]] std::optional<Next> next() const;
  [[nodiscard]] Next look_for_send(Process receiver) const;
  [[nodiscard]] bool is_send_held_back(const std::string& wire) const;
  [[nodiscard]] bool others_spoke_of(Process process, Nanos time) const;
  void put_out(const Next& next);
  void note_wire(const Event& event, EventId id);

  Nanos start_;
  Sink sink_;
  Nanos patience_;
  Nanos last_{0};  // time of the last event put out, from the start
  std::vector<Source> sources_;
  std::map<std::string, Wire> wires_;
  std::size_t unjoined_ = 0;
};

}  // namespace cardrig::scenario
