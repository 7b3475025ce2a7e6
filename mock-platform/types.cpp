// The words of the interface, both ways.
#include "mock-platform/types.h"

#include <array>
#include <utility>

namespace cardrig::mock_platform {

namespace {

template <class Enum, std::size_t kSize>
using Words = std::array<std::pair<Enum, const char*>, kSize>;

template <class Enum, std::size_t kSize>
const char* word_of(const Words<Enum, kSize>& words, Enum value) {
  for (const auto& [known, word] : words) {
    if (known == value) return word;
  }
  return "?";
}

template <class Enum, std::size_t kSize>
std::optional<Enum> value_of(const Words<Enum, kSize>& words, std::string_view text) {
  for (const auto& [known, word] : words) {
    if (text == word) return known;
  }
  return std::nullopt;
}

constexpr Words<PermitState, 5> kPermitStates{{{PermitState::kPending, "pending"},
                                               {PermitState::kApproved, "approved"},
                                               {PermitState::kRevoked, "revoked"},
                                               {PermitState::kIssued, "issued"},
                                               {PermitState::kEnded, "ended"}}};
constexpr Words<ClaimState, 8> kClaimStates{{{ClaimState::kNone, "none"},
                                             {ClaimState::kGranted, "granted"},
                                             {ClaimState::kWithdrawn, "withdrawn"},
                                             {ClaimState::kReleased, "released"},
                                             {ClaimState::kUsed, "used"},
                                             {ClaimState::kCaptured, "captured"},
                                             {ClaimState::kUnknown, "unknown"},
                                             {ClaimState::kEnded, "ended"}}};
constexpr Words<Outcome, 5> kOutcomes{{{Outcome::kDelivered, "delivered"},
                                       {Outcome::kCaptured, "captured"},
                                       {Outcome::kSpoilt, "spoilt"},
                                       {Outcome::kNoCard, "none"},
                                       {Outcome::kUnknown, "unknown"}}};
constexpr Words<FaultKind, 13> kFaultKinds{
    {{FaultKind::kDown, "down"},
     {FaultKind::kSlow, "slow"},
     {FaultKind::kReplyLost, "reply_lost"},
     {FaultKind::kServerError, "server_error"},
     {FaultKind::kBadJson, "bad_json"},
     {FaultKind::kTamperedAnswer, "tampered_answer"},
     {FaultKind::kReplayedAnswer, "replayed_answer"},
     {FaultKind::kLiesAboutName, "lies_about_name"},
     {FaultKind::kLiesAboutNumber, "lies_about_number"},
     {FaultKind::kLiesAboutPermit, "lies_about_permit"},
     {FaultKind::kLiesAboutItem, "lies_about_item"},
     {FaultKind::kLiesAboutPhoto, "lies_about_photo"},
     {FaultKind::kRevokedBeforeClaim, "revoked_before_claim"}}};
constexpr Words<Call, 8> kCalls{{{Call::kAny, "any"},
                                 {Call::kQuery, "query"},
                                 {Call::kLookup, "lookup"},
                                 {Call::kClaim, "claim"},
                                 {Call::kState, "state"},
                                 {Call::kRelease, "release"},
                                 {Call::kReport, "report"},
                                 {Call::kHealth, "health"}}};

}  // namespace

bool is_id(std::string_view id, bool slash_allowed) {
  if (id.empty() || id.size() > 80) return false;
  for (const char c : id) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == ':' || c == '-';
    if (!plain && !(c == '/' && slash_allowed)) return false;
  }
  return true;
}

bool is_record_number(std::string_view number) {
  if (number.size() < 8 || number.size() > 16) return false;
  for (const char c : number) {
    if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z')) return false;
  }
  return true;
}

const char* to_string(PermitState state) { return word_of(kPermitStates, state); }
std::optional<PermitState> permit_state(std::string_view text) {
  return value_of(kPermitStates, text);
}
const char* to_string(ClaimState state) { return word_of(kClaimStates, state); }
std::optional<ClaimState> claim_state(std::string_view text) {
  return value_of(kClaimStates, text);
}
bool holds_permit(ClaimState state) {
  return state == ClaimState::kGranted || state == ClaimState::kCaptured ||
         state == ClaimState::kUnknown;
}
const char* to_string(Outcome outcome) { return word_of(kOutcomes, outcome); }
std::optional<Outcome> outcome(std::string_view text) { return value_of(kOutcomes, text); }
const char* to_string(FaultKind kind) { return word_of(kFaultKinds, kind); }
std::optional<FaultKind> fault_kind(std::string_view text) { return value_of(kFaultKinds, text); }
const char* to_string(Call call) { return word_of(kCalls, call); }
std::optional<Call> call(std::string_view text) { return value_of(kCalls, text); }

}  // namespace cardrig::mock_platform
