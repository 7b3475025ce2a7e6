// Masking: what may be shown and logged.
#include "kiosk/runtime/masking.h"

#include <gtest/gtest.h>

namespace cardrig {
namespace {

TEST(Masking, Numbers) {
  EXPECT_EQ(mask_number("11010519491231002X"), "110***********002X");
  EXPECT_EQ(mask_number("CAN110085010106"), "CAN********0106");
  EXPECT_EQ(mask_number("H1234567"), "H12*4567");
  EXPECT_EQ(mask_number("1234567"), "*******");
  EXPECT_EQ(mask_number(""), "");
}

TEST(Masking, Names) {
  EXPECT_EQ(mask_name("张建国"), "张*国");
  EXPECT_EQ(mask_name("欧阳娜娜"), "欧*娜");
  EXPECT_EQ(mask_name("张三"), "张*");
  EXPECT_EQ(mask_name("张"), "*");
  EXPECT_EQ(mask_name("𠮷田𰻝"), "𠮷*𰻝");
  EXPECT_EQ(mask_name(""), "");
}

TEST(Masking, LatinNames) {
  EXPECT_EQ(mask_name("SMITH, JOHN ALEXANDER"), "S***** J*** A********");
  EXPECT_EQ(mask_name("ANNE-MARIE LI"), "A***-M**** L*");
}

TEST(Masking, MalformedTextDoesNotLeak) {
  const std::string masked = mask_name("\xE5\xBC");
  EXPECT_EQ(masked.find("\xE5\xBC"), std::string::npos);
}

}  // namespace
}  // namespace cardrig
