// The reader's framing: golden frames, and requests that are cut, noisy or lying.
#include "simulators/id_reader/sam_frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/runtime/random.h"
#include "tests/kiosk/devices/id_reader/golden.h"

namespace cardrig::sim {
namespace {

using id_reader::from_hex;
using id_reader::golden_rows;
using Bytes = std::vector<std::uint8_t>;
using Outcome = RequestParser::Outcome;

TEST(SamFrames, DecodesEveryGoldenRequestByteByByte) {
  RequestParser parser;
  for (const auto& row : golden_rows("requests.hex")) {
    SCOPED_TRACE(row[0]);
    const Bytes content = from_hex(row[1]);
    const Bytes frame = from_hex(row[2]);
    for (std::size_t i = 0; i < frame.size(); ++i) {
      parser.feed(std::span(frame).subspan(i, 1));
      const auto outcome = parser.next();
      ASSERT_EQ(outcome, i + 1 == frame.size() ? Outcome::kRequest : Outcome::kNeedMore) << i;
    }
    EXPECT_EQ(parser.request().command, content[0] << 8 | content[1]);
    EXPECT_THAT(parser.request().data,
                testing::ElementsAreArray(content.begin() + 2, content.end()));
  }
  EXPECT_EQ(parser.take_noise(), 0U);
}

TEST(SamFrames, EncodesEveryGoldenAnswer) {
  for (const auto& row : golden_rows("answers.hex")) {
    const Bytes content = from_hex(row[1]);
    const SamAnswer answer{content[2], Bytes(content.begin() + 3, content.end()), content[0],
                           content[1]};
    EXPECT_EQ(encode_answer(answer), from_hex(row[2])) << row[0];
  }
}

TEST(SamFrames, SeveralRequestsInOneBurst) {
  Bytes burst;
  for (const auto& row : golden_rows("requests.hex")) {
    const Bytes frame = from_hex(row[2]);
    burst.insert(burst.end(), frame.begin(), frame.end());
  }
  RequestParser parser;
  parser.feed(burst);
  int requests = 0;
  while (parser.next() == Outcome::kRequest) ++requests;
  EXPECT_EQ(requests, 14);
}

TEST(SamFrames, ALongRunOfAaStillEndsInAPreamble) {
  RequestParser parser;
  Bytes frame(20, 0xAA);
  const Bytes find = from_hex("AA AA AA 96 69 00 03 20 01 22");
  frame.insert(frame.end(), find.begin(), find.end());
  parser.feed(frame);
  ASSERT_EQ(parser.next(), Outcome::kRequest);
  EXPECT_EQ(parser.request().command, 0x2001);
  EXPECT_EQ(parser.take_noise(), 20U);
}

TEST(SamFrames, ABrokenPreambleDoesNotHideTheNext) {
  RequestParser parser;
  parser.feed(from_hex("AA AA AA 96 AA AA AA 96 69 00 03 20 01 22"));
  EXPECT_EQ(parser.next(), Outcome::kRequest);
}

TEST(SamFrames, ChecksumAndLength) {
  RequestParser parser;
  parser.feed(from_hex("AA AA AA 96 69 00 03 20 01 23"));
  EXPECT_EQ(parser.next(), Outcome::kBadChecksum);
  parser.feed(from_hex("AA AA AA 96 69 00 02 20 01"));
  EXPECT_EQ(parser.next(), Outcome::kBadLength);
  parser.feed(from_hex("AA AA AA 96 69 05 08 20 01"));
  EXPECT_EQ(parser.next(), Outcome::kBadLength);
  EXPECT_EQ(parser.next(), Outcome::kNeedMore);
  EXPECT_FALSE(parser.in_frame());
}

TEST(SamFrames, ARequestThatBreaksOffIsGivenUp) {
  RequestParser parser;
  parser.feed(from_hex("AA AA AA 96 69 00 03 20"));
  EXPECT_EQ(parser.next(), Outcome::kNeedMore);
  EXPECT_TRUE(parser.in_frame());
  parser.give_up_frame();
  parser.feed(from_hex("AA AA AA 96 69 00 03 20 01 22"));
  EXPECT_EQ(parser.next(), Outcome::kRequest);
}

TEST(SamFrames, NoiseIsCounted) {
  RequestParser parser;
  Bytes noise;
  Random random(3);
  for (int i = 0; i < 1000; ++i) noise.push_back(static_cast<std::uint8_t>(random.below(0x69)));
  parser.feed(noise);
  EXPECT_EQ(parser.next(), Outcome::kNeedMore);
  EXPECT_EQ(parser.take_noise(), 1000U);
  EXPECT_EQ(parser.take_noise(), 0U);
}

}  // namespace
}  // namespace cardrig::sim
