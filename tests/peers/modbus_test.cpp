// The control board's two ends against Modbus implementations that nobody here wrote: the driver on
// servers of libmodbus and pymodbus, the simulator under their clients.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "kiosk/devices/control_board/modbus_driver.h"
#include "simulators/control_board/control_board.h"
#include "tests/kiosk/runtime/local_socket.h"
#include "tests/peers/peer_program.h"
#include "tests/real_stand.h"

namespace cardrig::test {
namespace {

using namespace std::chrono_literals;
using control_board::BoardReason;
using control_board::Light;
using control_board::ModbusBoard;
using control_board::ModbusLimits;
using nlohmann::json;
using ::testing::HasSubstr;

constexpr const char* kPython = "/usr/bin/python3";  // Debian's, where python3-pymodbus is

class ModbusServer : public ::testing::Test {
 protected:
  /// Starts a board, or the same again after it was killed: at its port.
  void start_libmodbus(const std::string& mode, int restarts = 1) {
    start(scenario::program_folder() + "/libmodbus_board",
          {std::to_string(port.number()), mode, std::to_string(restarts)});
  }
  void start_pymodbus(int unit = 1, int restarts = 1) {
    start(kPython, {"-B", std::filesystem::absolute("tests/peers/pymodbus_board.py"),
                    std::to_string(port.number()), std::to_string(unit), std::to_string(restarts)});
  }
  void start(const std::string& program, std::vector<std::string> args) {
    peer = start_program(program, std::move(args), folder.file("board"));
    const auto ready = peer->wait_ready(60s);
    if (!ready) throw std::runtime_error(ready.error().detail);
    if (board) return;
    board = std::make_unique<ModbusBoard>(
        stand.loop, stand.kiosk_tracer,
        tcp_source(stand.loop, stand.kiosk_tracer, "control_board", {"127.0.0.1", port.number()}),
        limits);
  }
  /// What the board has said so far, restarts included.
  std::string said() {
    peer->alive();
    return contents_of(folder.file("board.out"));
  }
  int count(const std::string& kind) const {
    int n = 0;
    for (const auto& event : stand.trace.events()) n += event.kind == kind ? 1 : 0;
    return n;
  }
  void expect_inputs() {
    const auto inputs = stand.wait(board->inputs());
    ASSERT_TRUE(inputs) << inputs.error().detail;
    EXPECT_TRUE(inputs->card_in_outlet);
    EXPECT_EQ(inputs->cards_seen_total, 41);
    EXPECT_EQ(inputs->cards_taken_total, 39);
    EXPECT_EQ(inputs->uptime_s, 3605);
  }
  void set_and_restart(const std::function<void(int)>& start_with_restarts) {
    start_with_restarts(7);
    ASSERT_TRUE(stand.wait(board->start()));
    expect_inputs();
    ASSERT_TRUE(stand.wait(board->set_light(Light::kOutlet, true)));
    ASSERT_TRUE(stand.wait(board->set_light(Light::kReader, true)));
    ASSERT_TRUE(stand.wait(board->set_light(Light::kReader, false)));
    EXPECT_TRUE(stand.run_until([&] { return said().ends_with("light 0 off\n"); }));
    EXPECT_THAT(said(), HasSubstr("light 2 on\nlight 0 on\n"));

    peer->kill();
    Nanos took{0};
    const auto gone = stand.wait(board->inputs(), took);
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().reason, BoardReason::kOffline);
    EXPECT_EQ(board->state(), DeviceState::kOffline);
    EXPECT_LT(took, 3s);

    std::filesystem::remove(folder.file("board.out"));
    start_with_restarts(8);
    expect_inputs();
    EXPECT_EQ(board->state(), DeviceState::kReady);
    EXPECT_TRUE(stand.run_until([&] { return said().ends_with("light 2 on\n"); }))
        << "a board that has restarted gets its lights again: " << said();
  }

  OwnFolder folder;
  RealStand stand;
  ModbusLimits limits;
  HeldPort port;
  std::unique_ptr<scenario::Process> peer;
  std::unique_ptr<ModbusBoard> board;
};

TEST_F(ModbusServer, LibmodbusIsReadWrittenAndFoundAgainAfterItsRestart) {
  set_and_restart([this](int restarts) { start_libmodbus("plain", restarts); });
}

TEST_F(ModbusServer, PymodbusIsReadWrittenAndFoundAgainAfterItsRestart) {
  set_and_restart([this](int restarts) { start_pymodbus(1, restarts); });
}

TEST_F(ModbusServer, ABusyBoardIsAskedAgain) {
  start_libmodbus("busy");
  Nanos took{0};
  ASSERT_TRUE(stand.wait(board->start(), took));
  EXPECT_GE(took, 3 * limits.busy_pause);
  expect_inputs();
}

TEST_F(ModbusServer, ALateAnswerIsNotTakenForTheNext) {
  start_libmodbus("late");
  ASSERT_TRUE(stand.wait(board->start()));
  EXPECT_GE(count("board.dropped"), 1);
  expect_inputs();
}

TEST_F(ModbusServer, AnAnswerOfAnotherUnitIsNotTaken) {
  start_libmodbus("wrong_unit");
  ASSERT_TRUE(stand.wait(board->start()));
  EXPECT_GE(count("board.dropped"), 1);
  expect_inputs();
}

TEST_F(ModbusServer, AnExceptionIsARefusal) {
  start_libmodbus("small_map");
  ASSERT_TRUE(stand.wait(board->start()));
  const auto inputs = stand.wait(board->inputs());
  ASSERT_FALSE(inputs);
  EXPECT_EQ(inputs.error().reason, BoardReason::kRefused);
  EXPECT_EQ(inputs.error().detail, "exception 2");
  ASSERT_TRUE(stand.wait(board->start())) << "and the connection is still good";
}

TEST_F(ModbusServer, ABoardWithAnotherMapIsNotStarted) {
  start_libmodbus("other_map");
  EXPECT_EQ(stand.wait(board->start()).error().reason, BoardReason::kBadAnswer);
}

TEST_F(ModbusServer, AServerOfAnotherUnitStaysSilent) {
  limits.answer = 200ms;
  start_pymodbus(/*unit=*/2);  // which drops what is for other units, as on a serial line
  Nanos took{0};
  EXPECT_EQ(stand.wait(board->start(), took).error().reason, BoardReason::kTimeout);
  EXPECT_GE(took, 3 * limits.answer);
  EXPECT_EQ(board->state(), DeviceState::kOffline);
}

// --- the simulator under their clients ---

struct Client {
  const char* name;
  const char* program;  ///< "": built with the tests
  const char* script;
};

class ModbusClient : public ::testing::TestWithParam<Client> {};

TEST_P(ModbusClient, ReadsWritesAndIsRefusedAsDocumented) {
  OwnFolder folder;
  RealStand stand;
  sim::World world(stand.world_tracer, stand.loop);
  sim::FaultCatalogue faults(stand.world_tracer);
  sim::ControlBoard::declare_faults(faults);
  world.load_hopper(2);
  const auto line = sim::tcp_plug(stand.loop, stand.device_tracer, {"control_board"}, "127.0.0.1");
  sim::ControlBoard board(stand.loop, stand.device_tracer, world, faults, *line);
  world.move_card(1, sim::CardPlace::kPath);
  world.move_card(1, sim::CardPlace::kExit);
  ASSERT_TRUE(stand.run_until([&] { return board.outlet_covered(); }));

  const Client& client = GetParam();
  const std::string port = std::to_string(endpoint_of_plug(*line).port);
  const bool is_ours = *client.program == '\0';
  const auto peer = start_program(
      is_ours ? scenario::program_folder() + "/" + client.script : client.program,
      is_ours ? std::vector<std::string>{port}
              : std::vector<std::string>{"-B", std::filesystem::absolute(client.script), port},
      folder.file("client"));
  ASSERT_TRUE(stand.run_until([&] { return !peer->alive(); }));
  const auto said = json::parse(contents_of(folder.file("client.out")), nullptr, false);
  ASSERT_TRUE(said.is_object()) << peer->death();
  const auto up_s = said["registers"].at(2).get<int>();
  EXPECT_LT(up_s, 100);
  json expected{{"failed", 0},
                {"registers", {0x0100, said["registers"].at(1), up_s, 1, 1, 0, 1}},
                {"input", {1}},
                {"lights", {0, 0, 0}},
                {"lights_after", {0, 0, 1}},
                {"beyond", 2},
                {"light_beyond", 2},
                {"function", 1},
                {"unit", 11}};
  EXPECT_EQ(said, expected) << said.dump();
  EXPECT_TRUE(board.light(2));
}

INSTANTIATE_TEST_SUITE_P(Peers, ModbusClient,
                         ::testing::Values(Client{"Libmodbus", "", "libmodbus_client"},
                                           Client{"Pymodbus", kPython,
                                                  "tests/peers/pymodbus_client.py"}),
                         [](const auto& client) { return client.param.name; });

}  // namespace
}  // namespace cardrig::test
