// The number schemes, with the test numbers of the reference sheet and with every change of one
// character.
#include "kiosk/identity/numbers.h"

#include <gtest/gtest.h>

#include "kiosk/identity/code_tables.h"
#include "kiosk/runtime/random.h"

namespace cardrig::identity {
namespace {

struct Sample {
  DocumentType type;
  const char* number;
  Date birth;
  int sex;
};

const Sample kSamples[] = {
    {DocumentType::kResident, "11010519491231002X", {1949, 12, 31}, 2},
    {DocumentType::kHmt, "810000199001010019", {1990, 1, 1}, 1},
    {DocumentType::kHmt, "82000019850505002X", {1985, 5, 5}, 2},
    {DocumentType::kHmt, "830000198808080033", {1988, 8, 8}, 1},
    {DocumentType::kForeigner2023, "932682198501010017", {1985, 1, 1}, 1},
    {DocumentType::kForeigner2023, "910124198512120039", {1985, 12, 12}, 1},
    {DocumentType::kForeigner2023, "931102197904010818", {1979, 4, 1}, 1},
    {DocumentType::kForeigner2023, "911560199202290027", {1992, 2, 29}, 2},
    {DocumentType::kForeigner2017, "CAN110085010106", {1985, 1, 1}, 2},
    {DocumentType::kForeigner2017, "USA310075040815", {1975, 4, 8}, 1},
};

TEST(Numbers, TheSheetsTestNumbersPass) {
  for (const auto& s : kSamples) {
    SCOPED_TRACE(s.number);
    EXPECT_TRUE(number_has_format(s.type, s.number));
    EXPECT_TRUE(check_character_fits(s.type, s.number));
    EXPECT_TRUE(number_holds_birth(s.type, s.number, s.birth));
    EXPECT_FALSE(number_holds_birth(s.type, s.number, add_days(s.birth, 1)));
    EXPECT_EQ(sex_in_number(s.type, s.number), s.sex);
    // The sheet's 910124… fits its check character, but there is no province 10.
    const bool real_region = std::string_view(s.number).substr(0, 3) != "910";
    EXPECT_EQ(number_region_exists(s.type, s.number), real_region);
  }
}

TEST(Numbers, AnyChangeOfOneDigitBreaksTheCheckCharacterOf18) {
  for (const auto& s : kSamples) {
    if (s.type == DocumentType::kForeigner2017) continue;
    const std::string number = s.number;
    for (std::size_t i = 0; i < number.size(); ++i) {
      for (const char c : std::string("0123456789X")) {
        if (c == number[i]) continue;
        std::string changed = number;
        changed[i] = c;
        EXPECT_FALSE(check_character_fits(s.type, changed)) << number << " -> " << changed;
      }
    }
  }
}

TEST(Numbers, AnyChangeOfOneDigitBreaksTheCheckCharacterOfRandomNumbers) {
  Random random(20261121);
  for (int round = 0; round < 500; ++round) {
    std::string number = std::to_string(random.between(1, 8));
    while (number.size() < 17) number += static_cast<char>('0' + random.below(10));
    number += check_character_18(number).value();
    ASSERT_TRUE(check_character_fits(DocumentType::kResident, number)) << number;
    const std::size_t at = random.below(17);
    const char before = number[at];
    number[at] =
        static_cast<char>('0' + (before - '0' + static_cast<int>(random.between(1, 9))) % 10);
    EXPECT_FALSE(check_character_fits(DocumentType::kResident, number)) << number;
  }
}

// Weights 7, 3 and 1 have no factor in common with 10: a changed digit always changes the sum.
// Letters count modulo 10, so K for A goes unseen: that is the scheme's own weakness.
TEST(Numbers, AnyChangeOfOneDigitBreaksTheCheckDigitOf15) {
  for (const std::string number : {"CAN110085010106", "USA310075040815"}) {
    for (std::size_t i = 3; i < number.size(); ++i) {
      for (char c = '0'; c <= '9'; ++c) {
        if (c == number[i]) continue;
        std::string changed = number;
        changed[i] = c;
        EXPECT_FALSE(check_character_fits(DocumentType::kForeigner2017, changed)) << changed;
      }
    }
  }
  EXPECT_TRUE(check_character_fits(DocumentType::kForeigner2017, "MAN110085010106"))
      << "C (12) and M (22) weigh the same";
}

TEST(Numbers, SwappedNeighboursAreSeenIn18) {
  const std::string number = "11010519491231002X";
  for (std::size_t i = 0; i + 2 < number.size(); ++i) {
    if (number[i] == number[i + 1]) continue;
    std::string swapped = number;
    std::swap(swapped[i], swapped[i + 1]);
    EXPECT_FALSE(check_character_fits(DocumentType::kResident, swapped)) << swapped;
  }
}

TEST(Numbers, CheckCharactersNeedTheirLengthAndCharset) {
  EXPECT_EQ(check_character_18("11010519491231002"), 'X');
  EXPECT_EQ(check_character_18("1101051949123100"), std::nullopt);
  EXPECT_EQ(check_character_18("1101051949123100A"), std::nullopt);
  EXPECT_EQ(check_digit_15("CAN11008501010"), '6');
  EXPECT_EQ(check_digit_15("CAN1100850101"), std::nullopt);
  EXPECT_EQ(check_digit_15("CAn11008501010"), std::nullopt);
}

TEST(Numbers, FormatBelongsToTheType) {
  EXPECT_FALSE(number_has_format(DocumentType::kResident, "932682198501010017"));
  EXPECT_FALSE(number_has_format(DocumentType::kForeigner2023, "11010519491231002X"));
  EXPECT_FALSE(number_has_format(DocumentType::kForeigner2017, "11010519491231002X"));
  EXPECT_FALSE(number_has_format(DocumentType::kResident, "CAN110085010106"));
  EXPECT_FALSE(number_has_format(DocumentType::kResident, "01010519491231002X"));
  EXPECT_FALSE(number_has_format(DocumentType::kResident, "11010519491231002x"));
  EXPECT_FALSE(number_has_format(DocumentType::kResident, "1101051949123100X2"));
  EXPECT_FALSE(number_has_format(DocumentType::kResident, ""));
  EXPECT_FALSE(check_character_fits(DocumentType::kResident, "110105491231002"));
}

TEST(Numbers, RegionsByType) {
  EXPECT_FALSE(number_region_exists(DocumentType::kResident, "890105194912310022"));
  EXPECT_FALSE(number_region_exists(DocumentType::kResident, "830000198808080033"));
  EXPECT_TRUE(number_region_exists(DocumentType::kResident, "710000198808080033"));
  EXPECT_FALSE(number_region_exists(DocumentType::kHmt, "810001199001010019"));
  EXPECT_FALSE(number_region_exists(DocumentType::kHmt, "11010519491231002X"));
  EXPECT_FALSE(number_region_exists(DocumentType::kForeigner2017, "CHN110085010106"));
  EXPECT_FALSE(number_region_exists(DocumentType::kForeigner2023, "999682198501010017"));
  EXPECT_FALSE(number_region_exists(DocumentType::kForeigner2023, "911156198501010017"));
  EXPECT_FALSE(number_region_exists(DocumentType::kForeigner2023, "911000198501010017"));
}

TEST(Numbers, Normalising) {
  EXPECT_EQ(normalise_number("11010519491231002x"), "11010519491231002X");
  EXPECT_EQ(normalise_number("  can110085010106 "), "CAN110085010106");
  EXPECT_EQ(normalise_number("   "), "");
}

TEST(CodeTables, AreSortedAndComplete) {
  const auto sorted = [](std::span<const Code> table) {
    for (std::size_t i = 1; i < table.size(); ++i) {
      if (!(table[i - 1].code < table[i].code)) return false;
    }
    return true;
  };
  EXPECT_TRUE(sorted(provinces()));
  EXPECT_TRUE(sorted(ethnic_groups()));
  EXPECT_EQ(provinces().size(), 35U);
  EXPECT_EQ(ethnic_groups().size(), 58U);
  EXPECT_STREQ(ethnic_name("01"), "汉");
  EXPECT_STREQ(ethnic_name("56"), "基诺");
  EXPECT_STREQ(ethnic_name("98"), "外国血统中国籍人士");
  EXPECT_EQ(ethnic_name("57"), nullptr);
  EXPECT_EQ(ethnic_name("00"), nullptr);
  EXPECT_EQ(ethnic_name(""), nullptr);
  EXPECT_STREQ(province_name("44"), "广东");
  EXPECT_EQ(province_name("16"), nullptr);
  EXPECT_STREQ(sex_name(1), "男");
  EXPECT_STREQ(sex_name(2), "女");
  EXPECT_STREQ(sex_name(9), "");
}

}  // namespace
}  // namespace cardrig::identity
