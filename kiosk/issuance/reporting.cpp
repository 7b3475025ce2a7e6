// Reports and releases towards the platform.
#include "kiosk/issuance/reporting.h"

#include <algorithm>
#include <utility>

namespace cardrig::issuance {

using platform::Outcome;
using platform::PlatformReason;

namespace {

constexpr int kUnansweredLimit = 2;  // a platform that does not answer is not hammered

/// The request may succeed later; anything else is the platform's considered answer.
bool may_succeed_later(PlatformReason reason) {
  switch (reason) {
    case PlatformReason::kUnreachable:
    case PlatformReason::kTimeout:
    case PlatformReason::kServerError:
    case PlatformReason::kUnauthorised:
    case PlatformReason::kBadAnswer:
      return true;
    case PlatformReason::kRefused:
    case PlatformReason::kConflict:
    case PlatformReason::kNotFound:
      break;
  }
  return false;
}

}  // namespace

platform::Report report_of(const journal::Record& settled) {
  platform::Report report;
  report.idempotency_key = journal::report_key(settled);
  report.attempt_id = settled.attempt_id;
  report.permit_id = settled.permit_id;
  report.outcome = *settled.outcome;
  report.card_number = settled.card_number;
  report.settled_at = settled.settled_at;
  report.detail = settled.detail;
  return report;
}

Async<Result<platform::ReportAnswer, PlatformReason>> Reporting::report(
    const platform::Report& report) const {
  auto answer = co_await deps_.platform.report(report);
  std::vector<Field> fields;
  fields.emplace_back("attempt", report.attempt_id);
  fields.emplace_back("key", report.idempotency_key);
  fields.emplace_back("outcome", to_string(report.outcome));
  fields.emplace_back("result", answer ? "ok" : to_string(answer.error().reason));
  fields.emplace_back("duplicate", answer && answer->duplicate);
  deps_.tracer.emit("issuance.report", std::move(fields));
  co_return answer;
}

// An attempt that the platform has never heard of is marked as over by this, too: a claim that is
// still under way somewhere in the network is refused when it arrives.
Async<bool> Reporting::give_back(const std::string& attempt_id) const {
  const auto released = co_await deps_.platform.release(attempt_id);
  co_return released || !may_succeed_later(released.error().reason);
}

Async<Reporting::Sent> Reporting::send(const platform::Report& r, bool last_card) const {
  if (r.outcome == Outcome::kNoCard && !co_await give_back(r.attempt_id)) {
    co_return Sent::kNoAnswer;
  }
  const auto answer = co_await report(r);
  if (!answer && may_succeed_later(answer.error().reason)) co_return Sent::kNoAnswer;
  // The claim allows one more card that nobody will print: it goes back.
  const bool unused = answer && r.outcome == Outcome::kSpoilt && r.card_number == 1 && last_card;
  if (unused && !co_await give_back(r.attempt_id)) co_return Sent::kNoAnswer;
  if (answer) co_return Sent::kDone;
  // "Not found" for an attempt without a card: its claim never arrived, there is nothing to count.
  const bool nothing_to_count = answer.error().reason == PlatformReason::kNotFound;
  co_return r.outcome == Outcome::kNoCard&& nothing_to_count ? Sent::kDone : Sent::kRefused;
}

Async<bool> Reporting::send_pending(std::string except) const {
  const auto pending = co_await deps_.journal.pending_reports();
  const auto open = co_await deps_.journal.open_records();
  if (!pending || !open) co_return false;
  std::vector<std::string> held = {std::move(except)};  // attempts whose later cards must wait
  int unanswered = 0;
  for (const auto& r : *pending) {
    if (std::find(held.begin(), held.end(), r.attempt_id) != held.end()) continue;
    const auto is_second = [&](const auto& other) {
      return other.attempt_id == r.attempt_id && other.card_number > r.card_number;
    };
    const bool last_card = std::none_of(pending->begin(), pending->end(), is_second) &&
                           std::none_of(open->begin(), open->end(), is_second);
    const Sent sent = co_await send(r, last_card);
    if (sent == Sent::kNoAnswer) {
      held.push_back(r.attempt_id);
      if (++unanswered >= kUnansweredLimit) co_return false;
      continue;
    }
    // A refusal is final (the card was counted under another key): it stays in the trace, and is
    // not sent for ever.
    const auto acknowledged = co_await deps_.journal.acknowledge(r.idempotency_key);
    if (!acknowledged) co_return false;
  }
  const auto left = co_await deps_.journal.pending_reports();
  co_return left && left->empty();
}

}  // namespace cardrig::issuance
