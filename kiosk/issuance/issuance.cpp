// Issuance: new attempts, settling, the one retry, and the reports.
#include "kiosk/issuance/issuance.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <utility>

#include "kiosk/certificate/card_face.h"
#include "kiosk/issuance/attempt.h"
#include "kiosk/issuance/readiness.h"
#include "kiosk/issuance/reporting.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/check.h"

namespace cardrig::issuance {

using journal::Phase;
using platform::Outcome;

const char* to_string(Trouble trouble) {
  switch (trouble) {
    case Trouble::kNone:
      return "none";
    case Trouble::kClaimRefused:
      return "claim refused";
    case Trouble::kPlatformDown:
      return "platform down";
    case Trouble::kPlatformLied:
      return "platform lied";
    case Trouble::kPrinterNotReady:
      return "printer not ready";
    case Trouble::kCardSpoilt:
      return "card spoilt";
    case Trouble::kCardNotTaken:
      return "card not taken";
    case Trouble::kCardFateUnknown:
      return "card fate unknown";
    case Trouble::kJournalFailed:
      return "journal failed";
    case Trouble::kWithdrawn:
      return "withdrawn";
  }
  return "?";
}

const char* to_string(Stage stage) {
  switch (stage) {
    case Stage::kClaiming:
      return "claiming";
    case Stage::kPreparing:
      return "preparing";
    case Stage::kPrinting:
      return "printing";
    case Stage::kTakeCard:
      return "take_card";
    case Stage::kTakeCardReminder:
      return "take_card_reminder";
    case Stage::kRetracting:
      return "retracting";
    case Stage::kRetrying:
      return "retrying";
    case Stage::kSettling:
      return "settling";
  }
  return "?";
}

std::optional<std::vector<std::uint8_t>> draw_front(const certificate::Certificate& c) {
  for (const auto* text : {&c.name, &c.category, &c.item, &c.authority}) {
    if (!certificate::can_draw_text(*text)) return std::nullopt;
  }
  return certificate::encode_png(certificate::draw_card_front(c));
}

namespace {

constexpr int kSettleTries = 3;
constexpr Nanos kSettlePause{std::chrono::seconds(2)};

/// Awaits `work` in a coroutine of its own, which nobody cancels: an issuance that has begun goes
/// on to its end, and whoever awaits it is held until then.
Async<Settled> uncancelled(Loop& loop, Async<Settled> work) {
  auto started =
      asio::co_spawn(loop.executor(), std::move(work),
                     asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
  co_return co_await std::move(started);
}

Settled out_of_order(Trouble trouble, std::string detail) {
  return {trouble == Trouble::kCardFateUnknown ? Outcome::kUnknown : Outcome::kNoCard, trouble,
          std::move(detail), true};
}

void tell_settled(const Deps& deps, const journal::Record& record, Trouble trouble) {
  std::vector<Field> fields;
  fields.emplace_back("attempt", record.attempt_id);
  fields.emplace_back("permit", record.permit_id);
  fields.emplace_back("card", record.card_number);
  fields.emplace_back("outcome", to_string(*record.outcome));
  fields.emplace_back("trouble", to_string(trouble));
  fields.emplace_back("detail", record.detail);
  fields.emplace_back("by_staff", record.found_by_staff);
  deps.tracer.emit("issuance.settled", std::move(fields));
}

/// Commits the end of a card. False: the journal cannot take it; the next start settles it anew.
Async<bool> settle(const Deps& deps, journal::Record& record, const CardEnd& end) {
  record.phase = Phase::kSettled;
  record.outcome = end.outcome;
  record.settled_at = deps.clock.now();
  record.detail = end.detail;
  record.staff_must_clear = end.outcome == Outcome::kUnknown;
  for (int i = 1;; ++i) {
    const auto committed = co_await deps.journal.commit(record);
    if (committed) break;
    if (i >= kSettleTries) co_return false;
    co_await sleep_for(deps.loop, kSettlePause);
  }
  tell_settled(deps, record, end.trouble);
  co_return true;
}

/// The same claim, one more card.
journal::Record second_card(journal::Record record) {
  record.card_number = 2;
  record.phase = Phase::kClaimed;
  record.outcome.reset();
  record.detail.clear();
  record.baseline = {};
  record.job_id = 0;
  return record;
}

Async<bool> stays_out(const Deps& deps, const CardEnd& end, bool person_is_here) {
  switch (end.outcome) {
    case Outcome::kUnknown:
      co_return true;
    case Outcome::kSpoilt:
      co_return person_is_here;  // a power cut is not the printer's fault
    case Outcome::kDelivered:
    case Outcome::kCaptured:
      co_return false;
    case Outcome::kNoCard:
      break;
  }
  if (end.trouble == Trouble::kJournalFailed) co_return true;
  if (end.trouble != Trouble::kPrinterNotReady || !person_is_here) co_return false;
  journal::Baseline unused;
  const auto obstacle = co_await printer_obstacle(deps, unused);
  co_return obstacle.has_value();
}

}  // namespace

/// Marks the attempt that is carried now, also when an exception ends it.
class Issuance::Busy {
 public:
  Busy(Issuance& issuance, std::string attempt) : issuance_(issuance) {
    issuance_.active_attempt_ = std::move(attempt);
  }
  ~Busy() { issuance_.active_attempt_.clear(); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  Issuance& issuance_;
};

Async<Settled> Issuance::issue(const platform::Person& person, const std::string& permit_id,
                               OnStage on_stage) {
  return uncancelled(deps_.loop, begin(person, permit_id, std::move(on_stage)));
}

Async<Settled> Issuance::resume(journal::Record record, bool person_is_here, OnStage on_stage) {
  return uncancelled(deps_.loop, carry(std::move(record), person_is_here, std::move(on_stage)));
}

Async<Settled> Issuance::begin(platform::Person person, std::string permit_id, OnStage on_stage) {
  const auto open = co_await deps_.journal.open_records();
  if (!open) co_return out_of_order(Trouble::kJournalFailed, to_string(open.error().reason));
  if (!open->empty()) {
    co_return out_of_order(Trouble::kCardFateUnknown, "an earlier card is not settled");
  }
  const auto reported = co_await is_reported(permit_id);
  if (!reported) {
    co_return out_of_order(Trouble::kJournalFailed, to_string(reported.error().reason));
  }
  if (!*reported) {
    co_return Settled{Outcome::kNoCard, Trouble::kPlatformDown,
                      "an earlier card of this permit is not reported yet", false};
  }
  journal::Record record;
  record.attempt_id = random_id(deps_.entropy);
  record.permit_id = std::move(permit_id);
  record.person = std::move(person);
  record.started_at = deps_.clock.now();
  const auto committed = co_await deps_.journal.commit(record);
  if (!committed) {
    co_return out_of_order(Trouble::kJournalFailed, to_string(committed.error().reason));
  }
  auto settled = co_await carry(std::move(record), true, std::move(on_stage));
  co_return settled;
}

// What the platform has not been told it cannot take into account: it could grant the permit anew.
Async<Result<bool, journal::JournalReason>> Issuance::is_reported(const std::string& permit_id) {
  for (int tries = 0;; ++tries) {
    const auto pending = co_await deps_.journal.pending_reports();
    if (!pending) co_return tl::unexpected(pending.error());
    const bool waits = std::any_of(pending->begin(), pending->end(),
                                   [&](const auto& r) { return r.permit_id == permit_id; });
    if (!waits || tries > 0) co_return !waits;
    (void)co_await flush_reports();
  }
}

Async<Settled> Issuance::carry(journal::Record record, bool person_is_here, OnStage on_stage) {
  if (record.phase == Phase::kSettled) {
    const bool out = record.staff_must_clear;
    const auto trouble = out ? Trouble::kCardFateUnknown : Trouble::kNone;
    co_return Settled{*record.outcome, trouble, record.detail, out};
  }
  const Busy busy(*this, record.attempt_id);
  for (;;) {
    Attempt attempt(deps_, record, person_is_here, on_stage);
    const CardEnd end = co_await attempt.run();
    const bool out = co_await stays_out(deps_, end, person_is_here);
    if (!co_await settle(deps_, record, end)) {
      // Nothing was printed: the claim can go back at once, journal or not.
      if (end.outcome == Outcome::kNoCard) {
        (void)co_await deps_.platform.release(record.attempt_id);
      }
      co_return Settled{end.outcome, Trouble::kJournalFailed, end.detail, true};
    }
    const bool again = end.outcome == Outcome::kSpoilt && person_is_here &&
                       record.card_number == 1 && co_await may_retry(record);
    if (!again) {
      active_attempt_.clear();
      (void)co_await flush_reports();
      co_return Settled{end.outcome, end.trouble, end.detail, out};
    }
    record = second_card(std::move(record));
    attempt.tell(Stage::kRetrying);
  }
}

// The spoilt card is reported first; only the platform's answer allows one more. The second card is
// in the journal before the report is done with: after a power cut between the two, the claim has
// an owner who gives it back.
Async<bool> Issuance::may_retry(const journal::Record& spoilt) {
  const Reporting reporting(deps_);
  const auto report = report_of(spoilt);
  const auto answer = co_await reporting.report(report);
  if (!answer || !answer->may_print_again) co_return false;
  const auto second = second_card(spoilt);
  const auto committed = co_await deps_.journal.commit(second);
  if (!committed) co_return false;
  (void)co_await deps_.journal.acknowledge(report.idempotency_key);
  co_return true;
}

Async<std::optional<Settled>> Issuance::settle_all() {
  auto open = co_await deps_.journal.open_records();
  if (!open) co_return out_of_order(Trouble::kJournalFailed, to_string(open.error().reason));
  std::optional<Settled> obstacle;
  for (auto& record : *open) {
    const Settled settled = co_await resume(std::move(record), false, nullptr);
    if (settled.out_of_service) obstacle = settled;
  }
  (void)co_await flush_reports();
  co_return obstacle;
}

Async<bool> Issuance::flush_reports() {
  if (flushing_) co_return false;
  struct Flushing {
    explicit Flushing(bool& f) : flag(f) { flag = true; }
    ~Flushing() { flag = false; }
    Flushing(const Flushing&) = delete;
    Flushing& operator=(const Flushing&) = delete;
    bool& flag;
  } const flushing(flushing_);
  const Reporting reporting(deps_);
  const bool all = co_await reporting.send_pending(active_attempt_);
  if (!all) co_return false;
  const auto forgotten = co_await deps_.journal.forget_persons();
  co_return forgotten.has_value();
}

Async<bool> Issuance::staff_found(Outcome found) {
  if (found == Outcome::kUnknown) co_return false;
  (void)co_await deps_.path.clear_error();
  const auto path = co_await deps_.path.status();
  const auto board = co_await deps_.board.inputs();
  const bool clear = path && board && !board->card_in_outlet &&
                     path->position == card_printer::CardPosition::kNone;
  if (!clear) co_return false;
  auto open = co_await deps_.journal.open_records();
  if (!open) co_return false;
  for (auto& record : *open) {
    if (!record.staff_must_clear) continue;
    record.outcome = found;
    record.staff_must_clear = false;
    record.found_by_staff = true;
    record.settled_at = deps_.clock.now();
    record.detail = "found by staff";
    const auto committed = co_await deps_.journal.commit(record);
    if (!committed) co_return false;
    tell_settled(deps_, record, Trouble::kNone);
  }
  (void)co_await flush_reports();
  co_return true;
}

}  // namespace cardrig::issuance
