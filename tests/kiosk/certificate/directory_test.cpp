// The directory against the counts of the reference sheet.
#include "kiosk/certificate/directory.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "kiosk/certificate/card_face.h"

namespace cardrig::certificate {
namespace {

TEST(Directory, HasTenCategoriesAndFiftyFourItems) {
  const std::map<std::string_view, std::size_t> expected{{"1", 6},  {"2", 3}, {"3", 2}, {"4", 2},
                                                         {"5", 10}, {"6", 8}, {"7", 1}, {"8", 1},
                                                         {"9", 16}, {"10", 5}};
  std::size_t items = 0;
  ASSERT_EQ(categories().size(), 10u);
  for (const auto& category : categories()) {
    EXPECT_EQ(category.items.size(), expected.at(category.code)) << category.code;
    items += category.items.size();
  }
  EXPECT_EQ(items, 54u);
}

TEST(Directory, EveryItemIsFoundByItsCodeUnderItsCategory) {
  std::set<std::string_view> codes;
  std::set<std::string_view> names;
  for (const auto& category : categories()) {
    int number = 1;
    for (const auto& item : category.items) {
      EXPECT_EQ(item.code, std::string(category.code) + "." + std::to_string(number++));
      EXPECT_EQ(find_item(item.code), &item);
      EXPECT_EQ(category_of(item.code), &category);
      EXPECT_TRUE(codes.insert(item.code).second) << item.code;
      EXPECT_TRUE(names.insert(item.name).second) << item.name;
      EXPECT_TRUE(item.name.ends_with("作业")) << item.name;
      EXPECT_FALSE(item.english.empty());
      EXPECT_TRUE(can_draw_text(std::string(item.name))) << item.name;
    }
  }
}

TEST(Directory, KnowsNothingElse) {
  for (const char* code : {"", "0", "11", "2.4", "2.", ".1", "2.1.1", "x"}) {
    EXPECT_EQ(find_item(code), nullptr) << code;
  }
  EXPECT_EQ(find_category("11"), nullptr);
}

}  // namespace
}  // namespace cardrig::certificate
