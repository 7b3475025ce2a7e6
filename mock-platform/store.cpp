// SQL.
#include "mock-platform/store.h"

#include <sqlite3.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <utility>

#include "mock-platform/json_codec.h"

namespace cardrig::mock_platform {

namespace {

constexpr const char* kSchema = R"sql(
CREATE TABLE IF NOT EXISTS permits (
  permit_id TEXT PRIMARY KEY, document_type TEXT NOT NULL, id_number TEXT NOT NULL,
  name TEXT NOT NULL, certificate TEXT NOT NULL, photo BLOB NOT NULL, state TEXT NOT NULL,
  record_number TEXT NOT NULL DEFAULT '', listed INTEGER NOT NULL DEFAULT 1
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS lookups (
  terminal TEXT NOT NULL, session TEXT NOT NULL, number TEXT NOT NULL, permit_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL, PRIMARY KEY (terminal, session, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS lookups_of_permit ON lookups (permit_id);
CREATE INDEX IF NOT EXISTS permits_of_person ON permits (id_number, permit_id);
CREATE TABLE IF NOT EXISTS claims (
  seq INTEGER PRIMARY KEY, attempt_id TEXT NOT NULL UNIQUE, permit_id TEXT NOT NULL,
  terminal TEXT NOT NULL, state TEXT NOT NULL, granted_at_ms INTEGER NOT NULL,
  spoilt INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS claims_of_permit ON claims (permit_id, seq);
CREATE TABLE IF NOT EXISTS reports (
  seq INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, attempt_id TEXT NOT NULL,
  permit_id TEXT NOT NULL, card_number INTEGER NOT NULL, outcome TEXT NOT NULL,
  may_print_again INTEGER NOT NULL, state TEXT NOT NULL, current INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS reports_of_attempt ON reports (attempt_id, seq);
CREATE INDEX IF NOT EXISTS reports_of_permit ON reports (permit_id, outcome);
CREATE TABLE IF NOT EXISTS nonces (
  nonce TEXT PRIMARY KEY, ends_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS nonces_by_end ON nonces (ends_ms);
)sql";

[[noreturn]] void give_up(sqlite3* db, const char* doing) {
  throw std::runtime_error(std::string("store: ") + doing + ": " + sqlite3_errmsg(db));
}

/// Columns that permits of an older file do not have.
constexpr std::array kAddedColumns = {
    std::pair{"record_number",
              "ALTER TABLE permits ADD COLUMN record_number TEXT NOT NULL DEFAULT ''"},
    std::pair{"listed", "ALTER TABLE permits ADD COLUMN listed INTEGER NOT NULL DEFAULT 1"}};
constexpr const char* kIndexOfAdded =
    "CREATE INDEX IF NOT EXISTS permits_of_number ON permits (record_number)";

class Statement {
 public:
  Statement(sqlite3* db, const char* sql) : db_(db) {
    if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) give_up(db, sql);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// Binds the next parameter.
  Statement& with(const std::string& text) {
    return check(sqlite3_bind_text(statement_, ++bound_, text.data(), static_cast<int>(text.size()),
                                   SQLITE_TRANSIENT));
  }
  Statement& with(std::int64_t number) {
    return check(sqlite3_bind_int64(statement_, ++bound_, number));
  }
  Statement& with(const std::vector<std::uint8_t>& bytes) {
    // A null pointer would bind NULL.
    return check(sqlite3_bind_blob(statement_, ++bound_,
                                   bytes.empty() ? "" : static_cast<const void*>(bytes.data()),
                                   static_cast<int>(bytes.size()), SQLITE_TRANSIENT));
  }
  /// True: a row is there.
  bool step() {
    const int result = sqlite3_step(statement_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) give_up(db_, "step");
    return result == SQLITE_ROW;
  }
  [[nodiscard]] std::string text(int column) const {
    const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  [[nodiscard]] std::int64_t number(int column) const {
    return sqlite3_column_int64(statement_, column);
  }
  [[nodiscard]] std::vector<std::uint8_t> blob(int column) const {
    const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
    return {bytes, bytes + sqlite3_column_bytes(statement_, column)};
  }

 private:
  Statement& check(int result) {
    if (result != SQLITE_OK) give_up(db_, "bind");
    return *this;
  }
  sqlite3* db_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

ClaimRow claim_of(const Statement& row) {
  return {row.text(0),   row.text(1),
          row.text(2),   claim_state(row.text(3)).value(),
          row.number(4), static_cast<int>(row.number(5))};
}

ReportRow report_of(const Statement& row) {
  return {row.text(0),
          row.text(1),
          row.text(2),
          static_cast<int>(row.number(3)),
          outcome(row.text(4)).value(),
          row.number(5) != 0,
          claim_state(row.text(6)).value(),
          row.number(7) != 0};
}

constexpr const char* kVfs = "unix";  // not the default, which a run may have replaced

}  // namespace

Store::Store(const std::string& path) {
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, kFlags, kVfs) != SQLITE_OK) {
    const std::string message = sqlite3_errmsg(db_);
    sqlite3_close(db_);
    throw std::runtime_error("store: " + path + ": " + message);
  }
  run(kSchema);
  add_columns();
}

void Store::add_columns() {
  std::set<std::string> there;
  Statement row(db_, "SELECT name FROM pragma_table_info('permits')");
  while (row.step()) there.insert(row.text(0));
  for (const auto& [column, sql] : kAddedColumns) {
    if (!there.contains(column)) run(sql);
  }
  run(kIndexOfAdded);
}

Store::~Store() { sqlite3_close(db_); }

void Store::run(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) give_up(db_, "run");
}

Store::Transaction::Transaction(Store& store) : store_(store) { store_.run("BEGIN IMMEDIATE"); }

Store::Transaction::~Transaction() {
  if (open_) sqlite3_exec(store_.db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void Store::Transaction::commit() {
  store_.run("COMMIT");
  open_ = false;
}

void Store::put_permit(const Permit& permit, const std::vector<std::uint8_t>& photo_jpeg) {
  Statement(db_,
            "INSERT INTO permits VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (permit_id) DO UPDATE SET "
            "document_type=excluded.document_type, id_number=excluded.id_number, "
            "name=excluded.name, certificate=excluded.certificate, photo=excluded.photo, "
            "state=excluded.state, record_number=excluded.record_number, listed=excluded.listed")
      .with(permit.permit_id)
      .with(permit.person.document_type)
      .with(permit.person.id_number)
      .with(permit.person.name)
      .with(certificate_to_json(permit.certificate).dump())
      .with(photo_jpeg)
      .with(std::string(to_string(permit.state)))
      .with(permit.record_number)
      .with(std::int64_t{permit.listed})
      .step();
}

void Store::set_permit_state(const std::string& permit_id, PermitState state) {
  Statement(db_, "UPDATE permits SET state=? WHERE permit_id=?")
      .with(std::string(to_string(state)))
      .with(permit_id)
      .step();
}

std::optional<Permit> Store::permit(const std::string& permit_id) {
  Statement row(db_,
                "SELECT document_type, id_number, name, certificate, state, record_number, listed "
                "FROM permits WHERE permit_id=?");
  if (!row.with(permit_id).step()) return std::nullopt;
  Permit permit;
  permit.permit_id = permit_id;
  permit.person = {row.text(0), row.text(1), row.text(2)};
  permit.certificate = certificate_from_json(nlohmann::json::parse(row.text(3))).value();
  permit.state = permit_state(row.text(4)).value();
  permit.record_number = row.text(5);
  permit.listed = row.number(6) != 0;
  return permit;
}

std::vector<std::uint8_t> Store::photo_jpeg(const std::string& permit_id) {
  Statement row(db_, "SELECT photo FROM permits WHERE permit_id=?");
  if (!row.with(permit_id).step()) return {};
  return row.blob(0);
}

std::vector<std::string> Store::permit_ids() {
  Statement row(db_, "SELECT permit_id FROM permits ORDER BY permit_id");
  std::vector<std::string> ids;
  while (row.step()) ids.push_back(row.text(0));
  return ids;
}

std::vector<std::string> Store::permits_of(const std::string& id_number) {
  Statement row(db_, "SELECT permit_id FROM permits WHERE id_number=? ORDER BY permit_id");
  row.with(id_number);
  std::vector<std::string> ids;
  while (row.step()) ids.push_back(row.text(0));
  return ids;
}

std::string Store::permit_of_number(const std::string& record_number) {
  Statement row(db_, "SELECT permit_id FROM permits WHERE record_number=? ORDER BY permit_id");
  return !record_number.empty() && row.with(record_number).step() ? row.text(0) : std::string();
}

void Store::put_lookup(const LookupRow& lookup) {
  Statement(db_, "INSERT INTO lookups VALUES (?,?,?,?,?)")
      .with(lookup.terminal)
      .with(lookup.session)
      .with(lookup.number)
      .with(lookup.permit_id)
      .with(lookup.at_ms)
      .step();
}

std::optional<LookupRow> Store::lookup(const std::string& terminal, const std::string& session,
                                       const std::string& number) {
  Statement row(db_,
                "SELECT permit_id, at_ms FROM lookups WHERE terminal=? AND session=? AND number=?");
  if (!row.with(terminal).with(session).with(number).step()) return std::nullopt;
  return LookupRow{terminal, session, number, row.text(0), row.number(1)};
}

int Store::lookups_of(const std::string& terminal, const std::string& session) {
  Statement row(db_, "SELECT count(*) FROM lookups WHERE terminal=? AND session=?");
  row.with(terminal).with(session).step();
  return static_cast<int>(row.number(0));
}

int Store::foreign_lookups(const std::string& permit_id) {
  Statement row(db_, "SELECT count(*) FROM lookups WHERE permit_id=?");
  row.with(permit_id).step();
  return static_cast<int>(row.number(0));
}

void Store::put_claim(const ClaimRow& claim) {
  Statement(db_,
            "INSERT INTO claims (attempt_id, permit_id, terminal, state, granted_at_ms, spoilt) "
            "VALUES (?,?,?,?,?,?) ON CONFLICT (attempt_id) DO UPDATE SET state=excluded.state, "
            "spoilt=excluded.spoilt")
      .with(claim.attempt_id)
      .with(claim.permit_id)
      .with(claim.terminal)
      .with(std::string(to_string(claim.state)))
      .with(claim.granted_at_ms)
      .with(std::int64_t{claim.spoilt})
      .step();
}

std::optional<ClaimRow> Store::claim(const std::string& attempt_id) {
  Statement row(db_,
                "SELECT attempt_id, permit_id, terminal, state, granted_at_ms, spoilt FROM claims "
                "WHERE attempt_id=?");
  if (!row.with(attempt_id).step()) return std::nullopt;
  return claim_of(row);
}

std::vector<ClaimRow> Store::claims_of(const std::string& permit_id) {
  Statement row(db_,
                "SELECT attempt_id, permit_id, terminal, state, granted_at_ms, spoilt FROM claims "
                "WHERE permit_id=? ORDER BY seq");
  row.with(permit_id);
  std::vector<ClaimRow> rows;
  while (row.step()) rows.push_back(claim_of(row));
  return rows;
}

void Store::put_report(const ReportRow& report) {
  Statement(db_,
            "INSERT INTO reports (key, attempt_id, permit_id, card_number, outcome, "
            "may_print_again, state, current) VALUES (?,?,?,?,?,?,?,?) "
            "ON CONFLICT (key) DO UPDATE SET current=excluded.current")
      .with(report.key)
      .with(report.attempt_id)
      .with(report.permit_id)
      .with(std::int64_t{report.card_number})
      .with(std::string(to_string(report.outcome)))
      .with(std::int64_t{report.may_print_again})
      .with(std::string(to_string(report.state)))
      .with(std::int64_t{report.current})
      .step();
}

std::optional<ReportRow> Store::report(const std::string& key) {
  Statement row(db_,
                "SELECT key, attempt_id, permit_id, card_number, outcome, may_print_again, state, "
                "current FROM reports WHERE key=?");
  if (!row.with(key).step()) return std::nullopt;
  return report_of(row);
}

std::vector<ReportRow> Store::reports_of(const std::string& attempt_id) {
  Statement row(db_,
                "SELECT key, attempt_id, permit_id, card_number, outcome, may_print_again, state, "
                "current FROM reports WHERE attempt_id=? AND current=1 ORDER BY seq");
  row.with(attempt_id);
  std::vector<ReportRow> rows;
  while (row.step()) rows.push_back(report_of(row));
  return rows;
}

int Store::count(const std::string& permit_id, Outcome outcome) {
  Statement row(db_, "SELECT count(*) FROM reports WHERE permit_id=? AND outcome=? AND current=1");
  row.with(permit_id).with(std::string(to_string(outcome))).step();
  return static_cast<int>(row.number(0));
}

bool Store::remember_nonce(const std::string& nonce, std::int64_t ends_ms, std::int64_t now_ms) {
  Statement(db_, "DELETE FROM nonces WHERE ends_ms<?").with(now_ms).step();
  Statement seen(db_, "SELECT 1 FROM nonces WHERE nonce=?");
  if (seen.with(nonce).step()) return false;
  Statement(db_, "INSERT INTO nonces VALUES (?,?)").with(nonce).with(ends_ms).step();
  return true;
}

}  // namespace cardrig::mock_platform
