// The simulators as a program, for the wire rung and for a bench with some devices real.
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "simulators/program/config.h"
#include "simulators/program/simulators.h"

namespace {

using namespace cardrig;

constexpr const char* kHelp = R"(simulators: the world and the devices around a kiosk, on real wires

  simulators CONFIG     serves until SIGINT, SIGTERM or the rig's "stop"
  simulators --help

CONFIG is a JSON file; its comments are passed over:
  {
    "rig": "build/site/simulators.sock",   // socket of the rig protocol; absent: none
    "health": "127.0.0.1:0",        // health page; port 0: any free one; absent: none
    "seed": 1,
    "starts_at": "2026-06-15T10:00:00+08:00",   // dates documents; absent: today
    "timing": "honest",             // or "fast": mechanics and chips ten times as fast
    "people": "",                   // folder of the simulated people; "": .cache/people
    "serve": {                      // the devices to play; absent ones are not
      "id_reader": {"pty": "build/site/id_reader"},     // or {"tcp": "127.0.0.1:0"}
      "card_path": {"pty": "build/site/card_path"},
      "print_jobs": {"tcp": "127.0.0.1:0"},
      "control_board": {"tcp": "127.0.0.1:0"},
      "camera": {"tcp": "127.0.0.1:0"},
      "network": {"tcp": "127.0.0.1:0", "to": "127.0.0.1:8440"}
    }
  }
It prints one line of JSON when it serves, with the addresses of the devices. docs/programs.md and
docs/protocols/rig.md say what it tells and takes.
Exit codes: 0 stopped, 1 something could not be had, 2 the configuration is wrong.
)";

int serve(const sim::ProgramConfig& config) {
  RealLoop loop;
  asio::signal_set signals(loop.context(), SIGINT, SIGTERM);
  signals.async_wait([&loop](const ErrorCode& error, int) {
    if (!error) loop.stop();
  });
  sim::Simulators simulators(loop, config, [&loop] { loop.stop(); });
  std::printf("%s\n", simulators.ready_line().dump().c_str());
  std::fflush(stdout);
  loop.run();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  const std::string argument = argv[1];
  if (argument == "--help" || argument == "-h") {
    std::fputs(kHelp, stdout);
    return 0;
  }
  std::vector<located::Complaint> complaints;
  const auto config = sim::read_program_config(argument, complaints);
  for (const auto& complaint : complaints) {
    std::fprintf(stderr, "%s\n", located::to_string(complaint).c_str());
  }
  if (!complaints.empty()) return 2;
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return serve(config);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "simulators: %s\n", e.what());
    return 1;
  }
}
