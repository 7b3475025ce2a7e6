// Identity documents: the text block of the chip, decoded by the type letter at offset 248
// (reference sheet "id-reader-sdt" §1.9), and the ordered list of forgery checks ("id-numbers"
// §2.6).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/result.h"

namespace cardrig::identity {

enum class DocumentType { kResident, kForeigner2017, kForeigner2023, kHmt };
[[nodiscard]] const char* to_string(DocumentType type);  ///< "resident", "foreigner_2017"…

struct Document {
  DocumentType type = DocumentType::kResident;
  std::string name;  ///< UTF-8; the Chinese name, or the English one if there is none
  std::string english_name;  ///< foreigners only
  int sex_code = 0;  ///< GB/T 2261.1: 1 male, 2 female
  std::string ethnic_code;  ///< GB/T 3304, residents only
  Date birth;
  /// Never of a foreigner: where a resident's stands, the 2023 card has the English name.
  std::string address;
  std::string new_address;  ///< the newest additional one; not in the text block
  std::string number;  ///< upper case
  std::string authority;
  Date valid_from;
  std::optional<Date> valid_to;  ///< nothing: 长期
  std::string nationality;  ///< foreigners
  std::string travel_permit_number;  ///< Hong Kong, Macao, Taiwan
  std::string times_issued;  ///< HMT and 2023 foreigners; on the latter, times renewed
  std::string card_version;  ///< 2017 foreigners
  std::string former_link;  ///< 2023 foreigners: the link to the former number of 15 characters
};

enum class TextReason {
  kUnknownType,  ///< letter at 248 is none that is known: refuse politely
  kBadEncoding,  ///< unpaired surrogate, control character, U+FFFD
  kBadDate,  ///< a date field is not a date
};
[[nodiscard]] const char* to_string(TextReason reason);

/// Decodes the 256-byte text block (UTF-16LE). The detail of a failure names the offset of the
/// field, never its content.
[[nodiscard]] Result<Document, TextReason> decode_text(std::span<const std::uint8_t, 256> text);

/// Decodes an additional address (command 30 03; that it is UTF-16LE like the text is GK).
[[nodiscard]] Result<std::string, TextReason> decode_new_address(
    std::span<const std::uint8_t, 70> bytes);

/// One failed check. A finding that suggests_forgery() sends the person to the counter without
/// accusing; kExpired, kNotYetValid and kTooYoung refuse with the reason; kRareName goes to staff.
enum class Finding {
  kNumberFormat,
  kCheckDigit,
  kBirthMismatch,
  kBirthImplausible,
  kSexMismatch,
  kRegion,
  kEthnicCode,
  kNotYetValid,
  kExpired,
  kValidityPeriod,
  kNameEmpty,
  kTooYoung,
  kTimesIssued,  ///< the 2023 card's count of renewals is not a number
  kRareName  ///< holds a private-use character, which no font can print
};
[[nodiscard]] const char* to_string(Finding finding);
/// True if the finding can only come from a forged or corrupt document, not from an honest one.
[[nodiscard]] bool suggests_forgery(Finding finding);

/// Special-operation work is for adults; nobody younger can hold one of these certificates.
inline constexpr int kYoungest_years = 18;

/// All findings in the order of the reference sheet; empty: the document is consistent and valid.
/// A validity period may fit the age at its first day or up to 90 days before, when it was applied
/// for. Rare but encoded characters (Ext-B and beyond) are no finding.
[[nodiscard]] std::vector<Finding> check_document(const Document& document, const Date& today);

}  // namespace cardrig::identity
