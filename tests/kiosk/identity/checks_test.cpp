// The ordered list of checks: who passes, and which finding each kind of defect gives.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/identity/document.h"
#include "kiosk/identity/numbers.h"
#include "tests/kiosk/identity/text_block.h"

namespace cardrig::identity {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Date kToday{2026, 11, 21};

Document document(const TextBlock& block) { return decode_text(block.bytes).value(); }

std::vector<Finding> findings(const Document& d) { return check_document(d, kToday); }

/// A man of Beijing with the given birth and validity, and a number that fits.
Document resident(const Date& birth, const Date& from, std::optional<Date> to) {
  Document d = document(resident_block());
  d.birth = birth;
  d.sex_code = 1;
  std::string iso = to_iso(birth);
  std::erase(iso, '-');
  d.number = "110105" + iso + "001";
  d.number += check_character_18(d.number).value();
  d.valid_from = from;
  d.valid_to = to;
  return d;
}

TEST(Checks, GoodDocumentsOfEveryKindPass) {
  EXPECT_THAT(findings(document(resident_block())), IsEmpty());
  EXPECT_THAT(findings(document(hmt_block())), IsEmpty());
  EXPECT_THAT(findings(document(foreigner_2017_block())), IsEmpty());
  EXPECT_THAT(findings(document(foreigner_2023_block())), IsEmpty());
}

TEST(Checks, NumberOfAnotherTypeIsAFormatFindingAlone) {
  Document d = document(resident_block());
  d.number = "932682198501010017";
  EXPECT_THAT(findings(d), ElementsAre(Finding::kNumberFormat));
}

TEST(Checks, WrongCheckDigit) {
  Document d = document(resident_block());
  d.number = "110105194912310021";
  EXPECT_THAT(findings(d), ElementsAre(Finding::kCheckDigit));
}

TEST(Checks, BirthThatIsNotTheNumbers) {
  Document d = document(resident_block());
  d.birth = {1949, 12, 30};
  EXPECT_THAT(findings(d), ElementsAre(Finding::kBirthMismatch));
  Document f = document(foreigner_2017_block());
  f.birth = {1985, 1, 2};
  EXPECT_THAT(findings(f), ElementsAre(Finding::kBirthMismatch));
}

TEST(Checks, ImplausibleBirth) {
  EXPECT_THAT(findings(resident({2027, 1, 1}, {2026, 1, 1}, Date{2031, 1, 1})),
              Contains(Finding::kBirthImplausible));
  EXPECT_THAT(findings(resident({1905, 11, 21}, {2020, 1, 1}, std::nullopt)),
              ElementsAre(Finding::kBirthImplausible));
  EXPECT_THAT(findings(resident({1905, 11, 22}, {2020, 1, 1}, std::nullopt)), IsEmpty());
}

TEST(Checks, SexThatIsNotTheNumbers) {
  Document d = document(resident_block());
  d.sex_code = 1;
  EXPECT_THAT(findings(d), ElementsAre(Finding::kSexMismatch));
  d.sex_code = 0;
  EXPECT_THAT(findings(d), ElementsAre(Finding::kSexMismatch));
}

TEST(Checks, RegionThatDoesNotExist) {
  Document d = document(resident_block());
  std::string number = "99";  // a foreigner's first digit: not a citizen's number at all
  d.number = number + d.number.substr(2);
  EXPECT_THAT(findings(d), ElementsAre(Finding::kNumberFormat));
  number = "890105" + d.number.substr(6, 11);
  d.number = number + check_character_18(number).value();
  EXPECT_THAT(findings(d), ElementsAre(Finding::kRegion));
}

TEST(Checks, EthnicCodes) {
  Document d = document(resident_block());
  for (const auto* code : {"00", "57", "96", "99", "", "1"}) {
    d.ethnic_code = code;
    EXPECT_THAT(findings(d), ElementsAre(Finding::kEthnicCode)) << code;
  }
  d.ethnic_code = "97";
  EXPECT_THAT(findings(d), IsEmpty());
  Document permit = document(hmt_block().put(32, u"01"));
  EXPECT_THAT(findings(permit), ElementsAre(Finding::kEthnicCode)) << "blank on a permit";
}

TEST(Checks, RenewalCountOf2023IsANumber) {
  EXPECT_THAT(findings(document(foreigner_2023_block().put(32, u"A1"))),
              ElementsAre(Finding::kTimesIssued));
  EXPECT_THAT(findings(document(foreigner_2023_block().put(32, u"  "))),
              ElementsAre(Finding::kTimesIssued));
}

TEST(Checks, ValidityAgainstToday) {
  const Date birth{1990, 6, 15};
  EXPECT_THAT(findings(resident(birth, {2006, 11, 22}, Date{2016, 11, 22})),
              ElementsAre(Finding::kExpired));
  EXPECT_THAT(findings(resident(birth, {2016, 11, 22}, Date{2036, 11, 22})), IsEmpty());
  EXPECT_THAT(findings(resident(birth, {2026, 11, 22}, Date{2046, 11, 22})),
              ElementsAre(Finding::kNotYetValid));
  EXPECT_THAT(findings(resident(birth, {2026, 11, 21}, Date{2046, 11, 21})), IsEmpty())
      << "valid on its first day";
}

TEST(Checks, ValidOnItsLastDayOnly) {
  const auto d = resident({2003, 1, 1}, {2019, 11, 21}, Date{2029, 11, 21});
  EXPECT_THAT(check_document(d, {2029, 11, 21}), IsEmpty());
  EXPECT_THAT(check_document(d, {2029, 11, 22}), ElementsAre(Finding::kExpired));
}

TEST(Checks, PeriodFitsTheAgeAtIssue) {
  struct Case {
    Date birth, from;
    std::optional<Date> to;
    bool good;
  };
  const Case cases[] = {
      {{2000, 1, 1}, {2026, 1, 1}, Date{2046, 1, 1}, true},  // 26: 20 years
      {{2000, 1, 1}, {2026, 1, 1}, Date{2045, 12, 31}, true},  // the day before
      {{2000, 1, 1}, {2026, 1, 1}, Date{2036, 1, 1}, true},  // applied for at 25
      {{2000, 1, 1}, {2026, 6, 1}, Date{2036, 6, 1}, false},  // long past 26
      {{2000, 1, 1}, {2020, 1, 1}, Date{2030, 1, 1}, true},  // 20: 10 years
      {{2000, 1, 1}, {2020, 1, 1}, Date{2040, 1, 1}, false},  // 20: not 20 years
      {{2000, 1, 1}, {2020, 1, 1}, std::nullopt, false},  // 20: not for ever
      {{1980, 1, 1}, {2026, 1, 1}, std::nullopt, true},  // 46: for ever
      {{1980, 1, 1}, {2026, 6, 1}, Date{2046, 6, 1}, false},  // 46: not 20 years
      {{2000, 1, 1}, {2026, 1, 1}, Date{2046, 1, 2}, false},  // a day too long
      {{2000, 1, 1}, {2026, 1, 1}, Date{2046, 1, 31}, false},
      {{1995, 5, 5}, {2024, 2, 29}, Date{2044, 2, 29}, true},
      {{2004, 5, 5}, {2024, 2, 29}, Date{2034, 3, 1}, true},  // no 29 February then
      {{2004, 5, 5}, {2024, 2, 29}, Date{2034, 2, 28}, true},
  };
  for (const auto& c : cases) {
    const auto d = resident(c.birth, c.from, c.to);
    SCOPED_TRACE(to_iso(c.from) + " to " + (c.to ? to_iso(*c.to) : "for ever"));
    if (c.good) {
      EXPECT_THAT(findings(d), IsEmpty());
    } else {
      EXPECT_THAT(findings(d), ElementsAre(Finding::kValidityPeriod));
    }
  }
}

TEST(Checks, PeriodsOfTheOtherDocuments) {
  Document permit = document(hmt_block());
  permit.valid_to = Date{2033, 5, 1};
  EXPECT_THAT(findings(permit), ElementsAre(Finding::kValidityPeriod));
  permit.valid_to = Date{2028, 4, 30};
  EXPECT_THAT(findings(permit), IsEmpty());
  Document foreigner = document(foreigner_2023_block());
  foreigner.valid_to = Date{2029, 1, 2};
  EXPECT_THAT(findings(foreigner), IsEmpty());
  foreigner.valid_to = std::nullopt;
  EXPECT_THAT(findings(foreigner), ElementsAre(Finding::kValidityPeriod));
}

TEST(Checks, ValidBeforeBirthIsNoPeriod) {
  EXPECT_THAT(findings(resident({1990, 1, 1}, {1989, 1, 1}, std::nullopt)),
              Contains(Finding::kValidityPeriod));
}

TEST(Checks, Names) {
  Document d = document(resident_block());
  d.name = "";
  EXPECT_THAT(findings(d), ElementsAre(Finding::kNameEmpty));
  d.name = "张\uE123";
  EXPECT_THAT(findings(d), ElementsAre(Finding::kRareName));
  d.name = "𠮷";
  EXPECT_THAT(findings(d), IsEmpty()) << "rare, but printable";
}

TEST(Checks, TooYoungToHoldACertificate) {
  EXPECT_THAT(findings(resident({2008, 11, 22}, {2025, 1, 1}, Date{2035, 1, 1})),
              ElementsAre(Finding::kTooYoung));
  EXPECT_THAT(findings(resident({2008, 11, 21}, {2025, 1, 1}, Date{2035, 1, 1})), IsEmpty());
  EXPECT_THAT(findings(resident({2015, 1, 1}, {2025, 1, 1}, Date{2030, 1, 1})),
              ElementsAre(Finding::kTooYoung));
}

TEST(Checks, FindingsComeInTheOrderOfTheSheet) {
  Document d = document(resident_block());
  d.number = "890105194912310023";
  d.birth = {1949, 12, 30};
  d.sex_code = 1;
  d.ethnic_code = "57";
  d.valid_to = Date{2020, 1, 1};
  d.name = "";
  EXPECT_THAT(findings(d),
              ElementsAre(Finding::kCheckDigit, Finding::kBirthMismatch, Finding::kSexMismatch,
                          Finding::kRegion, Finding::kEthnicCode, Finding::kExpired,
                          Finding::kValidityPeriod, Finding::kNameEmpty));
}

TEST(Checks, HonestFindingsSuggestNoForgery) {
  for (const auto f :
       {Finding::kExpired, Finding::kNotYetValid, Finding::kTooYoung, Finding::kRareName}) {
    EXPECT_FALSE(suggests_forgery(f)) << to_string(f);
  }
  for (const auto f :
       {Finding::kNumberFormat, Finding::kCheckDigit, Finding::kBirthMismatch,
        Finding::kBirthImplausible, Finding::kSexMismatch, Finding::kRegion, Finding::kEthnicCode,
        Finding::kValidityPeriod, Finding::kNameEmpty, Finding::kTimesIssued}) {
    EXPECT_TRUE(suggests_forgery(f)) << to_string(f);
  }
}

}  // namespace
}  // namespace cardrig::identity
