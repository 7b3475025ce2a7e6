// The journal: what it keeps, what it derives, how it fails, and that power cuts do not hurt it.
#include <gmock/gmock.h>
#include <sqlite3.h>

#include "kiosk/journal/record_codec.h"
#include "kiosk/runtime/sqlite_vfs.h"
#include "tests/kiosk/journal/journal_bench.h"

namespace cardrig::journal {
namespace {

using platform::Outcome;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> attempts(const std::vector<Record>& records) {
  std::vector<std::string> ids;
  ids.reserve(records.size());
  for (const auto& r : records) ids.push_back(r.attempt_id + "/" + std::to_string(r.card_number));
  return ids;
}
std::vector<std::string> keys(const std::vector<platform::Report>& reports) {
  std::vector<std::string> all;
  all.reserve(reports.size());
  for (const auto& r : reports) all.push_back(r.idempotency_key);
  return all;
}

TEST(Journal, KeepsEveryFieldButThePhoto) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  Record record = sample("a1", Phase::kIntent);
  record.job_id = 12;
  auto photo = std::make_shared<Picture>();
  photo->pixels = {1, 2, 3};
  record.certificate->photo = photo;
  ASSERT_FALSE(b.commit(record));
  ASSERT_FALSE(b.restart());
  const auto open = b.open_records();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].certificate->photo, nullptr);
  EXPECT_EQ(encode_record(open[0]), encode_record(record));
  EXPECT_EQ(open[0].person.name, kName);
  EXPECT_EQ(open[0].baseline.cards_seen_total, 65535);
  EXPECT_EQ(open[0].certificate->valid_to, (Date{2032, 11, 20}));
}

TEST(Journal, OpenRecordsAreThoseNotSettledOrNotClearedOldestFirst) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("a1", Phase::kSettled)));
  Record unknown = sample("a2", Phase::kSettled);
  unknown.outcome = Outcome::kUnknown;
  unknown.staff_must_clear = true;
  ASSERT_FALSE(b.commit(unknown));
  ASSERT_FALSE(b.commit(sample("a3")));
  ASSERT_FALSE(b.commit(sample("a4", Phase::kIntent)));
  ASSERT_FALSE(b.commit(sample("a3", Phase::kClaimed)));
  EXPECT_THAT(attempts(b.open_records()), ElementsAre("a2/1", "a3/1", "a4/1"));
  unknown.staff_must_clear = false;
  ASSERT_FALSE(b.commit(unknown));
  EXPECT_THAT(attempts(b.open_records()), ElementsAre("a3/1", "a4/1"));
}

TEST(Journal, ReportsArePendingFromSettlingUntilAcknowledged) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("a1", Phase::kIntent)));
  EXPECT_THAT(b.pending(), IsEmpty());
  ASSERT_FALSE(b.commit(sample("a1", Phase::kSettled)));
  ASSERT_FALSE(b.commit(sample("a2", Phase::kSettled)));
  ASSERT_FALSE(b.restart());
  const auto pending = b.pending();
  ASSERT_THAT(keys(pending), ElementsAre("a1/1", "a2/1"));
  EXPECT_EQ(pending[0].permit_id, "permit-7");
  EXPECT_EQ(pending[0].outcome, Outcome::kDelivered);
  EXPECT_EQ(pending[0].settled_at.unix_ms, 1795300060000);
  EXPECT_EQ(pending[0].detail, "fine");
  ASSERT_FALSE(b.acknowledge("a1/1"));
  EXPECT_FALSE(b.acknowledge("nobody's"));
  ASSERT_FALSE(b.restart());
  EXPECT_THAT(keys(b.pending()), ElementsAre("a2/1"));
}

TEST(Journal, ASecondCardIsARecordOfItsOwn) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  Record first = sample("a1", Phase::kSettled);
  first.outcome = Outcome::kSpoilt;
  ASSERT_FALSE(b.commit(first));
  Record second = sample("a1", Phase::kClaimed);
  second.card_number = 2;
  ASSERT_FALSE(b.commit(second));
  EXPECT_THAT(attempts(b.open_records()), ElementsAre("a1/2"));
  EXPECT_THAT(keys(b.pending()), ElementsAre("a1/1"));
}

TEST(Journal, WhatStaffFoundIsReportedUnderANewKeyAlsoAfterTheUnknownWasAcknowledged) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  Record record = sample("a1", Phase::kSettled);
  record.outcome = Outcome::kUnknown;
  record.staff_must_clear = true;
  ASSERT_FALSE(b.commit(record));
  ASSERT_FALSE(b.acknowledge("a1/1"));
  EXPECT_THAT(b.pending(), IsEmpty());
  record.outcome = Outcome::kSpoilt;
  record.staff_must_clear = false;
  record.found_by_staff = true;
  ASSERT_FALSE(b.commit(record));
  EXPECT_THAT(keys(b.pending()), ElementsAre("a1/1/found"));
}

TEST(Journal, ForgetsPersonsOfWhatIsDoneWithAndKeepsTheRest) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("done", Phase::kSettled)));
  ASSERT_FALSE(b.commit(sample("unreported", Phase::kSettled)));
  ASSERT_FALSE(b.commit(sample("under way", Phase::kClaimed)));
  ASSERT_FALSE(b.acknowledge("done/1"));
  ASSERT_FALSE(b.forget_persons());
  ASSERT_FALSE(b.restart());
  const auto open = b.open_records();
  ASSERT_EQ(open.size(), 1U);
  EXPECT_EQ(open[0].person.id_number, kNumber);
  EXPECT_THAT(keys(b.pending()), ElementsAre("unreported/1"));
  const auto writes = b.disk.operations();
  ASSERT_FALSE(b.forget_persons());
  EXPECT_EQ(b.disk.operations(), writes) << "there is nothing left to forget";
}

TEST(Journal, CommitsTakeTheirModelledTimeAndTellTheTrace) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  const Nanos before = b.time.now();
  ASSERT_FALSE(b.commit(sample("a1")));
  EXPECT_EQ(b.time.now() - before, JournalConfig{}.modelled_commit);
  const auto& last = b.trace.events().back();
  EXPECT_EQ(last.kind, "journal.committed");
  EXPECT_EQ(last.text("attempt"), "a1");
  EXPECT_EQ(last.text("phase"), "attempt");
  EXPECT_EQ(last.find("key"), nullptr) << "nothing is due yet";
}

TEST(Journal, SettlingTellsTheTraceUnderWhichKeyTheReportIsDue) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  auto record = sample("a1", Phase::kSettled);
  ASSERT_FALSE(b.commit(record));
  EXPECT_EQ(b.trace.events().back().text("key"), "a1/1");
  record.found_by_staff = true;
  ASSERT_FALSE(b.commit(record));
  EXPECT_EQ(b.trace.events().back().text("key"), "a1/1/found");
}

TEST(Journal, AFullDiskIsATypedReasonAndNothingIsLost) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("a1")));
  ASSERT_TRUE(b.faults.inject("disk.full"));
  EXPECT_EQ(b.commit(sample("a2")), JournalReason::kDiskFull);
  EXPECT_EQ(b.trace.events().back().kind, "journal.failed");
  EXPECT_EQ(b.trace.events().back().text("reason"), "disk full");
  ASSERT_TRUE(b.faults.clear("disk.full"));
  ASSERT_FALSE(b.commit(sample("a3")));
  ASSERT_FALSE(b.restart());
  EXPECT_THAT(attempts(b.open_records()), ElementsAre("a1/1", "a3/1"));
}

TEST(Journal, AReadOnlyDiskIsATypedReasonAlsoForANewJournal) {
  JournalBench b;
  ASSERT_TRUE(b.faults.inject("disk.read_only"));
  EXPECT_EQ(b.open(), JournalReason::kReadOnly);
  ASSERT_TRUE(b.faults.clear("disk.read_only"));
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("a1")));
  ASSERT_TRUE(b.faults.inject("disk.read_only"));
  EXPECT_EQ(b.commit(sample("a2")), JournalReason::kReadOnly);
  EXPECT_EQ(b.acknowledge("a1/1"), std::nullopt) << "not pending: nothing to write";
}

TEST(Journal, AnotherKeyIsAWrongKeyAndNotACorruptJournal) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("a1")));
  b.keys = FixedKeySource(key_of(2));
  EXPECT_EQ(b.restart(), JournalReason::kWrongKey);
  b.keys = FixedKeySource(key_of(1));
  ASSERT_FALSE(b.restart());
  EXPECT_EQ(b.open_records().size(), 1U);
}

TEST(Journal, NoKeyIsAWrongKey) {
  JournalBench b;
  FileKeySource missing("no/such/key");
  const auto opened = open_journal({}, *b.loop, b.disk, missing, b.entropy, *b.tracer);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, JournalReason::kWrongKey);
}

TEST(Journal, EveryDamagedByteIsNoticedOrHarmless) {
  // Damage to any byte of the database gives the same records or a typed reason; never others.
  JournalBench pristine;
  ASSERT_FALSE(pristine.open());
  ASSERT_FALSE(pristine.commit(sample("a1", Phase::kIntent)));
  ASSERT_FALSE(pristine.commit(sample("a2", Phase::kSettled)));
  const auto expected = encode_record(pristine.open_records()[0]);
  pristine.stop();  // checkpoints: everything is in the database file
  const auto size = pristine.disk.size_of("journal.db");
  ASSERT_GT(size, 4096U);
  int noticed = 0;
  for (std::uint64_t at = 0; at < size; at += 61) {
    JournalBench b;
    ASSERT_FALSE(b.open());
    ASSERT_FALSE(b.commit(sample("a1", Phase::kIntent)));
    ASSERT_FALSE(b.commit(sample("a2", Phase::kSettled)));
    b.stop();
    ASSERT_TRUE(b.disk.damage("journal.db", at, 0x55));
    const auto reason = b.open();
    if (reason) {
      EXPECT_THAT(*reason, testing::AnyOf(JournalReason::kCorrupt, JournalReason::kWrongKey,
                                          JournalReason::kIo, JournalReason::kReadOnly))
          << at;
      ++noticed;
      continue;
    }
    const auto records = run(b.time, *b.loop, b.journal->open_records());
    if (!records) {
      EXPECT_EQ(records.error().reason, JournalReason::kCorrupt) << at;
      ++noticed;
      continue;
    }
    for (const auto& r : *records) EXPECT_EQ(encode_record(r), expected) << at;
  }
  EXPECT_GT(noticed, 5);
}

TEST(Journal, WhatStandsInClearBesideARowCannotBeChanged) {
  // All its records done, or another attempt's: a thief or a bit flip must not choose.
  for (const char* sql :
       {"UPDATE cards SET state = 0", "UPDATE cards SET state = 7",
        "UPDATE cards SET card_number = 2", "UPDATE cards SET report = zeroblob(32)",
        "UPDATE cards SET attempt = zeroblob(32)"}) {
    JournalBench b;
    ASSERT_FALSE(b.open());
    ASSERT_FALSE(b.commit(sample("a1", Phase::kIntent)));
    b.stop();
    {
      const SqliteVfs vfs(b.disk, b.entropy, nullptr);
      sqlite3* db = nullptr;
      ASSERT_EQ(sqlite3_open_v2("journal.db", &db, SQLITE_OPEN_READWRITE, vfs.name().c_str()),
                SQLITE_OK);
      const char* modes = "PRAGMA locking_mode = EXCLUSIVE";
      EXPECT_EQ(sqlite3_exec(db, modes, nullptr, nullptr, nullptr), SQLITE_OK);
      EXPECT_EQ(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), SQLITE_OK);
      EXPECT_EQ(sqlite3_changes(db), 1);
      sqlite3_close(db);
    }
    EXPECT_EQ(b.open(), JournalReason::kCorrupt) << sql;
  }
}

TEST(Journal, CommittedIsCommittedThroughACutAtEveryOperation) {
  bool all_done = false;
  for (std::uint64_t cut = 1; !all_done; ++cut) {
    JournalBench b(cut);
    b.disk.cut_at_operation(cut);
    std::optional<Phase> durable;
    all_done = !b.open();
    for (const Phase phase : {Phase::kAttempt, Phase::kClaimed, Phase::kIntent, Phase::kSettled}) {
      all_done = all_done && !b.commit(sample("a1", phase));
      if (all_done) durable = phase;
    }
    const bool acknowledged = all_done && !b.acknowledge("a1/1");
    all_done = acknowledged && !b.forget_persons();
    ASSERT_FALSE(b.restart()) << "cut at " << cut;
    const auto open = b.open_records();
    const auto pending = b.pending();
    if (!durable) continue;
    // What was reported as done is there; the step that the cut fell into may be, too.
    if (*durable == Phase::kSettled) {
      EXPECT_THAT(open, IsEmpty()) << cut;
      EXPECT_LE(pending.size(), acknowledged ? 0U : 1U) << cut;
    } else if (open.empty()) {
      EXPECT_EQ(*durable, Phase::kIntent) << cut;
      EXPECT_EQ(pending.size(), 1U) << cut;
    } else {
      EXPECT_GE(open[0].phase, *durable) << cut;
      EXPECT_LE(static_cast<int>(open[0].phase), static_cast<int>(*durable) + 1) << cut;
    }
    ASSERT_LT(cut, 1000U);
  }
}

TEST(Journal, APowerCutIsATypedReason) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  b.disk.cut_at_operation(b.disk.operations() + 1);
  EXPECT_EQ(b.commit(sample("a1")), JournalReason::kPowerLost);
}

std::string hex(const std::string& bytes, const char* digits) {
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

TEST(Journal, NothingPersonalStandsUnencryptedOnTheDisk) {
  JournalBench b;
  b.disk.keep_history(true);
  ASSERT_FALSE(b.open());
  for (const Phase phase : {Phase::kAttempt, Phase::kClaimed, Phase::kIntent, Phase::kSettled}) {
    ASSERT_FALSE(b.commit(sample("0123456789abcdef", phase)));
  }
  ASSERT_FALSE(b.acknowledge("0123456789abcdef/1"));
  ASSERT_FALSE(b.forget_persons());
  b.stop();
  const auto image = b.disk.raw_image();
  const std::string disk(image.begin(), image.end());
  ASSERT_NE(disk.find("SQLite format 3"), std::string::npos) << "the scan sees the disk";
  ASSERT_NE(disk.find("attempt BLOB"), std::string::npos);
  const std::string number_le = [] {
    std::string s;
    for (const char c : std::string(kNumber)) s += {c, '\0'};
    return s;
  }();
  const std::string name_le("\x8b\x73\x0f\x5c\x0e\x66", 6);  // 王小明 in UTF-16
  const std::string name_be("\x73\x8b\x5c\x0f\x66\x0e", 6);
  const std::vector<std::string> planted = {kName,      kNumber, number_le,
                                            name_le,    name_be, "0123456789abcdef",
                                            "permit-7", "焊接",  "resident"};
  for (const auto& secret : planted) {
    EXPECT_EQ(disk.find(secret), std::string::npos) << secret;
    EXPECT_EQ(disk.find(hex(secret, "0123456789abcdef")), std::string::npos) << secret;
    EXPECT_EQ(disk.find(hex(secret, "0123456789ABCDEF")), std::string::npos) << secret;
  }
}

TEST(Journal, TheTraceHoldsNoPersonalData) {
  JournalBench b;
  ASSERT_FALSE(b.open());
  ASSERT_FALSE(b.commit(sample("a1", Phase::kIntent)));
  ASSERT_TRUE(b.faults.inject("disk.read_only"));
  EXPECT_TRUE(b.commit(sample("a1", Phase::kSettled)));
  const std::string lines = b.trace.to_json_lines();
  EXPECT_EQ(lines.find(kName), std::string::npos);
  EXPECT_EQ(lines.find(kNumber), std::string::npos);
}

}  // namespace
}  // namespace cardrig::journal
