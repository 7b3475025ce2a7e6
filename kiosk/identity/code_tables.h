// Code tables of the documents: provinces (GB/T 2260, first two digits), ethnic groups (GB/T 3304)
// and sexes (GB/T 2261.1).
#pragma once

#include <span>
#include <string_view>

namespace cardrig::identity {

struct Code {
  std::string_view code;
  const char* name;  ///< Chinese, UTF-8
};

[[nodiscard]] std::span<const Code> provinces();
[[nodiscard]] std::span<const Code> ethnic_groups();

/// Nullptr if the code is not in the table.
[[nodiscard]] const char* province_name(std::string_view two_digits);
[[nodiscard]] const char* ethnic_name(std::string_view two_digits);
/// 男, 女, or "" for any other code.
[[nodiscard]] const char* sex_name(int code);

}  // namespace cardrig::identity
