// Words for the platform's enumerations, as they stand in traces, journals and on the wire.
#include "kiosk/platform/exam_platform.h"

namespace cardrig::platform {

const char* to_string(PlatformReason reason) {
  switch (reason) {
    case PlatformReason::kUnreachable:
      return "unreachable";
    case PlatformReason::kTimeout:
      return "timeout";
    case PlatformReason::kServerError:
      return "server_error";
    case PlatformReason::kBadAnswer:
      return "bad_answer";
    case PlatformReason::kUnauthorised:
      return "unauthorised";
    case PlatformReason::kRefused:
      return "refused";
    case PlatformReason::kConflict:
      return "conflict";
    case PlatformReason::kNotFound:
      return "not_found";
  }
  return "?";
}

const char* to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kNone:
      return "none";
    case Refusal::kNotApproved:
      return "not_approved";
    case Refusal::kRevoked:
      return "revoked";
    case Refusal::kAlreadyIssued:
      return "already_issued";
    case Refusal::kClaimed:
      return "claimed";
    case Refusal::kPhotoMissing:
      return "photo_missing";
    case Refusal::kExpired:
      return "expired";
  }
  return "?";
}

Refusal refusal_from(std::string_view word) {
  for (const Refusal refusal : {Refusal::kNotApproved, Refusal::kRevoked, Refusal::kAlreadyIssued,
                                Refusal::kClaimed, Refusal::kPhotoMissing, Refusal::kExpired}) {
    if (word == to_string(refusal)) return refusal;
  }
  return Refusal::kNone;
}

const char* to_string(LookupRefusal refusal) {
  switch (refusal) {
    case LookupRefusal::kNone:
      return "none";
    case LookupRefusal::kOtherPerson:
      return "other_person";
    case LookupRefusal::kTooManyTries:
      return "too_many_tries";
  }
  return "?";
}

LookupRefusal lookup_refusal_from(std::string_view word) {
  for (const LookupRefusal refusal : {LookupRefusal::kOtherPerson, LookupRefusal::kTooManyTries}) {
    if (word == to_string(refusal)) return refusal;
  }
  return LookupRefusal::kNone;
}

const char* to_string(ClaimState state) {
  switch (state) {
    case ClaimState::kNone:
      return "none";
    case ClaimState::kGranted:
      return "granted";
    case ClaimState::kWithdrawn:
      return "withdrawn";
    case ClaimState::kReleased:
      return "released";
    case ClaimState::kUsed:
      return "used";
    case ClaimState::kCaptured:
      return "captured";
    case ClaimState::kUnknown:
      return "unknown";
    case ClaimState::kEnded:
      return "ended";
  }
  return "?";
}

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDelivered:
      return "delivered";
    case Outcome::kCaptured:
      return "captured";
    case Outcome::kSpoilt:
      return "spoilt";
    case Outcome::kNoCard:
      return "none";
    case Outcome::kUnknown:
      return "unknown";
  }
  return "?";
}

}  // namespace cardrig::platform
