// What the mock exam platform knows: permits, claims, reports, terminals, faults. The names and the
// rules are those of docs/protocols/platform.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/certificate/certificate.h"
#include "kiosk/runtime/clock.h"

namespace cardrig::mock_platform {

/// Failed look-ups of one session, after which no further number is looked at.
inline constexpr int kLookupTriesMax = 3;

/// Is it the number of a training or an exam: 8 to 16 characters 0-9 A-Z?
[[nodiscard]] bool is_record_number(std::string_view number);

/// Does `id` keep the rule for ids of docs/protocols/platform.md?
[[nodiscard]] bool is_id(std::string_view id, bool slash_allowed = true);

struct Terminal {
  std::string id;
  std::vector<std::uint8_t> key;
};

struct Person {
  std::string document_type;  ///< "resident", "foreigner_2017", "foreigner_2023", "hmt"
  std::string id_number;
  std::string name;

  bool operator==(const Person&) const = default;
};

enum class PermitState { kPending, kApproved, kRevoked, kIssued, kEnded };
[[nodiscard]] const char* to_string(PermitState state);
[[nodiscard]] std::optional<PermitState> permit_state(std::string_view text);

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
[[nodiscard]] std::optional<ClaimState> claim_state(std::string_view text);
/// True while the claim keeps its permit from others.
[[nodiscard]] bool holds_permit(ClaimState state);

enum class Outcome { kDelivered, kCaptured, kSpoilt, kNoCard, kUnknown };
[[nodiscard]] const char* to_string(Outcome outcome);
[[nodiscard]] std::optional<Outcome> outcome(std::string_view text);

/// A permit as it is set up. Empty `certificate.number` and `.qr_payload` are filled in.
struct Permit {
  std::string permit_id;
  Person person;
  certificate::Certificate certificate;
  PermitState state = PermitState::kApproved;
  std::string record_number;  ///< of the training or exam behind it; "": none
  bool listed = true;  ///< false: a query for the person leaves it out, only its number finds it
};

struct PermitView {
  PermitState state = PermitState::kPending;
  ClaimState claim = ClaimState::kNone;  ///< of the latest attempt
  std::string attempt_id;  ///< the latest; "" if none
  int delivered = 0, captured = 0, spoilt = 0, no_card = 0, unknown = 0;  ///< cards reported
  int foreign_lookups = 0;  ///< suspicious: other people's look-ups of its number
};

struct ClaimView {
  std::string permit_id;
  ClaimState state = ClaimState::kNone;
  int spoilt = 0;
};

enum class FaultKind {
  kDown,
  kSlow,
  kReplyLost,
  kServerError,
  kBadJson,
  kTamperedAnswer,
  kReplayedAnswer,
  kLiesAboutName,
  kLiesAboutNumber,
  kLiesAboutPermit,
  kLiesAboutItem,
  kLiesAboutPhoto,
  kRevokedBeforeClaim
};
[[nodiscard]] const char* to_string(FaultKind kind);
[[nodiscard]] std::optional<FaultKind> fault_kind(std::string_view text);

/// Which of a terminal's calls.
enum class Call { kAny, kQuery, kLookup, kClaim, kState, kRelease, kReport, kHealth };
[[nodiscard]] const char* to_string(Call call);
[[nodiscard]] std::optional<Call> call(std::string_view text);

/// A fault of one permit.
struct PermitFault {
  FaultKind kind = FaultKind::kDown;
  Call call = Call::kAny;
  std::int64_t delay_ms = 0;  ///< kSlow
  int times = 0;  ///< how often it strikes; 0: until cleared
};

}  // namespace cardrig::mock_platform
