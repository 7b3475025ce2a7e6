// The rig protocol on a local socket: the end of the engine and the panel. It blocks: the engine
// waits for nothing else meanwhile.
#pragma once

#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/rig.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

enum class RigClientReason {
  kNotThere,  ///< no such socket, or nobody behind it
  kGone,  ///< the program went away; so says every later call
  kTimeout,  ///< no answer yet: the next message can be sent all the same
  kNonsense,  ///< what came is not the protocol, or the program says so of us; final, too
};

class RigClient {
 public:
  /// Connects, waiting at most `limit` for the socket to appear.
  static Result<std::unique_ptr<RigClient>, RigClientReason> connect(const std::string& path,
                                                                     Nanos limit);
  ~RigClient();
  RigClient(const RigClient&) = delete;
  RigClient& operator=(const RigClient&) = delete;

  /// Sends a message and waits for its answer; events that come meanwhile are kept. An answer that
  /// comes after its limit is dropped.
  Result<Result<nlohmann::json, RigReason>, RigClientReason> send(const RigMessage& message,
                                                                  Nanos limit);
  /// Takes what has arrived, without waiting.
  Result<Unit, RigClientReason> poll();
  /// What a follower was told, for the caller to take out. Times are of CLOCK_MONOTONIC.
  [[nodiscard]] std::deque<Event>& events();
  /// Everything up to this time has been said.
  [[nodiscard]] Nanos mark() const;
  /// To wait for several programs at once.
  [[nodiscard]] int file_descriptor() const;

 private:
  struct State;
  explicit RigClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cardrig
