// What of a name and a number may be shown or logged.
#include <algorithm>

#include "kiosk/identity/document.h"
#include "kiosk/identity/utf16.h"

namespace cardrig::identity {

namespace {

std::string utf8(char32_t c) {
  std::string out;
  append_utf8(out, c);
  return out;
}

std::string mask_words(const std::string& ascii) {
  std::string out = ascii;
  bool in_word = false;
  for (char& c : out) {
    const bool letter = c != ' ' && c != '-';
    if (letter && in_word) c = '*';
    in_word = letter;
  }
  return out;
}

}  // namespace

std::string mask_number(const std::string& number) {
  constexpr std::size_t kShown = 3 + 4;
  if (number.size() <= kShown) return std::string(number.size(), '*');
  return number.substr(0, 3) + std::string(number.size() - kShown, '*') +
         number.substr(number.size() - 4);
}

std::string mask_name(const std::string& name_utf8) {
  if (std::all_of(name_utf8.begin(), name_utf8.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
    return mask_words(name_utf8);
  }
  const auto points = code_points(name_utf8);
  if (points.size() == 1) return "*";
  if (points.size() == 2) return utf8(points[0]) + "*";
  return utf8(points.front()) + "*" + utf8(points.back());
}

}  // namespace cardrig::identity
