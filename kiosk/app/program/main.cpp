// The kiosk as a program: reads its profile, starts, serves until it is told to end.
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "kiosk/app/program/parts.h"
#include "kiosk/runtime/health_port.h"

namespace {

using nlohmann::json;
using namespace cardrig;

constexpr const char* kHelp =
    R"(kiosk: serves people, with the devices and the platform that its profile names

  kiosk PROFILE     until SIGINT, SIGTERM, the rig's "stop" or the closing of its window
  kiosk --help

PROFILE is a JSON file; its comments are passed over. kiosk/app/example.profile.json is one, and
docs/programs.md explains it. A device that is absent is no reason not to start: the kiosk is then
out of service, says why on its screen, and comes back when the device does.

Exit codes: 0 ended when told to, 1 something cannot be had, 2 the profile or the command line is
wrong.
)";

void say_ready(const app::ProfileFile& file, const HealthPort* health) {
  json line{{"ready", true},
            {"program", "kiosk"},
            {"pid", ::getpid()},
            {"display", app::to_string(file.display.kind)}};
  if (!file.rig.empty()) line["rig"] = file.rig;
  if (health != nullptr) line["health"] = health->address();
  std::printf("%s\n", line.dump().c_str());
  std::fflush(stdout);
}

void serve(const app::ProfileFile& file) {
  RealLoop loop(2);
  asio::signal_set signals(loop.context(), SIGINT, SIGTERM);
  signals.async_wait([&loop](const ErrorCode& error, int) {
    if (!error) loop.stop();
  });
  app::KioskParts parts(loop, file);
  std::unique_ptr<app::KioskRig> rig;
  std::unique_ptr<RigPort> port;
  std::unique_ptr<HealthPort> health;
  const auto how = [&parts] { return parts.health(); };
  if (parts.offset_clock() != nullptr) {
    rig = std::make_unique<app::KioskRig>(loop, parts.app(), *parts.offset_clock(), parts.window());
    port = std::make_unique<RigPort>(
        loop, parts.trace(), file.rig, [&rig](const RigMessage& m) { return rig->send(m); }, how);
    port->on_slow([&rig](const RigMessage& m, const RigPort::Answer& answer) {
      return rig->send_slow(m, answer);
    });
    port->on_stop([&loop] { loop.stop(); });
  }
  if (!file.health.empty()) health = std::make_unique<HealthPort>(loop, file.health, how);
  parts.start();
  parts.draw([&loop] { loop.stop(); });
  say_ready(file, health.get());
  loop.run();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && (std::strcmp(argv[1], "--help") == 0 || std::strcmp(argv[1], "-h") == 0)) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (argc != 2) {
    std::fputs("kiosk: one argument is needed, the profile; kiosk --help says more.\n", stderr);
    return 2;
  }
  app::ProfileFile file;
  std::vector<located::Complaint> complaints;
  if (!app::read_profile(argv[1], file, complaints)) {
    for (const auto& complaint : complaints) {
      std::fprintf(stderr, "%s\n", located::to_string(complaint).c_str());
    }
    return 2;
  }
  try {
    serve(file);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "kiosk: %s\n", error.what());
    return 1;
  }
}
