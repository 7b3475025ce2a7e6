// The wire rung: kiosk, simulators and mock platform as three processes, in real time, joined by
// pseudo-terminals, TCP and TLS. One object is one instance: a folder of its own with keys, sockets
// and files, any free ports, and nothing left of it when the object goes or the engine dies.
//
// What differs from the virtual rung, and why:
//   - the kiosk is switched on by the first message or advance() that needs it, so that what is
//     given holds before its first second;
//   - an act's own events count for the expectation after it: nobody can say when another process
//     has done with an act;
//   - kiosk.power_cut is SIGKILL: what the system had not written is not lost, and a cut cannot be
//     put between two writes;
//   - attached to programs that somebody else started, it can cut and restore no power;
//   - with a window, kiosk.touch is a finger on a display of the instance's own.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fixtures/people/people.h"
#include "scenarios/engine/peer.h"
#include "scenarios/engine/rung.h"
#include "scenarios/engine/scenario.h"
#include "scenarios/engine/wire_config.h"

namespace cardrig::scenario {

class WireDisplay;

struct WireRigOptions {
  std::uint64_t seed = 1;
  WireTiming timing = WireTiming::kFast;
  std::string root;  ///< of the repository
  std::string engine = "fast";  ///< face engine of the kiosk
  WirePrograms programs = own_programs();
  PeerLimits limits;
  bool tls = true;
  bool window = false;  ///< the kiosk shows a window, and touches go through it
  bool full_screen = false;  ///< the window is in kiosk mode
  bool pictures = false;  ///< a report wants the screens' pictures
  /// Not empty: programs that run already, with their rig sockets platform.sock, simulators.sock
  /// and kiosk.sock in this folder. They are followed from the first event that they still have,
  /// and left running at the end; of the options above only `limits` and `pictures` count.
  std::string attach;
};

class WireRig final : public Rung {
 public:
  /// `people` must outlive this object. Throws std::runtime_error with one sentence if mock
  /// platform, simulators or display do not start.
  WireRig(const std::vector<fixtures::PersonFixture>& people, WireRigOptions options);
  ~WireRig() override;
  WireRig(const WireRig&) = delete;
  WireRig& operator=(const WireRig&) = delete;

  [[nodiscard]] std::string name() const override { return "wire"; }
  [[nodiscard]] bool repeats_itself() const override { return false; }
  Result<nlohmann::json, RigReason> send(const RigMessage& message) override;
  [[nodiscard]] Nanos now() const override;
  bool advance(Nanos limit) override;
  [[nodiscard]] Trace& trace() override;
  [[nodiscard]] const std::vector<sim::CardThing>& cards() override;
  void clear_faults() override;
  [[nodiscard]] std::vector<std::string> inert_faults() override;
  [[nodiscard]] std::string trouble() override;
  [[nodiscard]] const flow::Screen* screen() override;
  [[nodiscard]] const flow::Screen* screen_of(const Event& event) override;
  Result<nlohmann::json, RigReason> query(const std::string& what,
                                          const nlohmann::json& args) override;
  [[nodiscard]] flow::Screen drawn(const flow::Screen& screen) override;
  [[nodiscard]] PicturePtr drawn_card(const sim::CardThing& card) override;
  [[nodiscard]] Nanos stood_still() override;
  void keep_files(const std::string& folder) override;
  /// Ends the programs as an operator would; those that it attached to run on.
  [[nodiscard]] std::string close() override;

  // --- for tests ---

  /// Process ids of the living: "kiosk", "simulators", "mock-platform", "display"; 0: it is not
  /// running.
  [[nodiscard]] pid_t process_of(const std::string& program) const;
  [[nodiscard]] std::string folder() const;
  /// Null without a window.
  [[nodiscard]] WireDisplay* display();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

/// Waits longer than this are for the virtual rung.
inline constexpr Nanos kWireWaitMax = std::chrono::minutes(10);

/// Why this scenario cannot run on the wire rung, in one sentence; nothing: it can.
[[nodiscard]] std::optional<std::string> unfit_for_wire(const Scenario& scenario);

}  // namespace cardrig::scenario
