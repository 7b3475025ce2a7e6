// The driver against scripted bytes: what each status means, and how it treats answers that are
// late, damaged, cut or not its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kiosk/devices/id_reader/golden.h"
#include "tests/kiosk/devices/id_reader/rig.h"

namespace cardrig::id_reader {
namespace {

using Bytes = std::vector<std::uint8_t>;
using std::chrono::milliseconds;

Bytes frame(Bytes content) {
  const std::size_t length = content.size() + 1;
  Bytes out{0xAA, 0xAA, 0xAA, 0x96, 0x69};
  content.insert(content.begin(), {static_cast<std::uint8_t>(length >> 8),
                                   static_cast<std::uint8_t>(length & 0xFF)});
  std::uint8_t sum = 0;
  for (const auto b : content) sum = static_cast<std::uint8_t>(sum ^ b);
  content.push_back(sum);
  out.insert(out.end(), content.begin(), content.end());
  return out;
}
Bytes status_frame(std::uint8_t sw3, std::uint8_t sw1 = 0, std::uint8_t sw2 = 0) {
  return frame({sw1, sw2, sw3});
}
const Bytes kFound = from_hex("AA AA AA 96 69 00 08 00 00 9F 00 00 00 00 97");
const Bytes kSelected = from_hex("AA AA AA 96 69 00 0C 00 00 90 00 00 00 00 00 00 00 00 9C");
const Bytes kOkFrame = status_frame(sdt::kOk);

Bytes record_frame(std::uint8_t fill, std::uint8_t text_hi = 0x01, std::uint8_t photo_hi = 0x04) {
  Bytes content{0, 0, 0x90, text_hi, 0, photo_hi, 0};
  content.resize(7 + 256 + 1024, fill);
  return frame(std::move(content));
}
Bytes sam_id_frame() {
  return frame(
      {0, 0, 0x90, 5, 0, 1, 0, 0x0F, 0x3F, 0x34, 0x01, 0x15, 0xCD, 0x5B, 0x07, 1, 0, 0, 0});
}

struct Driver : testing::Test {
  ScriptRig rig;

  void start() {
    rig.reply(kOkFrame);  // probe
    rig.reply(kOkFrame);  // status
    rig.reply(sam_id_frame());
    const auto started = rig.await(rig.reader->start());
    ASSERT_TRUE(started.has_value()) << started.error().detail;
    rig.requests.clear();
  }
  ReaderReason find_reason() {
    const auto found = rig.await(rig.reader->find_card());
    EXPECT_FALSE(found.has_value());
    return found ? ReaderReason{} : found.error().reason;
  }
  Result<ChipRecord, ReaderReason> read() { return rig.await(rig.reader->read_card()); }
};

TEST_F(Driver, StartsAndShowsTheSamsNumber) {
  start();
  EXPECT_EQ(rig.reader->status().device, DeviceState::kReady);
  EXPECT_EQ(rig.reader->status().sam_id, "05.01-20201231-0123456789-0000000001");
  EXPECT_EQ(rig.reader->status().last_error, "");
  EXPECT_EQ(rig.reader->baud(), 115200U);
}

TEST_F(Driver, NothingWorksBeforeStart) {
  EXPECT_EQ(find_reason(), ReaderReason::kLinkLost);
  EXPECT_TRUE(rig.requests.empty());
}

TEST_F(Driver, RefusesAnotherSamThanTheEnrolled) {
  SdtSettings settings;
  settings.enrolled_sam_id = "05.01-20201231-0123456789-0123456789";
  rig.make_reader(settings);
  rig.reply(kOkFrame);
  rig.reply(kOkFrame);
  rig.reply(sam_id_frame());
  const auto started = rig.await(rig.reader->start());
  ASSERT_FALSE(started.has_value());
  EXPECT_EQ(started.error().reason, ReaderReason::kNotAuthorised);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kFault);
  EXPECT_EQ(find_reason(), ReaderReason::kLinkLost) << "and reads no card through it";
}

TEST_F(Driver, StartThatIsCancelledHalfWayAcceptsNoReader) {
  rig.reply(kOkFrame);  // the probe is answered, the status check is not
  auto limited = [](ScriptRig& r) -> Async<bool> {
    auto starting = r.reader->start();
    const auto got = co_await with_timeout(*r.kiosk_loop, milliseconds(300), std::move(starting));
    co_return got.has_value();
  };
  EXPECT_FALSE(rig.await(limited(rig)));
  rig.reply(kFound);
  EXPECT_EQ(find_reason(), ReaderReason::kLinkLost) << "its SAM was not looked at";
  rig.script.clear();
  start();
}

TEST_F(Driver, EveryStatusHasItsReason) {
  const std::pair<int, ReaderReason> expected[] = {
      {0x80, ReaderReason::kNoCard},        {0x81, ReaderReason::kCardMoved},
      {0x41, ReaderReason::kCardMoved},     {0x34, ReaderReason::kCardMoved},
      {0x40, ReaderReason::kNotAnIdCard},   {0x31, ReaderReason::kForged},
      {0x32, ReaderReason::kForged},        {0x33, ReaderReason::kForged},
      {0x21, ReaderReason::kUnsupported},   {0x60, ReaderReason::kSelfTestFailed},
      {0x66, ReaderReason::kNotAuthorised}, {0x61, ReaderReason::kNotAuthorised},
      {0x23, ReaderReason::kNotAuthorised}, {0x91, ReaderReason::kReaderError},
      {0x24, ReaderReason::kReaderError},   {0x37, ReaderReason::kReaderError},
      {0x3F, ReaderReason::kReaderError},   {0x47, ReaderReason::kReaderError},
      {0x50, ReaderReason::kReaderError},   {0x77, ReaderReason::kReaderError}};
  start();
  for (const auto& [code, reason] : expected) {
    rig.reply(kFound);
    rig.reply(kSelected);
    rig.reply(status_frame(static_cast<std::uint8_t>(code)));
    const auto record = read();
    ASSERT_FALSE(record.has_value()) << code;
    EXPECT_EQ(record.error().reason, reason) << code;
  }
  EXPECT_EQ(reason_of_status(0x90), std::nullopt);
  EXPECT_EQ(reason_of_status(0x9F), std::nullopt);
}

TEST_F(Driver, ForgedCarriesTheCardsWords) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply(status_frame(0x32, 0x63, 0x0A));
  const auto record = read();
  ASSERT_FALSE(record.has_value());
  EXPECT_EQ(record.error().reason, ReaderReason::kForged);
  EXPECT_EQ(record.error().detail, "status 32, card words 63 0A");
}

TEST_F(Driver, ReadsTextAndPhoto) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply(record_frame(0x42));
  const auto record = read();
  ASSERT_TRUE(record.has_value());
  EXPECT_THAT(record->text, testing::Each(0x42));
  EXPECT_THAT(record->photo, testing::Each(0x42));
  ASSERT_EQ(rig.requests.size(), 3U);
  EXPECT_EQ(rig.requests[0], encode_request(sdt::kFindCard));
  EXPECT_EQ(rig.requests[1], encode_request(sdt::kSelectCard));
  EXPECT_EQ(rig.requests[2], encode_request(sdt::kReadBase));
}

TEST_F(Driver, OtherLengthsOfTextOrPhotoAreABadAnswer) {
  start();
  for (const auto& bad :
       {record_frame(1, 0x02, 0x04), record_frame(1, 0x01, 0x03),
        frame({0, 0, 0x90, 1, 0, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13})}) {
    rig.reply(kFound);
    rig.reply(kSelected);
    rig.reply(bad);
    const auto record = read();
    ASSERT_FALSE(record.has_value());
    EXPECT_EQ(record.error().reason, ReaderReason::kBadAnswer);
  }
}

// --- fingerprints and the additional address ---

struct More : Driver {
  void start_with(bool fingers, bool address) {
    SdtSettings settings;
    settings.reads_fingers = fingers;
    settings.reads_new_address = address;
    rig.make_reader(settings);
    start();
  }
  void reply_selected() {
    rig.reply(kFound);
    rig.reply(kSelected);
  }
  static Bytes fingers_frame(std::size_t size, std::uint8_t fill = 0x42) {
    Bytes content{0,
                  0,
                  0x90,
                  1,
                  0,
                  4,
                  0,
                  static_cast<std::uint8_t>(size >> 8),
                  static_cast<std::uint8_t>(size & 0xFF)};
    content.resize(9 + 256 + 1024, fill);
    content.resize(content.size() + size, 0x77);
    return frame(content);
  }
  static Bytes address_frame() {
    Bytes content{0, 0, 0x90};
    content.resize(3 + 70, 0x31);
    return frame(content);
  }
};

TEST_F(More, NeitherIsAskedForByItself) {
  start();
  reply_selected();
  rig.reply(record_frame(0x42));
  const auto record = read();
  ASSERT_TRUE(record.has_value());
  EXPECT_FALSE(record->has_new_address);
  EXPECT_EQ(record->fingers_size, 0U);
  EXPECT_EQ(rig.requests.size(), 3U);
}

TEST_F(More, FingerprintsOfEveryLength) {
  start_with(true, false);
  std::uint8_t fill = 1;
  for (const std::size_t size : {0U, 512U, 1024U}) {
    SCOPED_TRACE(size);
    rig.requests.clear();
    reply_selected();
    rig.reply(fingers_frame(size, ++fill));
    const auto record = read();
    ASSERT_TRUE(record.has_value()) << record.error().detail;
    EXPECT_THAT(record->text, testing::Each(fill));
    EXPECT_THAT(record->photo, testing::Each(fill));
    EXPECT_EQ(record->fingers_size, size);
    EXPECT_THAT(std::span(record->fingers).first(size), testing::Each(0x77));
    EXPECT_THAT(std::span(record->fingers).subspan(size), testing::Each(0));
    ASSERT_EQ(rig.requests.size(), 3U);
    EXPECT_EQ(rig.requests[2], encode_request(sdt::kReadBaseAndFingers));
  }
}

TEST_F(More, OtherLengthsOfFingerprintsAreABadAnswer) {
  start_with(true, false);
  Bytes lies = fingers_frame(512);
  Bytes content(lies.begin() + 7, lies.end() - 1);
  content[7] = 4;  // says 1024
  for (const Bytes& bad :
       {fingers_frame(100), fingers_frame(256), frame(content), record_frame(0x42)}) {
    reply_selected();
    rig.reply(bad);
    const auto record = read();
    ASSERT_FALSE(record.has_value());
    EXPECT_EQ(record.error().reason, ReaderReason::kBadAnswer);
  }
}

TEST_F(More, AnOlderSamIsAskedForTextAndPhotoAloneFromThenOn) {
  start_with(true, false);
  reply_selected();
  rig.reply(status_frame(0x21));
  rig.reply(record_frame(0x42));
  const auto record = read();
  ASSERT_TRUE(record.has_value()) << record.error().detail;
  EXPECT_EQ(record->fingers_size, 0U);
  ASSERT_EQ(rig.requests.size(), 4U);
  EXPECT_EQ(rig.requests[3], encode_request(sdt::kReadBase));
  EXPECT_EQ(rig.reader->status().device, DeviceState::kReady);
  rig.requests.clear();
  reply_selected();
  rig.reply(record_frame(0x43));
  EXPECT_TRUE(read().has_value());
  ASSERT_EQ(rig.requests.size(), 3U);
  EXPECT_EQ(rig.requests[2], encode_request(sdt::kReadBase));
}

TEST_F(More, TheAddressIsReadBeforeTheRest) {
  start_with(false, true);
  reply_selected();
  rig.reply(address_frame());
  rig.reply(record_frame(0x42));
  const auto record = read();
  ASSERT_TRUE(record.has_value()) << record.error().detail;
  EXPECT_TRUE(record->has_new_address);
  EXPECT_THAT(record->new_address, testing::Each(0x31));
  ASSERT_EQ(rig.requests.size(), 4U);
  EXPECT_EQ(rig.requests[2], encode_request(sdt::kReadNewAddress));
  EXPECT_EQ(rig.requests[3], encode_request(sdt::kReadBase));
}

TEST_F(More, NoAdditionalAddressIsNoError) {
  start_with(false, true);
  reply_selected();
  rig.reply(status_frame(0x91));
  rig.reply(record_frame(0x42));
  const auto record = read();
  ASSERT_TRUE(record.has_value()) << record.error().detail;
  EXPECT_FALSE(record->has_new_address);
  reply_selected();
  rig.reply(status_frame(0x21));  // this SAM does not know the command
  rig.reply(record_frame(0x43));
  EXPECT_TRUE(read().has_value());
  rig.requests.clear();
  reply_selected();
  rig.reply(record_frame(0x44));
  EXPECT_TRUE(read().has_value());
  EXPECT_EQ(rig.requests.size(), 3U) << "and is not asked again";
}

TEST_F(More, ACardThatMovesWhileTheAddressIsReadHasMoved) {
  start_with(false, true);
  reply_selected();
  rig.reply(status_frame(0x41));
  EXPECT_EQ(read().error().reason, ReaderReason::kCardMoved);
}

// --- stale data ---

struct Stale : Driver {
  static Bytes selected(std::uint8_t serial) {
    Bytes content{0, 0, 0x90};
    content.resize(3 + 8, serial);
    return frame(content);
  }
  /// "" if the data were taken.
  std::string read_with(std::uint8_t serial, std::uint8_t fill) {
    rig.reply(kFound);
    rig.reply(selected(serial));
    rig.reply(record_frame(fill));
    const auto record = read();
    rig.reader->forget();
    return record ? "" : to_string(record.error().reason);
  }
};

TEST_F(Stale, TheSameDataUnderAnotherSerialAreTheCardBefore) {
  start();
  EXPECT_EQ(read_with(1, 0x11), "");
  EXPECT_EQ(read_with(2, 0x11), "stale");
  EXPECT_EQ(read_with(2, 0x11), "stale") << "however often";
  EXPECT_EQ(read_with(2, 0x22), "") << "and once it gives other data, they are taken";
  EXPECT_EQ(read_with(1, 0x11), "");
  EXPECT_EQ(rig.reader->status().device, DeviceState::kReady);
}

TEST_F(Stale, TheSameCardMayComeAgain) {
  start();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(read_with(1, 0x11), "");
}

TEST_F(Stale, WithoutSerialsASecondReadingHasToConfirm) {
  start();
  EXPECT_EQ(read_with(0, 0x11), "");
  EXPECT_EQ(read_with(0, 0x11), "stale") << "the card before, or the same card again";
  EXPECT_EQ(read_with(0, 0x11), "") << "it was the same card";
  EXPECT_EQ(read_with(0, 0x11), "stale");
  EXPECT_EQ(read_with(0, 0x22), "") << "it was the card before";
}

TEST_F(Stale, AReaderThatGivesAnotherSerialEachTimeIsUsable) {
  SdtSettings settings;
  settings.serial_is_the_cards = false;
  rig.make_reader(settings);
  start();
  EXPECT_EQ(read_with(1, 0x11), "");
  EXPECT_EQ(read_with(2, 0x11), "stale");
  EXPECT_EQ(read_with(3, 0x11), "");
}

TEST_F(Stale, AFailedReadAndARestartForgetNothing) {
  start();
  EXPECT_EQ(read_with(1, 0x11), "");
  rig.reply(kFound);
  rig.reply(status_frame(0x81));
  EXPECT_FALSE(read().has_value());
  start();
  EXPECT_EQ(read_with(2, 0x11), "stale");
}

TEST_F(Driver, PausesHalfASecondFromAnErrorToTheNextFind) {
  start();
  rig.reply(kFound);
  rig.reply(status_frame(0x81));
  EXPECT_EQ(read().error().reason, ReaderReason::kCardMoved);
  const Nanos failed = rig.time.now();
  rig.reply(kFound);
  EXPECT_TRUE(rig.await(rig.reader->find_card()).has_value());
  EXPECT_GE(rig.time.now() - failed, milliseconds(500));
}

TEST_F(Driver, PollsAnEmptyFieldWithoutPause) {
  start();
  const Nanos before = rig.time.now();
  for (int i = 0; i < 3; ++i) {
    rig.reply(status_frame(0x80));
    EXPECT_EQ(find_reason(), ReaderReason::kNoCard);
  }
  EXPECT_LT(rig.time.now() - before, milliseconds(100));
}

TEST_F(Driver, ResendsOnceWhenTheSamSawDamage) {
  start();
  rig.reply(status_frame(0x10));
  rig.reply(kFound);
  EXPECT_TRUE(rig.await(rig.reader->find_card()).has_value());
  EXPECT_EQ(rig.requests.size(), 2U);
  rig.reply(status_frame(0x11));
  rig.reply(kFound);
  EXPECT_TRUE(rig.await(rig.reader->find_card()).has_value());
}

TEST_F(Driver, GoesToASlowerRateWhenDamageRepeats) {
  start();
  rig.reply(status_frame(0x10));
  rig.reply(status_frame(0x10));
  rig.reply({{Nanos(0), kOkFrame}});
  rig.silence();  // a script stays at 115200: the resent find is garbled for it
  EXPECT_EQ(find_reason(), ReaderReason::kTimeout);
  EXPECT_EQ(rig.reader->baud(), 57600U);
  EXPECT_EQ(rig.requests[2], encode_request(sdt::kSetBaud + 1));
}

TEST_F(Driver, DamagedAnswerIsDroppedAndTheLineFlushedUntilQuiet) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  Bytes bad = record_frame(0x42);
  bad[700] = 0x43;
  rig.reply(
      {{Nanos(0), bad}, {milliseconds(30), Bytes(20, 0x55)}, {milliseconds(30), Bytes(20, 0x55)}});
  const Nanos before = rig.time.now();
  EXPECT_EQ(read().error().reason, ReaderReason::kBadAnswer);
  EXPECT_GE(rig.time.now() - before, milliseconds(60 + 50));
  rig.reply(kOkFrame);  // to the resync
  rig.reply(kFound);
  EXPECT_TRUE(rig.await(rig.reader->find_card()).has_value());
}

TEST_F(Driver, AnswerThatBreaksOffMeansTheCardMoved) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  Bytes cut = record_frame(0x42);
  cut.resize(700);
  rig.reply(cut);
  const Nanos before = rig.time.now();
  EXPECT_EQ(read().error().reason, ReaderReason::kCardMoved);
  EXPECT_LT(rig.time.now() - before, milliseconds(600)) << "not the whole limit of a read";
}

TEST_F(Driver, StatusThatBreaksOffIsABadAnswerAndAskedTwice) {
  start();
  rig.reply(from_hex("AA AA AA 96 69 00 04 00"));
  rig.reply(kOkFrame);  // to the resync
  rig.reply(kOkFrame);
  EXPECT_TRUE(rig.await(rig.reader->check()).has_value());
}

TEST_F(Driver, LateAnswerOfAnEarlierCommandIsNotTakenForThisOne) {
  start();
  // The find's answer comes after its limit, while the resync waits; the card was lifted since.
  rig.reply({{milliseconds(2100), kFound}});
  EXPECT_EQ(find_reason(), ReaderReason::kTimeout);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kFault);
  rig.reply(kOkFrame);  // resync
  rig.reply(status_frame(0x80));  // find
  EXPECT_EQ(find_reason(), ReaderReason::kNoCard);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kReady);
}

TEST_F(Driver, StaleRecordOfThePersonBeforeIsNeverReturned) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply({{milliseconds(6000), record_frame(0x11)}});  // the person has gone
  EXPECT_EQ(read().error().reason, ReaderReason::kTimeout);
  rig.reader->forget();
  // The old record comes first, then what was asked for.
  rig.reply(kOkFrame);
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply(record_frame(0x22));
  const auto record = read();
  ASSERT_TRUE(record.has_value());
  EXPECT_THAT(record->text, testing::Each(0x22));
  EXPECT_EQ(rig.count("reader.answer", "fault", "not_an_answer_to_this"), 1);
}

TEST_F(Driver, AnswersThatDoNotFitAreWaitedOut) {
  start();
  Bytes both = kFound;  // a find's answer again, then the select's
  both.insert(both.end(), kSelected.begin(), kSelected.end());
  rig.reply(kFound);
  rig.reply(both);
  rig.reply(record_frame(0x42));
  EXPECT_TRUE(read().has_value());
}

TEST_F(Driver, FloodOfGarbageEndsInBoundedTime) {
  start();
  for (int command = 0; command < 4; ++command) {
    ScriptRig::Reply flood;
    for (int i = 0; i < 4000; ++i) flood.push_back({milliseconds(1), Bytes(11, 0xAA)});
    rig.reply(flood);
  }
  const Nanos before = rig.time.now();
  EXPECT_EQ(find_reason(), ReaderReason::kTimeout);
  EXPECT_EQ(find_reason(), ReaderReason::kTimeout);
  EXPECT_LT(rig.time.now() - before, std::chrono::seconds(8));
}

TEST_F(Driver, HeartbeatAndReadTakeTurns) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply({{milliseconds(700), record_frame(0x42)}});
  rig.reply(kOkFrame);
  bool checked = false;
  auto heartbeat = [](ScriptRig& r, bool& done) -> Async<void> {
    co_await sleep_for(*r.kiosk_loop, milliseconds(100));
    done = (co_await r.reader->check()).has_value();
  };
  spawn(*rig.kiosk_loop, heartbeat(rig, checked));
  EXPECT_TRUE(read().has_value());
  rig.pass(std::chrono::seconds(1));
  EXPECT_TRUE(checked);
}

TEST_F(Driver, CancelledReadLeavesTheLineUsable) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply({{milliseconds(700), record_frame(0x11)}});
  auto limited = [](ScriptRig& r) -> Async<bool> {
    auto reading = r.reader->read_card();
    const auto got = co_await with_timeout(*r.kiosk_loop, milliseconds(300), std::move(reading));
    co_return got.has_value();
  };
  EXPECT_FALSE(rig.await(limited(rig)));
  rig.reader->forget();
  rig.reply(kOkFrame);  // the resync that follows a cancelled command
  rig.reply(status_frame(0x80));
  EXPECT_EQ(find_reason(), ReaderReason::kNoCard);
}

TEST_F(Driver, UnpluggedReaderIsALostLink) {
  start();
  rig.silence();
  auto unplug = [](ScriptRig& r) -> Async<void> {
    co_await sleep_for(*r.device_loop, milliseconds(50));
    r.line.set_reach(MemoryLine::Reach::kUnplugged);
  };
  spawn(*rig.device_loop, unplug(rig));
  EXPECT_EQ(find_reason(), ReaderReason::kLinkLost);
  EXPECT_EQ(rig.reader->status().device, DeviceState::kOffline);
  EXPECT_EQ(rig.await(rig.reader->start()).error().reason, ReaderReason::kLinkLost);
  rig.line.set_reach(MemoryLine::Reach::kOpen);
  start();
  EXPECT_EQ(rig.reader->status().device, DeviceState::kReady);
}

TEST_F(Driver, PortThatNeverOpensIsALostLink) {
  rig.line.set_reach(MemoryLine::Reach::kBlackHole);
  const auto started = rig.await(rig.reader->start());
  EXPECT_EQ(started.error().reason, ReaderReason::kLinkLost);
  EXPECT_LT(rig.time.now(), std::chrono::seconds(4));
}

TEST_F(Driver, ReaderErrorsAtStartAreFaults) {
  for (const auto& [code, reason] : {std::pair{0x60, ReaderReason::kSelfTestFailed},
                                     std::pair{0x66, ReaderReason::kNotAuthorised}}) {
    const auto answer = status_frame(static_cast<std::uint8_t>(code));
    rig.reply(answer);
    rig.reply(answer);
    EXPECT_EQ(rig.await(rig.reader->start()).error().reason, reason);
    EXPECT_EQ(rig.reader->status().device, DeviceState::kFault);
  }
}

TEST_F(Driver, SilentReaderIsResetAndThenGivenUp) {
  const auto started = rig.await(rig.reader->start());
  EXPECT_EQ(started.error().reason, ReaderReason::kTimeout);
  EXPECT_EQ(rig.requests.back(), encode_request(sdt::kReset));
  EXPECT_LT(rig.time.now(), std::chrono::seconds(12));
}

TEST_F(Driver, TraceHoldsNoCardData) {
  start();
  rig.reply(kFound);
  rig.reply(kSelected);
  rig.reply(record_frame('Q'));
  EXPECT_TRUE(read().has_value());
  for (const auto& e : rig.trace.events()) {
    if (e.kind.rfind("reader.", 0) != 0) continue;
    EXPECT_TRUE(e.blobs.empty());
    for (const auto& f : e.fields) EXPECT_EQ(e.text(f.key).find("QQ"), std::string::npos);
  }
}

}  // namespace
}  // namespace cardrig::id_reader
