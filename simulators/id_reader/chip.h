// What the chip of a simulated document holds: the 256-byte text block in the four layouts of
// reference sheet "id-reader-sdt" §1.9, from plain identity data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/clock.h"

namespace cardrig::sim {

/// Fields that a kind of document does not have are ignored. Texts are UTF-8.
struct ChipData {
  std::string kind = "resident";  ///< "resident", "foreigner_2017", "foreigner_2023", "hmt"
  std::string name;  ///< Chinese, up to 15 characters (two for each beyond U+FFFF)
  std::string english_name;  ///< foreigners: up to 60 (2017) or 46 (2023) characters
  int sex_code = 1;  ///< GB/T 2261.1
  std::string ethnic_code;  ///< residents, GB/T 3304
  Date birth;
  std::string address;  ///< up to 35 characters
  std::string number;  ///< 18 or (2017) 15 characters, as they shall stand there
  std::string authority;  ///< up to 15 characters
  Date valid_from;
  std::optional<Date> valid_to;  ///< nothing: 长期
  std::string nationality;  ///< foreigners, three characters
  std::string card_version;  ///< 2017, two characters
  std::string authority_code;  ///< 2017, four characters
  std::string former_link;  ///< 2023, three characters
  std::string travel_permit_number;  ///< HMT, nine characters
  std::string times_issued;  ///< HMT and 2023, two digits
  std::optional<char> type_letter;  ///< another letter than the kind's, to make an unknown type
};

/// 256 bytes. Aborts if a text does not fit its field or `kind` is none of the four.
[[nodiscard]] std::vector<std::uint8_t> build_chip_text(const ChipData& data);

/// 70 bytes: an additional address as command 30 03 gives it.
[[nodiscard]] std::vector<std::uint8_t> build_chip_address(const std::string& address_utf8);

}  // namespace cardrig::sim
