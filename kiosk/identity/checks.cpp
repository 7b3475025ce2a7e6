// The ordered offline checks of a document (reference sheet "id-numbers" §2.4 and §2.6).
#include <algorithm>

#include "kiosk/identity/code_tables.h"
#include "kiosk/identity/document.h"
#include "kiosk/identity/numbers.h"
#include "kiosk/identity/utf16.h"

namespace cardrig::identity {

namespace {

constexpr int kOldestPlausible_years = 120;
/// Between the application, whose date decides the period, and the first day of validity: 60 days,
/// 30 more in remote areas.
constexpr int kLongestIssuing_days = 90;

/// Whole years lived at the start of `day`.
int age_at(const Date& birth, const Date& day) {
  const bool had_birthday = std::pair(day.month, day.day) >= std::pair(birth.month, birth.day);
  return day.year - birth.year - (had_birthday ? 0 : 1);
}

/// The end lies `years` after the start, on the same day or the day before: both occur.
bool lasts_years(const Document& d, int years) {
  const Date same_day = add_years(d.valid_from, years);
  return d.valid_to == same_day || d.valid_to == add_days(same_day, -1);
}

/// Art. 5 of the law on resident identity cards.
bool resident_period_fits_age(const Document& d, int age) {
  if (age < 0) return false;
  if (age >= 46) return !d.valid_to;
  if (age >= 26) return lasts_years(d, 20);
  return lasts_years(d, age >= 16 ? 10 : 5);
}

bool period_is_consistent(const Document& d) {
  switch (d.type) {
    case DocumentType::kResident: {
      const Date earliest = add_days(d.valid_from, -kLongestIssuing_days);
      return resident_period_fits_age(d, age_at(d.birth, d.valid_from)) ||
             resident_period_fits_age(d, age_at(d.birth, earliest));
    }
    case DocumentType::kHmt:
      return lasts_years(d, 5);
    case DocumentType::kForeigner2017:
    case DocumentType::kForeigner2023:
      return lasts_years(d, 5) || lasts_years(d, 10);
  }
  return false;
}

void check_number(const Document& d, std::vector<Finding>& findings) {
  if (!number_has_format(d.type, d.number)) {
    findings.push_back(Finding::kNumberFormat);  // its parts mean nothing then
    return;
  }
  if (!check_character_fits(d.type, d.number)) findings.push_back(Finding::kCheckDigit);
  if (!number_holds_birth(d.type, d.number, d.birth)) findings.push_back(Finding::kBirthMismatch);
}

void check_birth(const Document& d, const Date& today, std::vector<Finding>& findings) {
  if (d.birth > today || age_at(d.birth, today) > kOldestPlausible_years) {
    findings.push_back(Finding::kBirthImplausible);
  }
}

void check_sex_and_region(const Document& d, std::vector<Finding>& findings) {
  if (!number_has_format(d.type, d.number)) return;
  if (sex_in_number(d.type, d.number) != d.sex_code) findings.push_back(Finding::kSexMismatch);
  if (!number_region_exists(d.type, d.number)) findings.push_back(Finding::kRegion);
}

void check_codes(const Document& d, std::vector<Finding>& findings) {
  if (d.type == DocumentType::kResident && ethnic_name(d.ethnic_code) == nullptr) {
    findings.push_back(Finding::kEthnicCode);
  }
  if (d.type == DocumentType::kHmt && !d.ethnic_code.empty()) {
    findings.push_back(Finding::kEthnicCode);
  }
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (d.type == DocumentType::kForeigner2023 &&
      (d.times_issued.empty() ||
       !std::all_of(d.times_issued.begin(), d.times_issued.end(), is_digit))) {
    findings.push_back(Finding::kTimesIssued);
  }
}

void check_validity(const Document& d, const Date& today, std::vector<Finding>& findings) {
  if (today < d.valid_from) findings.push_back(Finding::kNotYetValid);
  if (d.valid_to && *d.valid_to < today) findings.push_back(Finding::kExpired);
  if (!period_is_consistent(d)) findings.push_back(Finding::kValidityPeriod);
}

bool is_private_use(char32_t c) { return (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000; }

void check_name(const Document& d, std::vector<Finding>& findings) {
  if (d.name.empty()) findings.push_back(Finding::kNameEmpty);
  const auto points = code_points(d.name);
  if (std::any_of(points.begin(), points.end(), is_private_use)) {
    findings.push_back(Finding::kRareName);
  }
}

}  // namespace

const char* to_string(Finding finding) {
  switch (finding) {
    case Finding::kNumberFormat:
      return "number_format";
    case Finding::kCheckDigit:
      return "check_digit";
    case Finding::kBirthMismatch:
      return "birth_mismatch";
    case Finding::kBirthImplausible:
      return "birth_implausible";
    case Finding::kSexMismatch:
      return "sex_mismatch";
    case Finding::kRegion:
      return "region";
    case Finding::kEthnicCode:
      return "ethnic_code";
    case Finding::kNotYetValid:
      return "not_yet_valid";
    case Finding::kExpired:
      return "expired";
    case Finding::kValidityPeriod:
      return "validity_period";
    case Finding::kNameEmpty:
      return "name_empty";
    case Finding::kTooYoung:
      return "too_young";
    case Finding::kTimesIssued:
      return "times_issued";
    case Finding::kRareName:
      return "rare_name";
  }
  return "?";
}

bool suggests_forgery(Finding finding) {
  switch (finding) {
    case Finding::kNotYetValid:
    case Finding::kExpired:
    case Finding::kTooYoung:
    case Finding::kRareName:
      return false;
    case Finding::kNumberFormat:
    case Finding::kCheckDigit:
    case Finding::kBirthMismatch:
    case Finding::kBirthImplausible:
    case Finding::kSexMismatch:
    case Finding::kRegion:
    case Finding::kEthnicCode:
    case Finding::kValidityPeriod:
    case Finding::kNameEmpty:
    case Finding::kTimesIssued:
      return true;
  }
  return true;
}

std::vector<Finding> check_document(const Document& document, const Date& today) {
  std::vector<Finding> findings;
  check_number(document, findings);
  check_birth(document, today, findings);
  check_sex_and_region(document, findings);
  check_codes(document, findings);
  check_validity(document, today, findings);
  check_name(document, findings);
  if (document.birth <= today && age_at(document.birth, today) < kYoungest_years) {
    findings.push_back(Finding::kTooYoung);
  }
  return findings;
}

}  // namespace cardrig::identity
