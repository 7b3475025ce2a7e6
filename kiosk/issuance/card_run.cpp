// One card, followed to its end.
#include "kiosk/issuance/card_run.h"

#include <algorithm>
#include <utility>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/async.h"

namespace cardrig::issuance {

using card_printer::JobState;
using card_printer::PathFault;
using card_printer::PrintReason;

namespace {

constexpr int kSubmitTries = 3;
constexpr int kPresentTries = 2;
constexpr int kClearTries = 4;
constexpr Nanos kJustNow{std::chrono::seconds(1)};

bool same_view(const Sight& a, const Sight& b) {
  const auto key = [](const Sight& s) {
    const auto& p = s.sources.path;
    return std::make_tuple(s.job, s.fate, s.finished, p.has_value(), p ? p->device : DeviceState{},
                           p ? p->position : card_printer::CardPosition::kUnknown,
                           p ? p->fault : PathFault::kNone);
  };
  return key(a) == key(b);
}

}  // namespace

CardRun::CardRun(const Deps& deps, const journal::Record& record, bool person_is_here, Tell tell)
    : deps_(deps), record_(record), tell_(std::move(tell)), job_id_(record.job_id) {
  now_.person_is_here = person_is_here;
}

Async<void> CardRun::submit(std::vector<std::uint8_t> png) {
  card_printer::PrintTicket ticket;
  ticket.attempt_id = record_.attempt_id;
  ticket.width_px = certificate::kCardWidth_px;
  ticket.height_px = certificate::kCardHeight_px;
  ticket.png = std::move(png);
  for (int i = 0; i < kSubmitTries; ++i) {
    const auto sent = co_await deps_.jobs.submit(ticket);
    if (sent) {
      job_id_ = *sent;
      co_return;
    }
    printer_said_ = std::string("the job was not accepted: ") + to_string(sent.error().reason);
    const auto reason = sent.error().reason;
    // Only "busy" says for certain that nothing was taken on and that asking again may help. Before
    // it is sent again, nothing of ours may be queued and no card may have moved (P18, P29).
    now_.submit_unclear = reason != PrintReason::kBusy && reason != PrintReason::kRefused;
    if (reason != PrintReason::kBusy) co_return;
    co_await sleep_for(deps_.loop, deps_.times.grace);
    co_await look();
    if (sight_.job != JobView::kEnded || sight_.fate != Fate::kNotFed) co_return;
  }
}

Async<CardEnd> CardRun::follow() {
  limit_ =
      deps_.loop.now() + (now_.person_is_here ? deps_.times.print_limit : deps_.times.settle_limit);
  changed_at_ = deps_.loop.now();
  for (;;) {
    co_await look();
    now_.overtime = deps_.loop.now() >= limit_;
    if (offered_at_ > Nanos{0}) now_.shown_for = deps_.loop.now() - offered_at_;
    const Step step = next_step(sight_, now_, deps_.times);
    if (step >= Step::kEndDelivered) {
      co_await set_outlet_light(false);
      co_return end_of(step);
    }
    const bool used_up =
        clear_tries_ >= kClearTries && (step == Step::kClearAway || step == Step::kCapture);
    if (used_up || deps_.loop.now() >= limit_ + deps_.times.overtime) {
      co_await set_outlet_light(false);
      co_return given_up();
    }
    co_await carry_out(step);
    co_await wait_for_news();
  }
}

// The printer says by itself when something changes; the board and the job are asked. A printer
// that chatters is not asked more often for it. The outlet sensor believes a card, and its being
// taken, a moment after the printer: that moment is looked at closely.
Async<void> CardRun::wait_for_news() {
  const auto& path = sight_.sources.path;
  const auto& board = sight_.sources.board;
  const bool at_exit = path && path->position == card_printer::CardPosition::kExit;
  const bool board_lags = path && board && at_exit != board->card_in_outlet;
  if (board_lags && sight_.stable < kJustNow) {
    co_return co_await sleep_for(deps_.loop, deps_.times.poll_soon);
  }
  co_await deps_.path.wait_for_change(deps_.times.poll);
  const Nanos earliest = looked_at_ + deps_.times.poll_soon;
  if (deps_.loop.now() < earliest) co_await sleep_until(deps_.loop, earliest);
}

Async<void> CardRun::look() {
  looked_at_ = deps_.loop.now();
  Sight seen;
  if (!deps_.path.capabilities().knows_position) (void)co_await deps_.path.start();
  auto path = co_await deps_.path.status();
  if (path) seen.sources.path = *path;
  seen.sources.capabilities = deps_.path.capabilities();
  auto board = co_await deps_.board.inputs();
  if (board) seen.sources.board = *board;
  seen.job = co_await look_at_job();
  seen.fate = judge(seen.sources, record_.baseline);
  seen.finished = printed_since(seen.sources, record_.baseline).value_or(0) > 0;
  if (!same_view(seen, sight_)) changed_at_ = deps_.loop.now();
  seen.stable = deps_.loop.now() - changed_at_;
  sight_ = std::move(seen);
  if (sight_.sources.path && has_defect(*sight_.sources.path)) {
    const auto& p = *sight_.sources.path;
    printer_said_ = p.fault != PathFault::kNone       ? to_string(p.fault)
                    : p.reject_bin_full               ? "the reject bin is full"
                    : p.hopper == SupplyState::kEmpty ? "no cards in the hopper"
                                                      : "no ribbon";
  }
}

Async<JobView> CardRun::look_at_job() {
  if (job_id_ == 0) {
    const auto found = co_await deps_.jobs.find_jobs(record_.attempt_id);
    if (!found) co_return JobView::kUnreachable;
    if (found->empty()) co_return JobView::kEnded;
    job_id_ = found->front();
  }
  const auto job = co_await deps_.jobs.job_status(job_id_);
  if (!job) {
    co_return job.error().reason == PrintReason::kNoSuchJob ? JobView::kEnded
                                                            : JobView::kUnreachable;
  }
  switch (job->state) {
    case JobState::kCompleted:
      co_return JobView::kCompleted;
    case JobState::kCanceled:
    case JobState::kAborted:
      co_return JobView::kEnded;
    case JobState::kPending:
    case JobState::kHeld:
    case JobState::kProcessing:
    case JobState::kProcessingStopped:
      break;
  }
  co_return JobView::kActive;
}

Async<void> CardRun::carry_out(Step step) {
  switch (step) {
    case Step::kCancelJob:
      co_return co_await cancel_jobs();
    case Step::kPresent:
      co_return co_await present();
    case Step::kOffer:
      offered_at_ = deps_.loop.now();
      // The person's time counts from now, whatever the printing took.
      limit_ = std::max(limit_, offered_at_ + 2 * deps_.times.take_card);
      tell_(Stage::kTakeCard);
      co_return co_await set_outlet_light(true);
    case Step::kRemind:
      now_.reminded = true;
      tell_(Stage::kTakeCardReminder);
      co_return;
    case Step::kCapture:
      co_return co_await capture();
    case Step::kClearAway:
      co_return co_await clear_away();
    default:
      co_return;
  }
}

Async<void> CardRun::cancel_jobs() {
  const auto found = co_await deps_.jobs.find_jobs(record_.attempt_id);
  if (!found) co_return;
  for (const int id : *found) (void)co_await deps_.jobs.cancel(id);
}

Async<void> CardRun::present() {
  // After an exit jam: the latch refuses every movement.
  const bool latched = sight_.sources.path && sight_.sources.path->fault != PathFault::kNone;
  if (latched) (void)co_await deps_.path.clear_error();
  const auto presented = co_await deps_.path.present();
  if (presented) co_return;
  printer_said_ = std::string("present: ") + to_string(presented.error().reason);
  now_.present_failed = ++present_tries_ >= kPresentTries;
}

// Reject and clear error, in the order that the machine wants: a latched error may refuse the
// movement, and what is still in the path may keep the error.
Async<void> CardRun::clear_away() {
  if (clear_tries_++ == 0) tell_(Stage::kSettling);
  const auto rejected = co_await deps_.path.reject();
  if (!rejected) printer_said_ = std::string("reject: ") + to_string(rejected.error().reason);
  const bool latched = sight_.sources.path && sight_.sources.path->fault != PathFault::kNone;
  if (!rejected || latched) (void)co_await deps_.path.clear_error();
}

Async<void> CardRun::capture() {
  now_.capturing = true;
  if (clear_tries_++ == 0) tell_(Stage::kRetracting);
  const auto retracted = co_await deps_.path.retract();
  if (retracted) co_return;
  printer_said_ = std::string("retract: ") + to_string(retracted.error().reason);
  if (clear_tries_ > 1 && retracted.error().reason != card_printer::PathReason::kRejectFull) {
    (void)co_await deps_.path.clear_error();
    co_await look();
    // The person may have taken it in the last moment: then nothing is left to be rejected.
    if (sight_.fate == Fate::kAtExit) (void)co_await deps_.path.reject();
  }
}

Async<void> CardRun::set_outlet_light(bool on) {
  if (offered_at_ == Nanos{0}) co_return;
  // A dark light is no reason to keep a card back.
  (void)co_await deps_.board.set_light(control_board::Light::kOutlet, on);
}

std::string CardRun::what_is_seen() const {
  std::string text = to_string(sight_.fate);
  if (!sight_.sources.path) text += "; the card path does not answer";
  if (!sight_.sources.board) text += "; the outlet sensor does not answer";
  if (sight_.job == JobView::kUnreachable) text += "; the print channel does not answer";
  if (!printer_said_.empty()) text += "; " + printer_said_;
  return text;
}

CardEnd CardRun::end_of(Step step) const {
  using platform::Outcome;
  switch (step) {
    case Step::kEndDelivered:
      return {Outcome::kDelivered, Trouble::kNone, {}};
    case Step::kEndCaptured:
      return {Outcome::kCaptured, Trouble::kCardNotTaken, "a whole card is in the reject bin"};
    case Step::kEndSpoilt:
      return {Outcome::kSpoilt, Trouble::kCardSpoilt, what_is_seen()};
    case Step::kEndNoCard:
      return {Outcome::kNoCard, Trouble::kPrinterNotReady, what_is_seen()};
    default:
      return {Outcome::kUnknown, Trouble::kCardFateUnknown, what_is_seen()};
  }
}

CardEnd CardRun::given_up() const {
  return {platform::Outcome::kUnknown, Trouble::kCardFateUnknown, "time is up: " + what_is_seen()};
}

}  // namespace cardrig::issuance
