// The journal: encrypted, crash-safe record of every issuance. What must still be reported is
// derived from its rows, in the same transaction: there is no second store.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/certificate/certificate.h"
#include "kiosk/platform/exam_platform.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/files.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::journal {

/// How far an attempt has come. Each step is committed before the act that it permits.
enum class Phase {
  kAttempt,  ///< the attempt id exists; a claim may have been sent
  kClaimed,  ///< the platform's answer is here
  kIntent,  ///< counters are recorded; the job may have been sent
  kSettled,  ///< what became of the card is known (or known to be unknowable)
};
[[nodiscard]] const char* to_string(Phase phase);

/// What the card path and the outlet sensor said before the job was sent.
struct Baseline {
  std::uint32_t cards_fed_total = 0;
  std::uint32_t cards_printed_total = 0;
  std::uint32_t cards_rejected_total = 0;
  std::uint16_t cards_seen_total = 0;
  std::uint16_t cards_taken_total = 0;
};

/// One card of one attempt. A retry after a spoilt card is a record of its own: same attempt id,
/// next card number.
struct Record {
  std::string attempt_id;
  std::string permit_id;
  platform::Person person;
  Phase phase = Phase::kAttempt;
  CivilTime started_at;
  std::optional<certificate::Certificate> certificate;  ///< from kClaimed on; photo not kept
  int card_number = 1;  ///< 2 after a spoilt card
  Baseline baseline;  ///< from kIntent on, of the present card
  int job_id = 0;  ///< 0: not known
  std::optional<platform::Outcome> outcome;  ///< from kSettled on
  CivilTime settled_at;
  std::string detail;
  bool staff_must_clear = false;  ///< unknown: out of service until staff said what they found
  bool found_by_staff = false;  ///< the outcome is what staff found; reported under a new key
};

/// The idempotency key of a record's report: attempt id, card number, and "/found" for what staff
/// found after "unknown" (docs/protocols/platform.md wants a new key for that).
[[nodiscard]] std::string report_key(const Record& record);

enum class JournalReason { kDiskFull, kReadOnly, kIo, kCorrupt, kWrongKey, kPowerLost };
[[nodiscard]] const char* to_string(JournalReason reason);

class Journal {
 public:
  virtual ~Journal() = default;
  /// Inserts or replaces the record of this attempt and card, durably. Settling also makes its
  /// report pending, in the same transaction.
  virtual Async<Result<Unit, JournalReason>> commit(const Record& record) = 0;
  /// The cards that are not settled, or settled as unknown and not cleared; oldest first.
  virtual Async<Result<std::vector<Record>, JournalReason>> open_records() = 0;
  /// Reports that the platform has not acknowledged yet, oldest first.
  virtual Async<Result<std::vector<platform::Report>, JournalReason>> pending_reports() = 0;
  /// The platform has it. Harmless for a key that is not pending.
  virtual Async<Result<Unit, JournalReason>> acknowledge(const std::string& idempotency_key) = 0;
  /// Cards that are settled, the newest first, `most` of them. Of a person that was forgotten
  /// nothing is left in them.
  virtual Async<Result<std::vector<Record>, JournalReason>> last_settled(std::size_t most) = 0;
  /// Removes personal data of settled and reported attempts; counts stay.
  virtual Async<Result<Unit, JournalReason>> forget_persons() = 0;
};

struct JournalConfig {
  std::string path = "journal.db";
  Nanos modelled_commit{std::chrono::milliseconds(8)};  ///< an fsync on the kiosk's disk
  Nanos modelled_read{std::chrono::microseconds(200)};
};

/// Opens or creates the journal: SQLite in WAL mode with full sync, payloads sealed with
/// AES-256-GCM, look-ups by keyed hash. Blocks, and checks every row: for start-up only.
/// Everything passed in outlives it. kWrongKey: the journal was written under another key, or
/// there is no key. Nonces come from `entropy`: it must never repeat itself after a restart.
/// Without a clock SQL's date functions fail; the journal uses none.
///
/// Trace: journal.opened (cards), journal.committed (attempt, card, phase; when settled also the
/// key of the report that is due now), journal.acknowledged (key), journal.failed (what, reason,
/// detail).
[[nodiscard]] Result<std::unique_ptr<Journal>, JournalReason> open_journal(
    const JournalConfig& config, Loop& loop, Files& files, KeySource& keys, Entropy& entropy,
    Tracer& tracer, const CivilClock* clock = nullptr);

}  // namespace cardrig::journal
