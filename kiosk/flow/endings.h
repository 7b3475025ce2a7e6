// How a session can end, and why a kiosk can be out of service.
#pragma once

#include <optional>
#include <string>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/id_reader/id_reader.h"
#include "kiosk/issuance/issuance.h"
#include "kiosk/platform/exam_platform.h"

namespace cardrig::flow {

/// Every way in which a session ends. The names of to_string() are what the trace says and, for
/// the refusals, the keys of the texts ("refused.<name>.title").
enum class Ending {
  kDelivered,
  kCancelled,  ///< the person left by the button
  kCounterChosen,  ///< no consent to the face check: the staff counter
  kTimeUp,  ///< the person walked away (fault H22)
  kDeviceLost,  ///< reader or camera failed: the out-of-service screen says so
  // Refusals by the document.
  kReadFailed,
  kNotAnIdCard,
  kDocumentCheck,
  kExpired,
  kNotYetValid,
  kTooYoung,
  kUnknownDocument,
  kRareName,
  kPhotoUnreadable,
  // Refusals by the face check.
  kDifferentPerson,
  kSeveralFaces,
  kFaceUnclear,
  // Refusals by the platform.
  kPlatformDown,
  kPlatformWrong,
  kNoPermit,
  kNotApproved,
  kRevoked,
  kAlreadyIssued,
  kClaimed,
  kPhotoMissing,
  kPermitExpired,
  kNothingFree,
  kNumberTries,  ///< no number that was typed found a permit of this person
  kClaimRefused,
  kWithdrawn,
  // Endings of the issuance.
  kPrinterNotReady,
  kCardSpoilt,
  kCardNotTaken,
  kCardFateUnknown,
  kJournalFailed,
};
[[nodiscard]] const char* to_string(Ending ending);
/// Those that end with the refused screen.
[[nodiscard]] bool is_refusal(Ending ending);
/// For the corner of the screen: the row of the fault catalogue, or a letter and number of ours.
[[nodiscard]] const char* staff_code(Ending ending);

/// Why the kiosk serves nobody. The names of to_string() are keys: "cause.<name>.sentence".
enum class Cause {
  kReader,
  kReaderSelfTest,
  kReaderNotAuthorised,
  kCamera,
  kControlBoard,
  kPrinterOffline,
  kPrinterFault,
  kFeederJam,
  kHeadJam,
  kExitJam,
  kHeadTemperature,
  kNoCards,
  kNoRibbon,
  kCoverOpen,
  kRejectFull,
  kOutletBlocked,
  kCardSpoilt,
  kCardFateUnknown,
  kJournal,
  kUnsettled,
  kNotAuthorised,
};
[[nodiscard]] const char* to_string(Cause cause);
[[nodiscard]] const char* staff_code(Cause cause);
/// True if the kiosk cannot see by itself that the cause is gone: staff must say so.
[[nodiscard]] bool needs_staff(Cause cause);

[[nodiscard]] Ending ending_of(platform::Refusal refusal);  ///< not for kNone
[[nodiscard]] Ending ending_of(const issuance::Settled& settled);
/// What a question to the platform that failed in this way comes to.
[[nodiscard]] Ending ending_of_query(platform::PlatformReason reason);
/// Asking again may help.
[[nodiscard]] bool passes_by_itself(platform::PlatformReason reason);
/// The platform listed nothing that can be printed; a training or exam number may find more.
[[nodiscard]] bool may_have_number(Ending ending);
[[nodiscard]] Cause cause_of(id_reader::ReaderReason reason);
[[nodiscard]] bool is_reader(Cause cause);
/// Nothing: the fault keeps nobody from being served.
[[nodiscard]] std::optional<Cause> cause_of(card_printer::PathFault fault);
/// Why issuance took the kiosk out of service.
[[nodiscard]] Cause cause_of(const issuance::Settled& settled);

}  // namespace cardrig::flow
