// Both directions.
#include "kiosk/runtime/base64.h"

#include <array>
#include <stdexcept>

namespace cardrig {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::array<int, 256> digit_values() {
  std::array<int, 256> values{};
  values.fill(-1);
  for (std::size_t i = 0; i < kDigits.size(); ++i) {
    values.at(static_cast<unsigned char>(kDigits[i])) = static_cast<int>(i);
  }
  return values;
}

}  // namespace

std::string to_base64(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      text += i + k > bytes.size() ? '=' : kDigits[group >> (18 - 6 * k) & 0x3F];
    }
  }
  return text;
}

std::vector<std::uint8_t> from_base64(std::string_view text) {
  static const auto values = digit_values();
  if (text.size() % 4 != 0) throw std::invalid_argument("base64 comes in groups of four");
  const std::size_t digits = text.substr(0, text.find('=')).size();
  const std::size_t padding = text.size() - digits;
  if (padding > 2 || text.find_first_not_of('=', digits) != std::string_view::npos) {
    throw std::invalid_argument("base64 is padded by at most two signs, at its end");
  }
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, digits)) {
    const int value = values.at(static_cast<unsigned char>(c));
    if (value < 0) throw std::invalid_argument("a sign that base64 does not have");
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    bits &= (1U << count) - 1;
  }
  if (bits != 0) throw std::invalid_argument("base64 with bits after its end");
  return bytes;
}

}  // namespace cardrig
