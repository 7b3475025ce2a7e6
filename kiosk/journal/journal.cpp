// The journal: seals and opens records on the kiosk's loop, and lets the store work off it.
#include "kiosk/journal/journal.h"

#include <utility>

#include "kiosk/journal/record_codec.h"
#include "kiosk/journal/seal.h"
#include "kiosk/journal/store.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"

namespace cardrig::journal {

const char* to_string(Phase phase) {
  switch (phase) {
    case Phase::kAttempt:
      return "attempt";
    case Phase::kClaimed:
      return "claimed";
    case Phase::kIntent:
      return "intent";
    case Phase::kSettled:
      return "settled";
  }
  return "?";
}

const char* to_string(JournalReason reason) {
  switch (reason) {
    case JournalReason::kDiskFull:
      return "disk full";
    case JournalReason::kReadOnly:
      return "read-only";
    case JournalReason::kIo:
      return "input/output error";
    case JournalReason::kCorrupt:
      return "corrupt";
    case JournalReason::kWrongKey:
      return "wrong key";
    case JournalReason::kPowerLost:
      return "power lost";
  }
  return "?";
}

std::string report_key(const Record& record) {
  return record.attempt_id + "/" + std::to_string(record.card_number) +
         (record.found_by_staff ? "/found" : "");
}

namespace {

std::uint8_t state_of(const Record& record) {
  const bool settled = record.phase == Phase::kSettled;
  std::uint8_t state = 0;
  if (!settled || record.staff_must_clear) state |= kRowOpen;
  if (settled) state |= kRowReportDue;
  const bool person = !record.person.id_number.empty() || !record.person.name.empty();
  if (person || record.certificate) state |= kRowHoldsPerson;
  return state;
}

platform::Report report_of(const Record& record) {
  platform::Report report;
  report.idempotency_key = report_key(record);
  report.attempt_id = record.attempt_id;
  report.permit_id = record.permit_id;
  report.outcome = *record.outcome;
  report.card_number = record.card_number;
  report.settled_at = record.settled_at;
  report.detail = record.detail;
  return report;
}

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(const JournalConfig& config, Loop& loop, Entropy& entropy, Tracer& tracer,
                const Key256& key)
      : config_(config), loop_(loop), entropy_(entropy), tracer_(tracer), sealer_(key) {}

  Stored<Unit> open(Files& files, const CivilClock* clock);

  Async<Result<Unit, JournalReason>> commit(const Record& record) override;
  Async<Result<std::vector<Record>, JournalReason>> open_records() override;
  Async<Result<std::vector<platform::Report>, JournalReason>> pending_reports() override;
  Async<Result<Unit, JournalReason>> acknowledge(const std::string& idempotency_key) override;
  Async<Result<std::vector<Record>, JournalReason>> last_settled(std::size_t most) override;
  Async<Result<Unit, JournalReason>> forget_persons() override;

 private:
  SealedRow seal(const Record& record, std::uint8_t state);
  Stored<Record> unseal(const SealedRow& row) const;
  Stored<std::vector<Record>> unseal_all(const Stored<std::vector<SealedRow>>& rows) const;
  Async<Stored<std::vector<SealedRow>>> rows_with(std::uint8_t any);
  Async<Stored<Unit>> replace(std::vector<SealedRow> rows, std::uint8_t expected_state);
  void tell_failure(const char* what, const Error<JournalReason>& error) const;

  JournalConfig config_;
  Loop& loop_;
  Entropy& entropy_;
  Tracer& tracer_;
  Sealer sealer_;
  std::shared_ptr<Store> store_;  // shared with work that may still run when this is destroyed
};

Stored<Unit> SqliteJournal::open(Files& files, const CivilClock* clock) {
  auto store = Store::open(config_.path, files, entropy_, clock, sealer_.key_check());
  if (!store) {
    tell_failure("open", store.error());
    return tl::unexpected(store.error());
  }
  store_ = std::move(*store);
  // All of them, once: a row whose state was changed on the disk would else never be looked at.
  const auto records = unseal_all(store_->all_rows());
  if (!records) {
    tell_failure("open", records.error());
    return tl::unexpected(records.error());
  }
  tracer_.emit("journal.opened", {{"cards", records->size()}});
  return ok();
}

void SqliteJournal::tell_failure(const char* what, const Error<JournalReason>& error) const {
  std::vector<Field> fields;
  fields.emplace_back("what", what);
  fields.emplace_back("reason", to_string(error.reason));
  fields.emplace_back("detail", error.detail);
  tracer_.emit("journal.failed", std::move(fields));
}

SealedRow SqliteJournal::seal(const Record& record, std::uint8_t state) {
  SealedRow row;
  row.attempt = sealer_.lookup(record.attempt_id);
  row.card_number = record.card_number;
  row.state = state;
  row.report = sealer_.lookup(report_key(record));
  auto plain = encode_record(record);
  row.sealed = sealer_.seal(plain, row.bound(), entropy_);
  wipe(plain);
  return row;
}

Stored<Record> SqliteJournal::unseal(const SealedRow& row) const {
  auto plain = sealer_.open(row.sealed, row.bound());
  if (!plain) return fail(JournalReason::kCorrupt, "a row does not open under the journal's key");
  auto record = decode_record(*plain);
  wipe(*plain);
  return record;
}

Stored<std::vector<Record>> SqliteJournal::unseal_all(
    const Stored<std::vector<SealedRow>>& rows) const {
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Record> records;
  for (const auto& row : *rows) {
    auto record = unseal(row);
    if (!record) return tl::unexpected(record.error());
    records.push_back(std::move(*record));
  }
  return records;
}

Async<Stored<std::vector<SealedRow>>> SqliteJournal::rows_with(std::uint8_t any) {
  auto work = [store = store_, any] { return store->rows_with(any); };
  auto rows = co_await offload(loop_, config_.modelled_read, std::move(work));
  co_return rows;
}

Async<Stored<Unit>> SqliteJournal::replace(std::vector<SealedRow> rows,
                                           std::uint8_t expected_state) {
  if (rows.empty()) co_return ok();
  auto work = [store = store_, changed = std::move(rows), expected_state] {
    return store->replace(changed, expected_state);
  };
  auto done = co_await offload(loop_, config_.modelled_commit, std::move(work));
  co_return done;
}

Async<Result<Unit, JournalReason>> SqliteJournal::commit(const Record& record) {
  CARDRIG_CHECK(record.outcome.has_value() == (record.phase == Phase::kSettled));
  const std::string attempt = record.attempt_id;  // `record` may be gone after the wait
  const Phase phase = record.phase;
  const int card = record.card_number;
  const std::string key = phase == Phase::kSettled ? report_key(record) : "";
  auto work = [store = store_, row = seal(record, state_of(record))] { return store->put(row); };
  auto done = co_await offload(loop_, config_.modelled_commit, std::move(work));
  if (!done) {
    tell_failure("commit", done.error());
    co_return done;
  }
  std::vector<Field> fields;
  fields.emplace_back("attempt", attempt);
  fields.emplace_back("card", card);
  fields.emplace_back("phase", to_string(phase));
  if (!key.empty()) fields.emplace_back("key", key);
  tracer_.emit("journal.committed", std::move(fields));
  co_return done;
}

Async<Result<std::vector<Record>, JournalReason>> SqliteJournal::open_records() {
  const auto rows = co_await rows_with(kRowOpen);
  auto records = unseal_all(rows);
  if (!records) tell_failure("read open records", records.error());
  co_return records;
}

Async<Result<std::vector<platform::Report>, JournalReason>> SqliteJournal::pending_reports() {
  const auto rows = co_await rows_with(kRowReportDue);
  const auto records = unseal_all(rows);
  if (!records) {
    tell_failure("read pending reports", records.error());
    co_return tl::unexpected(records.error());
  }
  std::vector<platform::Report> reports;
  for (const auto& record : *records) reports.push_back(report_of(record));
  co_return reports;
}

Async<Result<Unit, JournalReason>> SqliteJournal::acknowledge(const std::string& idempotency_key) {
  const std::string key = idempotency_key;
  const Hash256 wanted = sealer_.lookup(key);
  auto due = co_await rows_with(kRowReportDue);
  if (!due) {
    tell_failure("acknowledge", due.error());
    co_return tl::unexpected(due.error());
  }
  std::erase_if(*due, [&](const SealedRow& row) { return row.report != wanted; });
  if (due->empty()) co_return ok();
  CARDRIG_CHECK(due->size() == 1);
  const auto record = unseal(due->front());
  if (!record) {
    tell_failure("acknowledge", record.error());
    co_return tl::unexpected(record.error());
  }
  const std::uint8_t before = due->front().state;
  auto row = seal(*record, static_cast<std::uint8_t>(before & ~kRowReportDue));
  row.seq = due->front().seq;
  std::vector<SealedRow> rows;
  rows.push_back(std::move(row));
  auto done = co_await replace(std::move(rows), before);
  if (!done) {
    tell_failure("acknowledge", done.error());
    co_return done;
  }
  std::vector<Field> fields;
  fields.emplace_back("key", key);
  tracer_.emit("journal.acknowledged", std::move(fields));
  co_return done;
}

Async<Result<std::vector<Record>, JournalReason>> SqliteJournal::last_settled(std::size_t most) {
  // Those that are not settled are few: at most the one under way.
  auto work = [store = store_, most] { return store->newest_rows(most + 2); };
  const auto rows = co_await offload(loop_, config_.modelled_read, std::move(work));
  auto records = unseal_all(rows);
  if (!records) {
    tell_failure("read settled records", records.error());
    co_return records;
  }
  std::erase_if(*records, [](const Record& record) { return record.phase != Phase::kSettled; });
  if (records->size() > most) records->resize(most);
  co_return records;
}

Async<Result<Unit, JournalReason>> SqliteJournal::forget_persons() {
  auto work = [store = store_] { return store->rows_in(kRowHoldsPerson); };
  auto done_with = co_await offload(loop_, config_.modelled_read, std::move(work));
  auto records = unseal_all(done_with);
  if (!records) {
    tell_failure("forget", records.error());
    co_return tl::unexpected(records.error());
  }
  std::vector<SealedRow> rows;
  for (std::size_t i = 0; i < records->size(); ++i) {
    auto& record = (*records)[i];
    record.person = {};
    record.certificate.reset();
    auto row = seal(record, 0);
    row.seq = (*done_with)[i].seq;
    rows.push_back(std::move(row));
  }
  auto done = co_await replace(std::move(rows), kRowHoldsPerson);
  if (!done) tell_failure("forget", done.error());
  co_return done;
}

}  // namespace

Result<std::unique_ptr<Journal>, JournalReason> open_journal(const JournalConfig& config,
                                                             Loop& loop, Files& files,
                                                             KeySource& keys, Entropy& entropy,
                                                             Tracer& tracer,
                                                             const CivilClock* clock) {
  const auto key = keys.journal_key();
  if (!key) return fail(JournalReason::kWrongKey, key.error().detail);
  auto journal = std::make_unique<SqliteJournal>(config, loop, entropy, tracer, *key);
  if (auto opened = journal->open(files, clock); !opened) return tl::unexpected(opened.error());
  return journal;
}

}  // namespace cardrig::journal
