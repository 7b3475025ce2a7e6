// The directory of special operations: 10 categories, 54 items (reference sheet "certificates",
// §3.5: 51 items of orders 30 and 80, and the 3 electrical ones added in 2018). It is data with a
// version, because wider drafts circulate.
#pragma once

#include <span>
#include <string_view>

namespace cardrig::certificate {

inline constexpr std::string_view kDirectoryVersion = "2018-54";

struct Item {
  std::string_view code;  ///< "2.1"; 1.4 to 1.6 are numbered by this project
  std::string_view name;  ///< 操作项目
  std::string_view english;
};

struct Category {
  std::string_view code;  ///< "2"
  std::string_view name;  ///< 作业类别
  std::string_view english;
  std::span<const Item> items;
};

/// All categories, in the order of their codes.
[[nodiscard]] std::span<const Category> categories();
/// Null: no such code.
[[nodiscard]] const Category* find_category(std::string_view code);
[[nodiscard]] const Item* find_item(std::string_view code);
/// The category of an item code ("9.16" → "9"), or null.
[[nodiscard]] const Category* category_of(std::string_view item_code);

}  // namespace cardrig::certificate
