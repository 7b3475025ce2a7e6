// Peer: one program of the wire rung as the engine deals with it: its process, its rig socket, and
// what it has told of its trace. Whatever goes wrong with it becomes one sentence, trouble(), and
// no call waits longer than its limit.
#pragma once

#include <deque>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/runtime/rig_client.h"
#include "scenarios/engine/process.h"

namespace cardrig::scenario {

struct PeerLimits {
  Nanos start{std::chrono::seconds(60)};  ///< until it says that it is ready
  Nanos answer{std::chrono::seconds(15)};  ///< to a message, and until it speaks of its time
  StopLimits stop{std::chrono::seconds(15), std::chrono::seconds(5)};
};

struct PeerSpec {
  ProcessSpec process;
  std::string rig;  ///< path of its rig socket
  PeerLimits limits;
};

class Peer {
 public:
  /// Starts it, waits until it is ready, and follows its trace from the first event on. The error
  /// is one sentence.
  static Result<std::unique_ptr<Peer>, Unit> start(const PeerSpec& spec);
  /// Follows a program that runs already, from the first event that it still has; on return all
  /// that it has told so far is in events(). It has no process here: it cannot be killed, and ends
  /// for us when its socket does.
  static Result<std::unique_ptr<Peer>, Unit> attach(const std::string& name, const std::string& rig,
                                                    const PeerLimits& limits);
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }
  /// 0: it was attached to.
  [[nodiscard]] pid_t pid() const { return process_ ? process_->pid() : 0; }
  /// The line with which it said that it is ready; null: it was attached to.
  [[nodiscard]] const nlohmann::json& ready() const { return ready_; }

  /// Trouble is answered with kNotPossibleNow and its sentence.
  Result<nlohmann::json, RigReason> send(const RigMessage& message);
  /// Takes in what it has told, without waiting.
  void take_in();
  [[nodiscard]] std::deque<Event>& events() { return events_; }
  /// It has told everything up to this time (CLOCK_MONOTONIC).
  [[nodiscard]] Nanos mark() const { return client_->mark(); }
  /// Has it speak of the present time. False: an earlier wish is open, or there is trouble.
  bool ask_mark();
  /// When it was last asked.
  [[nodiscard]] Nanos mark_asked_at() const { return mark_asked_at_; }

  /// Why it can no longer be relied on; "": it can.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

  /// At once, as a power cut. What it told before that can be had once more with take_in().
  void kill();
  /// Returns what was not as it should be when it ended, in one sentence.
  std::string stop();

  // For poll(): there is something to take in; it is gone.
  [[nodiscard]] int socket() const { return client_->file_descriptor(); }
  [[nodiscard]] int process() const { return process_ ? process_->descriptor() : -1; }

 private:
  Peer(std::string name, const PeerLimits& limits, std::unique_ptr<RigClient> client,
       EventId first_event);
  void wait_for_mark();
  void take(Event event);
  void give_up(const Error<RigClientReason>& error);
  void complain(const std::string& what);

  std::string name_;
  PeerLimits limits_;
  std::unique_ptr<Process> process_;  // null: it was attached to
  nlohmann::json ready_;
  std::unique_ptr<RigClient> client_;
  EventId next_event_;
  Nanos last_event_at_{0};
  std::deque<Event> events_;
  Nanos mark_asked_at_{0};
  Nanos mark_seen_{0};
  bool mark_is_due_ = false;
  bool killed_ = false;
  std::string trouble_;
};

}  // namespace cardrig::scenario
