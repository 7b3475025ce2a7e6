// SQLite over the seams: where its bytes, its chance and its time come from.
#include "kiosk/runtime/sqlite_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "simulators/disk/simulated_disk.h"

namespace cardrig {
namespace {

class FixedClock final : public CivilClock {
 public:
  [[nodiscard]] CivilTime now() const override { return {1795300000123}; }
};

/// A connection, and the first column of the first row of a query.
class Connection {
 public:
  explicit Connection(const SqliteVfs& vfs) {
    open_code =
        sqlite3_open_v2("db", &db_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs.name().c_str());
  }
  ~Connection() { sqlite3_close(db_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  std::string ask(const char* sql) {
    std::string answer;
    code = sqlite3_exec(db_, sql, keep_first, &answer, nullptr);
    return answer;
  }
  int open_code = SQLITE_OK;
  int code = SQLITE_OK;

 private:
  static int keep_first(void* into, int, char** values, char**) {
    auto& answer = *static_cast<std::string*>(into);
    if (answer.empty() && values[0] != nullptr) answer = values[0];
    return 0;
  }
  sqlite3* db_ = nullptr;
};

struct Seams {
  sim::SimulatedDisk disk{Random(1)};
  SeededEntropy entropy{7};
  FixedClock clock;
};

TEST(SqliteVfs, WalNeedsTheExclusiveLockFirst) {
  Seams s;
  SqliteVfs vfs(s.disk, s.entropy, &s.clock);
  {
    Connection wrong(vfs);
    EXPECT_EQ(wrong.ask("PRAGMA journal_mode = WAL"), "delete");
  }
  Connection right(vfs);
  EXPECT_EQ(right.ask("PRAGMA locking_mode = EXCLUSIVE"), "exclusive");
  EXPECT_EQ(right.ask("PRAGMA journal_mode = WAL"), "wal");
  right.ask("CREATE TABLE t(x); INSERT INTO t VALUES(42)");
  EXPECT_EQ(right.code, SQLITE_OK);
  EXPECT_TRUE(s.disk.exists("db-wal"));
  EXPECT_FALSE(s.disk.exists("db-shm"));
}

TEST(SqliteVfs, IsTheDefaultWhileItLives) {
  const std::string before = sqlite3_vfs_find(nullptr)->zName;
  {
    Seams s;
    const SqliteVfs vfs(s.disk, s.entropy, &s.clock);
    EXPECT_EQ(sqlite3_vfs_find(nullptr)->zName, vfs.name());
  }
  EXPECT_EQ(sqlite3_vfs_find(nullptr)->zName, before);
}

TEST(SqliteVfs, TheSameEntropyGivesTheSameBytesOnTheDisk) {
  const auto image = [](std::uint64_t seed) {
    sim::SimulatedDisk disk{Random(1)};
    SeededEntropy entropy{seed};
    const SqliteVfs vfs(disk, entropy, nullptr);
    Connection c(vfs);
    c.ask(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
        "CREATE TABLE t(x); INSERT INTO t VALUES(42)");
    EXPECT_EQ(c.code, SQLITE_OK);
    return disk.raw_image();
  };
  const auto first = image(7);
  EXPECT_EQ(image(7), first) << "the process-wide generator is reset";
  EXPECT_NE(image(8), first);
}

TEST(SqliteVfs, TimeComesFromTheCivilClockOrNotAtAll) {
  Seams s;
  {
    const SqliteVfs vfs(s.disk, s.entropy, &s.clock);
    Connection c(vfs);
    EXPECT_EQ(c.ask("SELECT strftime('%s', 'now')"), "1795300000");
  }
  const SqliteVfs timeless(s.disk, s.entropy, nullptr);
  Connection c(timeless);
  EXPECT_EQ(c.ask("SELECT datetime('now')"), "");
}

TEST(SqliteVfs, KnowsWhyAnOperationFailed) {
  Seams s;
  SqliteVfs vfs(s.disk, s.entropy, &s.clock);
  Connection c(vfs);
  c.ask("CREATE TABLE t(x)");
  ASSERT_EQ(c.code, SQLITE_OK);
  EXPECT_FALSE(vfs.take_failure());
  s.disk.cut_at_operation(s.disk.operations() + 2);
  c.ask("INSERT INTO t VALUES(1)");
  EXPECT_EQ(c.code & 0xff, SQLITE_IOERR);
  EXPECT_EQ(vfs.take_failure(), FileReason::kPowerLost);
  EXPECT_FALSE(vfs.take_failure());
}

TEST(SqliteVfs, KeepsWhatWasCommittedThroughEveryPowerCut) {
  for (std::uint64_t cut = 1; cut < 40; ++cut) {
    sim::SimulatedDisk disk{Random(cut)};
    SeededEntropy entropy{cut};
    int committed = 0;
    {
      const SqliteVfs vfs(disk, entropy, nullptr);
      Connection c(vfs);
      c.ask(
          "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
          "PRAGMA synchronous = FULL; CREATE TABLE t(x)");
      ASSERT_EQ(c.code, SQLITE_OK);
      disk.cut_at_operation(disk.operations() + cut);
      while (committed < 10) {
        c.ask("INSERT INTO t VALUES(zeroblob(3000))");
        if (c.code != SQLITE_OK) break;
        ++committed;
      }
    }
    disk.power_on();
    const SqliteVfs vfs(disk, entropy, nullptr);
    Connection c(vfs);
    c.ask("PRAGMA locking_mode = EXCLUSIVE");
    EXPECT_EQ(c.ask("PRAGMA integrity_check"), "ok") << cut;
    const int there = std::stoi(c.ask("SELECT count(*) FROM t"));
    EXPECT_GE(there, committed) << cut;
    EXPECT_LE(there, committed + 1) << cut;
  }
}

}  // namespace
}  // namespace cardrig
