// What of a name and a number may be shown, logged or traced.
#pragma once

#include <string>

namespace cardrig {

/// `110***********002X`: first 3 and last 4 stay; shorter than 8: all stars.
[[nodiscard]] std::string mask_number(const std::string& number);
/// What a keypad shows of a number that is being typed, in groups of four: `•••• ••7`.
[[nodiscard]] std::string mask_typed(const std::string& number);
/// `张*三`, `张*`; Latin names: the first letter of each word. Never fails on bad UTF-8.
[[nodiscard]] std::string mask_name(const std::string& name_utf8);

}  // namespace cardrig
