// Claims and reports.
#include "mock-platform/desk.h"

#include "mock-platform/json_codec.h"

namespace cardrig::mock_platform {

namespace {

using nlohmann::json;

/// What a first report makes of a claim. Nothing printed may follow a withdrawal or release, so
/// those two are left only for a card that exists.
ClaimState state_after(ClaimState state, Outcome outcome, int card_number) {
  const bool granted = state == ClaimState::kGranted;
  switch (outcome) {
    case Outcome::kDelivered:
      return ClaimState::kUsed;
    case Outcome::kCaptured:
      return ClaimState::kCaptured;
    case Outcome::kUnknown:
      return ClaimState::kUnknown;
    case Outcome::kNoCard:
      return granted ? ClaimState::kReleased : state;
    case Outcome::kSpoilt:
      if (!granted) return state;
      return card_number == 1 ? ClaimState::kGranted : ClaimState::kEnded;
  }
  return state;
}

/// What staff found later; nothing: that cannot follow.
std::optional<ClaimState> state_after_correction(Outcome earlier, Outcome found, int card_number) {
  if (earlier == Outcome::kUnknown) {
    switch (found) {
      case Outcome::kDelivered:
        return ClaimState::kUsed;
      case Outcome::kCaptured:
        return ClaimState::kCaptured;
      case Outcome::kNoCard:
        return ClaimState::kReleased;
      case Outcome::kSpoilt:
        return card_number == 1 ? ClaimState::kReleased : ClaimState::kEnded;
      case Outcome::kUnknown:
        return std::nullopt;
    }
  }
  if (earlier == Outcome::kCaptured) {
    if (found == Outcome::kDelivered) return ClaimState::kUsed;
    if (found == Outcome::kSpoilt) return ClaimState::kEnded;
  }
  return std::nullopt;
}

Answer not_found() { return error_answer(404, "NOT_FOUND", "there is no such thing"); }
Answer mismatch() {
  return error_answer(409, "ATTEMPT_MISMATCH",
                      "this attempt belongs to another permit, person or terminal");
}
Answer over() { return error_answer(409, "ATTEMPT_OVER", "this attempt has come to its end"); }

}  // namespace

std::string Answer::code() const {
  if (status < 400) return "OK";
  return body.value("code", "?");
}

Answer error_answer(int status, const char* code, const char* message) {
  return {status, {{"code", code}, {"message", message}}};
}

// A card may have been printed before the terminal heard of the withdrawal.
bool Desk::is_in_doubt(const ClaimRow& claim) {
  return claim.state == ClaimState::kWithdrawn && store_.reports_of(claim.attempt_id).empty();
}

std::string Desk::refusal(const Permit& permit) {
  if (permit.state == PermitState::kRevoked) return "revoked";
  if (permit.state == PermitState::kIssued) return "already_issued";
  for (const auto& claim : store_.claims_of(permit.permit_id)) {
    if (holds_permit(claim.state) || is_in_doubt(claim)) return "claimed";
  }
  if (permit.state != PermitState::kApproved) return "not_approved";
  if (permit.certificate.valid_to < china_date(clock_.now())) return "expired";
  if (store_.photo_jpeg(permit.permit_id).empty()) return "photo_missing";
  return "none";
}

Answer Desk::refuse(const std::string& refusal) {
  if (refusal == "revoked") return error_answer(422, "REVOKED", "the permit was revoked");
  if (refusal == "already_issued") {
    return error_answer(422, "ALREADY_ISSUED", "a card was delivered before");
  }
  if (refusal == "claimed") return error_answer(409, "CLAIMED", "another attempt holds the permit");
  if (refusal == "not_approved") return error_answer(422, "NOT_APPROVED", "approval is pending");
  if (refusal == "expired") return error_answer(422, "EXPIRED", "the certificate has expired");
  return error_answer(422, "PHOTO_MISSING", "there is no electronic photo");
}

Answer Desk::query(const Person& person) {
  json list = json::array();
  for (const auto& id : store_.permits_of(person.id_number)) {
    const auto permit = store_.permit(id);
    if (permit->person.name != person.name) {
      return error_answer(422, "PERSON_MISMATCH", "this number is known under another name");
    }
    if (permit->listed) list.push_back(offer(*permit));
  }
  return {200, {{"permits", std::move(list)}}};
}

json Desk::offer(const Permit& permit) {
  const auto& c = permit.certificate;
  return {{"permit_id", permit.permit_id},
          {"category_code", c.category_code},
          {"category", c.category},
          {"item_code", c.item_code},
          {"item", c.item},
          {"refusal", refusal(permit)}};
}

// A number is short and typed: without a limit, somebody could try all of them.
Answer Desk::lookup(const std::string& terminal, const std::string& session, const Person& person,
                    const std::string& number) {
  Store::Transaction transaction(store_);
  const auto id = store_.permit_of_number(number);
  const auto permit = id.empty() ? std::nullopt : store_.permit(id);
  const bool own =
      permit && permit->person.id_number == person.id_number && permit->person.name == person.name;
  const bool repeated = store_.lookup(terminal, session, number).has_value();
  if (!repeated && store_.lookups_of(terminal, session) >= kLookupTriesMax) {
    return error_answer(422, "TOO_MANY_TRIES", "this session has tried too many numbers");
  }
  if (own) return {200, {{"permit", offer(*permit)}}};
  if (!repeated) {
    store_.put_lookup({terminal, session, number, id, clock_.now().unix_ms});
    if (permit) {
      tracer_.emit("platform.suspicion",
                   {{"what", "number_of_another"}, {"terminal", terminal}, {"permit", id}});
    }
  }
  transaction.commit();
  if (!permit) return not_found();
  return error_answer(422, "OTHER_PERSON", "this number is not the person's");
}

void Desk::change(ClaimRow claim, ClaimState state) {
  claim.state = state;
  store_.put_claim(claim);
  tracer_.emit(
      "platform.claim",
      {{"attempt", claim.attempt_id}, {"permit", claim.permit_id}, {"state", to_string(state)}});
}

Answer Desk::granted(const ClaimRow& claim, const Permit& permit, bool repeated) {
  json certificate = certificate_to_json(permit.certificate);
  certificate["photo"] = {{"format", "jpeg"},
                          {"base64", base64(store_.photo_jpeg(permit.permit_id))}};
  return {200,
          {{"attempt_id", claim.attempt_id},
           {"permit_id", claim.permit_id},
           {"state", to_string(claim.state)},
           {"granted_at_ms", claim.granted_at_ms},
           {"repeated", repeated},
           {"certificate", std::move(certificate)}}};
}

Answer Desk::claim(const std::string& terminal, const std::string& attempt_id,
                   const std::string& permit_id, const Person& person) {
  Store::Transaction transaction(store_);
  if (const auto known = store_.claim(attempt_id)) {
    if (known->terminal != terminal) return mismatch();
    if (known->permit_id.empty()) return over();  // released before it arrived
    if (known->permit_id != permit_id) return mismatch();
    const auto permit = store_.permit(permit_id);
    if (!permit || permit->person.id_number != person.id_number) return mismatch();
    if (known->state != ClaimState::kGranted) return over();
    return granted(*known, *permit, true);
  }
  const auto permit = store_.permit(permit_id);
  if (!permit || permit->person.id_number != person.id_number) return not_found();
  if (permit->person.name != person.name) {
    return error_answer(422, "PERSON_MISMATCH", "this number is known under another name");
  }
  const std::string why_not = refusal(*permit);
  if (why_not != "none") return refuse(why_not);
  ClaimRow claim{attempt_id, permit_id, terminal, ClaimState::kGranted, clock_.now().unix_ms, 0};
  change(claim, ClaimState::kGranted);
  transaction.commit();
  return granted(claim, *permit, false);
}

Answer Desk::state(const std::string& terminal, const std::string& attempt_id) {
  const auto claim = store_.claim(attempt_id);
  if (claim && claim->terminal != terminal) return mismatch();
  const auto state = claim ? claim->state : ClaimState::kNone;
  return {200, {{"attempt_id", attempt_id}, {"state", to_string(state)}}};
}

Answer Desk::release(const std::string& terminal, const std::string& attempt_id) {
  Store::Transaction transaction(store_);
  auto claim = store_.claim(attempt_id);
  if (claim && claim->terminal != terminal) return mismatch();
  if (!claim) {
    claim = ClaimRow{attempt_id, "", terminal, ClaimState::kReleased, 0, 0};
    change(*claim, ClaimState::kReleased);
  } else if (claim->state == ClaimState::kGranted) {
    change(*claim, ClaimState::kReleased);
    claim->state = ClaimState::kReleased;
  } else if (claim->state == ClaimState::kUsed || claim->state == ClaimState::kCaptured ||
             claim->state == ClaimState::kUnknown) {
    return over();
  }
  transaction.commit();
  return {200, {{"attempt_id", attempt_id}, {"state", to_string(claim->state)}}};
}

Answer Desk::report(const std::string& terminal, const ReportBody& report) {
  Store::Transaction transaction(store_);
  const auto claim = store_.claim(report.attempt_id);
  if (!claim || claim->permit_id.empty()) return not_found();
  if (claim->terminal != terminal || claim->permit_id != report.permit_id) return mismatch();
  if (const auto same = store_.report(report.idempotency_key)) {
    if (same->attempt_id != report.attempt_id || same->outcome != report.outcome ||
        same->card_number != report.card_number) {
      return error_answer(409, "KEY_REUSED", "this key came with another content");
    }
    tracer_.emit("platform.report", {{"key", same->key},
                                     {"attempt", same->attempt_id},
                                     {"permit", same->permit_id},
                                     {"outcome", to_string(same->outcome)},
                                     {"card_number", same->card_number},
                                     {"duplicate", true},
                                     {"corrects", ""}});
    return {200,
            {{"duplicate", true},
             {"may_print_again", same->may_print_again},
             {"state", to_string(same->state)}}};
  }
  const auto earlier = store_.reports_of(report.attempt_id);
  Answer answer;
  for (const auto& row : earlier) {
    if (row.card_number != report.card_number) continue;
    answer = correction(*claim, row, report);
    if (answer.status == 200) transaction.commit();
    return answer;
  }
  const bool after_spoilt = earlier.size() == 1 && earlier[0].outcome == Outcome::kSpoilt;
  answer = first_report(*claim, report, after_spoilt);
  if (answer.status == 200) transaction.commit();
  return answer;
}

Answer Desk::first_report(const ClaimRow& claim, const ReportBody& report, bool after_spoilt) {
  const int expected = after_spoilt ? 2 : 1;
  if (report.card_number != expected || claim.state == ClaimState::kEnded) {
    return error_answer(400, "BAD_REQUEST", "this card is not the attempt's next one");
  }
  const auto state = state_after(claim.state, report.outcome, report.card_number);
  const bool again = report.outcome == Outcome::kSpoilt && state == ClaimState::kGranted;
  return record(claim, report, state, again, "");
}

Answer Desk::correction(const ClaimRow& claim, const ReportRow& earlier, const ReportBody& report) {
  const auto state = state_after_correction(earlier.outcome, report.outcome, report.card_number);
  if (!state) {
    return error_answer(409, "CARD_SETTLED", "this card was reported under another key");
  }
  ReportRow replaced = earlier;
  replaced.current = false;
  store_.put_report(replaced);
  return record(claim, report, *state, false, to_string(earlier.outcome));
}

Answer Desk::record(ClaimRow claim, const ReportBody& report, ClaimState state,
                    bool may_print_again, const char* corrects) {
  store_.put_report({report.idempotency_key, report.attempt_id, report.permit_id,
                     report.card_number, report.outcome, may_print_again, state, true});
  tracer_.emit("platform.report", {{"key", report.idempotency_key},
                                   {"attempt", report.attempt_id},
                                   {"permit", report.permit_id},
                                   {"outcome", to_string(report.outcome)},
                                   {"card_number", report.card_number},
                                   {"duplicate", false},
                                   {"corrects", corrects}});
  if (report.outcome == Outcome::kSpoilt) ++claim.spoilt;
  const bool changes = state != claim.state;
  settle_permit(claim, report, state);
  if (changes) {
    change(claim, state);
  } else {
    store_.put_claim(claim);
  }
  return {
      200,
      {{"duplicate", false}, {"may_print_again", may_print_again}, {"state", to_string(state)}}};
}

void Desk::settle_permit(const ClaimRow& claim, const ReportBody& report, ClaimState state) {
  const auto permit = store_.permit(claim.permit_id);
  if (!permit || permit->state == PermitState::kRevoked) return;  // that stands above all
  if (state == ClaimState::kUsed) {
    store_.set_permit_state(claim.permit_id, PermitState::kIssued);
  } else if (state == ClaimState::kEnded && report.card_number == 2 &&
             report.outcome == Outcome::kSpoilt && permit->state == PermitState::kApproved) {
    store_.set_permit_state(claim.permit_id, PermitState::kEnded);
  }
}

bool Desk::set_state(const std::string& permit_id, PermitState state) {
  Store::Transaction transaction(store_);
  if (!store_.permit(permit_id)) return false;
  store_.set_permit_state(permit_id, state);
  if (state == PermitState::kRevoked) {
    for (const auto& claim : store_.claims_of(permit_id)) {
      if (claim.state == ClaimState::kGranted) change(claim, ClaimState::kWithdrawn);
    }
  }
  transaction.commit();
  return true;
}

bool Desk::free(const std::string& permit_id) {
  Store::Transaction transaction(store_);
  bool freed = false;
  for (const auto& claim : store_.claims_of(permit_id)) {
    if (claim.state != ClaimState::kCaptured && claim.state != ClaimState::kUnknown &&
        !is_in_doubt(claim)) {
      continue;
    }
    change(claim, ClaimState::kEnded);
    freed = true;
  }
  transaction.commit();
  return freed;
}

bool Desk::withdraw(const std::string& attempt_id) {
  Store::Transaction transaction(store_);
  const auto claim = store_.claim(attempt_id);
  if (!claim || claim->state != ClaimState::kGranted) return false;
  change(*claim, ClaimState::kWithdrawn);
  transaction.commit();
  return true;
}

std::optional<PermitView> Desk::view(const std::string& permit_id) {
  const auto permit = store_.permit(permit_id);
  if (!permit) return std::nullopt;
  PermitView view;
  view.state = permit->state;
  const auto claims = store_.claims_of(permit_id);
  if (!claims.empty()) {
    view.claim = claims.back().state;
    view.attempt_id = claims.back().attempt_id;
  }
  view.delivered = store_.count(permit_id, Outcome::kDelivered);
  view.captured = store_.count(permit_id, Outcome::kCaptured);
  view.spoilt = store_.count(permit_id, Outcome::kSpoilt);
  view.no_card = store_.count(permit_id, Outcome::kNoCard);
  view.unknown = store_.count(permit_id, Outcome::kUnknown);
  view.foreign_lookups = store_.foreign_lookups(permit_id);
  return view;
}

}  // namespace cardrig::mock_platform
