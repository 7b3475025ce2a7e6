// Joins the kiosk to a simulated site on virtual time, switches the kiosk off and on, and answers
// the rig's messages.
#include "scenarios/engine/virtual_rig.h"

#include "kiosk/app/kiosk_app.h"
#include "kiosk/devices/id_reader/sdt_driver.h"
#include "kiosk/runtime/check.h"
#include "scenarios/engine/drawn_cards.h"
#include "scenarios/engine/pending.h"
#include "scenarios/engine/site.h"
#include "scenarios/engine/traced_act.h"
#include "simulators/camera/simulated_camera.h"
#include "simulators/speaker/simulated_speaker.h"

namespace cardrig::scenario {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

constexpr Key256 kSimulatedKey{0x63, 0x61, 0x72, 0x64, 0x72, 0x69, 0x67};

/// Remembers what is shown; drawing is for whoever wants to see it.
class LastScreen final : public flow::Display {
 public:
  void show(const flow::Screen& screen) override { screen_ = screen; }
  void set_language(flow::Language language) override { language_ = language; }
  [[nodiscard]] const flow::Screen* get() const { return screen_ ? &*screen_ : nullptr; }
  [[nodiscard]] flow::Language language() const { return language_; }

 private:
  std::optional<flow::Screen> screen_;
  flow::Language language_ = flow::Language::kChinese;
};

/// The kiosk's computer from switching on to the next power cut. Members are destroyed from the
/// bottom up: the kiosk before its loop.
struct Boot {
  Boot(VirtualTime& time, Trace& trace, std::uint64_t seed)
      : tracer(trace, "kiosk"), loop(time.make_loop("kiosk")), entropy(seed) {}

  Tracer tracer;
  std::unique_ptr<VirtualLoop> loop;
  SeededEntropy entropy;
  FixedKeySource keys{kSimulatedKey};
  LastScreen display;
  std::unique_ptr<sim::SimulatedCamera> camera;
  std::unique_ptr<sim::SimulatedSpeaker> speaker;
  std::unique_ptr<app::KioskApp> app;
};

std::string buttons_of(const flow::Screen& screen) {
  std::string list;
  for (const auto& b : screen.buttons) list += (list.empty() ? "" : ", ") + b.key;
  return list.empty() ? "it has none" : "it has: " + list;
}

std::optional<platform::Outcome> outcome_named(const std::string& name) {
  using platform::Outcome;
  for (const Outcome o : {Outcome::kDelivered, Outcome::kCaptured, Outcome::kSpoilt,
                          Outcome::kNoCard, Outcome::kUnknown}) {
    if (name == platform::to_string(o)) return o;
  }
  return name == "none" ? std::optional(Outcome::kNoCard) : std::nullopt;
}

}  // namespace

struct VirtualRig::Parts {
  Parts(RigAssets& a, VirtualRigOptions o)
      : assets(a),
        options(o),
        trace([this] { return time.now(); }, &time.cause),
        engine_tracer(trace, "engine"),
        site(time, trace, a, o.seed, o.starts_at),
        painter(std::make_shared<sim::ScenePainter>(camera_config(o),
                                                    fixtures::portrait_source(a.people))),
        drawn_cards(a.people) {
    trace.subscribe([this](const Event& e) { see(e); });
    site.disk.on_power_cut([this] { lose_power(); });
  }
  ~Parts() {
    if (boot) lose_power();
    boot.reset();
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  static sim::PainterConfig camera_config(const VirtualRigOptions& o) {
    sim::PainterConfig config;
    config.seed = Random(o.seed).fork("camera").next();
    return config;
  }

  void see(const Event& e) {
    pending.see(e);
    if (e.kind == "world.document_placed") {
      const auto name = e.text("document");
      last_person = name.substr(0, name.find('.'));
    }
  }

  void switch_on();
  void lose_power();
  void collect_dead_kiosk();
  Answer kiosk_verb(const std::string& verb, const json& args);
  Answer touch(const json& args);
  Answer power_cut(const json& args);
  Answer staff_found(const json& args);

  RigAssets& assets;
  VirtualRigOptions options;
  VirtualTime time;
  Trace trace;
  Tracer engine_tracer;
  Site site;
  std::shared_ptr<const sim::ScenePainter> painter;
  DrawnCards drawn_cards;
  Pending pending;
  std::string last_person;  // where the search for a card's person begins, no more
  std::uint64_t boots = 0;
  bool powered = false;
  std::unique_ptr<Boot> boot;
};

void VirtualRig::Parts::switch_on() {
  CARDRIG_CHECK(!boot);
  ++boots;
  engine_tracer.emit("kiosk.power", {{"on", true}, {"boot", boots}});
  site.disk.power_on();
  // Every boot has an entropy of its own: attempt ids and nonces must never come twice.
  const std::uint64_t seed = site.randomness.fork("entropy " + std::to_string(boots)).next();
  boot = std::make_unique<Boot>(time, trace, seed);
  boot->camera = std::make_unique<sim::SimulatedCamera>(
      *boot->loop, site.devices.faults, Tracer(trace, "camera"), painter,
      [this] { return sim::scene_of(site.devices.world); });
  boot->speaker = std::make_unique<sim::SimulatedSpeaker>(*boot->loop, Tracer(trace, "speaker"));
  app::Ports ports{*boot->loop,
                   site.kiosk_clock,
                   boot->tracer,
                   boot->entropy,
                   boot->keys,
                   site.disk,
                   *boot->camera,
                   *assets.engine,
                   boot->display,
                   id_reader::make_stand_in_decoder(),
                   site.reader_line.source(*boot->loop, boot->tracer),
                   site.ipp_line.source(*boot->loop, boot->tracer),
                   site.path_line.source(*boot->loop, boot->tracer),
                   site.board_line.source(*boot->loop, boot->tracer),
                   site.platform_line.source(*boot->loop, boot->tracer),
                   *boot->speaker,
                   trace};
  app::Profile profile;
  profile.log_folder = "logs";
  profile.id_reader.reads_new_address = true;
  profile.enrolled_sam_id = id_reader::format_sam_id(sim::ReaderOptions{}.sam_id);
  auto made = app::KioskApp::make(profile, std::move(ports));
  CARDRIG_CHECK(made.has_value() && "a simulated profile refuses nothing");
  boot->app = std::move(*made);
  boot->app->start();
  powered = true;
}

/// May be called from within an operation of the kiosk's disk: the kiosk is only cut off here, and
/// destroyed when its call stack has unwound.
void VirtualRig::Parts::lose_power() {
  if (!powered) return;
  powered = false;
  boot->tracer.mute();
  site.sever_kiosk();
  engine_tracer.emit("kiosk.power", {{"on", false}, {"boot", boots}});
}

void VirtualRig::Parts::collect_dead_kiosk() {
  if (powered || !boot) return;
  boot->loop->drop_everything();
  boot->app.reset();
  boot->camera.reset();
  boot->loop->drop_everything();
  boot.reset();
}

Answer VirtualRig::Parts::touch(const json& args) {
  if (!args.contains("button") || !args["button"].is_string()) {
    return fail(RigReason::kBadArguments, "\"button\" must be the key of a button");
  }
  const auto* screen = powered ? boot->display.get() : nullptr;
  if (screen == nullptr) return fail(RigReason::kNotPossibleNow, "the kiosk's screen is dark");
  const std::string button = args["button"];
  const flow::Screen shown = *screen;
  switch (boot->app->touch(button)) {
    case flow::TouchResult::kAccepted:
      return json::object();
    case flow::TouchResult::kDisabled:
      return fail(RigReason::kNotPossibleNow,
                  "button \"" + button + "\" of screen \"" + shown.id + "\" is disabled");
    case flow::TouchResult::kNoSuchButton:
      break;
  }
  return fail(RigReason::kNotPossibleNow,
              "screen \"" + shown.id + "\" has no button \"" + button + "\"; " + buttons_of(shown));
}

Answer VirtualRig::Parts::power_cut(const json& args) {
  if (!powered) return fail(RigReason::kNotPossibleNow, "the kiosk has no power already");
  if (args.contains("disk_operation")) {
    if (!args["disk_operation"].is_number_integer() || args["disk_operation"] < 1) {
      return fail(RigReason::kBadArguments, "\"disk_operation\" must be a number from 1");
    }
    site.disk.cut_at_operation(site.disk.operations() +
                               args["disk_operation"].get<std::uint64_t>());
    return json::object();
  }
  lose_power();
  site.disk.power_cut();
  collect_dead_kiosk();
  return json::object();
}

Answer VirtualRig::Parts::staff_found(const json& args) {
  const auto found = outcome_named(args.value("outcome", ""));
  if (!found) {
    return fail(RigReason::kBadArguments,
                "\"outcome\" must be delivered, captured, spoilt or none");
  }
  if (!powered) return fail(RigReason::kNotPossibleNow, "the kiosk has no power");
  if (!boot->app->staff_found(*found)) {
    return fail(RigReason::kNotPossibleNow, "the kiosk is not waiting for staff");
  }
  site.devices.clear_card_path();
  return json::object();
}

Answer VirtualRig::Parts::kiosk_verb(const std::string& verb, const json& args) {
  if (verb == "kiosk.touch") return touch(args);
  if (verb == "kiosk.power_cut") return power_cut(args);
  if (verb == "staff.found") return staff_found(args);
  if (verb == "kiosk.power_on") {
    if (powered) return fail(RigReason::kNotPossibleNow, "the kiosk has power already");
    switch_on();
    return json::object();
  }
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + verb + "\"");
}

VirtualRig::VirtualRig(RigAssets& assets, VirtualRigOptions options)
    : parts_(std::make_unique<Parts>(assets, options)) {
  if (options.kiosk_on) parts_->switch_on();
  parts_->time.cause = 0;
}

VirtualRig::~VirtualRig() {
  parts_->lose_power();
  parts_->collect_dead_kiosk();
}

Answer VirtualRig::send(const RigMessage& message) {
  Parts& p = *parts_;
  p.time.cause = 0;
  p.engine_tracer.emit("scenario.act", {{"verb", message.verb}, {"args", traced_args(message)}});
  const std::string part = message.verb.substr(0, message.verb.find('.'));
  Answer answer = part == "kiosk" || part == "staff" ? p.kiosk_verb(message.verb, message.args)
                                                     : p.site.send(message);
  p.collect_dead_kiosk();
  p.time.cause = 0;
  return answer;
}

Nanos VirtualRig::now() const { return parts_->time.now(); }

bool VirtualRig::step() {
  const bool more = parts_->time.step();
  parts_->collect_dead_kiosk();
  return more;
}

void VirtualRig::run_until(Nanos t) {
  while (parts_->time.has_ready() || parts_->time.next_due() <= t) step();
  parts_->time.run_until(t);
}

bool VirtualRig::advance(Nanos limit) {
  Parts& p = *parts_;
  const std::size_t before = p.trace.events().size();
  while (p.time.has_ready() || p.time.next_due() <= limit) {
    step();
    if (p.trace.events().size() != before) return true;
  }
  p.time.run_until(limit);
  return false;
}

Trace& VirtualRig::trace() { return parts_->trace; }
const std::vector<sim::CardThing>& VirtualRig::cards() {
  return parts_->site.devices.world.cards();
}
void VirtualRig::clear_faults() { parts_->site.devices.faults.clear_all(); }
std::vector<std::string> VirtualRig::inert_faults() { return parts_->site.devices.faults.inert(); }
sim::World& VirtualRig::world() { return parts_->site.devices.world; }
sim::FaultCatalogue& VirtualRig::faults() { return parts_->site.devices.faults; }
std::uint64_t VirtualRig::items_run() const { return parts_->time.items_run(); }
const RigAssets& VirtualRig::assets() const { return parts_->assets; }
std::uint64_t VirtualRig::disk_operations() const { return parts_->site.disk.operations(); }

const flow::Screen* VirtualRig::screen() {
  return parts_->powered ? parts_->boot->display.get() : nullptr;
}

flow::Language VirtualRig::language() const {
  return parts_->powered ? parts_->boot->display.language() : flow::Language::kChinese;
}

Answer VirtualRig::query(const std::string& what, const json& args) {
  if (what == "platform.permit") return parts_->site.permit(args.value("permit", ""));
  if (what == "kiosk.pending") return parts_->pending.to_json();
  if (what == "world.state" || what == "faults.active") {
    return parts_->site.devices.send({what, args});
  }
  return fail(RigReason::kUnknownVerb, "there is no query \"" + what + "\"");
}

flow::Screen VirtualRig::drawn(const flow::Screen& screen) {
  flow::Screen copy = screen;
  if (!screen.picture) return copy;
  Parts& p = *parts_;
  copy.picture = screen.picture_is_camera
                     ? (p.boot ? p.boot->camera->drawn_twin(screen.picture) : nullptr)
                     : p.drawn_cards.make_presentable(screen.picture, p.last_person);
  copy.picture_is_camera = screen.picture_is_camera && copy.picture != nullptr;
  return copy;
}

PicturePtr VirtualRig::drawn_card(const sim::CardThing& card) {
  return parts_->drawn_cards.make_presentable(card.face, parts_->last_person);
}

std::vector<sim::FaultSpec> virtual_rung_faults() {
  Trace trace([] { return Nanos(0); });
  Tracer tracer(trace, "world");
  sim::FaultCatalogue catalogue(tracer);
  Site::declare_faults(catalogue);
  return catalogue.specs();
}

}  // namespace cardrig::scenario
