// SQLite statements of the journal, and what its error codes mean.
#include "kiosk/journal/store.h"

#include <algorithm>
#include <utility>

namespace cardrig::journal {
namespace {

constexpr char kSchema[] = R"sql(
CREATE TABLE meta(id INTEGER PRIMARY KEY CHECK(id = 1), key_check BLOB NOT NULL);
CREATE TABLE cards(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  attempt BLOB NOT NULL,
  card_number INTEGER NOT NULL,
  state INTEGER NOT NULL,
  report BLOB NOT NULL,
  sealed BLOB NOT NULL,
  UNIQUE(attempt, card_number));
CREATE INDEX cards_by_state ON cards(state, seq);
PRAGMA user_version = 1;
)sql";

class Statement {
 public:
  Statement(sqlite3* db, const std::string& sql) {
    code_ = sqlite3_prepare_v2(db, sql.c_str(), -1, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void bind(int index, std::int64_t value) {
    if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(statement_, index, value);
  }
  void bind(int index, std::span<const std::uint8_t> bytes) {
    if (code_ != SQLITE_OK) return;
    // SQLITE_STATIC: the bytes outlive the statement in every use here.
    code_ = sqlite3_bind_blob64(statement_, index, bytes.data(), bytes.size(), nullptr);
  }
  /// True if there is a row.
  bool step() {
    if (code_ != SQLITE_OK && code_ != SQLITE_ROW) return false;
    code_ = sqlite3_step(statement_);
    return code_ == SQLITE_ROW;
  }
  /// SQLITE_OK unless something failed.
  [[nodiscard]] int code() const {
    return code_ == SQLITE_DONE || code_ == SQLITE_ROW ? SQLITE_OK : code_;
  }
  [[nodiscard]] std::int64_t number(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] Bytes blob(int column) const {
    const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return data == nullptr ? Bytes() : Bytes(data, data + sqlite3_column_bytes(statement_, column));
  }
  [[nodiscard]] std::string text(int column) const {
    const auto* data = sqlite3_column_text(statement_, column);
    return data == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(data));
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_OK;
};

bool copy_hash(const Bytes& from, Hash256& to) {
  if (from.size() != to.size()) return false;
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

JournalReason reason_of(FileReason reason) {
  switch (reason) {
    case FileReason::kNoSpace:
      return JournalReason::kDiskFull;
    case FileReason::kReadOnly:
      return JournalReason::kReadOnly;
    case FileReason::kPowerLost:
      return JournalReason::kPowerLost;
    case FileReason::kNotFound:
    case FileReason::kIo:
      return JournalReason::kIo;
  }
  return JournalReason::kIo;
}

}  // namespace

Bytes SealedRow::bound() const {
  Bytes b(attempt.begin(), attempt.end());
  b.push_back(static_cast<std::uint8_t>(card_number));
  b.push_back(state);
  b.insert(b.end(), report.begin(), report.end());
  return b;
}

Stored<std::unique_ptr<Store>> Store::open(const std::string& path, Files& files, Entropy& entropy,
                                           const CivilClock* clock, const Hash256& key_check) {
  std::unique_ptr<Store> store(new Store(files, entropy, clock));
  if (auto ready = store->set_up(path, key_check); !ready) {
    return tl::unexpected(ready.error());
  }
  return store;
}

Store::~Store() { sqlite3_close_v2(db_); }

Stored<Unit> Store::set_up(const std::string& path, const Hash256& key_check) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &db_, kFlags, vfs_.name().c_str());
  if (code != SQLITE_OK) return failure(code);
  sqlite3_extended_result_codes(db_, 1);
  if (auto modes = set_modes(); !modes) return modes;
  if (auto pages = check_pages(); !pages) return pages;
  return make_tables(key_check);
}

Stored<Unit> Store::set_modes() {
  // In this order: without shared memory SQLite silently stays with a rollback journal if the lock
  // is not exclusive when WAL is asked for.
  const std::pair<const char*, const char*> modes[] = {
      {"PRAGMA locking_mode = EXCLUSIVE", "exclusive"}, {"PRAGMA journal_mode = WAL", "wal"}};
  for (const auto& [sql, wanted] : modes) {
    const auto mode = pragma(sql);
    if (!mode) return tl::unexpected(mode.error());
    if (*mode != wanted) return fail(JournalReason::kIo, "SQLite chose mode " + *mode);
  }
  return execute(
      "PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;"
      "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;");
}

Stored<Unit> Store::check_pages() {
  const auto verdict = pragma("PRAGMA quick_check(1)");
  if (!verdict) return tl::unexpected(verdict.error());
  if (*verdict != "ok") return fail(JournalReason::kCorrupt, "the database is damaged");
  return ok();
}

Stored<Unit> Store::make_tables(const Hash256& key_check) {
  const auto version = pragma("PRAGMA user_version");
  if (!version) return tl::unexpected(version.error());
  if (*version == "0") {
    if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
    if (auto made = execute(kSchema); !made) return made;
    Statement insert(db_, "INSERT INTO meta(id, key_check) VALUES(1, ?)");
    insert.bind(1, key_check);
    insert.step();
    if (insert.code() != SQLITE_OK) return failure(insert.code());
    return execute("COMMIT");
  }
  if (*version != "1") return fail(JournalReason::kCorrupt, "journal version " + *version);
  Statement select(db_, "SELECT key_check FROM meta WHERE id = 1");
  if (!select.step()) {
    if (select.code() != SQLITE_OK) return failure(select.code());
    return fail(JournalReason::kCorrupt, "the journal has no key check");
  }
  Hash256 stored{};
  if (!copy_hash(select.blob(0), stored)) {
    return fail(JournalReason::kCorrupt, "the key check is damaged");
  }
  if (stored != key_check) return fail(JournalReason::kWrongKey, "written under another key");
  return ok();
}

Stored<Unit> Store::put(const SealedRow& row) {
  const std::lock_guard lock(mutex_);
  Statement s(
      db_,
      "INSERT INTO cards(attempt, card_number, state, report, sealed) VALUES(?, ?, ?, ?, ?) "
      "ON CONFLICT(attempt, card_number) DO UPDATE SET state = excluded.state, "
      "report = excluded.report, sealed = excluded.sealed");
  s.bind(1, row.attempt);
  s.bind(2, row.card_number);
  s.bind(3, row.state);
  s.bind(4, row.report);
  s.bind(5, row.sealed);
  s.step();
  if (s.code() != SQLITE_OK) return failure(s.code());
  return ok();
}

Stored<Unit> Store::replace(const std::vector<SealedRow>& rows, std::uint8_t expected_state) {
  const std::lock_guard lock(mutex_);
  if (rows.empty()) return ok();
  if (auto begun = execute("BEGIN IMMEDIATE"); !begun) return begun;
  for (const auto& row : rows) {
    if (auto done = replace_one(row, expected_state); !done) {
      static_cast<void>(execute("ROLLBACK"));
      return done;
    }
  }
  auto committed = execute("COMMIT");
  if (!committed) static_cast<void>(execute("ROLLBACK"));
  return committed;
}

Stored<Unit> Store::replace_one(const SealedRow& row, std::uint8_t expected_state) {
  Statement s(db_,
              "UPDATE cards SET state = ?, sealed = ? WHERE seq = ? AND state = ? AND report = ?");
  s.bind(1, row.state);
  s.bind(2, row.sealed);
  s.bind(3, row.seq);
  s.bind(4, expected_state);
  s.bind(5, row.report);
  s.step();
  if (s.code() != SQLITE_OK) return failure(s.code());
  return ok();
}

Stored<std::vector<SealedRow>> Store::rows_with(std::uint8_t any) {
  std::string states;  // listed one by one, so that the index on `state` serves
  for (int s = 0; s < 8; ++s) {
    if ((s & any) != 0) states += (states.empty() ? "" : ",") + std::to_string(s);
  }
  return select("state IN (" + states + ")");
}

Stored<std::vector<SealedRow>> Store::all_rows() { return select("1"); }

Stored<std::vector<SealedRow>> Store::newest_rows(std::size_t most) {
  return select("1", "seq DESC LIMIT " + std::to_string(most));
}

Stored<std::vector<SealedRow>> Store::rows_in(std::uint8_t state) {
  return select("state = " + std::to_string(state));
}

Stored<std::vector<SealedRow>> Store::select(const std::string& where, const std::string& order) {
  const std::lock_guard lock(mutex_);
  std::vector<SealedRow> rows;
  Statement s(db_, "SELECT seq, attempt, card_number, state, report, sealed FROM cards WHERE " +
                       where + " ORDER BY " + order);
  while (s.step()) {
    SealedRow row;
    row.seq = s.number(0);
    row.card_number = static_cast<int>(s.number(2));
    row.state = static_cast<std::uint8_t>(s.number(3));
    row.sealed = s.blob(5);
    if (!copy_hash(s.blob(1), row.attempt) || !copy_hash(s.blob(4), row.report)) {
      return fail(JournalReason::kCorrupt, "a row's hashes are damaged");
    }
    rows.push_back(std::move(row));
  }
  if (s.code() != SQLITE_OK) return failure(s.code());
  return rows;
}

Stored<Unit> Store::execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return failure(code);
  return ok();
}

Stored<std::string> Store::pragma(const char* sql) {
  Statement s(db_, sql);
  const std::string answer = s.step() ? s.text(0) : std::string();
  if (s.code() != SQLITE_OK) return failure(s.code());
  return answer;
}

tl::unexpected<Error<JournalReason>> Store::failure(int code) {
  // The file operation that failed knows better than SQLite's code, if there was one.
  const auto file = vfs_.take_failure();
  const std::string detail = sqlite3_errstr(code);
  switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail(JournalReason::kCorrupt, detail);
    case SQLITE_FULL:
      return fail(JournalReason::kDiskFull, detail);
    case SQLITE_READONLY:
      return fail(JournalReason::kReadOnly, detail);
    default:
      return fail(file ? reason_of(*file) : JournalReason::kIo, detail);
  }
}

}  // namespace cardrig::journal
