#include "scenarios/engine/report/markup.h"

#include <cstddef>

namespace cardrig::scenario {

std::string escape_markup(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\n':
        escaped += "&#10;";
        break;
      case '\t':
        escaped += ' ';
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          escaped += "\xEF\xBF\xBD";
        } else {
          escaped += c;
        }
    }
  }
  return escaped;
}

std::string base64(const unsigned char* data, std::size_t size) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((size + 2) / 3 * 4);
  for (std::size_t i = 0; i < size; i += 3) {
    const unsigned a = data[i];
    const unsigned b = i + 1 < size ? data[i + 1] : 0U;
    const unsigned c = i + 2 < size ? data[i + 2] : 0U;
    const unsigned bits = (a << 16U) | (b << 8U) | c;
    text += kDigits[(bits >> 18U) & 63U];
    text += kDigits[(bits >> 12U) & 63U];
    text += i + 1 < size ? kDigits[(bits >> 6U) & 63U] : '=';
    text += i + 2 < size ? kDigits[bits & 63U] : '=';
  }
  return text;
}

}  // namespace cardrig::scenario
