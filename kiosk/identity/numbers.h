// The three number schemes and their check characters (reference sheet "id-numbers" §2.1 to §2.3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kiosk/identity/document.h"

namespace cardrig::identity {

/// ISO 7064 MOD 11-2 over the first 17 digits (GB 11643, HMT, foreigners since 2023): '0'..'9',
/// 'X'. Nothing if `first_17` is not 17 digits.
[[nodiscard]] std::optional<char> check_character_18(std::string_view first_17);

/// The machine-readable-passport rule over the first 14 characters of a foreigner's 15-character
/// number (weights 7 3 1, A=10…Z=35, mod 10). Nothing if they are not 14 capitals and digits.
[[nodiscard]] std::optional<char> check_digit_15(std::string_view first_14);

/// Charset, length and first character fit the type; says nothing of the check character.
[[nodiscard]] bool number_has_format(DocumentType type, std::string_view number);

/// The check character is right. False for a number without the type's format.
[[nodiscard]] bool check_character_fits(DocumentType type, std::string_view number);

/// The birth date inside the number is `birth`; a 15-character number holds no century.
/// Precondition: number_has_format.
[[nodiscard]] bool number_holds_birth(DocumentType type, std::string_view number,
                                      const Date& birth);

/// 1 male (odd sequence digit), 2 female. Precondition: number_has_format.
[[nodiscard]] int sex_in_number(DocumentType type, std::string_view number);

/// The address or country part can be real. Precondition: number_has_format.
[[nodiscard]] bool number_region_exists(DocumentType type, std::string_view number);

/// Upper case, spaces at the ends cut: scanners and keyboards deliver `x` for `X`.
[[nodiscard]] std::string normalise_number(std::string_view number);

}  // namespace cardrig::identity
