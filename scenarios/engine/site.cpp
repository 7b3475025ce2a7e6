// Makes the site, and lets the rig's verbs act on it.
#include "scenarios/engine/site.h"

#include "kiosk/runtime/rig_args.h"
#include "scenarios/engine/permits.h"

namespace cardrig::scenario {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

using namespace std::chrono_literals;

constexpr LineTiming kIppLine{0, 300us, 64};
constexpr LineTiming kPathLine{115200, 500us, 64};
constexpr LineTiming kBoardLine{0, 500us, 64};
constexpr LineTiming kPlatformLine{0, 12ms, 64};

}  // namespace

Site::Site(VirtualTime& time, Trace& trace, RigAssets& assets, std::uint64_t seed,
           CivilTime starts_at)
    : randomness(seed),
      world_loop(time.make_loop("world")),
      reader_loop(time.make_loop("id_reader")),
      printer_loop(time.make_loop("card_printer")),
      board_loop(time.make_loop("control_board")),
      platform_loop(time.make_loop("platform")),
      world_tracer(trace, "world"),
      reader_tracer(trace, "id_reader"),
      printer_tracer(trace, "card_printer"),
      board_tracer(trace, "control_board"),
      platform_tracer(trace, "platform"),
      true_clock(*world_loop, starts_at),
      kiosk_clock(*world_loop, starts_at),
      reader_line("id_reader", *reader_loop, reader_tracer, sim::kReaderLine),
      ipp_line("ipp", *printer_loop, printer_tracer, kIppLine),
      path_line("card_path", *printer_loop, printer_tracer, kPathLine),
      board_line("control_board", *board_loop, board_tracer, kBoardLine),
      platform_line("platform", *platform_loop, platform_tracer, kPlatformLine),
      devices(parties(), plugs(), assets.people, true_clock, randomness),
      disk(randomness.fork("disk"), &devices.faults),
      assets_(assets) {
  sim::SimulatedDisk::declare_faults(devices.faults);
  mock_platform::declare_platform_faults(devices.faults);
  mock_platform::MockPlatformConfig config;
  const std::string key = "cardrig-simulated-terminal-key";
  config.terminals.push_back({"T-0001", {key.begin(), key.end()}});
  platform_ = std::make_unique<mock_platform::MockPlatform>(config, *platform_loop, true_clock,
                                                            platform_tracer);
  platform_line.on_accept(
      [this](std::shared_ptr<ByteStream> s) { platform_->serve(std::move(s)); });
  platform_faults_ = std::make_unique<mock_platform::PlatformFaults>(devices.faults, *platform_);
  platform_rig_ = std::make_unique<mock_platform::PlatformRig>(*platform_, devices.faults);
  devices.world.on_change([this](const std::string& kind) {
    if (kind == "world.network") follow_network();
  });
}

Site::~Site() = default;

sim::DeviceParties Site::parties() {
  return {{*world_loop, world_tracer},
          {*reader_loop, reader_tracer},
          {*printer_loop, printer_tracer},
          {*board_loop, board_tracer}};
}

sim::DevicePlugs Site::plugs() { return {&reader_line, &ipp_line, &path_line, &board_line, true}; }

void Site::declare_faults(sim::FaultCatalogue& faults) {
  sim::DeviceSite::declare_faults(faults);
  sim::SimulatedDisk::declare_faults(faults);
  mock_platform::declare_platform_faults(faults);
}

void Site::follow_network() {
  platform_line.set_reach(devices.world.network() ? MemoryLine::Reach::kOpen
                                                  : MemoryLine::Reach::kBlackHole);
}

void Site::sever_kiosk() {
  for (MemoryLine* line : {&reader_line, &ipp_line, &path_line, &board_line, &platform_line}) {
    line->sever_host();
  }
}

Answer Site::send(const RigMessage& message) {
  const auto& [verb, args] = message;
  if (verb == "platform.permit") return add_permit(args);
  if (verb.starts_with("platform.")) return platform_rig_->send(message);
  if (verb == "clock.set_offset") {
    const auto seconds = rig_arg<double>(args, "seconds", "a number of seconds");
    if (!seconds) return tl::unexpected(seconds.error());
    kiosk_clock.set_offset_ms(static_cast<std::int64_t>(*seconds * 1000));
    return json::object();
  }
  return devices.send(message);
}

Answer Site::add_permit(const json& args) {
  const auto permit = make_permit(assets_.people, args, china_date(true_clock.now()));
  if (!permit) return tl::unexpected(permit.error());
  platform_->add_permit(*permit);
  return json::object();
}

Answer Site::permit(const std::string& permit_id) {
  return platform_rig_->send({"platform.permit", {{"permit", permit_id}}});
}

}  // namespace cardrig::scenario
