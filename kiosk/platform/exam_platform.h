// The exam platform, as issuance and flow see it: may this person have a certificate, which data,
// and what became of the card. House-defined HTTP interface: docs/protocols/platform.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/certificate/certificate.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig::platform {

enum class PlatformReason {
  kUnreachable,  ///< no connection
  kTimeout,  ///< sent, and no whole answer within the limit: it may have been accepted
  kServerError,  ///< 5xx: it may have been accepted
  kBadAnswer,  ///< not understood, or contradicts what was asked (a lying platform): it may have
               ///< been accepted
  kUnauthorised,  ///< terminal unknown, signature or clock refused
  kRefused,  ///< understood and refused; see Refusal
  kConflict,  ///< claim held by another attempt
  kNotFound,
};
[[nodiscard]] const char* to_string(PlatformReason reason);

/// Why a permit cannot be printed now.
enum class Refusal {
  kNone,
  kNotApproved,  ///< examination passed, approval pending
  kRevoked,  ///< withdrawn by the authority
  kAlreadyIssued,  ///< a card was delivered before
  kClaimed,  ///< another attempt holds it
  kPhotoMissing,  ///< no electronic photo
  kExpired,
};
[[nodiscard]] const char* to_string(Refusal refusal);
/// The word of to_string, as `detail` of a kRefused or kConflict error holds it; kNone: no such
/// word.
[[nodiscard]] Refusal refusal_from(std::string_view word);

/// Why a look-up by number finds nothing for this person.
enum class LookupRefusal {
  kNone,
  kOtherPerson,  ///< the number is somebody else's; whose is never told
  kTooManyTries,  ///< of this session
};
[[nodiscard]] const char* to_string(LookupRefusal refusal);
/// The word of to_string, as `detail` of a kRefused error of a look-up holds it; kNone: no such
/// word.
[[nodiscard]] LookupRefusal lookup_refusal_from(std::string_view word);

struct Person {
  std::string document_type;  ///< "resident", "foreigner_2017", "foreigner_2023", "hmt"
  std::string id_number;
  std::string name;
};

struct PermitEntry {
  std::string permit_id;
  std::string category;
  std::string item_code;
  std::string item;
  Refusal refusal = Refusal::kNone;  ///< kNone: printable
};

struct Claim {
  std::string attempt_id;
  certificate::Certificate certificate;
  CivilTime granted_at;
};

enum class ClaimState {
  kNone,
  kGranted,
  kWithdrawn,
  kReleased,
  kUsed,
  kCaptured,
  kUnknown,
  kEnded
};
[[nodiscard]] const char* to_string(ClaimState state);

/// The five outcomes of design.md, "Exactly one card".
enum class Outcome { kDelivered, kCaptured, kSpoilt, kNoCard, kUnknown };
[[nodiscard]] const char* to_string(Outcome outcome);

struct Report {
  std::string idempotency_key;  ///< one per attempt and card: attempt id + "/" + number of the card
  std::string attempt_id;
  std::string permit_id;
  Outcome outcome = Outcome::kUnknown;
  int card_number = 1;  ///< 1, or 2 after a spoilt one
  CivilTime settled_at;
  std::string detail;  ///< for staff, no personal data
};

struct ReportAnswer {
  bool duplicate = false;  ///< this key was counted before
  bool may_print_again =
      false;  ///< only after the first spoilt card: the same claim allows one more
};

class ExamPlatform {
 public:
  virtual ~ExamPlatform() = default;
  virtual Async<Result<std::vector<PermitEntry>, PlatformReason>> permits_of(
      const Person& person) = 0;
  /// The permit whose training or exam record has this number, if it is this person's. A person
  /// typed the number: it finds a record and never stands in for the document. `session`: an opaque
  /// id, by which the platform counts failed tries. kNotFound: there is no such number; kRefused:
  /// see LookupRefusal.
  virtual Async<Result<PermitEntry, PlatformReason>> lookup(const std::string& session,
                                                            const Person& person,
                                                            const std::string& number) = 0;
  /// Idempotent on attempt_id: the same attempt gets the same claim again.
  virtual Async<Result<Claim, PlatformReason>> claim(const std::string& attempt_id,
                                                     const std::string& permit_id,
                                                     const Person& person) = 0;
  virtual Async<Result<ClaimState, PlatformReason>> claim_state(const std::string& attempt_id) = 0;
  /// The kiosk gives the claim back; no card was used. Idempotent.
  virtual Async<Result<Unit, PlatformReason>> release(const std::string& attempt_id) = 0;
  virtual Async<Result<ReportAnswer, PlatformReason>> report(const Report& report) = 0;
  /// Heartbeat: is the platform there?
  virtual Async<Result<Unit, PlatformReason>> health() = 0;
};

}  // namespace cardrig::platform
