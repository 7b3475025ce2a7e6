// The mock exam platform as a program, for the wire and hardware rungs.
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "kiosk/runtime/real_loop.h"
#include "mock-platform/mock_platform.h"

namespace {

using nlohmann::json;
using namespace cardrig;

constexpr const char* kHelp = R"(mock-platform: the simulated exam platform, over HTTP

  mock-platform CONFIG     serves until SIGINT or SIGTERM
  mock-platform --help

CONFIG is a JSON file; its comments are passed over:
  {
    "listen": "127.0.0.1",          // address
    "port": 8440,                   // 0: any free one, which is printed
    "database": ":memory:",         // or a path
    "admin_token": "…",             // absent: the admin interface is closed
    "processing_ms": 30,            // what a request costs
    "terminals": [{"id": "kiosk-0001", "key": "<hexadecimal>"}]
  }
The interface is described in docs/protocols/platform.md.
Exit codes: 0 stopped, 1 cannot listen, 2 the configuration is wrong.
)";

struct Setup {
  std::string listen;
  int port = 0;
  mock_platform::MockPlatformConfig platform;
};

std::vector<std::uint8_t> bytes_of(const std::string& hex) {
  if (hex.empty() || hex.size() % 2 != 0 ||
      hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos) {
    throw std::runtime_error("the key of a terminal is no hexadecimal text");
  }
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

/// Throws what the loading of a wrong file throws.
Setup load(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("cannot be read");
  const json config = json::parse(file, nullptr, true, true);
  Setup setup;
  setup.listen = config.value("listen", "127.0.0.1");
  setup.port = config.value("port", 8440);
  setup.platform.database = config.value("database", ":memory:");
  setup.platform.admin_token = config.value("admin_token", "");
  setup.platform.processing_time = std::chrono::milliseconds(config.value("processing_ms", 30));
  for (const auto& terminal : config.at("terminals")) {
    const auto id = terminal.at("id").get<std::string>();
    if (!mock_platform::is_id(id)) throw std::runtime_error("\"" + id + "\" is no terminal id");
    setup.platform.terminals.push_back({id, bytes_of(terminal.at("key").get<std::string>())});
  }
  return setup;
}

int serve(const Setup& setup) {
  RealLoop loop;
  const SystemCivilClock clock;
  // Nobody reads the trace of this program: it is not kept.
  Trace trace([&loop] { return loop.now(); });
  Tracer tracer(trace, "platform");
  tracer.mute();
  mock_platform::MockPlatform platform(setup.platform, loop, clock, tracer);
  const int port = platform.bind(setup.listen, setup.port);
  if (port < 0) {
    std::fprintf(stderr, "mock-platform: cannot listen on %s:%d\n", setup.listen.c_str(),
                 setup.port);
    return 1;
  }
  std::printf("listening on %s:%d\n", setup.listen.c_str(), port);
  std::fflush(stdout);
  asio::signal_set signals(loop.context(), SIGINT, SIGTERM);
  signals.async_wait([&platform](const ErrorCode& error, int) {
    if (!error) platform.stop();
  });
  loop.offload([&platform] { platform.listen(); }, Nanos(0), [&signals] { signals.cancel(); });
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
  try {
    return serve(load(argument));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mock-platform: %s: %s\n", argument.c_str(), e.what());
    return 2;
  }
}
