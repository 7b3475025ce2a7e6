// The program, started as the engine starts it, in a folder of its own.
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>

#include "kiosk/platform/http_exam_platform.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/tcp_stream.h"
#include "scenarios/engine/process.h"
#include "tests/mock-platform/bench.h"

namespace cardrig::tests {

inline constexpr Nanos kPatience = std::chrono::seconds(60);

class Running {
 public:
  [[nodiscard]] std::string operator/(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  /// A configuration that works: plain, any port, rig and health.
  [[nodiscard]] nlohmann::json config() const {
    return {{"rig", *this / "platform.sock"},
            {"health", "127.0.0.1:0"},
            {"listen", "127.0.0.1:0"},
            {"processing_ms", 0},
            {"terminals",
             {{{"id", "kiosk-0001"},
               {"key", "0101010101010101010101010101010101010101010101010101010101010101"}}}}};
  }
  void write(const std::string& text) const { std::ofstream(*this / "platform.json") << text; }

  /// Starts it with what was written, and does not wait.
  std::unique_ptr<scenario::Process> launch() const {
    auto started = scenario::Process::start({"the platform",
                                             scenario::program_folder() + "/mock-platform",
                                             {*this / "platform.json"},
                                             *this / "platform",
                                             {}});
    if (!started) throw std::runtime_error(started.error().detail);
    return std::move(*started);
  }
  /// Starts it and keeps its ready line.
  void start(const nlohmann::json& config) {
    write(config.dump());
    process = launch();
    const auto line = process->wait_ready(kPatience);
    if (!line) throw std::runtime_error(line.error().detail);
    ready = *line;
  }
  [[nodiscard]] Endpoint endpoint() const {
    const auto address = ready.at("platform").get<std::string>();
    return {"127.0.0.1",
            static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)))};
  }

 private:
  scenario::InstanceFolder folder_;

 public:
  std::unique_ptr<scenario::Process> process;
  nlohmann::json ready;
};

/// The kiosk's end, with a loop of its own.
class Terminal {
 public:
  template <class T>
  T run(Async<T> operation) {
    std::optional<T> result;
    spawn(loop, [](Async<T> o, std::optional<T>& into) -> Async<void> {
      into.emplace(co_await std::move(o));
    }(std::move(operation), result));
    loop.context().restart();
    const Nanos end = loop.now() + kPatience;
    while (!result && loop.now() < end) loop.context().run_one_for(std::chrono::seconds(1));
    if (!result) throw std::runtime_error("the terminal waits for ever");
    return std::move(*result);
  }
  std::unique_ptr<platform::HttpExamPlatform> client(std::unique_ptr<StreamSource> source) {
    platform::HttpPlatformConfig config;
    config.host = "platform";
    config.terminal_id = "kiosk-0001";
    config.key = key_of(1);
    return std::make_unique<platform::HttpExamPlatform>(std::move(config), loop, clock, entropy,
                                                        std::move(source), tracer);
  }

  SystemCivilClock clock;
  SystemEntropy entropy;
  Trace trace{monotonic_now};
  Tracer tracer{trace, "kiosk"};
  RealLoop loop;
};

}  // namespace cardrig::tests
