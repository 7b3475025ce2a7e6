// The rig protocol on a local socket (docs/protocols/rig.md): the program's end. Kiosk, simulators
// and mock platform each open one for the engine or the panel; a production kiosk never does.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

/// Listens on the Unix socket `path` (mode 0600; a stale file is replaced, a live one refused) and
/// removes it when it goes. One JSON object a line, UTF-8, requests of at most 1 MiB:
///   → {"id": 7, "verb": "world.mains", "args": {"on": false}}
///   ← {"id": 7, "ok": {}}   or   {"id": 7, "error": {"reason": "not_possible_now", "detail": "…"}}
/// Verbs of the port itself:
///   "trace.follow" {}   → {"first_event": id}; every event so far and from now on as
///                       {"event": {…}} (trace_json.h), and {"mark": ns}: everything up to this
///                       time has been said; a mark comes whenever the port has said all there is
///   "trace.mark" {}     asks a follower's port for a mark now
///   "health" {}         what `health` says
///   "stop" {}           ends the program as SIGTERM does, once it has been answered
/// Times in events are of CLOCK_MONOTONIC, so that the traces of processes can be merged: the
/// trace's clock must be monotonic_now().
///
/// Memory stays bounded, whatever clients do. The port keeps no events for followers: it reads them
/// from the trace when the follower has room. A follower that stays behind further than the trace
/// reaches back (Trace::keep_at_most) is told so in one sentence and dropped, never given a trace
/// with a gap. A client that does not take its answers gets no further request served; a line
/// longer than 1 MiB, and a client too many (over 16), end with one sentence, too. A client that
/// closes its sending half is still told what it has asked for.
class RigPort {
 public:
  /// A json exception that leaves it is answered as kBadArguments.
  using Handle = std::function<Result<nlohmann::json, RigReason>(const RigMessage&)>;
  using Health = std::function<nlohmann::json()>;
  using Answer = std::function<void(Result<nlohmann::json, RigReason>)>;
  /// For messages whose answer takes time. False: not one of these; else `answer` is to be called
  /// once, then or later, on the loop. The client's next request is served after that.
  using HandleLater = std::function<bool(const RigMessage&, Answer answer)>;

  /// Throws std::runtime_error if the socket cannot be had. Everything runs on `loop`, and `trace`
  /// must be written to on it only.
  RigPort(RealLoop& loop, Trace& trace, const std::string& path, Handle handle, Health health);
  ~RigPort();
  RigPort(const RigPort&) = delete;
  RigPort& operator=(const RigPort&) = delete;

  /// Called for "stop", which is not possible without.
  void on_stop(std::function<void()> f);
  /// Asked before `handle`.
  void on_slow(HandleLater f);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig
