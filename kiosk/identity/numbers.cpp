// Number schemes of the four document types.
#include "kiosk/identity/numbers.h"

#include <algorithm>
#include <array>

#include "kiosk/identity/code_tables.h"
#include "kiosk/runtime/check.h"

namespace cardrig::identity {

namespace {

constexpr std::size_t kLength18 = 18;
constexpr std::size_t kLength15 = 15;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool all_digits(std::string_view s) { return std::all_of(s.begin(), s.end(), is_digit); }
bool all_capitals(std::string_view s) { return std::all_of(s.begin(), s.end(), is_capital); }

bool has_15_format(std::string_view number) {
  return number.size() == kLength15 && all_capitals(number.substr(0, 3)) &&
         all_digits(number.substr(3));
}

bool has_18_format(std::string_view number, char first_low, char first_high) {
  return number.size() == kLength18 && all_digits(number.substr(0, 17)) &&
         (is_digit(number[17]) || number[17] == 'X') && number[0] >= first_low &&
         number[0] <= first_high;
}

std::string two_digits(int n) {
  return {static_cast<char>('0' + n / 10 % 10), static_cast<char>('0' + n % 10)};
}

}  // namespace

std::optional<char> check_character_18(std::string_view first_17) {
  if (first_17.size() != 17 || !all_digits(first_17)) return std::nullopt;
  constexpr std::array<int, 17> weights{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  constexpr std::string_view characters = "10X98765432";
  int sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) sum += (first_17[i] - '0') * weights[i];
  return characters[static_cast<std::size_t>(sum % 11)];
}

std::optional<char> check_digit_15(std::string_view first_14) {
  if (first_14.size() != 14) return std::nullopt;
  constexpr std::array<int, 3> weights{7, 3, 1};
  int sum = 0;
  for (std::size_t i = 0; i < first_14.size(); ++i) {
    const char c = first_14[i];
    if (!is_digit(c) && !is_capital(c)) return std::nullopt;
    sum += (is_digit(c) ? c - '0' : c - 'A' + 10) * weights[i % 3];
  }
  return static_cast<char>('0' + sum % 10);
}

bool number_has_format(DocumentType type, std::string_view number) {
  switch (type) {
    case DocumentType::kResident:
    case DocumentType::kHmt:
      return has_18_format(number, '1', '8');
    case DocumentType::kForeigner2017:
      return has_15_format(number);
    case DocumentType::kForeigner2023:
      return has_18_format(number, '9', '9');
  }
  return false;
}

bool check_character_fits(DocumentType type, std::string_view number) {
  if (!number_has_format(type, number)) return false;
  const auto expected = type == DocumentType::kForeigner2017
                            ? check_digit_15(number.substr(0, 14))
                            : check_character_18(number.substr(0, 17));
  return expected == number.back();
}

bool number_holds_birth(DocumentType type, std::string_view number, const Date& birth) {
  CARDRIG_CHECK(number_has_format(type, number));
  const std::string yymmdd =
      two_digits(birth.year % 100) + two_digits(birth.month) + two_digits(birth.day);
  if (type == DocumentType::kForeigner2017) return number.substr(7, 6) == yymmdd;
  return number.substr(6, 8) == two_digits(birth.year / 100) + yymmdd;
}

int sex_in_number(DocumentType type, std::string_view number) {
  CARDRIG_CHECK(number_has_format(type, number));
  const char sequence = number[type == DocumentType::kForeigner2017 ? 13 : 16];
  return (sequence - '0') % 2 == 1 ? 1 : 2;
}

bool number_region_exists(DocumentType type, std::string_view number) {
  CARDRIG_CHECK(number_has_format(type, number));
  switch (type) {
    case DocumentType::kResident:
      // Only the province: the other four digits may be a code that was abolished long ago. 83 is
      // given on residence permits only.
      return province_name(number.substr(0, 2)) != nullptr && number.substr(0, 2) != "83";
    case DocumentType::kHmt: {
      const auto region = number.substr(0, 6);
      return region == "810000" || region == "820000" || region == "830000";
    }
    case DocumentType::kForeigner2017:
      return number.substr(0, 3) != "CHN";
    case DocumentType::kForeigner2023: {
      // The number outlives a change of nationality, so it need not equal the nationality field,
      // and withdrawn country codes stay on cards: only the impossible is refused (156 is China).
      const auto country = number.substr(3, 3);
      return province_name(number.substr(1, 2)) != nullptr && country != "000" && country != "156";
    }
  }
  return false;
}

std::string normalise_number(std::string_view number) {
  const auto first = number.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  std::string out(number.substr(first, number.find_last_not_of(' ') - first + 1));
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace cardrig::identity
