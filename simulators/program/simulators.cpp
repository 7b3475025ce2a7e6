#include "simulators/program/simulators.h"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <utility>

#include "fixtures/people/people.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/health_port.h"
#include "kiosk/runtime/random.h"
#include "kiosk/runtime/rig_port.h"
#include "kiosk/runtime/virtual_clock.h"
#include "simulators/camera/mjpeg_camera.h"
#include "simulators/network/relay.h"
#include "simulators/plugs/plugs.h"
#include "simulators/site/device_site.h"

namespace cardrig::sim {

using nlohmann::json;
using Answer = Result<json, RigReason>;
using asio::ip::tcp;

namespace {

/// What a follower that comes late, or falls behind, can still be told.
constexpr std::size_t kTrace_bytes = 64U << 20U;
/// A picture or two: what waits in the system grows old.
constexpr int kCameraBuffer_bytes = 128 << 10;

std::string people_folder(const ProgramConfig& config) {
  if (!config.people.empty()) return config.people;
  const char* root = std::getenv("CARDRIG_ROOT");
  const std::string prefix = root != nullptr && *root != '\0' ? std::string(root) + "/" : "";
  return prefix + fixtures::kPeopleFolder;
}

std::vector<fixtures::PersonFixture> people_of(const ProgramConfig& config) {
  auto people = fixtures::load_people(people_folder(config));
  if (!people) throw std::runtime_error(people.error().detail);
  return std::move(*people);
}

tcp::endpoint endpoint_of(const ServedAt& at) { return {asio::ip::make_address(at.host), at.port}; }

PainterConfig painter_config(const Random& randomness) {
  PainterConfig config;
  config.seed = randomness.fork("camera").next();
  return config;
}

std::unique_ptr<CivilClock> clock_of(const ProgramConfig& config, const Loop& loop) {
  if (!config.starts_at) return std::make_unique<SystemCivilClock>();
  return std::make_unique<VirtualCivilClock>(loop, *config.starts_at);
}

}  // namespace

/// In the order of making; the ports go first.
struct Simulators::Parts {
  Parts(RealLoop& l, const ProgramConfig& c)
      : loop(l),
        config(c),
        people(people_of(c)),
        clock(clock_of(c, l)),
        id_reader(plug("id_reader", id_reader_tracer, c.id_reader)),
        print_jobs(plug("ipp", card_printer_tracer, c.print_jobs)),
        card_path(plug("card_path", card_printer_tracer, c.card_path)),
        control_board(plug("control_board", control_board_tracer, c.control_board)),
        camera_plug(plug("camera", silent_tracer, c.camera)),
        site(parties(), plugs(), people, *clock, Random(c.seed),
             c.fast ? DeviceTimes::fast() : DeviceTimes()) {
    if (camera_plug) make_camera();
    if (c.network) make_network();
  }

  std::unique_ptr<WirePlug> plug(const std::string& line, const Tracer& tracer,
                                 const std::optional<ServedAt>& at) {
    if (!at) return nullptr;
    WireOptions options;
    options.line = line;
    if (line == "camera") options.send_buffer_bytes = kCameraBuffer_bytes;
    return at->kind == ServedAt::Kind::kPty
               ? pty_plug(loop, tracer, std::move(options), at->path)
               : tcp_plug(loop, tracer, std::move(options), at->host, at->port);
  }

  DeviceParties parties() {
    return {{loop, world_tracer},
            {loop, id_reader_tracer},
            {loop, card_printer_tracer},
            {loop, control_board_tracer}};
  }
  DevicePlugs plugs() {
    return {id_reader.get(), print_jobs.get(), card_path.get(), control_board.get(),
            camera_plug != nullptr};
  }

  void make_camera() {
    const auto painter = std::make_shared<ScenePainter>(painter_config(Random(config.seed)),
                                                        fixtures::portrait_source(people));
    camera = std::make_unique<MjpegCamera>(loop, camera_tracer, site.faults, *camera_plug, painter,
                                           [this] { return scene_of(site.world); });
  }

  void make_network() {
    RelayOptions options;
    options.listen = endpoint_of(config.network->at);
    options.to = endpoint_of(config.network->to);
    network = std::make_unique<NetworkRelay>(loop, options);
    site.world.on_change([this](const std::string& kind) {
      if (kind == "world.network") network->set_up(site.world.network());
    });
  }

  void open_ports(std::function<void()> stop) {
    const auto say_health = [this] { return health(); };
    if (!config.health.empty()) {
      health_port = std::make_unique<HealthPort>(loop, config.health, say_health);
    }
    if (config.rig.empty()) return;
    rig_port = std::make_unique<RigPort>(
        loop, trace, config.rig, [this](const RigMessage& m) { return send(m); }, say_health);
    rig_port->on_stop(std::move(stop));
  }

  Answer send(const RigMessage& message) {
    if (message.verb != "camera.drawn") return site.send(message);
    if (!camera) return fail(RigReason::kNotPossibleNow, "no camera is played here");
    return picture_answer(camera->drawn());
  }

  [[nodiscard]] const char* timing() const { return config.fast ? "fast" : "honest"; }

  [[nodiscard]] json wires() const {
    json addresses = json::object();
    if (id_reader) addresses["id_reader"] = id_reader->address();
    if (card_path) addresses["card_path"] = card_path->address();
    if (print_jobs) addresses["print_jobs"] = print_jobs->address();
    if (control_board) addresses["control_board"] = control_board->address();
    if (camera) addresses["camera"] = "http://" + camera_plug->address() + MjpegCamera::kPath;
    if (network) addresses["network"] = network->address();
    return addresses;
  }

  [[nodiscard]] json health() const {
    return {{"ok", true},
            {"program", "simulators"},
            {"timing", timing()},
            {"wires", wires()},
            {"mains", site.world.mains()},
            {"network", site.world.network()},
            {"faults", site.faults.active()}};
  }

  RealLoop& loop;
  ProgramConfig config;
  Trace trace{[] { return monotonic_now(); }};
  Tracer world_tracer{trace, "world"};
  Tracer id_reader_tracer{trace, "id_reader"};
  Tracer card_printer_tracer{trace, "card_printer"};
  Tracer control_board_tracer{trace, "control_board"};
  Tracer camera_tracer{trace, "camera"};
  /// Of a wire whose bytes are no news: photographs, 30 a second.
  Tracer silent_tracer{muted(trace)};
  std::vector<fixtures::PersonFixture> people;
  std::unique_ptr<CivilClock> clock;
  std::unique_ptr<WirePlug> id_reader, print_jobs, card_path, control_board, camera_plug;
  DeviceSite site;
  std::unique_ptr<MjpegCamera> camera;
  std::unique_ptr<NetworkRelay> network;
  std::unique_ptr<HealthPort> health_port;
  std::unique_ptr<RigPort> rig_port;

 private:
  static Tracer muted(Trace& trace) {
    Tracer tracer(trace, "camera");
    tracer.mute();
    return tracer;
  }
};

Simulators::Simulators(RealLoop& loop, const ProgramConfig& config, std::function<void()> stop)
    : parts_(std::make_unique<Parts>(loop, config)) {
  parts_->trace.keep_at_most(kTrace_bytes);
  parts_->open_ports(std::move(stop));
}

Simulators::~Simulators() = default;

json Simulators::ready_line() const {
  const Parts& p = *parts_;
  json line = {{"ready", true},
               {"program", "simulators"},
               {"pid", ::getpid()},
               {"timing", p.timing()},
               {"wires", p.wires()}};
  if (p.rig_port) line["rig"] = p.config.rig;
  if (p.health_port) line["health"] = p.health_port->address();
  return line;
}

}  // namespace cardrig::sim
