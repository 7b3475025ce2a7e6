// Starts the three programs, sends each message to whoever it is for, and reads the run off the
// merged trace.
#include "scenarios/engine/wire_rig.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <stdexcept>

#include "kiosk/runtime/check.h"
#include "kiosk/runtime/real_loop.h"
#include "mock-platform/json_codec.h"
#include "mock-platform/rig/platform_faults.h"
#include "scenarios/engine/drawn_cards.h"
#include "scenarios/engine/invariants/invariant.h"
#include "scenarios/engine/pending.h"
#include "scenarios/engine/permits.h"
#include "scenarios/engine/pictures.h"
#include "scenarios/engine/trace_gather.h"
#include "scenarios/engine/traced_act.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/wire_display.h"
#include "scenarios/engine/wire_screens.h"
#include "scenarios/engine/wire_touch.h"

namespace cardrig::scenario {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr Nanos kEver = Nanos::max();
/// A program may see that its display is gone a moment before the display can be waited for.
constexpr Nanos kDeathLimit = 1s;

/// Names of the faults that the mock platform shows; the simulators show all others.
std::set<std::string> platform_faults() {
  Trace trace([] { return Nanos(0); });
  Tracer tracer(trace, "world");
  sim::FaultCatalogue catalogue(tracer);
  mock_platform::declare_platform_faults(catalogue);
  std::set<std::string> names;
  for (const auto& spec : catalogue.specs()) names.insert(spec.name);
  return names;
}

std::optional<sim::CardPlace> place_named(const std::string& name) {
  using sim::CardPlace;
  for (const CardPlace place : {CardPlace::kHopper, CardPlace::kPath, CardPlace::kExit,
                                CardPlace::kTaken, CardPlace::kRejectBin, CardPlace::kStaff}) {
    if (name == sim::to_string(place)) return place;
  }
  return std::nullopt;
}

/// Throws json::exception or std::runtime_error.
sim::CardThing card_from(const json& told) {
  const auto place = place_named(told.at("place"));
  if (!place) throw std::runtime_error("a card lies at no place");
  sim::CardThing card;
  card.number = told.at("number");
  card.place = *place;
  card.printed = told.at("printed");
  card.spoilt = told.at("spoilt");
  card.attempt_id = told.at("attempt");
  card.taken_by = told.at("taken_by");
  return card;
}

/// {"format": "png", "base64"}; null: it is no picture.
PicturePtr picture_from(const json& told) {
  if (!told.is_object()) return nullptr;
  const auto coded = mock_platform::from_base64(told.value("base64", ""));
  auto picture = coded ? decode_picture(*coded) : std::nullopt;
  return picture ? std::make_shared<const Picture>(std::move(*picture)) : nullptr;
}

/// The body of platform.add_permit (docs/protocols/rig.md).
json add_permit_args(const mock_platform::Permit& permit) {
  json certificate = mock_platform::certificate_to_json(permit.certificate);
  if (const auto& photo = permit.certificate.photo) {
    PictureStore store;
    const std::string key = store_picture(store, *photo, photo->width_px, /*lossless=*/true);
    certificate["photo"] = {{"format", "png"},
                            {"base64", mock_platform::base64(store.at(key).bytes)}};
  }
  return {{"permit_id", permit.permit_id},
          {"person",
           {{"document_type", permit.person.document_type},
            {"id_number", permit.person.id_number},
            {"name", permit.person.name}}},
          {"certificate", std::move(certificate)},
          {"state", mock_platform::to_string(permit.state)},
          {"record_number", permit.record_number},
          {"listed", permit.listed}};
}

}  // namespace

struct WireRig::Parts {
  Parts(const std::vector<fixtures::PersonFixture>& p, WireRigOptions o);

  void start_programs();
  void attach_to_programs();
  std::unique_ptr<Peer> start(const std::string& name, const std::string& program,
                              const std::string& config_file);
  [[nodiscard]] std::unique_ptr<Peer> attach(const std::string& name, const std::string& socket);
  void gather_from(Nanos first);
  void make_display();
  void switch_on();
  void switch_on_first() {
    if (boots == 0) switch_on();
  }
  void arrived(const Peer* peer, const Event& event);
  void see(const Event& event);

  /// `at`: the act's time, which is in the trace (monotonic).
  Answer route(const RigMessage& message, Nanos at);
  Answer fault_verb(const RigMessage& message);
  Answer kiosk_verb(const RigMessage& message, Nanos at);
  Answer power_cut(const json& args);
  Answer staff_found(const RigMessage& message);
  Answer set_clock(const RigMessage& message);
  Answer permit(const json& args);
  Answer active_faults();
  void read_cards();
  [[nodiscard]] std::string left_behind() const;
  [[nodiscard]] std::string trouble();

  const std::vector<fixtures::PersonFixture>& people;
  WireRigOptions options;
  std::optional<InstanceFolder> folder;  // not of programs that were attached to
  WireConfig config;
  std::set<std::string> faults_of_platform = platform_faults();
  std::unique_ptr<WireDisplay> display;  // outlives the kiosk
  std::unique_ptr<WireTouch> finger;
  std::unique_ptr<Peer> platform, simulators, kiosk;
  std::string kiosk_config;
  Nanos begin{0};  // monotonic, becomes 0
  std::optional<TraceGather> gather;
  WireScreens screens;
  Pending pending;
  DrawnCards drawn_cards;
  std::string last_person;  // where the search for a card's person begins, no more
  std::uint64_t boots = 0;
  json clock_offset;  // args of clock.set_offset; null: the clock was never set
  std::vector<sim::CardThing> cards;
  bool cards_moved = true;
  std::string own_trouble;
};

// --- starting ---

WireRig::Parts::Parts(const std::vector<fixtures::PersonFixture>& p, WireRigOptions o)
    : people(p), options(std::move(o)), drawn_cards(p) {
  options.attach.empty() ? start_programs() : attach_to_programs();
}

void WireRig::Parts::start_programs() {
  folder.emplace();
  config.folder = folder->path();
  config.root = options.root;
  config.seed = options.seed;
  config.timing = options.timing;
  config.engine = options.engine;
  config.tls = options.tls;
  if (options.window) make_display();
  write_secrets(config);
  platform =
      start("the mock platform", options.programs.mock_platform, write_platform_config(config));
  simulators = start("the simulators", options.programs.simulators,
                     write_simulators_config(config, platform->ready().value("platform", "")));
  kiosk_config = write_kiosk_config(config, simulators->ready().value("wires", json::object()));
  gather_from(monotonic_now());
}

/// The run begins with the first event that any of them still has.
void WireRig::Parts::attach_to_programs() {
  config.folder = options.attach;
  platform = attach("the mock platform", "platform.sock");
  simulators = attach("the simulators", "simulators.sock");
  kiosk = attach("the kiosk", "kiosk.sock");
  boots = 1;
  Nanos first = monotonic_now();
  for (Peer* peer : {platform.get(), simulators.get(), kiosk.get()}) {
    if (!peer->events().empty()) first = std::min(first, peer->events().front().time);
  }
  gather_from(first);
  gather->add(*kiosk, "kiosk", begin);
}

std::unique_ptr<Peer> WireRig::Parts::attach(const std::string& name, const std::string& socket) {
  auto peer = Peer::attach(name, config.file(socket), options.limits);
  if (!peer) throw std::runtime_error(peer.error().detail);
  return std::move(*peer);
}

void WireRig::Parts::gather_from(Nanos first) {
  begin = first;
  gather.emplace(begin);
  gather->on_arrival([this](const Peer* peer, const Event& event) { arrived(peer, event); });
  gather->trace().subscribe([this](const Event& event) { see(event); });
  gather->add(*platform, "mock platform", begin);
  gather->add(*simulators, "simulators", begin);
}

void WireRig::Parts::make_display() {
  WireDisplaySpec spec;
  spec.folder = folder->path();
  spec.start = options.limits.start;
  spec.touch = options.limits.answer;
  display = std::make_unique<WireDisplay>(spec);
  finger = std::make_unique<WireTouch>(*display, options.limits.answer);
  config.display = options.full_screen ? "full_screen" : "window";
}

std::unique_ptr<Peer> WireRig::Parts::start(const std::string& name, const std::string& program,
                                            const std::string& config_file) {
  const std::string stem = fs::path(config_file).stem().string();
  PeerSpec spec;
  spec.process.name = name;
  spec.process.program = program;
  spec.process.args = {config_file};
  spec.process.output = config.file(stem);
  // One thread each is all that a program gets on a machine with several instances.
  spec.process.environment = {"CARDRIG_ROOT=" + config.root, "OMP_NUM_THREADS=1",
                              "OPENBLAS_NUM_THREADS=1"};
  if (display && stem == "kiosk") {
    for (auto& each : display->environment()) spec.process.environment.push_back(each);
  }
  spec.rig = config.file(stem + ".sock");
  spec.limits = options.limits;
  auto peer = Peer::start(spec);
  if (!peer) throw std::runtime_error(peer.error().detail);
  return std::move(*peer);
}

void WireRig::Parts::switch_on() {
  CARDRIG_CHECK(!kiosk);
  ++boots;
  const Nanos at = monotonic_now();
  gather->say("kiosk.power", {{"on", true}, {"boot", boots}}, at);
  try {
    kiosk = start("the kiosk", options.programs.kiosk, kiosk_config);
  } catch (const std::runtime_error& error) {
    own_trouble = error.what();
    return;
  }
  gather->add(*kiosk, "kiosk", at);
  if (!clock_offset.is_null()) kiosk->send({"clock.set_offset", clock_offset});
}

// --- the trace ---

void WireRig::Parts::arrived(const Peer* peer, const Event& event) {
  if (peer != kiosk.get()) return;
  if (finger) finger->arrived(event);
  if (event.kind != "kiosk.screen") return;
  const Answer shown = kiosk->send({"kiosk.screen", {{"pictures", options.pictures}}});
  screens.arrived(event, shown ? *shown : json());
}

void WireRig::Parts::see(const Event& event) {
  pending.see(event);
  if (event.kind == "kiosk.screen") screens.stands(event);
  if (is_power_cut(event)) screens.dark();
  if (event.kind == "world.document_placed") {
    const auto name = event.text("document");
    last_person = name.substr(0, name.find('.'));
  }
  cards_moved = cards_moved || event.kind.starts_with("world.") || event.kind.starts_with("card.");
}

/// A kiosk dies with its display; the display is what went wrong then.
std::string WireRig::Parts::trouble() {
  if (!own_trouble.empty()) return own_trouble;
  std::string theirs = gather->trouble();
  if (!display) return theirs;
  const bool kiosk_fell = kiosk && !kiosk->trouble().empty();
  own_trouble = display->death(kiosk_fell ? kDeathLimit : Nanos(0));
  if (own_trouble.empty() && kiosk_fell) own_trouble = theirs;
  return own_trouble.empty() ? theirs : own_trouble;
}

// --- messages ---

Answer WireRig::Parts::route(const RigMessage& message, Nanos at) {
  const std::string part = message.verb.substr(0, message.verb.find('.'));
  if (part == "world") return simulators->send(message);
  if (part == "fault") return fault_verb(message);
  if (message.verb == "platform.permit") return permit(message.args);
  if (part == "platform") return platform->send(message);
  if (part == "kiosk" || part == "staff" || part == "clock") {
    return kiosk_verb(message, at);
  }
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + message.verb + "\"");
}

Answer WireRig::Parts::fault_verb(const RigMessage& message) {
  const auto name = message.args.find("name");
  if (name == message.args.end() || !name->is_string()) {
    return fail(RigReason::kBadArguments, "\"name\" must be the name of a fault");
  }
  for (const auto& spec : virtual_rung_faults()) {
    if (spec.name != *name || spec.on_wire) continue;
    return fail(RigReason::kNotOnThisRung,
                "the wire rung cannot produce the fault \"" + spec.name + "\"");
  }
  return faults_of_platform.contains(*name) ? platform->send(message) : simulators->send(message);
}

Answer WireRig::Parts::permit(const json& args) {
  const auto permit = make_permit(people, args, china_date(SystemCivilClock().now()));
  if (!permit) return tl::unexpected(permit.error());
  return platform->send({"platform.add_permit", add_permit_args(*permit)});
}

Answer WireRig::Parts::kiosk_verb(const RigMessage& message, Nanos at) {
  switch_on_first();
  if (message.verb == "kiosk.power_on") {
    if (kiosk) return fail(RigReason::kNotPossibleNow, "the kiosk has power already");
    switch_on();
    return own_trouble.empty() ? Answer(json::object())
                               : fail(RigReason::kNotPossibleNow, own_trouble);
  }
  if (message.verb == "clock.set_offset") return set_clock(message);
  if (message.verb == "kiosk.power_cut" && !folder) {
    return fail(RigReason::kNotOnThisRung,
                "this kiosk was started elsewhere: end its program there to cut its power");
  }
  if (!kiosk) {
    return fail(RigReason::kNotPossibleNow, message.verb == "kiosk.touch"
                                                ? "the kiosk's screen is dark"
                                                : "the kiosk has no power");
  }
  if (message.verb == "kiosk.power_cut") return power_cut(message.args);
  if (message.verb == "staff.found") return staff_found(message);
  if (message.verb == "kiosk.touch" && finger) {
    return finger->touch(message.args, *kiosk, *gather, at);
  }
  return kiosk->send(message);
}

/// SIGKILL. What the kiosk has told until then is still in its socket.
Answer WireRig::Parts::power_cut(const json& args) {
  if (args.contains("disk_operation")) {
    return fail(RigReason::kNotOnThisRung,
                "the wire rung cannot cut the power at an operation of the disk");
  }
  kiosk->kill();
  gather->end(*kiosk);
  gather->say("kiosk.power", {{"on", false}, {"boot", boots}}, monotonic_now());
  kiosk.reset();
  return json::object();
}

Answer WireRig::Parts::staff_found(const RigMessage& message) {
  Answer answer = kiosk->send(message);
  if (!answer) return answer;
  const Answer cleared = simulators->send({"world.clear_card_path", json::object()});
  return cleared ? answer : cleared;
}

/// The clock stays wrong when the kiosk's computer starts again.
Answer WireRig::Parts::set_clock(const RigMessage& message) {
  if (!kiosk) {
    clock_offset = message.args;
    return json::object();
  }
  Answer answer = kiosk->send(message);
  if (answer) clock_offset = message.args;
  return answer;
}

// --- what is looked at ---

void WireRig::Parts::read_cards() {
  const Answer told = simulators->send({"world.cards", json::object()});
  if (!told) return;  // trouble() says why
  try {
    std::vector<sim::CardThing> all;
    for (const json& card : *told) all.push_back(card_from(card));
    cards = std::move(all);
    cards_moved = false;
  } catch (const std::exception& error) {
    own_trouble = std::string("The simulators tell nonsense of their cards: ") + error.what();
  }
}

Answer WireRig::Parts::active_faults() {
  json all = json::array();
  for (Peer* peer : {simulators.get(), platform.get()}) {
    Answer theirs = peer->send({"faults.active", json::object()});
    if (!theirs) return theirs;
    all.insert(all.end(), theirs->begin(), theirs->end());
  }
  return all;
}

/// Sockets and links that the programs should have removed.
std::string WireRig::Parts::left_behind() const {
  std::string list;
  for (const auto& entry : fs::directory_iterator(folder->path())) {
    const std::string name = entry.path().filename().string();
    // Nobody removes what a kiosk without power has left.
    if (name == "kiosk.sock" && !kiosk) continue;
    if (entry.is_symlink() || entry.is_socket()) list += (list.empty() ? "" : ", ") + name;
  }
  return list.empty() ? list : "The programs left behind: " + list + ".";
}

// --- the rung ---

WireRig::WireRig(const std::vector<fixtures::PersonFixture>& people, WireRigOptions options)
    : parts_(std::make_unique<Parts>(people, std::move(options))) {}

WireRig::~WireRig() = default;

Answer WireRig::send(const RigMessage& message) {
  Parts& p = *parts_;
  const Nanos at = monotonic_now();
  p.gather->flush(at);
  p.gather->say("scenario.act", {{"verb", message.verb}, {"args", traced_args(message)}}, at);
  p.gather->take_in(at);
  if (const std::string trouble = p.trouble(); !trouble.empty()) {
    return fail(RigReason::kNotPossibleNow, trouble);
  }
  Answer answer = p.route(message, at);
  // The kiosk's last words are of a display that broke; trouble() knows whose fault that is.
  if (answer || !p.display || p.trouble().empty()) return answer;
  return fail(answer.error().reason, p.trouble());
}

Nanos WireRig::now() const { return monotonic_now() - parts_->begin; }

bool WireRig::advance(Nanos limit) {
  Parts& p = *parts_;
  p.switch_on_first();
  const std::size_t before = p.gather->trace().events().size();
  const auto grew = [&] { return p.gather->trace().events().size() != before; };
  while (p.trouble().empty()) {
    if (p.gather->take_in(kEver)) return true;
    if (now() < limit) {
      p.gather->wait(p.begin + limit);
      continue;
    }
    p.gather->flush(p.begin + limit);
    return grew();
  }
  return grew();
}

Trace& WireRig::trace() { return parts_->gather->trace(); }
std::string WireRig::trouble() { return parts_->trouble(); }
const flow::Screen* WireRig::screen() { return parts_->screens.now(); }
const flow::Screen* WireRig::screen_of(const Event& event) { return parts_->screens.of(event.id); }

const std::vector<sim::CardThing>& WireRig::cards() {
  if (parts_->cards_moved) parts_->read_cards();
  return parts_->cards;
}

void WireRig::clear_faults() {
  for (Peer* peer : {parts_->simulators.get(), parts_->platform.get()}) {
    static_cast<void>(peer->send({"faults.clear_all", json::object()}));
  }
}

std::vector<std::string> WireRig::inert_faults() {
  std::vector<std::string> names;
  for (Peer* peer : {parts_->simulators.get(), parts_->platform.get()}) {
    const Answer inert = peer->send({"faults.inert", json::object()});
    if (!inert || !inert->is_array()) continue;
    for (const json& name : *inert) names.push_back(name.get<std::string>());
  }
  return names;
}

/// The kiosk itself has the last word: an event of a commit may have died with the kiosk.
Answer WireRig::query(const std::string& what, const json& args) {
  Parts& p = *parts_;
  if (what == "platform.permit") return p.platform->send({what, args});
  if (what == "world.state") return p.simulators->send({what, args});
  if (what == "faults.active") return p.active_faults();
  if (what != "kiosk.pending") {
    return fail(RigReason::kUnknownVerb, "there is no query \"" + what + "\"");
  }
  json told = p.pending.to_json();
  if (told["reports"] != 0 || !p.kiosk) return told;
  Answer answer = p.kiosk->send({what, json::object()});
  return answer ? answer : Answer(told);
}

flow::Screen WireRig::drawn(const flow::Screen& screen) {
  Parts& p = *parts_;
  flow::Screen copy = screen;
  copy.picture = nullptr;
  if (screen.picture_is_camera) {
    const Answer seen = p.simulators->send({"camera.drawn", json::object()});
    if (seen) copy.picture = picture_from(*seen);
  } else if (screen.picture) {
    copy.picture = p.drawn_cards.make_presentable(screen.picture, p.last_person);
  }
  copy.picture_is_camera = screen.picture_is_camera && copy.picture != nullptr;
  return copy;
}

PicturePtr WireRig::drawn_card(const sim::CardThing& card) {
  Parts& p = *parts_;
  const Answer told = p.simulators->send({"world.card_face", {{"number", card.number}}});
  const PicturePtr face = told ? picture_from(*told) : nullptr;
  return face ? p.drawn_cards.make_presentable(face, p.last_person) : nullptr;
}

Nanos WireRig::stood_still() { return parts_->gather->overslept(); }

void WireRig::keep_files(const std::string& to) {
  std::error_code ignored;
  fs::create_directories(to, ignored);
  for (const auto& entry : fs::directory_iterator(folder(), ignored)) {
    const std::string kind = entry.path().extension().string();
    if (kind != ".err" && kind != ".out" && kind != ".json") continue;
    if (entry.file_size(ignored) == 0) continue;
    fs::copy_file(entry.path(), fs::path(to) / entry.path().filename(),
                  fs::copy_options::overwrite_existing, ignored);
  }
}

std::string WireRig::close() {
  Parts& p = *parts_;
  std::string wrong;
  const auto add = [&wrong](const std::string& ended) {
    if (!ended.empty()) wrong += (wrong.empty() ? "" : " ") + ended;
  };
  if (!p.folder) return {};
  // With its display gone the kiosk cannot end as it should.
  if (p.kiosk && p.display && !p.display->death().empty())
    p.kiosk->kill();
  else if (p.kiosk)
    add(p.kiosk->stop());
  for (auto* peer : {&p.simulators, &p.platform}) {
    if (*peer) add((*peer)->stop());
  }
  const bool told = !p.trouble().empty();
  if (p.display && !told) add(p.display->stop());
  p.finger.reset();
  p.display.reset();  // it has ended, and that is no trouble
  return wrong.empty() && !told ? p.left_behind() : wrong;
}

pid_t WireRig::process_of(const std::string& program) const {
  const Parts& p = *parts_;
  if (program == "display") return p.display ? p.display->pid() : 0;
  const Peer* peer = program == "kiosk"        ? p.kiosk.get()
                     : program == "simulators" ? p.simulators.get()
                                               : p.platform.get();
  return peer == nullptr ? 0 : peer->pid();
}

std::string WireRig::folder() const { return parts_->config.folder; }
WireDisplay* WireRig::display() { return parts_->display.get(); }

}  // namespace cardrig::scenario
