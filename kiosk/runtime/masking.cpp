// Masks names and numbers.
#include "kiosk/runtime/masking.h"

#include <algorithm>
#include <vector>

namespace cardrig {

namespace {

/// Where the UTF-8 characters of `s` begin.
std::vector<std::size_t> character_starts(const std::string& s) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if ((static_cast<unsigned char>(s[i]) & 0xC0U) != 0x80U) starts.push_back(i);
  }
  return starts;
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

std::string mask_typed(const std::string& number) {
  std::string out;
  for (std::size_t i = 0; i < number.size(); ++i) {
    if (i > 0 && i % 4 == 0) out += ' ';
    if (i + 1 == number.size()) {
      out += number[i];
    } else {
      out += "•";
    }
  }
  return out;
}

std::string mask_name(const std::string& name_utf8) {
  const bool latin = std::all_of(name_utf8.begin(), name_utf8.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (latin) return mask_words(name_utf8);
  const auto starts = character_starts(name_utf8);
  if (starts.size() <= 1) return "*";
  const std::string first = name_utf8.substr(0, starts[1]);
  if (starts.size() == 2) return first + "*";
  return first + "*" + name_utf8.substr(starts.back());
}

}  // namespace cardrig
