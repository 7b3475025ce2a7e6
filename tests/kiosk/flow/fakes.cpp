// The scripted stand-ins.
#include "tests/kiosk/flow/fakes.h"

#include <algorithm>

namespace cardrig::flow::testing {

using card_printer::PathReason;
using control_board::BoardReason;
using id_reader::ReaderReason;
using platform::PlatformReason;

void put_text(std::array<std::uint8_t, 256>& block, std::size_t offset, std::u16string_view text) {
  for (const char16_t c : text) {
    block.at(offset++) = static_cast<std::uint8_t>(c & 0xFF);
    block.at(offset++) = static_cast<std::uint8_t>(c >> 8);
  }
}

std::array<std::uint8_t, 256> resident_text() {
  std::array<std::uint8_t, 256> block{};
  for (std::size_t i = 0; i < block.size(); i += 2) block[i] = ' ';
  put_text(block, 0, u"张建国");
  put_text(block, 30, u"2");
  put_text(block, 32, u"01");
  put_text(block, 36, u"19491231");
  put_text(block, 52, u"北京市朝阳区虚构路1号");
  put_text(block, 122, u"11010519491231002X");
  put_text(block, 158, u"北京市公安局朝阳分局");
  put_text(block, 188, u"20100101");
  put_text(block, 204, u"长期");
  return block;
}

Picture face_picture(Shows shows) {
  constexpr int kSide_px = 160;
  Picture picture{kSide_px, kSide_px, 3, {}};
  picture.pixels.resize(std::size_t{kSide_px} * kSide_px * 3);
  for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
    const bool bright = (i / 3 / 4 + i / 3 / kSide_px / 4) % 2 == 0;
    picture.pixels[i] = shows == Shows::kDark      ? 5
                        : shows == Shows::kBlurred ? 128
                        : bright                   ? 220
                                                   : 60;
  }
  picture.pixels[0] = static_cast<std::uint8_t>(shows);
  return picture;
}

// ---- reader and photo --------------------------------------------------------------------------

Async<Result<Unit, ReaderReason>> FakeReader::start() {
  ++starts;
  co_await sleep_for(loop_, start_hangs ? kForever : 20ms);
  if (start_fails) co_return fail(*start_fails);
  co_return ok();
}
Async<Result<Unit, ReaderReason>> FakeReader::check() { co_return ok(); }
Async<Result<Unit, ReaderReason>> FakeReader::reset() { co_return ok(); }

Async<Result<Unit, ReaderReason>> FakeReader::find_card() {
  co_await sleep_for(loop_, find_hangs ? kForever : 10ms);
  if (find_fails) co_return fail(*find_fails);
  if (lies == Lies::kNothing || lies == Lies::kDeadChip) co_return fail(ReaderReason::kNoCard);
  co_return ok();
}

Async<Result<id_reader::ChipRecord, ReaderReason>> FakeReader::read_card() {
  ++reads;
  co_await sleep_for(loop_, read_hangs ? kForever : 900ms);
  if (!read_failures.empty()) {
    const ReaderReason reason = read_failures.front();
    read_failures.pop_front();
    co_return fail(reason);
  }
  if (lies == Lies::kNothing || lies == Lies::kDeadChip) co_return fail(ReaderReason::kNoCard);
  if (lies == Lies::kBankCard) co_return fail(ReaderReason::kNotAnIdCard);
  if (lies == Lies::kForged) co_return fail(ReaderReason::kForged);
  id_reader::ChipRecord record;
  record.text = text;
  record.new_address = new_address;
  record.has_new_address = has_new_address;
  co_return record;
}

Async<Result<Picture, id_reader::PhotoReason>> FakePhotos::decode(
    std::span<const std::uint8_t, 1024>) {
  if (fails) co_return fail(*fails);
  co_return face_picture(shows);
}

// ---- camera and face ---------------------------------------------------------------------------

Result<std::vector<face::Detection>, face::FaceReason> FakeEngine::detect(const Picture& bgr) {
  const auto shows = static_cast<Shows>(bgr.pixels.at(0));
  face::Detection face;
  face.box = {10, 10, 120, 120};
  if (shows == Shows::kFar) face.box = {10, 10, 30, 30};
  if (shows == Shows::kNobody) return std::vector<face::Detection>{};
  if (shows == Shows::kTwo) return std::vector<face::Detection>{face, face};
  return std::vector<face::Detection>{face};
}

Result<face::Embedding, face::FaceReason> FakeEngine::embed(const Picture& bgr,
                                                            const face::Detection&) {
  return face::Embedding{{static_cast<float>(bgr.pixels.at(0))}};
}

double FakeEngine::similarity(const face::Embedding& a, const face::Embedding& b) const {
  return a.values == b.values ? 0.8 : 0.1;
}

Async<Result<Unit, camera::CameraReason>> FakeCamera::start() {
  co_await sleep_for(loop_, 50ms);
  if (start_fails) co_return fail(*start_fails);
  co_return ok();
}

Async<Result<camera::Frame, camera::CameraReason>> FakeCamera::next_frame(std::uint64_t after,
                                                                          Nanos limit) {
  co_await sleep_for(loop_, hangs ? kForever : 33ms);
  if (frame_fails) co_return fail(*frame_fails);
  if (frozen && after >= sequence_) {
    co_await sleep_for(loop_, limit);
    co_return fail(camera::CameraReason::kNoFrame);
  }
  if (!frozen) {
    ++sequence_;
    captured_ = loop_.now();
  }
  ++frames;
  auto picture = std::make_shared<const Picture>(face_picture(shows()));
  camera::Frame frame;
  frame.sequence = sequence_;
  frame.captured_at = captured_;
  frame.picture = std::move(picture);
  co_return frame;
}

// ---- platform and issuance ---------------------------------------------------------------------

Async<Result<std::vector<platform::PermitEntry>, PlatformReason>> FakePlatform::permits_of(
    const platform::Person& person) {
  ++asked;
  last_person = person;
  co_await sleep_for(loop_, hangs ? kForever : 200ms);
  if (!failures.empty()) {
    const PlatformReason reason = failures.front();
    failures.pop_front();
    co_return fail(reason);
  }
  co_return permits;
}

Async<Result<platform::PermitEntry, PlatformReason>> FakePlatform::lookup(
    const std::string& session, const platform::Person& person, const std::string& number) {
  looked_up.push_back(number);
  last_session = session;
  last_person = person;
  co_await sleep_for(loop_, hangs ? kForever : 200ms);
  if (!lookup_failures.empty()) {
    const PlatformReason reason = lookup_failures.front();
    lookup_failures.pop_front();
    co_return fail(reason);
  }
  if (foreign_numbers.contains(looked_up.back())) {
    co_return fail(PlatformReason::kRefused, to_string(platform::LookupRefusal::kOtherPerson));
  }
  const auto found = records.find(looked_up.back());
  if (found == records.end()) co_return fail(PlatformReason::kNotFound);
  co_return found->second;
}

// The flow leaves these to issuance.
Async<Result<platform::Claim, PlatformReason>> FakePlatform::claim(const std::string&,
                                                                   const std::string&,
                                                                   const platform::Person&) {
  co_return fail(PlatformReason::kRefused);
}
Async<Result<platform::ClaimState, PlatformReason>> FakePlatform::claim_state(const std::string&) {
  co_return fail(PlatformReason::kNotFound);
}
Async<Result<Unit, PlatformReason>> FakePlatform::release(const std::string&) {
  co_return fail(PlatformReason::kNotFound);
}
Async<Result<platform::ReportAnswer, PlatformReason>> FakePlatform::report(
    const platform::Report&) {
  co_return fail(PlatformReason::kRefused);
}
Async<Result<Unit, PlatformReason>> FakePlatform::health() {
  co_await sleep_for(loop_, 5ms);
  if (health_fails) co_return fail(*health_fails);
  co_return ok();
}

Async<issuance::Settled> FakeIssuer::issue(const platform::Person&, const std::string& permit_id,
                                           issuance::Issuance::OnStage on_stage) {
  issued.push_back(permit_id);
  for (const auto& [stage, takes] : stages) {
    on_stage(stage);
    co_await sleep_for(loop_, takes);
  }
  co_return settled;
}
Async<std::optional<issuance::Settled>> FakeIssuer::settle_all() {
  ++settle_calls;
  co_await sleep_for(loop_, settle_hangs ? kForever : 30ms);
  co_return open_at_start;
}
Async<bool> FakeIssuer::flush_reports() {
  ++flushes;
  co_await sleep_for(loop_, flush_hangs ? kForever : 20ms);
  co_return all_reported;
}
Async<bool> FakeIssuer::staff_found(platform::Outcome found) {
  found_by_staff = found;
  open_at_start.reset();
  co_return true;
}

// ---- board and printer -------------------------------------------------------------------------

Async<Result<Unit, BoardReason>> FakeBoard::start() {
  co_await sleep_for(loop_, hangs ? kForever : 5ms);
  if (offline) co_return fail(BoardReason::kOffline);
  co_return ok();
}
Async<Result<control_board::BoardInputs, BoardReason>> FakeBoard::inputs() {
  co_await sleep_for(loop_, hangs ? kForever : 5ms);
  if (offline) co_return fail(BoardReason::kOffline);
  co_return now;
}
Async<Result<Unit, BoardReason>> FakeBoard::set_light(control_board::Light, bool on) {
  co_await sleep_for(loop_, hangs ? kForever : 5ms);
  lights_on += on ? 1 : -1;
  if (offline) co_return fail(BoardReason::kOffline);
  co_return ok();
}

Async<Result<std::vector<PastIssuance>, journal::JournalReason>> FakeServiceDesk::last_issuances(
    std::size_t most) {
  if (journal_fails) co_return fail(*journal_fails);
  auto cards = past;
  if (cards.size() > most) cards.resize(most);
  co_return cards;
}

Async<Result<std::string, FileReason>> FakeServiceDesk::export_log() {
  ++exports;
  if (export_fails) co_return fail(*export_fails);
  co_return std::string("kiosk-log-20260615-100312.jsonl");
}

Async<Result<Unit, speaker::SpeakerReason>> FakeSpeaker::say(speaker::Utterance utterance) {
  if (offline) co_return fail(speaker::SpeakerReason::kOffline);
  if (loop_.now() < busy_until_ && length < kForever) ++overlaps;
  busy_until_ = loop_.now() + length;
  spoken.push_back({std::move(utterance), loop_.now(), busy_until_});
  co_await sleep_for(loop_, length);
  co_return ok();
}

Async<Result<Unit, PathReason>> FakePath::answer() {
  co_await sleep_for(loop_, hangs ? kForever : 5ms);
  if (offline) co_return fail(PathReason::kOffline);
  co_return ok();
}
Async<Result<Unit, PathReason>> FakePath::start() { return answer(); }
Async<Result<card_printer::PathStatus, PathReason>> FakePath::status() {
  const auto there = co_await answer();
  if (!there) co_return tl::unexpected(there.error());
  co_return now;
}
Async<Result<Unit, PathReason>> FakePath::present() { return answer(); }
Async<Result<Unit, PathReason>> FakePath::retract() {
  ++retracted;
  now.position = card_printer::CardPosition::kNone;
  return answer();
}
Async<Result<Unit, PathReason>> FakePath::reject() {
  ++rejected;
  now.position = card_printer::CardPosition::kNone;
  return answer();
}
Async<Result<Unit, PathReason>> FakePath::clear_error() { return answer(); }

// ---- the rig -----------------------------------------------------------------------------------

Rig::Rig()
    : trace([this] { return time_line.now(); }, &time_line.cause),
      tracer(trace, "kiosk"),
      clock(*loop, to_civil(Date{2026, 11, 21})),
      intents(*loop, tracer) {
  path.now.device = DeviceState::kReady;
  path.now.position = card_printer::CardPosition::kNone;
  path.now.hopper = path.now.ribbon = SupplyState::kOk;
  platform.permits = {{"permit-1", "焊接与热切割作业", "2.1", "熔化焊接与热切割作业", {}}};
  issuer.stages = {{issuance::Stage::kPreparing, 300ms},
                   {issuance::Stage::kPrinting, 40s},
                   {issuance::Stage::kTakeCard, 5s}};
  issuer.settled.outcome = platform::Outcome::kDelivered;
}

Rig::~Rig() { loop->drop_everything(); }

void Rig::start() {
  face::MatchConfig match;
  match.threshold = 0.5;
  Deps deps{*loop,    clock,  tracer,  entropy, reader, photos,  camera,  engine,  match,
            platform, issuer, service, board,   path,   speaker, display, intents, limits};
  kiosk = std::make_unique<Kiosk>(deps);
  spawn(*loop, kiosk->run());
  run_for(3s);
}

bool Rig::run_until_screen(const std::string& id, Nanos limit) {
  const Nanos end = time_line.now() + limit;
  while (screen().id != id && time_line.now() < end) run_for(10ms);
  return screen().id == id;
}

TouchResult Rig::touch(const std::string& button) {
  const TouchResult result = intents.push(Intent{button});
  run_for(50ms);
  return result;
}

std::string Rig::title() const { return render_text(screen().title, display.language); }
std::string Rig::sentence() const { return render_text(screen().sentence, display.language); }

std::vector<const Event*> Rig::events(const std::string& kind) const {
  std::vector<const Event*> found;
  for (const Event& event : trace.events()) {
    if (event.kind == kind) found.push_back(&event);
  }
  return found;
}

std::string Rig::ended() const {
  const auto all = events("kiosk.session_ended");
  return all.empty() ? "" : all.back()->text("reason");
}

bool Rig::step_seen(const std::string& step, const std::string& result) const {
  const auto all = events("kiosk.step");
  return std::any_of(all.begin(), all.end(), [&](const Event* event) {
    return event->text("step") == step && event->text("result") == result;
  });
}

bool Rig::walk_to(const std::string& id) {
  const auto arrived = [&] { return screen().id == id; };
  reader.lies = reader.lies == Lies::kNothing ? Lies::kIdCard : reader.lies;
  if (!run_until_screen("consent", 5s)) return false;
  if (arrived()) return true;
  touch("agree");
  const Nanos end = time_line.now() + 120s;
  while (!arrived() && time_line.now() < end) {
    if (screen().id == "choose") {
      touch("choose:0");
    } else if (screen().id == "preview") {
      touch("print");
    } else {
      if (screen().id == "face") reader.lies = Lies::kNothing;  // taken back meanwhile
      run_for(10ms);
    }
  }
  return arrived();
}

}  // namespace cardrig::flow::testing
