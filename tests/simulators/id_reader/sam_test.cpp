// The SAM's state machine: what it answers in which state, and what its answers look like.
#include "simulators/id_reader/sam.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/runtime/virtual_time.h"
#include "simulators/id_reader/chip.h"
#include "simulators/id_reader/faults.h"
#include "tests/kiosk/devices/id_reader/golden.h"

namespace cardrig::sim {
namespace {

namespace sdt = id_reader::sdt;
using Bytes = std::vector<std::uint8_t>;

struct SamTest : testing::Test {
  SamTest() {
    declare_id_reader_faults(faults);
    make({});
    for (const auto* id : {"one", "two"}) {
      DocumentThing d;
      d.id = id;
      d.kind = "resident";
      ChipData chip;
      chip.name = "测试";
      chip.birth = chip.valid_from = {2000, 1, 1};
      d.text = build_chip_text(chip);
      d.photo.assign(1024, static_cast<std::uint8_t>(id[0]));
      world.add_document(d);
    }
  }
  void make(ReaderOptions options) {
    sam.emplace(world, faults, *loop, Random(1), std::move(options));
  }

  Sam::Reply full(std::uint16_t command, Bytes data = {}) {
    const SamRequest request{command, std::move(data)};
    time.run_until(time.now() + sam->begin(request));
    return sam->finish(request);
  }
  int send(std::uint16_t command, Bytes data = {}) {
    return full(command, std::move(data)).answer.sw3;
  }
  void select() {
    ASSERT_EQ(send(sdt::kFindCard), 0x9F);
    ASSERT_EQ(send(sdt::kSelectCard), 0x90);
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("device");
  Trace trace{[this] { return time.now(); }};
  Tracer tracer{trace, "world"};
  World world{tracer, *loop};
  FaultCatalogue faults{tracer};
  std::optional<Sam> sam;
};

TEST_F(SamTest, FindsSelectsAndReadsOnce) {
  world.place_document("one");
  EXPECT_EQ(sam->state(), Sam::State::kIdle);
  select();
  EXPECT_EQ(sam->state(), Sam::State::kSelected);
  EXPECT_EQ(send(sdt::kReadBase), 0x90);
  EXPECT_EQ(sam->state(), Sam::State::kIdle);
  EXPECT_EQ(send(sdt::kReadBase), 0x34) << "find and select come before every read";
  EXPECT_EQ(send(sdt::kFindCard), 0x80) << "until it is lifted";
  world.lift_document();
  world.place_document("two");
  select();
}

TEST_F(SamTest, CommandsInTheWrongOrder) {
  world.place_document("one");
  EXPECT_EQ(send(sdt::kSelectCard), 0x34);
  EXPECT_EQ(send(sdt::kReadBase), 0x34);
  EXPECT_EQ(send(sdt::kReadNewAddress), 0x34);
  EXPECT_EQ(send(sdt::kFindCard), 0x9F);
  EXPECT_EQ(send(sdt::kReadBase), 0x41) << "found, not selected";
  EXPECT_EQ(sam->state(), Sam::State::kIdle);
}

TEST_F(SamTest, ACardThatLeaves) {
  EXPECT_EQ(send(sdt::kFindCard), 0x80);
  world.place_document("one");
  EXPECT_EQ(send(sdt::kFindCard), 0x9F);
  world.lift_document();
  EXPECT_EQ(send(sdt::kSelectCard), 0x81);
  world.place_document("one");
  select();
  world.lift_document();
  world.place_document("one");
  EXPECT_EQ(send(sdt::kReadBase), 0x41) << "lifted and laid back is not the same placing";
}

TEST_F(SamTest, ACardThatIsSwappedWhileItIsFoundIsNotSelected) {
  world.place_document("one");
  EXPECT_EQ(send(sdt::kFindCard), 0x9F);
  world.lift_document();
  world.place_document("two");
  EXPECT_EQ(send(sdt::kSelectCard), 0x81);
}

TEST_F(SamTest, ReadAnswersHaveTheGoldenHeadsAndLengths) {
  for (const auto& row : id_reader::golden_rows("read_heads.hex")) {
    SCOPED_TRACE(row[0]);
    const bool fingers = row[1] != "-";
    ReaderOptions options;
    if (fingers) options.fingers_size = static_cast<std::size_t>(std::stoi(row[1]));
    make(options);
    world.lift_document();
    world.place_document("one");
    select();
    const auto reply = full(fingers ? sdt::kReadBaseAndFingers : sdt::kReadBase);
    const Bytes frame = encode_answer(reply.answer);
    const Bytes head = id_reader::from_hex(row[3]);
    EXPECT_EQ(frame.size(), static_cast<std::size_t>(std::stoi(row[2])));
    EXPECT_EQ(Bytes(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(head.size())), head);
  }
}

TEST_F(SamTest, FindAndSelectAnswersAreTheGoldenOnes) {
  ReaderOptions options;
  options.tells_serial = false;
  make(options);
  world.place_document("one");
  const auto rows = id_reader::golden_rows("answers.hex");
  EXPECT_EQ(encode_answer(full(sdt::kFindCard).answer), id_reader::from_hex(rows[1][2]));
  EXPECT_EQ(encode_answer(full(sdt::kSelectCard).answer), id_reader::from_hex(rows[2][2]));
}

TEST_F(SamTest, SelectTellsTheChipsOwnSerial) {
  const auto serial_of = [this](const char* id) {
    world.lift_document();
    world.place_document(id);
    EXPECT_EQ(send(sdt::kFindCard), 0x9F);
    return full(sdt::kSelectCard).answer.data;
  };
  const Bytes one = serial_of("one");
  EXPECT_EQ(one.size(), 8U);
  EXPECT_NE(one, Bytes(8, 0));
  EXPECT_EQ(serial_of("one"), one);
  EXPECT_NE(serial_of("two"), one);
}

TEST_F(SamTest, AnOlderSamKnowsNoFingers) {
  ReaderOptions options;
  options.has_fingers = false;
  make(options);
  world.place_document("one");
  select();
  EXPECT_EQ(send(sdt::kReadBaseAndFingers), 0x21);
  EXPECT_EQ(send(sdt::kReadBase), 0x90) << "and the read that it knows still works";
}

TEST_F(SamTest, AdditionalAddress) {
  auto moved = *world.find_document("two");
  moved.new_address = build_chip_address("上海市测试区仿真路88弄");
  world.add_document(moved);
  world.place_document("one");
  select();
  EXPECT_EQ(send(sdt::kReadNewAddress), 0x91);
  EXPECT_EQ(send(sdt::kReadBase), 0x90) << "asking for it does not use up the selection";
  world.lift_document();
  world.place_document("two");
  select();
  const auto reply = full(sdt::kReadNewAddress);
  EXPECT_EQ(reply.answer.sw3, 0x90);
  ASSERT_EQ(reply.answer.data.size(), 70U);
  EXPECT_EQ(reply.answer.data[0], 0x0A);  // 上 is U+4E0A
  EXPECT_EQ(reply.answer.data[1], 0x4E);
}

TEST_F(SamTest, AdditionalAddressesAreTheGoldenOnes) {
  for (const auto& row : id_reader::golden_rows("new_address.hex")) {
    SCOPED_TRACE(row[0]);
    auto moved = *world.find_document("two");
    moved.new_address = build_chip_address(row[1]);
    world.add_document(moved);
    world.lift_document();
    world.place_document("two");
    select();
    EXPECT_EQ(encode_answer(full(sdt::kReadNewAddress).answer), id_reader::from_hex(row[2]));
  }
}

TEST_F(SamTest, UnknownCommandsAndLengths) {
  EXPECT_EQ(send(0x0100), 0x21) << "one header's number for reset";
  EXPECT_EQ(send(0x2003), 0x21);
  EXPECT_EQ(send(0x6005), 0x21);
  EXPECT_EQ(send(sdt::kFindCard, {1}), 0x11);
  EXPECT_EQ(send(sdt::kSetMaxRfFrame), 0x11);
  EXPECT_EQ(send(sdt::kSetMaxRfFrame, {23}), 0x21);
  EXPECT_EQ(send(sdt::kSetMaxRfFrame, {24}), 0x90);
  EXPECT_EQ(send(sdt::kSetMaxRfFrame, {255}), 0x90);
}

TEST_F(SamTest, Rates) {
  for (std::size_t i = 0; i < sdt::kBauds.size(); ++i) {
    const auto reply = full(static_cast<std::uint16_t>(sdt::kSetBaud + i));
    EXPECT_EQ(reply.answer.sw3, 0x90);
    EXPECT_EQ(reply.new_baud, sdt::kBauds[i]);
  }
}

TEST_F(SamTest, ResetForgetsTheCard) {
  world.place_document("one");
  select();
  EXPECT_EQ(send(sdt::kReset), 0x90);
  EXPECT_EQ(send(sdt::kReadBase), 0x34);
}

TEST_F(SamTest, ForgedChipsFailAtTheRead) {
  auto forged = *world.find_document("one");
  forged.id = "forged";
  forged.chip_genuine = false;
  world.add_document(forged);
  std::set<int> codes;
  for (int i = 0; i < 30; ++i) {
    world.place_document("forged");
    select();
    const auto reply = full(sdt::kReadBase);
    EXPECT_NE(reply.answer.sw1, 0) << "with the card's words";
    EXPECT_TRUE(reply.answer.data.empty());
    codes.insert(reply.answer.sw3);
    world.lift_document();
  }
  EXPECT_THAT(codes, testing::ElementsAre(0x31, 0x32, 0x33));
}

TEST_F(SamTest, BankCardsAnswerAsTheOptionSays) {
  DocumentThing bank;
  bank.id = "bank";
  bank.kind = "bank_card";
  world.add_document(bank);
  world.place_document("bank");
  EXPECT_EQ(send(sdt::kFindCard), 0x40);
  ReaderOptions options;
  options.bank_card_answer = 0x80;
  make(options);
  EXPECT_EQ(send(sdt::kFindCard), 0x80);
}

TEST_F(SamTest, TimesAreNearTheNominalOnesAndFollowTheSeed) {
  world.place_document("one");
  const SamRequest find{sdt::kFindCard, {}};
  const SamRequest read{sdt::kReadBase, {}};
  std::set<std::int64_t> seen;
  for (int i = 0; i < 50; ++i) {
    const Nanos t = sam->begin(find);
    EXPECT_GE(t, std::chrono::milliseconds(90));
    EXPECT_LE(t, std::chrono::milliseconds(110));
    seen.insert(t.count());
  }
  EXPECT_GT(seen.size(), 40U);
  EXPECT_LT(sam->begin(read), std::chrono::milliseconds(10)) << "refused at once when not selected";
  select();
  EXPECT_GE(sam->begin(read), std::chrono::milliseconds(630));
  make({});
  const Nanos first = sam->begin(find);
  make({});
  EXPECT_EQ(sam->begin(find), first);
}

TEST_F(SamTest, EveryFaultIsDeclaredWithWhatTheKioskMustDo) {
  std::set<std::string> references;
  for (const auto& spec : faults.specs()) {
    EXPECT_EQ(spec.name.rfind("id_reader.", 0), 0U) << spec.name;
    EXPECT_FALSE(spec.title.empty() || spec.wire_shows.empty() || spec.kiosk_must.empty())
        << spec.name;
    for (const auto& p : spec.params) {
      EXPECT_TRUE(p.low <= p.initial && p.initial <= p.high) << spec.name << " " << p.name;
    }
    references.insert(spec.reference);
  }
  EXPECT_EQ(faults.specs().size(), 15U);
  for (const auto* row : {"R1", "R5", "R6", "R7", "R9", "R10", "R12", "R16", "R17", "R18", "R19",
                          "R21", "R22", "R23"}) {
    EXPECT_TRUE(references.contains(row)) << row;
  }
}

}  // namespace
}  // namespace cardrig::sim
