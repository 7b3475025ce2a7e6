// Names, codes and translations of endings and causes.
#include "kiosk/flow/endings.h"

#include "kiosk/runtime/check.h"

namespace cardrig::flow {
namespace {

struct EndingInfo {
  Ending ending;
  const char* name;
  const char* code;  ///< empty: no refusal
};

constexpr EndingInfo kEndings[] = {
    {Ending::kDelivered, "delivered", ""},
    {Ending::kCancelled, "cancelled", ""},
    {Ending::kCounterChosen, "counter_chosen", ""},
    {Ending::kTimeUp, "time_up", ""},
    {Ending::kDeviceLost, "device_lost", ""},
    {Ending::kReadFailed, "read_failed", "R15"},
    {Ending::kNotAnIdCard, "not_an_id_card", "R14"},
    {Ending::kDocumentCheck, "document_check", "R16"},
    {Ending::kExpired, "expired", "R26"},
    {Ending::kNotYetValid, "not_yet_valid", "R26"},
    {Ending::kTooYoung, "too_young", "D1"},
    {Ending::kUnknownDocument, "unknown_document", "R24"},
    {Ending::kRareName, "rare_name", "R28"},
    {Ending::kPhotoUnreadable, "photo_unreadable", "R29"},
    {Ending::kDifferentPerson, "different_person", "C11"},
    {Ending::kSeveralFaces, "several_faces", "C10"},
    {Ending::kFaceUnclear, "face_unclear", "C8"},
    {Ending::kPlatformDown, "platform_down", "H11"},
    {Ending::kPlatformWrong, "platform_wrong", "H15"},
    {Ending::kNoPermit, "no_permit", "H17"},
    {Ending::kNotApproved, "not_approved", "H17"},
    {Ending::kRevoked, "revoked", "D2"},
    {Ending::kAlreadyIssued, "already_issued", "H14"},
    {Ending::kClaimed, "claimed", "D3"},
    {Ending::kPhotoMissing, "photo_missing", "H16"},
    {Ending::kPermitExpired, "permit_expired", "D4"},
    {Ending::kNothingFree, "nothing_free", "D5"},
    {Ending::kNumberTries, "number_tries", "D11"},
    {Ending::kClaimRefused, "claim_refused", "D6"},
    {Ending::kWithdrawn, "withdrawn", "D7"},
    {Ending::kPrinterNotReady, "printer_not_ready", "D8"},
    {Ending::kCardSpoilt, "card_spoilt", "D9"},
    {Ending::kCardNotTaken, "card_not_taken", "P25"},
    {Ending::kCardFateUnknown, "card_fate_unknown", "P20"},
    {Ending::kJournalFailed, "journal_failed", "H8"},
};

struct CauseInfo {
  Cause cause;
  const char* name;
  const char* code;
};

constexpr CauseInfo kCauses[] = {
    {Cause::kReader, "reader", "R1"},
    {Cause::kReaderSelfTest, "reader_self_test", "R6"},
    {Cause::kReaderNotAuthorised, "reader_not_authorised", "R7"},
    {Cause::kCamera, "camera", "C1"},
    {Cause::kControlBoard, "control_board", "L2"},
    {Cause::kPrinterOffline, "printer_offline", "P21"},
    {Cause::kPrinterFault, "printer_fault", "D10"},
    {Cause::kFeederJam, "feeder_jam", "P6"},
    {Cause::kHeadJam, "head_jam", "P7"},
    {Cause::kExitJam, "exit_jam", "P8"},
    {Cause::kHeadTemperature, "head_temperature", "P12"},
    {Cause::kNoCards, "no_cards", "P1"},
    {Cause::kNoRibbon, "no_ribbon", "P5"},
    {Cause::kCoverOpen, "cover_open", "P9"},
    {Cause::kRejectFull, "reject_full", "P11"},
    {Cause::kOutletBlocked, "outlet_blocked", "L10"},
    {Cause::kCardSpoilt, "card_spoilt", "D9"},
    {Cause::kCardFateUnknown, "card_fate_unknown", "P20"},
    {Cause::kJournal, "journal", "H8"},
    {Cause::kUnsettled, "unsettled", "H10"},
    {Cause::kNotAuthorised, "not_authorised", "H6"},
};

const EndingInfo& info(Ending ending) {
  for (const EndingInfo& one : kEndings) {
    if (one.ending == ending) return one;
  }
  CARDRIG_CHECK(!"an ending without a line in the table");
  return kEndings[0];
}

const CauseInfo& info(Cause cause) {
  for (const CauseInfo& one : kCauses) {
    if (one.cause == cause) return one;
  }
  CARDRIG_CHECK(!"a cause without a line in the table");
  return kCauses[0];
}

}  // namespace

const char* to_string(Ending ending) { return info(ending).name; }
bool is_refusal(Ending ending) { return *info(ending).code != '\0'; }
const char* staff_code(Ending ending) { return info(ending).code; }
const char* to_string(Cause cause) { return info(cause).name; }
const char* staff_code(Cause cause) { return info(cause).code; }

bool needs_staff(Cause cause) {
  return cause == Cause::kCardSpoilt || cause == Cause::kCardFateUnknown;
}

Ending ending_of(platform::Refusal refusal) {
  switch (refusal) {
    case platform::Refusal::kNone:
      break;
    case platform::Refusal::kNotApproved:
      return Ending::kNotApproved;
    case platform::Refusal::kRevoked:
      return Ending::kRevoked;
    case platform::Refusal::kAlreadyIssued:
      return Ending::kAlreadyIssued;
    case platform::Refusal::kClaimed:
      return Ending::kClaimed;
    case platform::Refusal::kPhotoMissing:
      return Ending::kPhotoMissing;
    case platform::Refusal::kExpired:
      return Ending::kPermitExpired;
  }
  CARDRIG_CHECK(!"a permit that is not refused has no ending");
  return Ending::kNoPermit;
}

bool passes_by_itself(platform::PlatformReason reason) {
  return reason == platform::PlatformReason::kUnreachable ||
         reason == platform::PlatformReason::kTimeout ||
         reason == platform::PlatformReason::kServerError;
}

Ending ending_of_query(platform::PlatformReason reason) {
  switch (reason) {
    case platform::PlatformReason::kUnreachable:
    case platform::PlatformReason::kTimeout:
    case platform::PlatformReason::kServerError:
    case platform::PlatformReason::kUnauthorised:
      return Ending::kPlatformDown;
    case platform::PlatformReason::kBadAnswer:
    case platform::PlatformReason::kConflict:
      return Ending::kPlatformWrong;
    case platform::PlatformReason::kRefused:
    case platform::PlatformReason::kNotFound:
      return Ending::kNoPermit;
  }
  return Ending::kPlatformWrong;
}

bool may_have_number(Ending ending) {
  switch (ending) {
    case Ending::kNoPermit:
    case Ending::kNotApproved:
    case Ending::kRevoked:
    case Ending::kAlreadyIssued:
    case Ending::kClaimed:
    case Ending::kPhotoMissing:
    case Ending::kPermitExpired:
    case Ending::kNothingFree:
      return true;
    default:
      return false;
  }
}

Ending ending_of(const issuance::Settled& settled) {
  if (settled.outcome == platform::Outcome::kDelivered) return Ending::kDelivered;
  switch (settled.trouble) {
    case issuance::Trouble::kNone:
      break;
    case issuance::Trouble::kClaimRefused:
      return Ending::kClaimRefused;
    case issuance::Trouble::kPlatformDown:
      return Ending::kPlatformDown;
    case issuance::Trouble::kPlatformLied:
      return Ending::kPlatformWrong;
    case issuance::Trouble::kPrinterNotReady:
      return Ending::kPrinterNotReady;
    case issuance::Trouble::kCardSpoilt:
      return Ending::kCardSpoilt;
    case issuance::Trouble::kCardNotTaken:
      return Ending::kCardNotTaken;
    case issuance::Trouble::kCardFateUnknown:
      return Ending::kCardFateUnknown;
    case issuance::Trouble::kJournalFailed:
      return Ending::kJournalFailed;
    case issuance::Trouble::kWithdrawn:
      return Ending::kWithdrawn;
  }
  // No trouble was named: the outcome alone speaks.
  switch (settled.outcome) {
    case platform::Outcome::kDelivered:
      return Ending::kDelivered;
    case platform::Outcome::kCaptured:
      return Ending::kCardNotTaken;
    case platform::Outcome::kSpoilt:
      return Ending::kCardSpoilt;
    case platform::Outcome::kNoCard:
      return Ending::kPrinterNotReady;
    case platform::Outcome::kUnknown:
      return Ending::kCardFateUnknown;
  }
  return Ending::kCardFateUnknown;
}

Cause cause_of(id_reader::ReaderReason reason) {
  if (reason == id_reader::ReaderReason::kSelfTestFailed) return Cause::kReaderSelfTest;
  if (reason == id_reader::ReaderReason::kNotAuthorised) return Cause::kReaderNotAuthorised;
  return Cause::kReader;
}

bool is_reader(Cause cause) {
  return cause == Cause::kReader || cause == Cause::kReaderSelfTest ||
         cause == Cause::kReaderNotAuthorised;
}

std::optional<Cause> cause_of(card_printer::PathFault fault) {
  using card_printer::PathFault;
  switch (fault) {
    case PathFault::kNone:
      return std::nullopt;
    case PathFault::kCoverOpen:
      return Cause::kCoverOpen;
    case PathFault::kFeederJam:
      return Cause::kFeederJam;
    case PathFault::kHeadJam:
      return Cause::kHeadJam;
    case PathFault::kExitJam:
      return Cause::kExitJam;
    case PathFault::kHeadTemperature:
      return Cause::kHeadTemperature;
    case PathFault::kRibbonOut:
    case PathFault::kRibbonMissing:
      return Cause::kNoRibbon;
    case PathFault::kRibbonBroken:
    case PathFault::kDoubleFeed:
    case PathFault::kCleaningDue:
    case PathFault::kOther:
      break;
  }
  return Cause::kPrinterFault;
}

Cause cause_of(const issuance::Settled& settled) {
  if (settled.outcome == platform::Outcome::kUnknown) return Cause::kCardFateUnknown;
  switch (settled.trouble) {
    case issuance::Trouble::kCardSpoilt:
      return Cause::kCardSpoilt;
    case issuance::Trouble::kCardFateUnknown:
      return Cause::kCardFateUnknown;
    case issuance::Trouble::kJournalFailed:
      return Cause::kJournal;
    case issuance::Trouble::kPlatformDown:
      return Cause::kUnsettled;
    default:
      return Cause::kPrinterFault;
  }
}

}  // namespace cardrig::flow
