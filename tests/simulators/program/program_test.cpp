// The program as it is used: started with a configuration, spoken to over its wires and its rig
// socket, stopped.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>

#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig_client.h"
#include "scenarios/engine/process.h"
#include "tests/golden_frames.h"
#include "tests/simulators/mjpeg_parts.h"
#include "tests/simulators/tcp_client.h"

namespace cardrig::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using nlohmann::json;
using scenario::Process;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr Nanos kPatience = 60s;  // under sanitizers, on a busy machine
constexpr const char* kGet = "GET /stream HTTP/1.1\r\nHost: camera\r\n\r\n";

/// The host's end of a serial line, raw at 115200.
class SerialHost {
 public:
  explicit SerialHost(const std::string& path)
      : port_(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    termios settings{};
    ::tcgetattr(port_, &settings);
    ::cfmakeraw(&settings);
    ::cfsetspeed(&settings, B115200);
    ::tcsetattr(port_, TCSANOW, &settings);
  }
  ~SerialHost() { ::close(port_); }
  SerialHost(const SerialHost&) = delete;
  SerialHost& operator=(const SerialHost&) = delete;

  using Bytes = std::vector<std::uint8_t>;
  /// The first bytes that come back, as many as `expected` has.
  Bytes ask(const Bytes& request, const Bytes& expected) const {
    EXPECT_EQ(::write(port_, request.data(), request.size()), static_cast<ssize_t>(request.size()));
    Bytes answer;
    while (answer.size() < expected.size()) {
      pollfd waited{port_, POLLIN, 0};
      if (::poll(&waited, 1, 20'000) <= 0) break;
      std::array<std::uint8_t, 256> buffer{};
      const ssize_t size =
          ::read(port_, buffer.data(), std::min(buffer.size(), expected.size() - answer.size()));
      if (size <= 0) break;
      answer.insert(answer.end(), buffer.begin(), buffer.begin() + size);
    }
    return answer;
  }

 private:
  int port_;
};

/// A port of this test's own, for what connects to it.
class Listener {
 public:
  Listener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&any), sizeof(any)) != 0 ||
        ::listen(socket_, 4) != 0) {
      ADD_FAILURE() << "no listener";
    }
    socklen_t size = sizeof(any);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&any), &size);
    address = "127.0.0.1:" + std::to_string(ntohs(any.sin_port));
  }
  ~Listener() {
    if (peer_ >= 0) ::close(peer_);
    ::close(socket_);
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// What has come within the limit from whoever connects.
  std::string read(std::size_t size, int limit_ms) {
    if (peer_ < 0) {
      pollfd waited{socket_, POLLIN, 0};
      if (::poll(&waited, 1, limit_ms) <= 0) return "";
      peer_ = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    }
    std::string bytes;
    while (bytes.size() < size) {
      pollfd waited{peer_, POLLIN, 0};
      if (::poll(&waited, 1, limit_ms) <= 0) break;
      std::array<char, 256> buffer{};
      const ssize_t got = ::recv(peer_, buffer.data(), buffer.size(), 0);
      if (got <= 0) break;
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }
  void write(const std::string& bytes) const {
    EXPECT_EQ(::send(peer_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  std::string address;

 private:
  int socket_;
  int peer_ = -1;
};

class ProgramTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string file(const std::string& name) const {
    return folder_.path() + "/" + name;
  }
  json whole_config() {
    return {{"rig", file("simulators.sock")},
            {"health", "127.0.0.1:0"},
            {"starts_at", "2026-06-15T10:00:00+08:00"},
            {"timing", "fast"},
            {"serve",
             {{"id_reader", {{"pty", file("id_reader")}}},
              {"card_path", {{"pty", file("card_path")}}},
              {"print_jobs", {{"tcp", "127.0.0.1:0"}}},
              {"control_board", {{"tcp", "127.0.0.1:0"}}},
              {"camera", {{"tcp", "127.0.0.1:0"}}},
              {"network", {{"tcp", "127.0.0.1:0"}, {"to", platform.address}}}}}};
  }
  std::unique_ptr<Process> launch(const std::string& argument) {
    auto started =
        Process::start({"the program", CARDRIG_SIMULATORS, {argument}, file("simulators"), {}});
    EXPECT_TRUE(started.has_value());
    return started ? std::move(*started) : nullptr;
  }
  std::unique_ptr<Process> launch_with(const json& config) {
    std::ofstream(file("config.json")) << config.dump(2);
    return launch(file("config.json"));
  }
  void start(const json& config) {
    program = launch_with(config);
    const auto said = program->wait_ready(kPatience);
    ASSERT_TRUE(said.has_value()) << said.error().detail;
    ready = *said;
    auto connected = RigClient::connect(file("simulators.sock"), kPatience);
    ASSERT_TRUE(connected.has_value());
    rig = std::move(*connected);
  }
  void start() { start(whole_config()); }
  /// How it ended that was never ready.
  std::string end_of(const json& config) {
    const auto ended = launch_with(config)->wait_ready(kPatience);
    return ended ? "it is ready" : ended.error().detail;
  }
  json good(const std::string& verb, const json& args = json::object()) {
    const auto sent = rig->send({verb, args}, kPatience);
    EXPECT_TRUE(sent.has_value()) << verb;
    if (!sent) return nullptr;
    EXPECT_TRUE(sent->has_value()) << verb << ": " << sent->error().detail;
    return *sent ? **sent : json();
  }
  std::string wire(const std::string& name) const { return ready["wires"][name]; }
  std::string camera_address() const {
    const std::string prefix = "http://";
    const std::string url = wire("camera");
    return url.substr(prefix.size(), url.find("/stream") - prefix.size());
  }
  std::string modbus(const SerialHost::Bytes& request, std::size_t answer_size) {
    TcpClient host(wire("control_board"));
    host.write({reinterpret_cast<const char*>(request.data()), request.size()});
    host.read_bytes(answer_size);
    return host.received;
  }

  scenario::InstanceFolder folder_;
  Listener platform;
  std::unique_ptr<Process> program;
  json ready;
  std::unique_ptr<RigClient> rig;
};

TEST_F(ProgramTest, TheReadyLineSaysWhereEverythingIs) {
  start();
  EXPECT_EQ(ready["program"], "simulators");
  EXPECT_EQ(ready["pid"], program->pid());
  EXPECT_EQ(ready["timing"], "fast");
  EXPECT_EQ(ready["rig"], file("simulators.sock"));
  EXPECT_THAT(ready["health"].get<std::string>(), StartsWith("127.0.0.1:"));
  EXPECT_EQ(ready["wires"].size(), 6U);
  EXPECT_EQ(wire("id_reader"), file("id_reader"));
  EXPECT_THAT(wire("camera"), ::testing::MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+/stream"));
}

TEST_F(ProgramTest, WhatIsNotNamedIsNotServed) {
  start(
      {{"rig", file("simulators.sock")}, {"serve", {{"control_board", {{"tcp", "127.0.0.1:0"}}}}}});
  EXPECT_EQ(ready["wires"].size(), 1U);
  EXPECT_EQ(ready["timing"], "honest");
  EXPECT_FALSE(ready.contains("health"));
  const auto refused = rig->send({"fault.inject", {{"name", "camera.gone"}}}, kPatience);
  ASSERT_TRUE(refused.has_value() && !refused->has_value());
  EXPECT_EQ(refused->error().detail, "there is no fault \"camera.gone\"");
  const auto blind = rig->send({"camera.drawn", json::object()}, kPatience);
  ASSERT_TRUE(blind.has_value() && !blind->has_value());
  EXPECT_EQ(blind->error().detail, "no camera is played here");
}

TEST_F(ProgramTest, TheReaderAnswersOnItsPseudoTerminal) {
  start();
  const SerialHost host(wire("id_reader"));
  // Frames of the reference sheet "id-reader-sdt" §1.4, §1.5: check_status, find_card and answers.
  const SerialHost::Bytes status{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x11, 0xFF, 0xED};
  const SerialHost::Bytes fine{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x90, 0x94};
  const SerialHost::Bytes find{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x03, 0x20, 0x01, 0x22};
  const SerialHost::Bytes none{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x04, 0x00, 0x00, 0x80, 0x84};
  const SerialHost::Bytes found{0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x00, 0x08, 0x00,
                                0x00, 0x9F, 0x00, 0x00, 0x00, 0x00, 0x97};
  EXPECT_EQ(host.ask(status, fine), fine);
  EXPECT_EQ(host.ask(find, none), none);
  good("world.place_document", {{"document", "p01.resident"}});
  EXPECT_EQ(host.ask(find, found), found);
}

TEST_F(ProgramTest, TheCardPathAnswersOnItsPseudoTerminal) {
  start();
  const GoldenFrames golden("fixtures/golden/card_path/frames.txt");
  const SerialHost host(wire("card_path"));
  const auto& answer = golden.at("get_info_response");
  EXPECT_EQ(host.ask(golden.at("get_info_request"), answer), answer);
}

TEST_F(ProgramTest, ThePrinterTakesRequestsOverHttp) {
  start();
  TcpClient host(wire("print_jobs"));
  host.write("GET / HTTP/1.1\r\nHost: printer\r\nConnection: close\r\n\r\n");
  ASSERT_TRUE(host.read_to_end());
  EXPECT_THAT(host.received, StartsWith("HTTP/1.1 4"));
}

TEST_F(ProgramTest, TheBoardAnswersOverTcpAndFollowsTheMains) {
  start();
  const GoldenFrames golden("fixtures/golden/modbus/frames.txt");
  const auto& request = golden.at("read_outlet_request");
  const std::string clear("\x00\x02\x00\x00\x00\x04\x01\x02\x01\x00", 10);
  EXPECT_EQ(modbus(request, clear.size()), clear);
  good("world.mains", {{"on", false}});
  EXPECT_FALSE(TcpClient(wire("control_board")).is_connected());
}

TEST_F(ProgramTest, TheCameraShowsWhoStandsThere) {
  start();
  good("world.subjects", {{"subjects", {{{"person", "p01"}}}}});
  TcpClient host(camera_address());
  host.write(kGet);
  ASSERT_TRUE(host.read_until(
      [](const TcpClient& c) { return mjpeg_parts(c.received).size() >= 3; }, kPatience));
  const auto parts = mjpeg_parts(host.received);
  EXPECT_LT(parts[0].sequence, parts[1].sequence);
  const cv::Mat somebody = parts.back().picture();
  EXPECT_EQ(somebody.size(), cv::Size(1280, 720));
  const json drawn = good("camera.drawn");
  EXPECT_EQ(drawn["format"], "png");
  EXPECT_THAT(drawn["base64"].get<std::string>(), StartsWith("iVBORw0KGgo"));
}

TEST_F(ProgramTest, ACameraThatIsGoneRefusesAndComesBack) {
  start();
  TcpClient host(camera_address());
  host.write(kGet);
  ASSERT_TRUE(host.read_until([](const TcpClient& c) { return !c.received.empty(); }, kPatience));
  good("fault.inject", {{"name", "camera.gone"}});
  ASSERT_TRUE(host.read_to_end());
  EXPECT_FALSE(TcpClient(camera_address()).is_connected());
  good("fault.clear", {{"name", "camera.gone"}});
  TcpClient again(camera_address());
  again.write(kGet);
  EXPECT_TRUE(again.read_until([](const TcpClient& c) { return !mjpeg_parts(c.received).empty(); },
                               kPatience));
  EXPECT_EQ(good("faults.inert"), json::array());
}

TEST_F(ProgramTest, ASlowWatcherSeesTheNewestPicture) {
  start();
  TcpClient slow(camera_address(), nullptr, 64 << 10);
  slow.write(kGet);
  ASSERT_TRUE(slow.read_until([](const TcpClient& c) { return !c.received.empty(); }, kPatience));
  // Meanwhile another one sees many pictures that the slow one has no room for.
  TcpClient quick(camera_address());
  quick.write(kGet);
  ASSERT_TRUE(quick.read_until(
      [](const TcpClient& c) { return mjpeg_parts(c.received).size() >= 40; }, kPatience));
  const long newest = mjpeg_parts(quick.received).back().sequence;
  ASSERT_TRUE(slow.read_until(
      [newest](const TcpClient& c) {
        const auto parts = mjpeg_parts(c.received);
        return !parts.empty() && parts.back().sequence >= newest;
      },
      kPatience));
  EXPECT_LT(mjpeg_parts(slow.received).size(), 20U);
}

TEST_F(ProgramTest, TheNetworkIsCutAndMended) {
  start();
  TcpClient kiosk(wire("network"));
  kiosk.write("hello");
  ASSERT_EQ(platform.read(5, 20'000), "hello");
  good("world.network", {{"up", false}});
  kiosk.write("anybody");
  EXPECT_EQ(platform.read(1, 300), "");
  good("world.network", {{"up", true}});
  EXPECT_EQ(platform.read(7, 20'000), "anybody");
  platform.write("welcome");
  ASSERT_TRUE(kiosk.read_bytes(7));
  EXPECT_EQ(kiosk.received, "welcome");
}

TEST_F(ProgramTest, ItsTraceCanBeFollowedInTheMachinesTime) {
  start();
  const Nanos before = monotonic_now();
  good("trace.follow");
  good("world.place_document", {{"document", "p01.resident"}});
  const auto placed = [this] {
    const auto& events = rig->events();
    return std::find_if(events.begin(), events.end(),
                        [](const Event& e) { return e.kind == "world.document_placed"; });
  };
  while (placed() == rig->events().end()) {
    pollfd waited{rig->file_descriptor(), POLLIN, 0};
    ASSERT_GT(::poll(&waited, 1, 20'000), 0);
    ASSERT_TRUE(rig->poll().has_value());
  }
  EXPECT_EQ(placed()->party, "world");
  EXPECT_GE(placed()->time, before);
  EXPECT_LE(placed()->time, monotonic_now());
}

TEST_F(ProgramTest, TellsCardsAndHealth) {
  start();
  EXPECT_EQ(good("world.cards").size(), 20U);
  good("fault.inject", {{"name", "control_board.busy"}});
  TcpClient host(ready["health"].get<std::string>());
  host.write("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(host.read_to_end());
  EXPECT_THAT(host.received, StartsWith("HTTP/1.1 200 OK\r\n"));
  const json health = json::parse(host.received.substr(host.received.find("\r\n\r\n")));
  EXPECT_EQ(health["ok"], true);
  EXPECT_EQ(health["timing"], "fast");
  EXPECT_THAT(health["faults"], Contains("control_board.busy"));
  EXPECT_EQ(good("health"), health);
}

class ProgramEnds : public ProgramTest, public ::testing::WithParamInterface<std::string> {};

TEST_P(ProgramEnds, CleanlyAndLeavesNothing) {
  start();
  for (const char* left : {"simulators.sock", "id_reader", "card_path"}) {
    ASSERT_TRUE(fs::exists(fs::symlink_status(file(left)))) << left;
  }
  // In the middle of everything.
  TcpClient watcher(camera_address());
  watcher.write(kGet);
  ASSERT_TRUE(
      watcher.read_until([](const TcpClient& c) { return !c.received.empty(); }, kPatience));
  TcpClient kiosk(wire("network"));
  const std::string how = GetParam();
  const auto ask = [this, &how] {
    if (how == "SIGTERM") ::kill(program->pid(), SIGTERM);
    if (how == "SIGINT") ::kill(program->pid(), SIGINT);
    if (how == "stop") good("stop");
  };
  EXPECT_EQ(program->stop(ask, {kPatience, kPatience}), "");
  for (const char* left : {"simulators.sock", "id_reader", "card_path"}) {
    EXPECT_FALSE(fs::exists(fs::symlink_status(file(left)))) << left;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, ProgramEnds, ::testing::Values("SIGTERM", "SIGINT", "stop"),
                         [](const auto& p) { return p.param; });

TEST_F(ProgramTest, AWrongConfigurationIsToldWithFileAndLine) {
  json config = whole_config();
  config["seeds"] = 1;
  EXPECT_THAT(end_of(config), HasSubstr("ended with exit code 2"));
  EXPECT_THAT(end_of(config), ::testing::ContainsRegex(
                                  "config\\.json:[0-9]+: The configuration knows no \"seeds\"; did "
                                  "you mean \"seed\"\\?"));
}

TEST_F(ProgramTest, APortThatIsTakenIsToldInOneSentence) {
  json config = whole_config();
  config["serve"]["control_board"]["tcp"] = platform.address;
  const auto port = platform.address.substr(platform.address.find(':') + 1);
  EXPECT_THAT(end_of(config),
              HasSubstr("ended with exit code 1. Its last words: simulators: cannot "
                        "listen on 127.0.0.1, port " +
                        port + ": Address already in use"));
  EXPECT_FALSE(fs::exists(fs::symlink_status(file("id_reader"))));
}

TEST_F(ProgramTest, PeopleThatAreNotThereAreToldInOneSentence) {
  json config = whole_config();
  config["people"] = file("nobody");
  EXPECT_THAT(end_of(config), HasSubstr("ended with exit code 1. Its last words: simulators: "));
  EXPECT_THAT(end_of(config), HasSubstr("cardrig-fixtures"));
}

TEST_F(ProgramTest, HelpIsShown) {
  const auto ended = launch("--help")->wait_ready(kPatience);
  ASSERT_FALSE(ended.has_value());
  EXPECT_THAT(ended.error().detail, HasSubstr("exit code 0"));
  std::ifstream out(file("simulators.out"));
  std::string first;
  std::getline(out, first);
  EXPECT_EQ(first, "simulators: the world and the devices around a kiosk, on real wires");
}

}  // namespace
}  // namespace cardrig::test
