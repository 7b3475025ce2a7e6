// Run: the virtual run that the panel drives. It can be played at any speed, paused, stepped and
// begun again.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "scenarios/engine/virtual_rig.h"

namespace cardrig::panel {

class Run {
 public:
  Run(scenario::RigAssets& assets, std::uint64_t seed);

  /// Begins again, at time 0, with this seed.
  void restart(std::uint64_t seed);
  /// Lets `real` time pass at the present speed, if it plays. Virtual time that costs much real
  /// time (inference) makes the run lag, never the panel: at most a few slices a call.
  void pass(Nanos real);
  /// Runs until something happens that the trace tells, at most a minute.
  void step_event();
  /// Sends the message and keeps what was answered for the status line.
  bool send(const std::string& verb, nlohmann::json args = nlohmann::json::object());

  [[nodiscard]] scenario::VirtualRig& rig() { return *rig_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  /// What the last message was answered; "" if it was done.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] const std::string& last_message() const { return last_message_; }

  bool playing = false;
  double speed = 1;

 private:
  scenario::RigAssets& assets_;
  std::uint64_t seed_;
  std::unique_ptr<scenario::VirtualRig> rig_;
  Nanos owed_{0};
  std::string refusal_, last_message_;
};

}  // namespace cardrig::panel
