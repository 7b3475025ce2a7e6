// Issuance: the journalled state machine from claim to report. resume(record) serves the normal
// path and the restart alike. Exactly one card: see "Exactly one card" in docs/architecture.md.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/card_printer/print_jobs.h"
#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/journal/journal.h"
#include "kiosk/platform/exam_platform.h"

namespace cardrig::issuance {

/// What the person in front should be told while it runs.
enum class Stage {
  kClaiming,
  kPreparing,
  kPrinting,
  kTakeCard,
  kTakeCardReminder,
  kRetracting,
  kRetrying,
  kSettling
};

/// Why an issuance ended without a delivered card, for the screen and the alarm.
enum class Trouble {
  kNone,
  kClaimRefused,  ///< revoked or taken between query and claim
  kPlatformDown,  ///< before anything was printed
  kPlatformLied,  ///< the claim's data is not that of the person or permit
  kPrinterNotReady,  ///< out of cards, cover open…, before a card moved
  kCardSpoilt,  ///< a jam or ribbon fault after a card moved
  kCardNotTaken,
  kCardFateUnknown,
  kJournalFailed,  ///< nothing may be printed without a writable journal
  kWithdrawn,  ///< the platform withdrew the claim in time
};
[[nodiscard]] const char* to_string(Trouble trouble);

struct Settled {
  platform::Outcome outcome = platform::Outcome::kNoCard;
  Trouble trouble = Trouble::kNone;
  std::string detail;  ///< for staff, no personal data
  bool out_of_service = false;  ///< until staff have acted
};

/// The limits of every wait. Those of single calls are the drivers'.
struct Times {
  Nanos take_card{std::chrono::seconds(30)};  ///< until the reminder; as long again: retract
  Nanos print_limit{std::chrono::seconds(150)};  ///< from job to card at the exit
  Nanos poll{std::chrono::milliseconds(500)};
  Nanos poll_soon{
      std::chrono::milliseconds(50)};  ///< the shortest, when something has just changed
  /// While the platform does not answer, its last word on the claim counts for so long.
  Nanos claim_age_limit{std::chrono::minutes(1)};
  Nanos claim_pause{std::chrono::seconds(2)};  ///< before the one repetition of a claim
  Nanos prepare_limit{
      std::chrono::seconds(45)};  ///< for what passes by itself: heating, cover open
  Nanos defect_limit{std::chrono::seconds(20)};  ///< a job waits on a defect before it is cancelled
  Nanos grace{std::chrono::seconds(3)};  ///< a standstill lasts so long to be believed
  Nanos overtime{std::chrono::seconds(45)};  ///< to put a card away after a limit has passed
  Nanos settle_limit{
      std::chrono::minutes(3)};  ///< after a restart, for printer and board to answer
  Nanos modelled_draw{std::chrono::milliseconds(45)};  ///< drawing and coding one card face
};

/// PNG of the card's front, 1016 × 648 pixels; nothing if it cannot be drawn (fault R28: the fonts
/// lack a character of the name). Runs in offloaded work.
using DrawCard =
    std::function<std::optional<std::vector<std::uint8_t>>(const certificate::Certificate&)>;
[[nodiscard]] std::optional<std::vector<std::uint8_t>> draw_front(
    const certificate::Certificate& certificate);

struct Deps {
  Loop& loop;
  CivilClock& clock;
  Tracer& tracer;
  Entropy& entropy;  ///< must never repeat itself after a restart: attempt ids come from it
  journal::Journal& journal;
  platform::ExamPlatform& platform;
  card_printer::PrintJobs& jobs;
  card_printer::CardPath& path;
  control_board::ControlBoard& board;
  Times times{};
  DrawCard draw_card = draw_front;
};

/// Trace: issuance.stage (attempt, stage), issuance.settled (attempt, card, outcome, trouble,
/// detail, by_staff; after the journal has it), issuance.report (attempt, key, outcome, result,
/// duplicate).
class Issuance {
 public:
  using OnStage = std::function<void(Stage)>;
  explicit Issuance(Deps deps) : deps_(std::move(deps)) {}

  /// A new attempt: commits the attempt id, then resumes it to its end. Once begun it is not
  /// cancelled: cancelling the caller takes effect after this has returned. Refuses (nothing is
  /// claimed, out of service) while an earlier card is not settled, and (without going out of
  /// service) while the platform has not been told what became of an earlier card of this permit.
  Async<Settled> issue(const platform::Person& person, const std::string& permit_id,
                       OnStage on_stage);
  /// Carries a record from wherever it stands to settled, and tries to report it.
  /// `person_is_here` is false after a restart: then nothing new is ever printed, and a card that
  /// waits at the exit is drawn in. Not cancelled either.
  Async<Settled> resume(journal::Record record, bool person_is_here, OnStage on_stage);
  /// Settle-first on start-up: every open record, then the pending reports. Nothing: all clear,
  /// service may go on (reports may still be pending: flush_reports()). Ends within about
  /// `settle_limit` for each open record.
  Async<std::optional<Settled>> settle_all();
  /// Sends what the platform has not acknowledged, in the order of settling. True if nothing is
  /// pending any more; personal data of what is done with is then removed. To be called again and
  /// again. Leaves an attempt alone that is being issued meanwhile.
  Async<bool> flush_reports();
  /// Staff cleared the path and said what they found: clears the printer's latched error and
  /// settles the unknown ones accordingly. False: a card is still in the path or the outlet, the
  /// printer or the board does not answer, or the journal failed.
  Async<bool> staff_found(platform::Outcome found);

 private:
  class Busy;

  Async<Settled> begin(platform::Person person, std::string permit_id, OnStage on_stage);
  Async<Settled> carry(journal::Record record, bool person_is_here, OnStage on_stage);
  Async<bool> may_retry(const journal::Record& spoilt);
  Async<Result<bool, journal::JournalReason>> is_reported(const std::string& permit_id);

  Deps deps_;
  std::string active_attempt_;  ///< being carried now: its reports are not for flush_reports()
  bool flushing_ = false;
};

}  // namespace cardrig::issuance
