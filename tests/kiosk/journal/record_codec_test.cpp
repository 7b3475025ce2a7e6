// The plain form of a record, and the seal around it.
#include "kiosk/journal/record_codec.h"

#include <gtest/gtest.h>

#include "kiosk/journal/seal.h"
#include "tests/kiosk/journal/journal_bench.h"

namespace cardrig::journal {
namespace {

TEST(RecordCodec, RoundTripsInEveryPhase) {
  for (const Phase phase : {Phase::kAttempt, Phase::kClaimed, Phase::kIntent, Phase::kSettled}) {
    const auto bytes = encode_record(sample("a1", phase));
    const auto back = decode_record(bytes);
    ASSERT_TRUE(back) << to_string(phase);
    EXPECT_EQ(back->phase, phase);
    EXPECT_EQ(encode_record(*back), bytes);
  }
}

TEST(RecordCodec, LiesOutAsDocumented) {
  Record r;
  r.attempt_id = "A";
  const std::vector<std::uint8_t> expected = {
      1,  // version
      1, 0, 0, 0, 'A',  // attempt id
      0, 0, 0, 0, 0,   0, 0, 0,  // permit id, document type
      0, 0, 0, 0, 0,   0, 0, 0,  // number, name
      0,  // phase
      0, 0, 0, 0, 0,   0, 0, 0,  // started at
      0,  // no certificate
      1,  // card number
      0, 0, 0, 0, 0,   0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,  // baseline
      0, 0, 0, 0,  // job
      0,  // no outcome
      0, 0, 0, 0, 0,   0, 0, 0,  // settled at
      0, 0, 0, 0,  // detail
      0, 0,  // flags
  };
  EXPECT_EQ(encode_record(r), expected);
}

TEST(RecordCodec, RefusesEveryTruncationAndWhatIsLeftOver) {
  auto bytes = encode_record(sample("a1", Phase::kSettled));
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    const auto cut = decode_record(std::span(bytes).first(n));
    ASSERT_FALSE(cut) << n;
    EXPECT_EQ(cut.error().reason, JournalReason::kCorrupt);
  }
  bytes.push_back(0);
  EXPECT_FALSE(decode_record(bytes));
}

TEST(RecordCodec, RefusesValuesOutOfRange) {
  const auto bytes = encode_record(Record{});
  const auto with = [&](std::size_t at, std::uint8_t value) {
    auto changed = bytes;
    changed[at] = value;
    return decode_record(changed).has_value();
  };
  ASSERT_TRUE(with(0, 1));
  EXPECT_FALSE(with(0, 2)) << "version";
  EXPECT_FALSE(with(21, 4)) << "phase";
  EXPECT_FALSE(with(21, 3)) << "settled without an outcome";
  EXPECT_FALSE(with(30, 2)) << "certificate flag";
  EXPECT_FALSE(with(31, 0)) << "card number";
  EXPECT_FALSE(with(31, 3)) << "card number";
  EXPECT_FALSE(with(4, 0xff)) << "a length beyond the end";
}

TEST(Sealer, OpensOnlyWithTheSameKeyAndBinding) {
  SeededEntropy entropy(1);
  const Sealer sealer(key_of(1));
  const Bytes plain = {1, 2, 3}, bound = {9};
  const Bytes sealed = sealer.seal(plain, bound, entropy);
  EXPECT_EQ(sealed.size(), 12 + 3 + 16U);
  EXPECT_EQ(sealer.open(sealed, bound), plain);
  EXPECT_FALSE(sealer.open(sealed, Bytes{8}));
  EXPECT_FALSE(Sealer(key_of(2)).open(sealed, bound));
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes damaged = sealed;
    damaged[i] ^= 1;
    EXPECT_FALSE(sealer.open(damaged, bound)) << i;
    EXPECT_FALSE(sealer.open(std::span(sealed).first(i), bound)) << i;
  }
}

TEST(Sealer, NeverSealsTwiceTheSameAndHashesByKey) {
  SeededEntropy entropy(1);
  const Sealer sealer(key_of(1));
  EXPECT_NE(sealer.seal(Bytes{1}, Bytes{}, entropy), sealer.seal(Bytes{1}, Bytes{}, entropy));
  EXPECT_EQ(sealer.lookup("a"), Sealer(key_of(1)).lookup("a"));
  EXPECT_NE(sealer.lookup("a"), sealer.lookup("b"));
  EXPECT_NE(sealer.lookup("a"), Sealer(key_of(2)).lookup("a"));
  EXPECT_NE(sealer.key_check(), Sealer(key_of(2)).key_check());
}

}  // namespace
}  // namespace cardrig::journal
