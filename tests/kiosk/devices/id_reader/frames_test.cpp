// The host's framing: golden frames, and streams that are cut, noisy or lying.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/devices/id_reader/sdt_frames.h"
#include "kiosk/runtime/random.h"
#include "tests/kiosk/devices/id_reader/golden.h"

namespace cardrig::id_reader {
namespace {

using Bytes = std::vector<std::uint8_t>;
using Outcome = AnswerParser::Outcome;

Bytes golden(const std::string& name) {
  for (const auto& row : golden_rows("answers.hex")) {
    if (row[0] == name) return from_hex(row[2]);
  }
  ADD_FAILURE() << name;
  return {};
}

/// A read answer whose photo holds preambles and whole frames.
Bytes read_answer() {
  Bytes frame = from_hex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00");
  Random random(7);
  for (int i = 0; i < 256; ++i) frame.push_back(static_cast<std::uint8_t>(random.below(256)));
  const Bytes inner = golden("no_card");
  for (std::size_t i = 0; i < 1024; ++i) frame.push_back(inner[i % inner.size()]);
  std::uint8_t sum = 0;
  for (std::size_t i = 5; i < frame.size(); ++i) sum = static_cast<std::uint8_t>(sum ^ frame[i]);
  frame.push_back(sum);
  return frame;
}

TEST(HostFrames, EncodesEveryGoldenRequest) {
  for (const auto& row : golden_rows("requests.hex")) {
    const Bytes content = from_hex(row[1]);
    const auto command = static_cast<std::uint16_t>(content[0] << 8 | content[1]);
    EXPECT_EQ(encode_request(command, std::span(content).subspan(2)), from_hex(row[2])) << row[0];
  }
}

TEST(HostFrames, CommandNumbersAreTheGoldenOnes) {
  EXPECT_EQ(encode_request(sdt::kReset), from_hex(golden_rows("requests.hex")[0][2]));
  EXPECT_EQ(encode_request(sdt::kSetBaud + 4), from_hex(golden_rows("requests.hex")[12][2]));
  EXPECT_EQ(encode_request(sdt::kReadNewAddress), from_hex(golden_rows("requests.hex")[7][2]));
}

TEST(HostFrames, DecodesEveryGoldenAnswer) {
  for (const auto& row : golden_rows("answers.hex")) {
    SCOPED_TRACE(row[0]);
    const Bytes content = from_hex(row[1]);
    AnswerParser parser;
    parser.feed(from_hex(row[2]));
    ASSERT_EQ(parser.next(), Outcome::kAnswer);
    const auto& answer = parser.answer();
    EXPECT_EQ(answer.sw1, content[0]);
    EXPECT_EQ(answer.sw2, content[1]);
    EXPECT_EQ(answer.sw3, content[2]);
    EXPECT_THAT(Bytes(answer.data.begin(), answer.data.end()),
                testing::ElementsAreArray(content.begin() + 3, content.end()));
    EXPECT_EQ(parser.next(), Outcome::kNeedMore);
    EXPECT_EQ(parser.dropped(), 0U);
  }
}

TEST(HostFrames, DecodesReadAnswersOfEveryGoldenLength) {
  for (const auto& row : golden_rows("read_heads.hex")) {
    SCOPED_TRACE(row[0]);
    Bytes frame = from_hex(row[3]);
    frame.resize(static_cast<std::size_t>(std::stoi(row[2])) - 1, 0x42);
    std::uint8_t sum = 0;
    for (std::size_t i = 5; i < frame.size(); ++i) sum = static_cast<std::uint8_t>(sum ^ frame[i]);
    frame.push_back(sum);
    AnswerParser parser;
    parser.feed(frame);
    ASSERT_EQ(parser.next(), Outcome::kAnswer);
    EXPECT_EQ(parser.answer().sw3, sdt::kOk);
    EXPECT_EQ(parser.answer().data.size(), frame.size() - 11);
  }
}

TEST(HostFrames, AnyChunkingGivesTheSameAnswers) {
  Bytes stream;
  for (const auto& part : {golden("ok"), read_answer(), golden("card_found"), read_answer()}) {
    stream.insert(stream.end(), part.begin(), part.end());
  }
  for (const std::size_t chunk : {1U, 2U, 7U, 64U, 1000U}) {
    AnswerParser parser;
    std::vector<std::size_t> sizes;
    for (std::size_t at = 0; at < stream.size(); at += chunk) {
      parser.feed(std::span(stream).subspan(at, std::min<std::size_t>(chunk, stream.size() - at)));
      for (auto o = parser.next(); o != Outcome::kNeedMore; o = parser.next()) {
        ASSERT_EQ(o, Outcome::kAnswer);
        sizes.push_back(parser.answer().data.size());
      }
    }
    EXPECT_THAT(sizes, testing::ElementsAre(0, 1284, 4, 1284)) << chunk;
    EXPECT_EQ(parser.dropped(), 0U);
  }
}

TEST(HostFrames, AnswersSurviveNoiseBeforeThem) {
  Random random(11);
  for (int round = 0; round < 300; ++round) {
    Bytes stream;
    const auto noise = random.below(200);
    // Never 69: so no preamble, but many beginnings of one.
    for (std::uint64_t i = 0; i < noise; ++i) {
      stream.push_back(random.chance(0.6) ? 0xAA : static_cast<std::uint8_t>(random.below(0x60)));
    }
    const Bytes frame = golden("select_ok");
    stream.insert(stream.end(), frame.begin(), frame.end());
    AnswerParser parser;
    parser.feed(stream);
    ASSERT_EQ(parser.next(), Outcome::kAnswer) << round;
    EXPECT_EQ(parser.answer().data.size(), 8U);
    EXPECT_EQ(parser.dropped(), noise);
  }
}

TEST(HostFrames, EveryFlippedBitOfTheSummedPartIsSeen) {
  const Bytes good = golden("card_found");
  for (std::size_t at = 7; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      Bytes bad = good;
      bad[at] = static_cast<std::uint8_t>(bad[at] ^ 1 << bit);
      AnswerParser parser;
      parser.feed(bad);
      EXPECT_EQ(parser.next(), Outcome::kBadChecksum);
      parser.feed(good);
      EXPECT_EQ(parser.next(), Outcome::kAnswer);
    }
  }
}

TEST(HostFrames, ImpossibleLengthsAreNotLockedOn) {
  for (const auto* head : {"AA AA AA 96 69 00 00", "AA AA AA 96 69 00 03", "AA AA AA 96 69 09 0B",
                           "AA AA AA 96 69 FF FF"}) {
    AnswerParser parser;
    parser.feed(from_hex(head));
    EXPECT_EQ(parser.next(), Outcome::kNeedMore);
    EXPECT_FALSE(parser.is_locked()) << head;
    parser.feed(golden("ok"));
    EXPECT_EQ(parser.next(), Outcome::kAnswer) << head;
  }
}

TEST(HostFrames, AfterAnAnswerThatBrokeOffTheNextIsFoundInsideWhatCame) {
  Bytes stream = from_hex("AA AA AA 96 69 05 08 00 00 90 01 00 04 00 11 22 33");
  const Bytes next = golden("no_card");
  stream.insert(stream.end(), next.begin(), next.end());
  AnswerParser parser;
  parser.feed(stream);
  EXPECT_EQ(parser.next(), Outcome::kNeedMore);
  EXPECT_TRUE(parser.is_locked());
  parser.unlock();
  ASSERT_EQ(parser.next(), Outcome::kAnswer);
  EXPECT_EQ(parser.answer().sw3, sdt::kFindFailed);
}

TEST(HostFrames, WipingForgetsWhatWasBegun) {
  AnswerParser parser;
  const Bytes frame = read_answer();
  parser.feed(std::span(frame).first(600));
  EXPECT_EQ(parser.next(), Outcome::kNeedMore);
  parser.wipe();
  EXPECT_FALSE(parser.is_locked());
  const auto space = parser.space();
  EXPECT_TRUE(std::all_of(space.begin(), space.end(), [](auto b) { return b == 0; }));
  parser.feed(golden("ok"));
  EXPECT_EQ(parser.next(), Outcome::kAnswer);
}

}  // namespace
}  // namespace cardrig::id_reader
