// The mock exam platform as a program, for the wire and hardware rungs.
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "kiosk/runtime/health_port.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig_port.h"
#include "mock-platform/program/config.h"
#include "mock-platform/rig/platform_faults.h"
#include "mock-platform/rig/platform_rig.h"

namespace {

using namespace cardrig;
using nlohmann::json;

constexpr const char* kHelp = R"(mock-platform: the simulated exam platform, over HTTP or TLS

  mock-platform CONFIG     serves until SIGINT, SIGTERM or the rig's "stop"
  mock-platform --help

CONFIG is a JSON file; its comments are passed over. docs/programs.md describes it, and
mock-platform/program/example.json is one. The interface that is served is described in
docs/protocols/platform.md and mock-platform/openapi.yaml.
Exit codes: 0 stopped, 1 something cannot be had, 2 the configuration is wrong.
)";

/// Many requests of history, and no more memory than that.
constexpr std::size_t kTraceMax_bytes = 64U << 20;

sim::FaultCatalogue& declared(sim::FaultCatalogue& faults) {
  mock_platform::declare_platform_faults(faults);
  return faults;
}

class Program {
 public:
  explicit Program(const mock_platform::ProgramConfig& config)
      : faults_(tracer_),
        platform_(config.platform, loop_, clock_, tracer_),
        port_(loop_, platform_, tracer_, config.listen, config.tls),
        is_tls_(config.tls.has_value()) {
    trace_.keep_at_most(kTraceMax_bytes);
    if (!config.health.empty()) {
      health_port_.emplace(loop_, config.health, [this] { return health(); });
    }
    if (config.rig.empty()) return;
    rig_port_.emplace(
        loop_, trace_, config.rig, [this](const RigMessage& m) { return rig_.send(m); },
        [this] { return health(); });
    rig_port_->on_stop([this] { loop_.stop(); });
  }

  void run(const mock_platform::ProgramConfig& config) {
    asio::signal_set signals(loop_.context(), SIGINT, SIGTERM);
    signals.async_wait([this](const ErrorCode& error, int) {
      if (!error) loop_.stop();
    });
    json ready{{"ready", true},
               {"program", "mock-platform"},
               {"pid", ::getpid()},
               {"platform", port_.address()},
               {"tls", is_tls_}};
    if (rig_port_) ready["rig"] = config.rig;
    if (health_port_) ready["health"] = health_port_->address();
    std::printf("%s\n", ready.dump().c_str());
    std::fflush(stdout);
    loop_.run();
  }

 private:
  json health() {
    const auto counts = port_.counts();
    return {{"ok", true},
            {"program", "mock-platform"},
            {"platform", port_.address()},
            {"tls", is_tls_},
            {"permits", platform_.permit_ids().size()},
            {"connections", platform_.connections()},
            {"connections_served", counts.served},
            {"connections_refused", counts.refused}};
  }

  // From the ground up: what stands below uses what stands above.
  SystemCivilClock clock_;
  Trace trace_{monotonic_now};
  Tracer tracer_{trace_, "platform"};
  RealLoop loop_;
  sim::FaultCatalogue faults_;
  mock_platform::MockPlatform platform_;
  mock_platform::PlatformFaults carrier_{declared(faults_), platform_};
  mock_platform::PlatformRig rig_{platform_, faults_};
  mock_platform::PlatformPort port_;
  bool is_tls_;
  std::optional<HealthPort> health_port_;
  std::optional<RigPort> rig_port_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string argument = argc == 2 ? argv[1] : "";
  if (argument == "--help" || argument == "-h") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (argument.empty() || argument.front() == '-') {
    std::fputs(kHelp, stderr);
    return 2;
  }
  std::vector<located::Complaint> complaints;
  const auto config = mock_platform::read_config(argument, complaints);
  for (const auto& complaint : complaints) {
    std::fprintf(stderr, "%s\n", located::to_string(complaint).c_str());
  }
  if (!config) return 2;
  try {
    Program(*config).run(*config);
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mock-platform: %s\n", e.what());
    return 1;
  }
}
