// The model of the exam platform.
#include "tests/kiosk/issuance/platform_model.h"

#include <chrono>

namespace cardrig::issuance {

using namespace std::chrono_literals;
using platform::ClaimState;
using platform::Outcome;
using platform::PlatformReason;

namespace {
constexpr Nanos kTravel = 30ms;
constexpr Nanos kTimeout = 10s;
}  // namespace

int PlatformModel::delivered(const std::string& permit) const {
  int n = 0;
  for (const auto& [attempt, claim] : claims) {
    if (claim.permit != permit) continue;
    for (const auto& [card, outcome] : claim.cards) n += outcome == Outcome::kDelivered ? 1 : 0;
  }
  return n;
}

void PlatformModel::withdraw_all() {
  for (auto& [attempt, claim] : claims) {
    if (claim.state == ClaimState::kGranted) claim.state = ClaimState::kWithdrawn;
  }
}

Result<platform::Claim, PlatformReason> PlatformModel::claim(const std::string& attempt,
                                                             const std::string& permit) {
  ++claim_calls;
  if (claim_fails) return fail(*claim_fails);
  if (refusal != platform::Refusal::kNone) {
    return fail(PlatformReason::kRefused, to_string(refusal));
  }
  const auto known = claims.find(attempt);
  if (known != claims.end()) {
    if (known->second.state != ClaimState::kGranted) return fail(PlatformReason::kConflict);
  } else {
    if (permits[permit] != "approved") return fail(PlatformReason::kConflict, permits[permit]);
    permits[permit] = "claimed";
    claims[attempt].permit = permit;
  }
  platform::Claim c;
  c.attempt_id = attempt;
  c.certificate = certificate;
  return c;
}

Result<ClaimState, PlatformReason> PlatformModel::claim_state(const std::string& attempt) {
  const auto known = claims.find(attempt);
  return known == claims.end() ? ClaimState::kNone : known->second.state;
}

Result<Unit, PlatformReason> PlatformModel::release(const std::string& attempt) {
  auto& claim = claims[attempt];
  switch (claim.state) {
    case ClaimState::kUsed:
    case ClaimState::kCaptured:
    case ClaimState::kUnknown:
      violations.emplace_back("released a claim whose card is out");
      return fail(PlatformReason::kConflict);
    case ClaimState::kGranted:
      claim.state = ClaimState::kReleased;
      if (!claim.permit.empty()) permits[claim.permit] = "approved";
      break;
    default:
      break;
  }
  return ok();
}

Result<platform::ReportAnswer, PlatformReason> PlatformModel::report(const platform::Report& r) {
  const auto same = by_key_.find(r.idempotency_key);
  if (same != by_key_.end()) {
    const auto& first = same->second;
    if (first.outcome != r.outcome || first.settled_at != r.settled_at ||
        first.detail != r.detail || first.card_number != r.card_number) {
      violations.emplace_back("a key came with another content");
      return fail(PlatformReason::kConflict);
    }
    const bool again = r.outcome == Outcome::kSpoilt && r.card_number == 1 && !refuses_retry &&
                       claims[r.attempt_id].state == ClaimState::kGranted;
    return platform::ReportAnswer{true, again};
  }
  auto answer = count(r);
  if (answer) {
    by_key_.emplace(r.idempotency_key, r);
    accepted.push_back(r);
  }
  return answer;
}

Result<platform::ReportAnswer, PlatformReason> PlatformModel::count(const platform::Report& r) {
  const auto known = claims.find(r.attempt_id);
  if (known == claims.end() || known->second.permit.empty()) return fail(PlatformReason::kNotFound);
  auto& claim = known->second;
  const auto counted = claim.cards.find(r.card_number);
  if (counted != claim.cards.end() && counted->second != Outcome::kUnknown) {
    violations.emplace_back("a card was reported twice: " + r.idempotency_key);
    return fail(PlatformReason::kConflict);
  }
  const bool in_turn =
      r.card_number == 1 || (claim.cards.contains(1) && claim.cards.at(1) == Outcome::kSpoilt);
  if (!in_turn) {
    violations.emplace_back("a card number out of turn: " + r.idempotency_key);
    return fail(PlatformReason::kBadAnswer);
  }
  claim.cards[r.card_number] = r.outcome;
  const bool held = claim.state == ClaimState::kGranted || claim.state == ClaimState::kUnknown;
  auto& permit = permits[claim.permit];
  platform::ReportAnswer answer;
  switch (r.outcome) {
    case Outcome::kDelivered:
      claim.state = ClaimState::kUsed;
      permit = "issued";
      break;
    case Outcome::kCaptured:
      claim.state = ClaimState::kCaptured;
      break;
    case Outcome::kUnknown:
      claim.state = ClaimState::kUnknown;
      break;
    case Outcome::kNoCard:
      if (held) {
        claim.state = ClaimState::kReleased;
        permit = "approved";
      }
      break;
    case Outcome::kSpoilt:
      if (held && r.card_number == 2) {
        claim.state = ClaimState::kEnded;
        permit = "ended";
      } else if (held) {
        claim.state = withdraws_after_spoilt ? ClaimState::kWithdrawn : ClaimState::kGranted;
        answer.may_print_again = !refuses_retry;
      }
      break;
  }
  return answer;
}

// ---- as one kiosk sees it ----------------------------------------------------------------------

Async<bool> ModelPlatform::reaches() {
  co_await sleep_for(loop_, kTravel);
  while (!kiosk_power_) co_await sleep_for(loop_, 1h);
  co_return !model_.down;
}

Async<bool> ModelPlatform::comes_back() {
  const bool lost = model_.lost_replies > 0;
  if (lost) --model_.lost_replies;
  co_await sleep_for(loop_, lost ? kTimeout : kTravel);
  while (!kiosk_power_) co_await sleep_for(loop_, 1h);
  co_return !lost;
}

Async<Result<std::vector<platform::PermitEntry>, PlatformReason>> ModelPlatform::permits_of(
    const platform::Person&) {
  co_return fail(PlatformReason::kNotFound);
}

Async<Result<platform::PermitEntry, PlatformReason>> ModelPlatform::lookup(const std::string&,
                                                                           const platform::Person&,
                                                                           const std::string&) {
  co_return fail(PlatformReason::kNotFound);
}

Async<Result<platform::Claim, PlatformReason>> ModelPlatform::claim(const std::string& attempt_id,
                                                                    const std::string& permit_id,
                                                                    const platform::Person&) {
  if (!co_await reaches()) co_return fail(PlatformReason::kUnreachable);
  auto answer = model_.claim(attempt_id, permit_id);
  if (!co_await comes_back()) co_return fail(PlatformReason::kTimeout);
  co_return answer;
}

Async<Result<ClaimState, PlatformReason>> ModelPlatform::claim_state(
    const std::string& attempt_id) {
  if (!co_await reaches()) co_return fail(PlatformReason::kUnreachable);
  auto answer = model_.claim_state(attempt_id);
  if (!co_await comes_back()) co_return fail(PlatformReason::kTimeout);
  co_return answer;
}

Async<Result<Unit, PlatformReason>> ModelPlatform::release(const std::string& attempt_id) {
  if (!co_await reaches()) co_return fail(PlatformReason::kUnreachable);
  auto answer = model_.release(attempt_id);
  if (!co_await comes_back()) co_return fail(PlatformReason::kTimeout);
  co_return answer;
}

Async<Result<platform::ReportAnswer, PlatformReason>> ModelPlatform::report(
    const platform::Report& report) {
  if (!co_await reaches()) co_return fail(PlatformReason::kUnreachable);
  auto answer = model_.report(report);
  if (model_.lost_report_replies > 0) {
    --model_.lost_report_replies;
    ++model_.lost_replies;
  }
  if (!co_await comes_back()) co_return fail(PlatformReason::kTimeout);
  co_return answer;
}

Async<Result<Unit, PlatformReason>> ModelPlatform::health() { co_return ok(); }

}  // namespace cardrig::issuance
