// The control board: driver against simulator, register map, outlet sensor, faults, golden frames.
#include <gtest/gtest.h>

#include <optional>
#include <utility>

#include "kiosk/devices/control_board/modbus_driver.h"
#include "kiosk/devices/control_board/protocol.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/control_board/control_board.h"
#include "tests/golden_frames.h"

namespace cardrig::test {
namespace {

using namespace std::chrono_literals;
using control_board::BoardReason;
using control_board::Light;
using sim::CardPlace;
namespace protocol = control_board::protocol;
namespace fault = sim::board_fault;

template <class T>
Async<void> keep(Async<T> operation, std::optional<T>& into) {
  into.emplace(co_await std::move(operation));
}

class BoardStand {
 public:
  BoardStand() {
    sim::ControlBoard::declare_faults(faults);
    world.load_hopper(3);
    sim = std::make_unique<sim::ControlBoard>(*device_loop, board_tracer, world, faults, line);
  }
  template <class T>
  T wait(Async<T> operation) {
    std::optional<T> result;
    spawn(*kiosk_loop, keep(std::move(operation), result));
    while (!result && time.step()) {
    }
    EXPECT_TRUE(result.has_value()) << "the operation never ended";
    return std::move(result.value());
  }
  void run_for(Nanos d) { time.run_until(time.now() + d); }
  control_board::BoardInputs inputs() {
    const auto inputs = wait(board.inputs());
    EXPECT_TRUE(inputs.has_value()) << (inputs ? "" : inputs.error().detail);
    return inputs.value_or(control_board::BoardInputs{});
  }
  void bring(int card) {
    world.move_card(card, CardPlace::kPath);
    world.move_card(card, CardPlace::kExit);
    run_for(100ms);
  }
  void inject(const char* name, nlohmann::json params = nlohmann::json::object()) {
    ASSERT_TRUE(faults.inject(name, params).has_value());
  }
  int count(const std::string& kind) const {
    int n = 0;
    for (const auto& event : trace.events()) n += event.kind == kind ? 1 : 0;
    return n;
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> device_loop = time.make_loop("devices");
  std::unique_ptr<VirtualLoop> kiosk_loop = time.make_loop("kiosk");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer world_tracer{trace, "world"};
  Tracer board_tracer{trace, "control_board"};
  Tracer kiosk_tracer{trace, "kiosk"};
  sim::World world{world_tracer, *device_loop};
  sim::FaultCatalogue faults{world_tracer};
  MemoryLine line{"control_board", *device_loop, board_tracer, {0, 500us, 64}};
  std::unique_ptr<sim::ControlBoard> sim;
  control_board::ModbusBoard board{*kiosk_loop, kiosk_tracer,
                                   line.source(*kiosk_loop, kiosk_tracer)};
};

TEST(Board, StartsAndReads) {
  BoardStand stand;
  EXPECT_EQ(stand.board.state(), DeviceState::kUnknown);
  ASSERT_TRUE(stand.wait(stand.board.start()).has_value());
  EXPECT_EQ(stand.board.state(), DeviceState::kReady);
  stand.run_for(3605s);
  const auto inputs = stand.inputs();
  EXPECT_FALSE(inputs.card_in_outlet);
  EXPECT_EQ(inputs.cards_seen_total, 0);
  EXPECT_EQ(inputs.uptime_s, 3605);
}

TEST(Board, CountsACardThatIsTaken) {
  BoardStand stand;
  stand.world.move_card(1, CardPlace::kPath);
  stand.world.move_card(1, CardPlace::kExit);
  stand.run_for(40ms);
  EXPECT_FALSE(stand.sim->outlet_covered()) << "not yet debounced";
  stand.run_for(20ms);
  auto inputs = stand.inputs();
  EXPECT_TRUE(inputs.card_in_outlet);
  EXPECT_EQ(inputs.cards_seen_total, 1);
  EXPECT_EQ(inputs.cards_taken_total, 0);
  ASSERT_TRUE(stand.world.take_card("p01"));
  stand.run_for(100ms);
  inputs = stand.inputs();
  EXPECT_FALSE(inputs.card_in_outlet);
  EXPECT_EQ(inputs.cards_taken_total, 1);
}

TEST(Board, ARetractIsNoTake) {
  BoardStand stand;
  stand.bring(1);
  stand.world.move_card(1, CardPlace::kPath);
  stand.run_for(100ms);
  const auto inputs = stand.inputs();
  EXPECT_FALSE(inputs.card_in_outlet);
  EXPECT_EQ(inputs.cards_seen_total, 1);
  EXPECT_EQ(inputs.cards_taken_total, 0);
}

TEST(Board, ShortTouchIsNotCounted) {
  BoardStand stand;
  stand.world.move_card(1, CardPlace::kPath);
  stand.world.move_card(1, CardPlace::kExit);
  stand.run_for(30ms);
  ASSERT_TRUE(stand.world.take_card("p01"));
  stand.run_for(1s);
  EXPECT_EQ(stand.inputs().cards_seen_total, 0);
}

TEST(Board, LightsAreWrittenAndReadBack) {
  BoardStand stand;
  ASSERT_TRUE(stand.wait(stand.board.set_light(Light::kOutlet, true)).has_value());
  EXPECT_TRUE(stand.sim->light(protocol::kCoilOutlet));
  EXPECT_FALSE(stand.sim->light(protocol::kCoilReader));
  ASSERT_TRUE(stand.wait(stand.board.set_light(Light::kOutlet, false)).has_value());
  EXPECT_FALSE(stand.sim->light(protocol::kCoilOutlet));
}

TEST(Board, LightThatDoesNotFollowIsNoticed) {
  BoardStand stand;
  stand.line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    // The answer to "read coils" says off.
    if (!to_device && bytes.size() == 10 && bytes[7] == protocol::kReadCoils) bytes[9] = 0;
  });
  EXPECT_EQ(stand.wait(stand.board.set_light(Light::kReader, true)).error().reason,
            BoardReason::kBadAnswer);
  EXPECT_EQ(stand.board.state(), DeviceState::kFault);
}

TEST(Board, NoAnswerIsTriedThreeTimes) {
  BoardStand stand;
  stand.inject(fault::kNoAnswer);
  const Nanos before = stand.time.now();
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kTimeout);
  EXPECT_EQ(stand.time.now() - before, 3s);
  EXPECT_EQ(stand.count("wire.sent"), 3);
  EXPECT_EQ(stand.board.state(), DeviceState::kOffline);
  ASSERT_TRUE(stand.faults.clear(fault::kNoAnswer).has_value());
  EXPECT_TRUE(stand.wait(stand.board.inputs()).has_value());
  EXPECT_TRUE(stand.faults.inert().empty());
}

TEST(Board, LateAnswerIsNeverTakenForTheNext) {
  BoardStand stand;
  stand.bring(1);
  stand.inject(fault::kLateAnswer, {{"delay_ms", 1400}});
  // The first try's answer arrives during the second: it must be dropped.
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kTimeout);
  EXPECT_GE(stand.count("board.dropped"), 1);
  ASSERT_TRUE(stand.faults.clear(fault::kLateAnswer).has_value());
  const auto inputs = stand.inputs();
  EXPECT_TRUE(inputs.card_in_outlet);
}

TEST(Board, AnswerJustInTimeIsTaken) {
  BoardStand stand;
  stand.inject(fault::kLateAnswer, {{"delay_ms", 900}});
  EXPECT_TRUE(stand.wait(stand.board.inputs()).has_value());
}

TEST(Board, BusyIsAskedAgainAfter100Ms) {
  BoardStand stand;
  stand.inject(fault::kBusy);
  stand.kiosk_loop->after(250ms, [&stand] { static_cast<void>(stand.faults.clear(fault::kBusy)); });
  const Nanos before = stand.time.now();
  EXPECT_TRUE(stand.wait(stand.board.inputs()).has_value());
  EXPECT_GE(stand.time.now() - before, 300ms);
  EXPECT_LE(stand.time.now() - before, 400ms);
  stand.inject(fault::kBusy);
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kBusy);
  EXPECT_EQ(stand.board.state(), DeviceState::kBusy);
}

TEST(Board, RestartIsNoticedAndLightsAreSetAgain) {
  BoardStand stand;
  stand.bring(1);
  ASSERT_TRUE(stand.wait(stand.board.set_light(Light::kCamera, true)).has_value());
  stand.run_for(100s);
  const auto before = stand.inputs();
  stand.inject(fault::kRebooted);
  EXPECT_FALSE(stand.sim->light(protocol::kCoilCamera));
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kOffline);
  stand.run_for(3s);
  const auto after = stand.inputs();
  EXPECT_LT(after.uptime_s, before.uptime_s);
  EXPECT_EQ(after.cards_seen_total, before.cards_seen_total) << "the same card is not seen twice";
  EXPECT_TRUE(after.card_in_outlet);
  EXPECT_TRUE(stand.sim->light(protocol::kCoilCamera));
  EXPECT_EQ(stand.count("board.restarted"), 1);
}

TEST(Board, TellsTheServiceKey) {
  BoardStand stand;
  EXPECT_FALSE(stand.inputs().service_key);
  stand.world.turn_service_key(true);
  EXPECT_TRUE(stand.inputs().service_key);
  EXPECT_FALSE(stand.inputs().card_in_outlet);
  stand.bring(1);
  EXPECT_TRUE(stand.inputs().service_key);
  EXPECT_TRUE(stand.inputs().card_in_outlet);
  const auto bits = stand.sim->answer({9, 1, protocol::kReadDiscreteInputs, {0, 0, 0, 2}});
  ASSERT_FALSE(bits.empty());
  EXPECT_EQ(bits.back(), 0b11) << "both discrete inputs";
  stand.world.turn_service_key(false);
  EXPECT_FALSE(stand.inputs().service_key);
}

TEST(Board, PowerCutKeepsCountersButCountsNothing) {
  BoardStand stand;
  stand.bring(1);
  stand.world.set_mains(false);
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kOffline);
  ASSERT_TRUE(stand.world.take_card("p01"));
  stand.world.set_mains(true);
  stand.run_for(3s);
  const auto inputs = stand.inputs();
  EXPECT_FALSE(inputs.card_in_outlet);
  EXPECT_EQ(inputs.cards_seen_total, 1);
  EXPECT_EQ(inputs.cards_taken_total, 0);
}

TEST(Board, StuckSensor) {
  BoardStand stand;
  stand.inject(fault::kOutletStuck);
  stand.run_for(100ms);
  EXPECT_TRUE(stand.inputs().card_in_outlet);
  ASSERT_TRUE(stand.faults.clear(fault::kOutletStuck).has_value());
  stand.run_for(100ms);
  const auto inputs = stand.inputs();
  EXPECT_FALSE(inputs.card_in_outlet);
  EXPECT_EQ(inputs.cards_taken_total, 0) << "nothing was there to be taken";
  stand.inject(fault::kOutletStuck, {{"covered", 0}});
  stand.bring(1);
  EXPECT_FALSE(stand.inputs().card_in_outlet);
  EXPECT_TRUE(stand.faults.inert().empty());
}

TEST(Board, BrokenFramesAndLines) {
  BoardStand stand;
  stand.line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (!to_device && bytes.size() > 2) bytes[2] = 0x7F;  // no Modbus any more
  });
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kBadAnswer);
  stand.line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (!to_device && bytes.size() > 8) bytes[8] = 2;  // a wrong byte count
  });
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kBadAnswer);
  stand.line.set_tamper(nullptr);
  EXPECT_TRUE(stand.wait(stand.board.inputs()).has_value());
  stand.line.set_reach(MemoryLine::Reach::kUnplugged);
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kOffline);
  stand.line.set_reach(MemoryLine::Reach::kBlackHole);
  EXPECT_EQ(stand.wait(stand.board.inputs()).error().reason, BoardReason::kTimeout);
  stand.line.set_reach(MemoryLine::Reach::kOpen);
  EXPECT_TRUE(stand.wait(stand.board.inputs()).has_value());
}

TEST(Board, OverlappingCalls) {
  BoardStand stand;
  std::optional<Result<control_board::BoardInputs, BoardReason>> inputs;
  std::optional<Result<Unit, BoardReason>> lit;
  spawn(*stand.kiosk_loop, keep(stand.board.inputs(), inputs));
  spawn(*stand.kiosk_loop, keep(stand.board.set_light(Light::kReader, true), lit));
  stand.run_for(1s);
  ASSERT_TRUE(inputs && lit);
  EXPECT_TRUE(inputs->has_value() && lit->has_value());
}

// --- the register map, strictly ---

int exception_of(sim::ControlBoard& board, std::uint8_t unit, std::uint8_t function,
                 std::vector<std::uint8_t> data) {
  const sim::ModbusRequest request{1, unit, function, std::move(data)};
  const auto answer = board.answer(request);
  return answer.size() == 9 && (answer[7] & protocol::kExceptionBit) != 0 ? answer[8] : 0;
}

TEST(Board, RefusesWhatIsOutsideTheMap) {
  BoardStand stand;
  auto& board = *stand.sim;
  EXPECT_EQ(exception_of(board, 1, 3, {0, 0, 0, 1}), protocol::kIllegalFunction);
  EXPECT_EQ(exception_of(board, 1, 4, {0, 0, 0, 8}), protocol::kIllegalAddress);
  EXPECT_EQ(exception_of(board, 1, 4, {0, 6, 0, 1}), 0);
  EXPECT_EQ(exception_of(board, 1, 4, {0, 7, 0, 1}), protocol::kIllegalAddress);
  EXPECT_EQ(exception_of(board, 1, 4, {0, 0, 0, 0}), protocol::kIllegalValue);
  EXPECT_EQ(exception_of(board, 1, 4, {0, 0, 0, 126}), protocol::kIllegalValue);
  EXPECT_EQ(exception_of(board, 1, 4, {0, 0}), protocol::kIllegalValue);
  EXPECT_EQ(exception_of(board, 1, 1, {0, 0, 0, 4}), protocol::kIllegalAddress);
  EXPECT_EQ(exception_of(board, 1, 2, {0, 1, 0, 1}), 0);
  EXPECT_EQ(exception_of(board, 1, 2, {0, 2, 0, 1}), protocol::kIllegalAddress);
  EXPECT_EQ(exception_of(board, 1, 5, {0, 3, 0xFF, 0}), protocol::kIllegalAddress);
  EXPECT_EQ(exception_of(board, 1, 5, {0, 0, 0x12, 0x34}), protocol::kIllegalValue);
  EXPECT_EQ(exception_of(board, 7, 4, {0, 0, 0, 1}), protocol::kGatewayTargetSilent);
  EXPECT_EQ(exception_of(board, 255, 4, {0, 0, 0, 1}), 0);
}

// --- golden frames ---

const GoldenFrames& frames() {
  static const GoldenFrames all("fixtures/golden/modbus/frames.txt");
  return all;
}

TEST(GoldenModbus, RequestsOnBothSides) {
  struct Request {
    const char* name;
    std::uint16_t transaction;
    std::uint8_t function;
    std::uint16_t address;
    std::uint16_t count_or_value;
  };
  for (const auto& r :
       {Request{"read_registers_request", 1, 4, 0, 7}, Request{"read_outlet_request", 2, 2, 0, 1},
        Request{"light_outlet_on_request", 3, 5, 2, 0xFF00},
        Request{"read_coils_request", 4, 1, 0, 3}}) {
    EXPECT_EQ(control_board::encode_modbus_request(r.transaction, 1, r.function, r.address,
                                                   r.count_or_value),
              frames().at(r.name));
    sim::ModbusRequestReader reader;
    reader.feed(frames().at(r.name));
    const auto read = reader.next();
    ASSERT_TRUE(read.has_value()) << r.name;
    EXPECT_EQ(read->transaction, r.transaction);
    EXPECT_EQ(read->function, r.function);
    EXPECT_EQ(read->word(0), r.address);
    EXPECT_EQ(read->word(1), r.count_or_value);
  }
}

TEST(GoldenModbus, AnswersOnBothSides) {
  const std::vector<std::uint16_t> values{0x100, 0x10, 3605, 2, 41, 39, 1};
  EXPECT_EQ(sim::encode_modbus_answer({1, 1, 4, {}}, sim::registers_data(values)),
            frames().at("read_registers_response"));
  EXPECT_EQ(sim::encode_modbus_answer({2, 1, 2, {}}, sim::bits_data({true})),
            frames().at("read_outlet_covered"));
  EXPECT_EQ(sim::encode_modbus_answer({4, 1, 1, {}}, sim::bits_data({false, false, true})),
            frames().at("read_coils_outlet_on"));
  EXPECT_EQ(sim::encode_modbus_exception({5, 1, 4, {}}, 6), frames().at("busy"));
  EXPECT_EQ(sim::encode_modbus_exception({6, 1, 4, {}}, 2), frames().at("illegal_address"));
  EXPECT_EQ(sim::encode_modbus_exception({7, 1, 3, {}}, 1), frames().at("illegal_function"));

  control_board::ModbusAnswerReader reader;
  reader.feed(frames().at("read_registers_response"));
  reader.feed(frames().at("read_coils_outlet_on"));
  reader.feed(frames().at("busy"));
  const auto registers = reader.next();
  ASSERT_TRUE(registers.has_value());
  EXPECT_EQ(registers->transaction, 1);
  EXPECT_EQ(control_board::decode_registers(registers->data, 7), values);
  EXPECT_FALSE(control_board::decode_registers(registers->data, 6).has_value());
  const auto coils = reader.next();
  ASSERT_TRUE(coils.has_value());
  EXPECT_EQ(control_board::decode_bits(coils->data, 3), (std::vector<bool>{false, false, true}));
  const auto busy = reader.next();
  ASSERT_TRUE(busy.has_value());
  EXPECT_EQ(busy->function, 0x84);
  EXPECT_EQ(busy->data, std::vector<std::uint8_t>{6});
}

TEST(GoldenModbus, BoardAnswersTheGoldenRequests) {
  BoardStand stand;
  const auto ask = [&stand](const char* name) {
    sim::ModbusRequestReader reader;
    reader.feed(frames().at(name));
    return stand.sim->answer(reader.next().value());
  };
  EXPECT_EQ(ask("light_outlet_on_request"), frames().at("light_outlet_on_response"));
  EXPECT_EQ(ask("read_coils_request"), frames().at("read_coils_outlet_on"));
  stand.bring(1);
  EXPECT_EQ(ask("read_outlet_request"), frames().at("read_outlet_covered"));
}

}  // namespace
}  // namespace cardrig::test
