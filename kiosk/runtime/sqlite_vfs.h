// SQLite on the Files, Entropy and CivilClock seams: the journal's database runs unchanged on the
// simulated disk and on the real one, and draws no byte of chance of its own.
//
// The VFS has no shared memory and no file locks (Files locks where it must): a connection needs
// `PRAGMA locking_mode=EXCLUSIVE` before `PRAGMA journal_mode=wal`, else SQLite silently stays with
// a rollback journal. Assert the mode that it returns.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/files.h"

namespace cardrig {

namespace detail {
struct SqliteVfsState;
}

/// Registered as SQLite's default VFS while it lives, because SQLite seeds its process-wide
/// generator (WAL salts) from the default one. Its construction resets that generator, so that a
/// run does not depend on what the process did before. Outlives every connection that uses it.
class SqliteVfs {
 public:
  /// Without a clock SQL's date functions fail: the journal takes its times from its caller.
  SqliteVfs(Files& files, Entropy& entropy, const CivilClock* clock);
  ~SqliteVfs();
  SqliteVfs(const SqliteVfs&) = delete;
  SqliteVfs& operator=(const SqliteVfs&) = delete;

  /// The name for sqlite3_open_v2.
  [[nodiscard]] const std::string& name() const;
  /// Why the last failed file operation failed (SQLite's own codes say only "I/O error"), and
  /// forgets it. Nothing: none failed since.
  [[nodiscard]] std::optional<FileReason> take_failure();

 private:
  std::unique_ptr<detail::SqliteVfsState> impl_;
};

}  // namespace cardrig
