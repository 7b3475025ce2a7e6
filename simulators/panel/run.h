// Run: the run that the panel drives. It keeps every rig message with its place, so that the
// recorder can say in a scenario file what was done.
//
// A virtual run can be played at any speed, paused, stepped, begun again, taken back to any instant
// and played on in another way. A live one (the wire rung: programs in real time) goes on by
// itself; it can be acted in, recorded and begun again, and a scenario file can be stepped through.
//
// Time of a virtual run goes by the rules of the scenario runner (scenarios/engine/runner.cpp):
// acts that wait for an event are looked at after each piece of work that the trace tells of, and a
// message from a person comes when everything that was due at its instant has been done. That is
// why a file can say where each message belongs, and why running it gives the same trace.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/engine/matching.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/vocabulary.h"
#include "simulators/panel/truth.h"

namespace cardrig::panel {

class Player;

/// A rig message of this session.
struct Deed {
  RigMessage message;
  /// It was armed: it waits, or waited, for this.
  std::optional<scenario::Trigger> at;
  Nanos time{0};  ///< when it was sent or armed
  EventId after = 0;  ///< the trace's last event then
  std::uint64_t items = 0;  ///< work done by then: the exact place
  EventId told = 0;  ///< the trace's last event when it had been sent; not for armed ones
  bool refused = false;
  bool fired = false;  ///< armed: it has been sent
};

/// Makes the rung of a live run. Throws std::runtime_error with one sentence if it cannot be had.
using OpenLive = std::function<std::unique_ptr<scenario::Rung>(std::uint64_t seed)>;

class Run {
 public:
  /// Both must outlive this object. Without `open_live` it is a virtual run. Throws what that
  /// throws.
  Run(scenario::RigAssets& assets, const scenario::Vocabulary& vocabulary, std::uint64_t seed,
      OpenLive open_live = nullptr);
  ~Run();

  /// It goes on by itself, in real time: no pause, no speed, no way back.
  [[nodiscard]] bool is_live() const { return virtual_ == nullptr; }

  /// Begins again, at time 0, with this seed. A loaded scenario begins again, too. Of a live run
  /// that cannot be had the rig's trouble() says why.
  void restart(std::uint64_t seed);
  /// Lets `real` time pass at the present speed, if it plays. Virtual time that costs much real
  /// time (inference) makes the run lag, never the panel: at most a few slices a call. Of a live
  /// run: takes in what has happened.
  void pass(Nanos real);
  /// Runs up to and including everything that is due at `t`. False: the loaded scenario stopped it
  /// before (a breakpoint, a failure, its end).
  bool run_until(Nanos t);
  /// Runs until something happens that the trace tells, at most a minute.
  void step_event();

  // --- what a person does ---

  /// Sends the message and keeps what was answered for the status line.
  bool send(const std::string& verb, nlohmann::json args = nlohmann::json::object());
  /// The message shall be sent by itself when this has happened.
  bool arm(const std::string& verb, nlohmann::json args, scenario::Trigger at);
  /// Takes an armed message back. `deed`: index into deeds().
  void disarm(std::size_t deed);

  // --- time machine: by running again from the seed, with the messages up to then. Of a live run
  //     nothing but a refusal ---

  /// To the instant, when all that was due then has been done. What was done later is cut off.
  void go_back(Nanos t);
  /// To just after the event.
  void go_to_event(EventId event);
  /// To just before the last message.
  void undo();

  // --- a scenario file, step by step ---

  void load(scenario::Scenario scenario);
  void unload();
  [[nodiscard]] Player* player() { return player_.get(); }

  // --- for the player: here and now, as the scenario runner would ---

  bool act(const RigMessage& message);
  void arm_now(const RigMessage& message, const scenario::Trigger& at);

  [[nodiscard]] scenario::Rung& rig() { return *rig_; }
  [[nodiscard]] const Truth& truth();
  /// Of the kiosk's screen.
  [[nodiscard]] flow::Language language() const { return language_; }
  /// The present, by the clock that a screen's own instants are of.
  [[nodiscard]] Nanos screen_time() const;
  /// Every fault of the catalogue, in its order.
  [[nodiscard]] const std::vector<sim::FaultSpec>& faults() const { return faults_; }
  [[nodiscard]] scenario::History& history() { return *history_; }
  [[nodiscard]] const scenario::Vocabulary& vocabulary() const { return vocabulary_; }
  [[nodiscard]] scenario::RigAssets& assets() { return assets_; }
  [[nodiscard]] std::uint64_t seed() const { return seed_; }
  [[nodiscard]] const std::vector<Deed>& deeds() const { return deeds_; }
  /// Of a run that others began: the last event before it was joined, and when. What is recorded
  /// begins there.
  [[nodiscard]] EventId joined_after() const { return joined_after_; }
  [[nodiscard]] Nanos joined_at() const { return joined_at_; }
  /// Work done when the event was told; of a live run, events.
  [[nodiscard]] std::uint64_t items_at(EventId event) const;
  /// …and by now.
  [[nodiscard]] std::uint64_t items_now() const;
  /// Rises whenever the trace begins anew: what was read from it is of another run then.
  [[nodiscard]] int generation() const { return generation_; }
  /// What the last message was answered; "" if it was done.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  [[nodiscard]] const std::string& last_message() const { return last_message_; }

  bool playing = false;
  double speed = 1;

 private:
  struct Armed {
    std::size_t deed;
    int seen = 0;
    std::optional<Nanos> due;
  };

  void begin(std::uint64_t seed);
  void close_live();
  void join();
  void follow();
  bool refuse_live();
  void take_in();
  void fire_armed();
  [[nodiscard]] Nanos next_due(Nanos limit) const;
  void settle();
  bool perform(Deed deed);
  [[nodiscard]] std::optional<RigMessage> as_recorded(const std::string& verb, nlohmann::json args);
  [[nodiscard]] Deed deed_here(RigMessage message) const;
  void repeat(const std::vector<Deed>& deeds);
  void reach(std::uint64_t items, Nanos time);

  scenario::RigAssets& assets_;
  const scenario::Vocabulary& vocabulary_;
  std::uint64_t seed_;
  OpenLive open_live_;
  std::vector<sim::FaultSpec> faults_ = scenario::virtual_rung_faults();
  std::unique_ptr<scenario::Rung> rig_;
  scenario::VirtualRig* virtual_ = nullptr;  // the same, or null: it is live
  EventId joined_after_ = 0;
  Nanos joined_at_{0};
  Truth truth_;
  bool truth_is_old_ = true;
  flow::Language language_ = flow::Language::kChinese;
  std::unique_ptr<scenario::History> history_;
  std::unique_ptr<Player> player_;
  std::vector<Deed> deeds_;
  std::vector<Armed> armed_;
  std::vector<std::uint64_t> items_at_;
  /// Everything due at this instant has been done, or nothing at all since the start.
  bool settled_ = true;
  int generation_ = 0;
  Nanos owed_{0};
  std::string refusal_, last_message_;
};

}  // namespace cardrig::panel
