// The journal's table in SQLite: sealed rows and the little about them that is not personal.
// Blocks: its calls run in offloaded work. Knows nothing of what a row holds.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "kiosk/journal/journal.h"
#include "kiosk/journal/seal.h"
#include "kiosk/runtime/sqlite_vfs.h"

namespace cardrig::journal {

/// What the journal must still do with a row, as bits. Bound to the sealed payload.
enum RowState : std::uint8_t {
  kRowOpen = 1,  ///< not settled, or unknown and not cleared by staff
  kRowReportDue = 2,  ///< settled, and the platform has not acknowledged
  kRowHoldsPerson = 4,  ///< the payload holds personal data
};

struct SealedRow {
  std::int64_t seq = 0;  ///< rises with every new card; 0: not stored yet
  Hash256 attempt{};  ///< keyed hash of the attempt id
  int card_number = 1;
  std::uint8_t state = 0;
  Hash256 report{};  ///< keyed hash of the report's idempotency key
  Bytes sealed;

  /// What is authenticated together with the payload: everything above but `seq`.
  [[nodiscard]] Bytes bound() const;
};

template <class T>
using Stored = Result<T, JournalReason>;

class Store {
 public:
  static Stored<std::unique_ptr<Store>> open(const std::string& path, Files& files,
                                             Entropy& entropy, const CivilClock* clock,
                                             const Hash256& key_check);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  /// Inserts, or replaces the row of the same attempt and card. Durable when it returns.
  Stored<Unit> put(const SealedRow& row);
  /// Replaces rows, all or none, each only if it is stored with `expected_state` and its report
  /// hash: a row that changed meanwhile stays as it is.
  Stored<Unit> replace(const std::vector<SealedRow>& rows, std::uint8_t expected_state);
  /// Rows that have any of the bits of `any`, oldest first.
  Stored<std::vector<SealedRow>> rows_with(std::uint8_t any);
  Stored<std::vector<SealedRow>> all_rows();
  /// The newest first.
  Stored<std::vector<SealedRow>> newest_rows(std::size_t most);
  /// Rows in exactly this state, oldest first.
  Stored<std::vector<SealedRow>> rows_in(std::uint8_t state);

 private:
  Store(Files& files, Entropy& entropy, const CivilClock* clock) : vfs_(files, entropy, clock) {}
  Stored<Unit> set_up(const std::string& path, const Hash256& key_check);
  Stored<Unit> set_modes();
  Stored<Unit> check_pages();
  Stored<Unit> make_tables(const Hash256& key_check);
  Stored<Unit> execute(const char* sql);
  Stored<std::string> pragma(const char* sql);
  Stored<std::vector<SealedRow>> select(const std::string& where, const std::string& order = "seq");
  Stored<Unit> replace_one(const SealedRow& row, std::uint8_t expected_state);
  [[nodiscard]] tl::unexpected<Error<JournalReason>> failure(int code);

  std::mutex mutex_;  // offloaded work may run on several threads
  SqliteVfs vfs_;
  sqlite3* db_ = nullptr;
};

}  // namespace cardrig::journal
