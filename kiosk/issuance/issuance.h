// Issuance: the journalled state machine from claim to report. resume(record) serves the normal
// path and the restart alike. Exactly one card: see "Exactly one card" in docs/architecture.md.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/card_printer/print_jobs.h"
#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/journal/journal.h"
#include "kiosk/platform/exam_platform.h"

namespace cardrig::issuance {

/// What the person in front should be told while it runs.
enum class Stage { kClaiming, kPreparing, kPrinting, kTakeCard, kTakeCardReminder, kRetracting,
                   kRetrying, kSettling };

/// Why an issuance ended without a delivered card, for the screen and the alarm.
enum class Trouble {
  kNone,
  kClaimRefused,       ///< revoked or taken between query and claim
  kPlatformDown,       ///< before anything was printed
  kPlatformLied,       ///< the claim's data is not that of the person or permit
  kPrinterNotReady,    ///< out of cards, cover open…, before a card moved
  kCardSpoilt,         ///< a jam or ribbon fault after a card moved
  kCardNotTaken,
  kCardFateUnknown,
  kJournalFailed,      ///< nothing may be printed without a writable journal
  kWithdrawn,          ///< the platform withdrew the claim in time
};
[[nodiscard]] const char* to_string(Trouble trouble);

struct Settled {
  platform::Outcome outcome = platform::Outcome::kNoCard;
  Trouble trouble = Trouble::kNone;
  std::string detail;              ///< for staff, no personal data
  bool out_of_service = false;     ///< until staff have acted
};

struct Times {
  Nanos take_card{std::chrono::seconds(30)};      ///< until the reminder becomes a retract: ×2
  Nanos print_limit{std::chrono::seconds(150)};   ///< from job to card at the exit
  Nanos poll{std::chrono::milliseconds(500)};
  Nanos claim_age_limit{std::chrono::minutes(5)}; ///< an older claim is asked again before printing
};

struct Deps {
  Loop& loop;
  CivilClock& clock;
  Tracer& tracer;
  Entropy& entropy;
  journal::Journal& journal;
  platform::ExamPlatform& platform;
  card_printer::PrintJobs& jobs;
  card_printer::CardPath& path;
  control_board::ControlBoard& board;
  Times times;
};

class Issuance {
 public:
  using OnStage = std::function<void(Stage)>;
  explicit Issuance(Deps deps) : deps_(deps) {}

  /// A new attempt: commits the attempt id, then resumes it to its end.
  Async<Settled> issue(const platform::Person& person, const std::string& permit_id,
                       OnStage on_stage);
  /// Carries a record from wherever it stands to settled and reported.
  /// `chip_photo_matched` is false after a restart: then nothing new is ever printed.
  Async<Settled> resume(journal::Record record, bool person_is_here, OnStage on_stage);
  /// Settle-first on start-up: every open record, then the pending reports. Nothing: all clear.
  Async<std::optional<Settled>> settle_all();
  /// Sends what the platform has not acknowledged. True if nothing is pending any more.
  Async<bool> flush_reports();
  /// Staff cleared the path and said what they found: settles the unknown ones accordingly.
  Async<bool> staff_found(platform::Outcome found);

 private:
  Deps deps_;
};

}  // namespace cardrig::issuance
