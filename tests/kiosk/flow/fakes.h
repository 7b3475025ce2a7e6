// Scripted stand-ins for everything the flow is given, on virtual time, and a rig that holds them.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "kiosk/flow/kiosk.h"
#include "kiosk/flow/screens.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::flow::testing {

using namespace std::chrono_literals;

/// A device that hangs answers after an hour.
inline constexpr Nanos kForever = 1h;

/// The text block of an invented resident who passes every check on 2026-11-21.
[[nodiscard]] std::array<std::uint8_t, 256> resident_text();
/// Writes `text` over the block, at a byte offset.
void put_text(std::array<std::uint8_t, 256>& block, std::size_t offset, std::u16string_view text);

/// What a fake face picture shows; the fake engine reads it from the first pixel.
enum class Shows : std::uint8_t { kNobody, kHolder, kStranger, kTwo, kFar, kDark, kBlurred };
[[nodiscard]] Picture face_picture(Shows shows);

enum class Lies { kNothing, kIdCard, kBankCard, kForged, kDeadChip };

class FakeReader final : public id_reader::IdReader {
 public:
  explicit FakeReader(Loop& loop) : loop_(loop) {}
  Async<Result<Unit, id_reader::ReaderReason>> start() override;
  Async<Result<Unit, id_reader::ReaderReason>> check() override;
  Async<Result<Unit, id_reader::ReaderReason>> reset() override;
  Async<Result<Unit, id_reader::ReaderReason>> find_card() override;
  Async<Result<id_reader::ChipRecord, id_reader::ReaderReason>> read_card() override;
  void forget() override { ++forgotten; }
  const id_reader::ReaderStatus& status() const override { return status_; }

  Lies lies = Lies::kNothing;
  std::array<std::uint8_t, 256> text = resident_text();
  std::array<std::uint8_t, 70> new_address{};
  bool has_new_address = false;
  std::optional<id_reader::ReaderReason> start_fails, find_fails;
  std::deque<id_reader::ReaderReason> read_failures;  ///< one each, then reading works
  bool find_hangs = false, read_hangs = false, start_hangs = false;
  int reads = 0, forgotten = 0, starts = 0;

 private:
  Loop& loop_;
  id_reader::ReaderStatus status_;
};

class FakePhotos final : public id_reader::PhotoDecoder {
 public:
  Async<Result<Picture, id_reader::PhotoReason>> decode(
      std::span<const std::uint8_t, 1024>) override;
  bool is_stand_in() const override { return true; }

  std::optional<id_reader::PhotoReason> fails;
  Shows shows = Shows::kHolder;
};

class FakeEngine final : public face::Engine {
 public:
  std::string name() const override { return "fake"; }
  Result<std::vector<face::Detection>, face::FaceReason> detect(const Picture& bgr) override;
  Result<face::Embedding, face::FaceReason> embed(const Picture& bgr,
                                                  const face::Detection& face) override;
  double similarity(const face::Embedding& a, const face::Embedding& b) const override;
  double default_threshold() const override { return 0.5; }
};

class FakeCamera final : public camera::FrameSource {
 public:
  explicit FakeCamera(Loop& loop) : loop_(loop) {}
  Async<Result<Unit, camera::CameraReason>> start() override;
  Async<Result<camera::Frame, camera::CameraReason>> next_frame(std::uint64_t after,
                                                                Nanos limit) override;
  void stop() override {}
  DeviceState state() const override { return state_now; }

  std::function<Shows()> shows = [] { return Shows::kHolder; };
  std::optional<camera::CameraReason> start_fails, frame_fails;
  bool frozen = false, hangs = false;
  DeviceState state_now = DeviceState::kReady;
  int frames = 0;

 private:
  Loop& loop_;
  std::uint64_t sequence_ = 0;
  Nanos captured_{0};
};

class FakePlatform final : public platform::ExamPlatform {
 public:
  explicit FakePlatform(Loop& loop) : loop_(loop) {}
  Async<Result<std::vector<platform::PermitEntry>, platform::PlatformReason>> permits_of(
      const platform::Person& person) override;
  Async<Result<platform::PermitEntry, platform::PlatformReason>> lookup(
      const std::string& session, const platform::Person& person,
      const std::string& number) override;
  Async<Result<platform::Claim, platform::PlatformReason>> claim(const std::string&,
                                                                 const std::string&,
                                                                 const platform::Person&) override;
  Async<Result<platform::ClaimState, platform::PlatformReason>> claim_state(
      const std::string&) override;
  Async<Result<Unit, platform::PlatformReason>> release(const std::string&) override;
  Async<Result<platform::ReportAnswer, platform::PlatformReason>> report(
      const platform::Report&) override;
  Async<Result<Unit, platform::PlatformReason>> health() override;

  std::vector<platform::PermitEntry> permits;
  std::deque<platform::PlatformReason> failures;  ///< of permits_of, one each
  std::optional<platform::PlatformReason> health_fails;
  std::map<std::string, platform::PermitEntry> records;  ///< by number, of the person in front
  std::set<std::string> foreign_numbers;
  std::deque<platform::PlatformReason> lookup_failures;  ///< one each
  bool hangs = false;
  int asked = 0;
  std::vector<std::string> looked_up;
  std::string last_session;
  platform::Person last_person;

 private:
  Loop& loop_;
};

class FakeIssuer final : public Issuer {
 public:
  explicit FakeIssuer(Loop& loop) : loop_(loop) {}
  Async<issuance::Settled> issue(const platform::Person& person, const std::string& permit_id,
                                 issuance::Issuance::OnStage on_stage) override;
  Async<std::optional<issuance::Settled>> settle_all() override;
  Async<bool> flush_reports() override;
  Async<bool> staff_found(platform::Outcome found) override;

  std::vector<std::pair<issuance::Stage, Nanos>> stages;
  issuance::Settled settled;
  std::optional<issuance::Settled> open_at_start;
  bool settle_hangs = false, flush_hangs = false, all_reported = true;
  std::vector<std::string> issued;
  int settle_calls = 0, flushes = 0;
  std::optional<platform::Outcome> found_by_staff;

 private:
  Loop& loop_;
};

class FakeServiceDesk final : public ServiceDesk {
 public:
  Async<Result<std::vector<PastIssuance>, journal::JournalReason>> last_issuances(
      std::size_t most) override;
  [[nodiscard]] CardCounts counts() const override { return counted; }
  Async<Result<std::string, FileReason>> export_log() override;

  std::vector<PastIssuance> past;
  std::optional<journal::JournalReason> journal_fails;
  std::optional<FileReason> export_fails;
  CardCounts counted;
  int exports = 0;
};

struct Spoken {
  speaker::Utterance utterance;
  Nanos from{0}, to{0};
};

class FakeSpeaker final : public speaker::Speaker {
 public:
  explicit FakeSpeaker(Loop& loop) : loop_(loop) {}
  Async<Result<Unit, speaker::SpeakerReason>> say(speaker::Utterance utterance) override;

  Nanos length{300ms};
  bool offline = false;
  std::vector<Spoken> spoken;
  int overlaps = 0;

 private:
  Loop& loop_;
  Nanos busy_until_{0};
};

class FakeBoard final : public control_board::ControlBoard {
 public:
  explicit FakeBoard(Loop& loop) : loop_(loop) {}
  Async<Result<Unit, control_board::BoardReason>> start() override;
  Async<Result<control_board::BoardInputs, control_board::BoardReason>> inputs() override;
  Async<Result<Unit, control_board::BoardReason>> set_light(control_board::Light, bool on) override;
  DeviceState state() const override { return DeviceState::kReady; }

  bool offline = false, hangs = false;
  control_board::BoardInputs now;
  int lights_on = 0;

 private:
  Loop& loop_;
};

class FakePath final : public card_printer::CardPath {
 public:
  explicit FakePath(Loop& loop) : loop_(loop) {}
  Async<Result<Unit, card_printer::PathReason>> start() override;
  Async<Result<card_printer::PathStatus, card_printer::PathReason>> status() override;
  Async<void> wait_for_change(Nanos limit) override { return sleep_for(loop_, limit); }
  Async<Result<Unit, card_printer::PathReason>> present() override;
  Async<Result<Unit, card_printer::PathReason>> retract() override;
  Async<Result<Unit, card_printer::PathReason>> reject() override;
  Async<Result<Unit, card_printer::PathReason>> clear_error() override;
  card_printer::PathCapabilities capabilities() const override { return {true, true, true, true}; }

  bool offline = false, hangs = false;
  card_printer::PathStatus now;
  int retracted = 0, rejected = 0;

 private:
  Async<Result<Unit, card_printer::PathReason>> answer();
  Loop& loop_;
};

class FakeDisplay final : public Display {
 public:
  void show(const Screen& screen) override { shown.push_back(screen); }
  void set_language(Language l) override { language = l; }

  std::vector<Screen> shown;
  Language language = Language::kChinese;
};

/// A kiosk with all fakes, on virtual time.
class Rig {
 public:
  Rig();
  ~Rig();
  Rig(const Rig&) = delete;
  Rig& operator=(const Rig&) = delete;

  void start();  ///< runs the kiosk's start-up, as far as it comes in three seconds
  void run_for(Nanos time) { time_line.run_until(time_line.now() + time); }
  /// Runs until the present screen has this id; false if it has not after `limit`.
  bool run_until_screen(const std::string& id, Nanos limit);
  TouchResult touch(const std::string& button);

  [[nodiscard]] const Screen& screen() const { return kiosk->screen(); }
  [[nodiscard]] std::string title() const;
  [[nodiscard]] std::string sentence() const;
  /// The reason of the last kiosk.session_ended, or "".
  [[nodiscard]] std::string ended() const;
  [[nodiscard]] std::vector<const Event*> events(const std::string& kind) const;
  [[nodiscard]] bool step_seen(const std::string& step, const std::string& result) const;

  /// Goes the good way from the welcome screen until `id` is shown.
  bool walk_to(const std::string& id);

  VirtualTime time_line;
  std::unique_ptr<VirtualLoop> loop = time_line.make_loop("kiosk");
  Trace trace;
  Tracer tracer;
  VirtualCivilClock clock;
  SeededEntropy entropy{7};
  FakeReader reader{*loop};
  FakePhotos photos;
  FakeEngine engine;
  FakeCamera camera{*loop};
  FakePlatform platform{*loop};
  FakeIssuer issuer{*loop};
  FakeServiceDesk service;
  FakeBoard board{*loop};
  FakePath path{*loop};
  FakeSpeaker speaker{*loop};
  FakeDisplay display;
  IntentQueue intents;
  Limits limits;
  std::unique_ptr<Kiosk> kiosk;
};

}  // namespace cardrig::flow::testing
