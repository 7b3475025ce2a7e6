// Driver and simulated reader on one line, in virtual time: every kind of document, every fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/identity/document.h"
#include "simulators/id_reader/chip.h"
#include "simulators/id_reader/faults.h"
#include "simulators/id_reader/reader.h"
#include "tests/kiosk/devices/id_reader/golden.h"
#include "tests/kiosk/devices/id_reader/rig.h"

namespace cardrig::id_reader {
namespace {

using sim::ChipData;
using sim::DocumentThing;
using std::chrono::milliseconds;
using std::chrono::seconds;

ChipData chip(const std::string& kind) {
  ChipData d;
  d.kind = kind;
  d.birth = {1985, 1, 1};
  d.valid_from = {2024, 1, 2};
  d.valid_to = Date{2029, 1, 2};
  d.address = "北京市测试区样例路1号";
  d.authority = "北京市公安局测试分局";
  if (kind == "resident") {
    d.name = "测𠮷龘";
    d.sex_code = 2;
    d.ethnic_code = "01";
    d.birth = {1949, 12, 31};
    d.number = "11010519491231002X";
    d.valid_to = std::nullopt;
  } else if (kind == "hmt") {
    d.name = "陳大文";
    d.birth = {1990, 1, 1};
    d.number = "810000199001010019";
    d.travel_permit_number = "H12345678";
    d.times_issued = "01";
  } else if (kind == "foreigner_2017") {
    d.english_name = "SMITH, JANE ALEXANDRA";
    d.sex_code = 2;
    d.number = "CAN110085010106";
    d.nationality = "CAN";
  } else {
    d.name = "沙特";
    d.english_name = "AL FARSI MOHAMMED ABDULRAHMAN SALEM BIN KHALID";
    d.number = "932682198501010017";
    d.nationality = "682";
    d.times_issued = "02";
  }
  return d;
}

DocumentThing document(const std::string& id, const std::string& kind) {
  DocumentThing thing;
  thing.id = id;
  thing.kind = kind;
  const bool has_chip = kind != "bank_card" && kind != "plain_print";
  if (has_chip) thing.text = sim::build_chip_text(chip(kind));
  // Photo bytes with preambles in them (R20).
  const auto inner = encode_request(sdt::kFindCard);
  for (std::size_t i = 0; has_chip && i < 1024; ++i) thing.photo.push_back(inner[i % inner.size()]);
  return thing;
}

struct JointRig : LineRig {
  explicit JointRig(std::uint64_t seed = 1, sim::ReaderOptions options = {})
      : LineRig(sim::kReaderLine), world(world_tracer, *device_loop), faults(world_tracer) {
    sim::declare_id_reader_faults(faults);
    reader_sim.emplace(*device_loop, device_tracer, world, faults, Random(seed), options);
    reader_sim->attach(line);
    for (const auto* kind :
         {"resident", "hmt", "foreigner_2017", "foreigner_2023", "bank_card", "plain_print"}) {
      world.add_document(document(kind, kind));
    }
  }
  ~JointRig() override {
    reader_sim.reset();
    stop();
  }
  sim::World world;
  sim::FaultCatalogue faults;
  std::optional<sim::ReaderSimulator> reader_sim;
};

struct Joint : testing::Test {
  JointRig rig;

  void start() {
    const auto started = rig.await(rig.reader->start());
    ASSERT_TRUE(started.has_value()) << started.error().detail;
  }
  void inject(const char* fault, const nlohmann::json& params = nlohmann::json::object()) {
    const auto done = rig.faults.inject(fault, params);
    ASSERT_TRUE(done.has_value()) << done.error().detail;
  }
  Result<ChipRecord, ReaderReason> read() { return rig.await(rig.reader->read_card()); }
  ReaderReason read_reason() {
    const auto record = read();
    EXPECT_FALSE(record.has_value());
    return record ? ReaderReason{} : record.error().reason;
  }
  void expect_good_read(const std::string& id) {
    const auto record = read();
    ASSERT_TRUE(record.has_value()) << to_string(record.error().reason);
    const auto& truth = *rig.world.find_document(id);
    EXPECT_TRUE(std::equal(record->text.begin(), record->text.end(), truth.text.begin()));
    EXPECT_TRUE(std::equal(record->photo.begin(), record->photo.end(), truth.photo.begin()));
  }
  void expect_shown() { EXPECT_THAT(rig.faults.inert(), testing::IsEmpty()); }
};

TEST_F(Joint, ReadsEveryKindOfDocument) {
  start();
  EXPECT_EQ(rig.reader->status().sam_id, "05.01-20201231-0123456789-0123456789");
  for (const std::string kind : {"resident", "hmt", "foreigner_2017", "foreigner_2023"}) {
    SCOPED_TRACE(kind);
    rig.world.place_document(kind);
    const auto record = read();
    ASSERT_TRUE(record.has_value());
    const auto decoded = identity::decode_text(record->text);
    ASSERT_TRUE(decoded.has_value());
    EXPECT_EQ(to_string(decoded->type), kind);
    EXPECT_EQ(decoded->number, chip(kind).number);
    EXPECT_EQ(decoded->name, chip(kind).name.empty() ? chip(kind).english_name : chip(kind).name);
    EXPECT_EQ(decoded->english_name, chip(kind).english_name);
    EXPECT_EQ(decoded->birth, chip(kind).birth);
    EXPECT_EQ(decoded->valid_to, chip(kind).valid_to);
    rig.world.lift_document();
    EXPECT_EQ(read_reason(), ReaderReason::kNoCard);
  }
}

TEST_F(Joint, AReadTakesAboutASecond) {
  start();
  rig.world.place_document("resident");
  const Nanos before = rig.time.now();
  expect_good_read("resident");
  EXPECT_GT(rig.time.now() - before, milliseconds(800));
  EXPECT_LT(rig.time.now() - before, milliseconds(1200));
}

TEST_F(Joint, ACardMustBeLiftedBeforeItIsFoundAgain) {
  start();
  rig.world.place_document("resident");
  expect_good_read("resident");
  EXPECT_EQ(read_reason(), ReaderReason::kNoCard);
  rig.world.lift_document();
  rig.world.place_document("resident");
  expect_good_read("resident");
}

TEST_F(Joint, FindingAloneDoesNotUseACardUp) {
  start();
  rig.world.place_document("resident");
  EXPECT_TRUE(rig.await(rig.reader->find_card()).has_value());
  EXPECT_TRUE(rig.await(rig.reader->find_card()).has_value());
  expect_good_read("resident");
}

TEST_F(Joint, ThingsThatAreNoIdCards) {
  start();
  rig.world.place_document("bank_card");
  EXPECT_EQ(read_reason(), ReaderReason::kNotAnIdCard);
  rig.world.lift_document();
  rig.world.place_document("plain_print");
  EXPECT_EQ(read_reason(), ReaderReason::kNoCard);
  rig.world.lift_document();
  auto dead = document("dead", "resident");
  dead.chip_works = false;
  rig.world.add_document(dead);
  rig.world.place_document("dead");
  EXPECT_EQ(read_reason(), ReaderReason::kNoCard);
}

TEST_F(Joint, ForgedChip) {
  start();
  auto forged = document("forged", "resident");
  forged.chip_genuine = false;
  rig.world.add_document(forged);
  rig.world.place_document("forged");
  const auto record = read();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().reason, ReaderReason::kForged);
  EXPECT_THAT(record.error().detail, testing::MatchesRegex("status 3[123], card words 6[23] ..?"));
  EXPECT_EQ(rig.reader->status().device, DeviceState::kReady) << "the reader itself is well";
}

TEST_F(Joint, CardLiftedWhileItIsRead) {
  start();
  rig.world.place_document("resident");
  rig.device_loop->after(milliseconds(600), [this] { rig.world.lift_document(); });
  EXPECT_EQ(read_reason(), ReaderReason::kCardMoved);
}

TEST_F(Joint, ResetAndHeartbeat) {
  start();
  EXPECT_TRUE(rig.await(rig.reader->reset()).has_value());
  EXPECT_TRUE(rig.await(rig.reader->check()).has_value());
}

// --- faults ---

TEST_F(Joint, Unplugged) {
  start();
  inject(sim::reader_fault::kUnplugged);
  EXPECT_EQ(rig.await(rig.reader->check()).error().reason, ReaderReason::kLinkLost);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kOffline);
  EXPECT_EQ(rig.await(rig.reader->start()).error().reason, ReaderReason::kLinkLost);
  ASSERT_TRUE(rig.faults.clear(sim::reader_fault::kUnplugged).has_value());
  start();
  rig.world.place_document("resident");
  expect_good_read("resident");
  expect_shown();
}

TEST_F(Joint, SamHangs) {
  start();
  inject(sim::reader_fault::kSamHangs);
  EXPECT_EQ(rig.await(rig.reader->check()).error().reason, ReaderReason::kTimeout);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kFault);
  EXPECT_EQ(rig.await(rig.reader->start()).error().reason, ReaderReason::kTimeout);
  ASSERT_TRUE(rig.faults.clear(sim::reader_fault::kSamHangs).has_value());
  start();
  expect_shown();
}

TEST_F(Joint, HungSamIsWokenByTheResetAtStart) {
  inject(sim::reader_fault::kSamHangs, {{"reset_helps", 1}});
  start();
  expect_shown();
}

TEST_F(Joint, SelfTestFailed) {
  inject(sim::reader_fault::kSelfTestFailed);
  EXPECT_EQ(rig.await(rig.reader->start()).error().reason, ReaderReason::kSelfTestFailed);
  expect_shown();
}

TEST_F(Joint, SamNotAuthorised) {
  start();
  rig.world.place_document("resident");
  inject(sim::reader_fault::kSamNotAuthorised);
  EXPECT_EQ(read_reason(), ReaderReason::kNotAuthorised);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kFault);
  EXPECT_EQ(rig.await(rig.reader->start()).error().reason, ReaderReason::kNotAuthorised);
  expect_shown();
}

TEST_F(Joint, SamReplaced) {
  SdtSettings settings;
  settings.enrolled_sam_id = "05.01-20201231-0123456789-0123456789";
  rig.make_reader(settings);
  start();
  inject(sim::reader_fault::kSamReplaced);
  EXPECT_EQ(rig.await(rig.reader->start()).error().reason, ReaderReason::kNotAuthorised);
  expect_shown();
}

TEST_F(Joint, CardMovesAfterFind) {
  start();
  rig.world.place_document("resident");
  inject(sim::reader_fault::kCardLiftedAfterFind);
  EXPECT_EQ(read_reason(), ReaderReason::kCardMoved);
  expect_good_read("resident");
  expect_shown();
}

TEST_F(Joint, CardMovesDuringRead) {
  start();
  rig.world.place_document("resident");
  for (const int breaks_off : {0, 1}) {
    inject(sim::reader_fault::kCardLiftedDuringRead, {{"breaks_off", breaks_off}});
    EXPECT_EQ(read_reason(), ReaderReason::kCardMoved);
    rig.pass(milliseconds(400));
    EXPECT_THAT(rig.faults.active(), testing::IsEmpty()) << "it spends itself";
  }
  expect_good_read("resident");
  expect_shown();
}

TEST_F(Joint, StaleAnswerOfEveryCommand) {
  for (const int command : {1, 2, 3}) {
    for (const int delay_ms : {2100, 2600, 3100, 5200, 5700, 6000, 8000}) {
      SCOPED_TRACE(std::to_string(command) + ", " + std::to_string(delay_ms) + " ms late");
      JointRig fresh;
      ASSERT_TRUE(fresh.await(fresh.reader->start()).has_value());
      fresh.world.place_document("resident");
      ASSERT_TRUE(fresh.faults
                      .inject(sim::reader_fault::kStaleAnswer,
                              {{"delay_ms", delay_ms}, {"command", command}})
                      .has_value());
      const auto late = fresh.await(fresh.reader->read_card());
      EXPECT_THAT(fresh.faults.inert(), testing::IsEmpty());
      if (late) continue;  // within the limit of a read: slow, not late
      EXPECT_EQ(late.error().reason, ReaderReason::kTimeout);
      // The next person's card.
      fresh.reader->forget();
      fresh.world.lift_document();
      fresh.world.place_document("hmt");
      auto record = fresh.await(fresh.reader->read_card());
      for (int again = 0; !record && again < 5; ++again) {
        EXPECT_EQ(record.error().reason, ReaderReason::kTimeout);
        record = fresh.await(fresh.reader->read_card());
      }
      ASSERT_TRUE(record.has_value()) << record.error().detail;
      EXPECT_EQ(identity::decode_text(record->text)->number, "810000199001010019");
    }
  }
}

TEST_F(Joint, StaleCardIsNoticedAndTheRightDataAreReadThen) {
  for (const int tells_serial : {1, 0}) {
    SCOPED_TRACE(tells_serial);
    JointRig fresh;
    ASSERT_TRUE(fresh.await(fresh.reader->start()).has_value());
    fresh.world.place_document("resident");
    ASSERT_TRUE(fresh.await(fresh.reader->read_card()).has_value());
    fresh.reader->forget();
    fresh.world.lift_document();
    ASSERT_TRUE(fresh.faults.inject(sim::reader_fault::kStaleCard, {{"tells_serial", tells_serial}})
                    .has_value());
    fresh.world.place_document("hmt");
    const auto stale = fresh.await(fresh.reader->read_card());
    ASSERT_FALSE(stale.has_value());
    EXPECT_EQ(stale.error().reason, ReaderReason::kStale);
    EXPECT_THAT(fresh.faults.inert(), testing::IsEmpty());
    fresh.world.lift_document();
    fresh.world.place_document("hmt");
    const auto record = fresh.await(fresh.reader->read_card());
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_EQ(identity::decode_text(record->text)->number, "810000199001010019");
  }
}

TEST_F(Joint, ThePersonWhoComesBackIsReadAtOnce) {
  start();
  for (int i = 0; i < 3; ++i) {
    rig.world.place_document("resident");
    expect_good_read("resident");
    rig.reader->forget();
    rig.world.lift_document();
  }
}

TEST_F(Joint, AuthenticationFails) {
  start();
  inject(sim::reader_fault::kAuthFails, {{"code", 0x33}});
  rig.world.place_document("resident");
  const auto record = read();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().reason, ReaderReason::kForged);
  EXPECT_EQ(record.error().detail, "status 33, card words 63 00");
  expect_shown();
}

TEST_F(Joint, RequestsArriveDamaged) {
  start();
  rig.world.place_document("resident");
  inject(sim::reader_fault::kRequestGarbled, {{"in_a_row", 1}});
  expect_good_read("resident");
  EXPECT_EQ(rig.reader->baud(), 115200U);
  ASSERT_TRUE(rig.faults.clear(sim::reader_fault::kRequestGarbled).has_value());
  rig.world.lift_document();
  rig.world.place_document("hmt");
  inject(sim::reader_fault::kRequestGarbled, {{"in_a_row", 2}});
  expect_good_read("hmt");
  EXPECT_EQ(rig.reader->baud(), 57600U);
  EXPECT_EQ(rig.reader_sim->baud(), 57600U);
  expect_shown();
}

TEST_F(Joint, ChecksumError) {
  start();
  rig.world.place_document("resident");
  inject(sim::reader_fault::kChecksumError);
  EXPECT_EQ(read_reason(), ReaderReason::kBadAnswer);
  expect_shown();
}

TEST_F(Joint, LengthLies) {
  start();
  rig.world.place_document("resident");
  inject(sim::reader_fault::kLengthLies, {{"missing_bytes", 1}});
  EXPECT_EQ(read_reason(), ReaderReason::kCardMoved);
  expect_shown();
}

// The SAM thinks that it has given the card's data: the person has to lift the card (R11).
TEST_F(Joint, AfterADamagedReadTheCardMustBeLifted) {
  start();
  rig.world.place_document("resident");
  inject(sim::reader_fault::kChecksumError);
  EXPECT_EQ(read_reason(), ReaderReason::kBadAnswer);
  EXPECT_EQ(read_reason(), ReaderReason::kNoCard);
  rig.world.lift_document();
  rig.world.place_document("resident");
  expect_good_read("resident");
}

TEST_F(Joint, SplitDelivery) {
  start();
  for (const int chunk : {1, 7, 64, 500}) {
    inject(sim::reader_fault::kSplitDelivery,
           {{"chunk_bytes", chunk}, {"gap_ms", chunk == 1 ? 0 : 5}});
    rig.world.place_document("foreigner_2023");
    expect_good_read("foreigner_2023");
    rig.world.lift_document();
    ASSERT_TRUE(rig.faults.clear(sim::reader_fault::kSplitDelivery).has_value());
  }
  expect_shown();
}

// The limits grow with the time on the wire: the largest answer takes 2.4 s at 9600.
TEST(JointRates, EveryRateIsFoundAndTheLargestAnswerReadAtIt) {
  for (const unsigned baud : sdt::kBauds) {
    SCOPED_TRACE(baud);
    sim::ReaderOptions options;
    options.baud = baud;
    options.keeps_baud = true;
    JointRig rig(1, options);
    SdtSettings settings;
    settings.reads_fingers = settings.reads_new_address = true;
    settings.times.read = seconds(2);  // less than 2321 bytes take at 9600
    rig.make_reader(settings);
    const auto started = rig.await(rig.reader->start());
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    EXPECT_EQ(rig.reader->baud(), baud);
    for (const auto* id : {"resident", "hmt"}) {
      rig.world.place_document(id);
      const Nanos before = rig.time.now();
      const auto record = rig.await(rig.reader->read_card());
      ASSERT_TRUE(record.has_value()) << record.error().detail;
      EXPECT_EQ(record->fingers_size, 1024U);
      EXPECT_GT(rig.time.now() - before, Nanos(2321LL * 10 * 1'000'000'000LL / baud));
      const auto& truth = *rig.world.find_document(id);
      EXPECT_TRUE(std::equal(record->text.begin(), record->text.end(), truth.text.begin()));
      rig.world.lift_document();
    }
  }
}

TEST(JointRates, AReaderThatTakesAnotherRateIsSetToTheUsualOne) {
  for (const unsigned baud : sdt::kBauds) {
    SCOPED_TRACE(baud);
    sim::ReaderOptions options;
    options.baud = baud;
    JointRig rig(1, options);
    ASSERT_TRUE(rig.await(rig.reader->start()).has_value());
    EXPECT_EQ(rig.reader->baud(), 115200U);
    EXPECT_EQ(rig.reader_sim->baud(), 115200U);
    rig.world.place_document("resident");
    EXPECT_TRUE(rig.await(rig.reader->read_card()).has_value());
  }
}

TEST(JointRuns, FingerprintsAndAdditionalAddress) {
  for (const std::size_t size : {0U, 512U, 1024U}) {
    SCOPED_TRACE(size);
    sim::ReaderOptions options;
    options.fingers_size = size;
    JointRig rig(1, options);
    SdtSettings settings;
    settings.reads_fingers = settings.reads_new_address = true;
    rig.make_reader(settings);
    ASSERT_TRUE(rig.await(rig.reader->start()).has_value());
    auto moved = document("moved", "resident");
    moved.new_address = sim::build_chip_address("上海市测试区仿真路88弄𠮷号");
    rig.world.add_document(moved);
    rig.world.place_document("moved");
    const auto record = rig.await(rig.reader->read_card());
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_EQ(record->fingers_size, size);
    ASSERT_TRUE(record->has_new_address);
    EXPECT_EQ(*identity::decode_new_address(record->new_address), "上海市测试区仿真路88弄𠮷号");
    rig.world.lift_document();
    rig.world.place_document("hmt");
    const auto other = rig.await(rig.reader->read_card());
    ASSERT_TRUE(other.has_value()) << other.error().detail;
    EXPECT_FALSE(other->has_new_address);
  }
}

TEST(GoldenAddress, IsDecoded) {
  for (const auto& row : golden_rows("new_address.hex")) {
    AnswerParser parser;
    parser.feed(from_hex(row[2]));
    ASSERT_EQ(parser.next(), AnswerParser::Outcome::kAnswer) << row[0];
    EXPECT_EQ(parser.answer().sw3, sdt::kOk);
    ASSERT_EQ(parser.answer().data.size(), sdt::kNewAddressSize);
    const auto address = identity::decode_new_address(parser.answer().data.first<70>());
    ASSERT_TRUE(address.has_value());
    EXPECT_EQ(*address, row[1]);
  }
}

TEST(JointRuns, AnOlderSamGivesTextAndPhoto) {
  sim::ReaderOptions options;
  options.has_fingers = options.has_new_address = false;
  JointRig rig(1, options);
  SdtSettings settings;
  settings.reads_fingers = settings.reads_new_address = true;
  rig.make_reader(settings);
  ASSERT_TRUE(rig.await(rig.reader->start()).has_value());
  for (const auto* id : {"resident", "hmt"}) {
    rig.world.place_document(id);
    const auto record = rig.await(rig.reader->read_card());
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_EQ(record->fingers_size, 0U);
    EXPECT_FALSE(record->has_new_address);
    rig.world.lift_document();
  }
  EXPECT_EQ(rig.count("reader.command", "name", "read_fingers"), 1) << "asked once";
  EXPECT_EQ(rig.count("reader.command", "name", "read_address"), 1);
}

TEST_F(Joint, RateLeftAt9600IsFoundAndSetBack) {
  inject(sim::reader_fault::kBaudLeftAt9600);
  start();
  EXPECT_EQ(rig.reader->baud(), 115200U);
  EXPECT_EQ(rig.reader_sim->baud(), 115200U);
  expect_shown();
  rig.world.place_document("resident");
  expect_good_read("resident");
}

TEST_F(Joint, RateChangedUnderARunningDriver) {
  start();
  inject(sim::reader_fault::kBaudLeftAt9600);
  EXPECT_EQ(rig.await(rig.reader->check()).error().reason, ReaderReason::kTimeout);
  start();
  expect_shown();
}

TEST_F(Joint, GarbageOnTheLineEndsInBoundedTime) {
  start();
  rig.world.place_document("resident");
  Random random(5);
  rig.line.set_tamper([&random](bool, std::vector<std::uint8_t>& bytes) {
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random.below(256));
  });
  const Nanos before = rig.time.now();
  EXPECT_FALSE(read().has_value());
  EXPECT_FALSE(rig.await(rig.reader->check()).has_value());
  EXPECT_FALSE(rig.await(rig.reader->start()).has_value());
  EXPECT_LT(rig.time.now() - before, seconds(30));
  rig.line.set_tamper(nullptr);
  start();
  expect_good_read("resident");
}

TEST_F(Joint, LostBytesNowAndThen) {
  start();
  Random random(6);
  rig.line.set_tamper([&random](bool, std::vector<std::uint8_t>& bytes) {
    if (!bytes.empty() && random.chance(0.05)) bytes.pop_back();
  });
  int good = 0;
  for (int round = 0; round < 30; ++round) {
    rig.world.place_document("resident");
    const auto record = read();
    if (record) {
      ++good;
      const auto& truth = *rig.world.find_document("resident");
      EXPECT_TRUE(std::equal(record->text.begin(), record->text.end(), truth.text.begin()));
      EXPECT_TRUE(std::equal(record->photo.begin(), record->photo.end(), truth.photo.begin()));
    }
    rig.world.lift_document();
  }
  EXPECT_GT(good, 0);
}

TEST(JointRuns, TheSameSeedGivesTheSameTrace) {
  const auto run = [](std::uint64_t seed) {
    JointRig rig(seed);
    EXPECT_TRUE(rig.await(rig.reader->start()).has_value());
    rig.world.place_document("resident");
    EXPECT_TRUE(rig.await(rig.reader->read_card()).has_value());
    return rig.trace.hash();
  };
  EXPECT_EQ(run(3), run(3));
  EXPECT_NE(run(3), run(4));
}

TEST(JointRuns, ASamThatNeedsNoLifting) {
  sim::ReaderOptions options;
  options.must_lift = false;
  JointRig rig(1, options);
  ASSERT_TRUE(rig.await(rig.reader->start()).has_value());
  rig.world.place_document("resident");
  EXPECT_TRUE(rig.await(rig.reader->read_card()).has_value());
  EXPECT_TRUE(rig.await(rig.reader->read_card()).has_value());
}

TEST(JointRuns, PowerCutInTheMiddleOfARead) {
  JointRig rig;
  ASSERT_TRUE(rig.await(rig.reader->start()).has_value());
  rig.world.place_document("resident");
  auto reading = [](LineRig& r) -> Async<void> {
    static_cast<void>(co_await r.reader->read_card());
    ADD_FAILURE() << "the kiosk had no power";
  };
  spawn(*rig.kiosk_loop, reading(rig));
  rig.pass(milliseconds(500));
  rig.kiosk_loop->drop_everything();
  rig.line.sever_host();
  rig.kiosk_loop->drop_everything();
  rig.make_reader({});
  ASSERT_TRUE(rig.await(rig.reader->start()).has_value());
}

}  // namespace
}  // namespace cardrig::id_reader
