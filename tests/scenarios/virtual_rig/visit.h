// Drives a virtual run by hand: acts, and waits for events and screens with a limit.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "scenarios/engine/virtual_rig.h"

namespace cardrig::scenario {

/// People and nets, loaded once for all tests of the program.
RigAssets& shared_assets();

class Visit {
 public:
  explicit Visit(VirtualRigOptions options = {}) : rig(shared_assets(), options) {}

  /// Sends a message that must be possible.
  void act(const std::string& verb, nlohmann::json args = nlohmann::json::object());
  /// Runs until an event of this kind has appeared since the last call; false at the limit.
  bool until(const std::string& kind, Nanos limit,
             const std::function<bool(const Event&)>& fits = nullptr);
  bool until_screen(const std::string& id, Nanos limit);
  void run_for(Nanos time) { rig.run_until(rig.now() + time); }

  /// A permit for the person, the document placed, the face in front, every button touched, the
  /// card taken: until the kiosk is idle again. False if the kiosk went another way.
  bool good_session(const std::string& person, const std::string& document,
                    const std::string& permit);
  /// The steps of good_session() up to the touch that starts the issuance.
  bool up_to_printing(const std::string& person, const std::string& document,
                      const std::string& permit);
  [[nodiscard]] nlohmann::json permit(const std::string& id);
  [[nodiscard]] int count(const std::string& kind) const;
  /// The last screens and outcomes, for failure messages.
  [[nodiscard]] std::string story();

  VirtualRig rig;

 private:
  std::size_t seen_ = 0;
};

}  // namespace cardrig::scenario
