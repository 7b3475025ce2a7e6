// UTF-16LE decoding, written out: what is refused matters more than what is accepted.
#include "kiosk/identity/utf16.h"

#include "kiosk/runtime/check.h"

namespace cardrig::identity {

namespace {

bool is_high_surrogate(char32_t c) { return c >= 0xD800 && c <= 0xDBFF; }
bool is_low_surrogate(char32_t c) { return c >= 0xDC00 && c <= 0xDFFF; }

bool is_refused(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c <= 0x9F);
  const bool noncharacter = (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  // Direction and line controls would let a printed name read differently from the stored one.
  const bool layout = (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
                      (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
  return control || noncharacter || layout || c == 0xFFFD;
}

}  // namespace

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

std::optional<std::string> decode_utf16le(std::span<const std::uint8_t> bytes) {
  CARDRIG_CHECK(bytes.size() % 2 == 0);
  const auto unit = [bytes](std::size_t i) {
    return static_cast<char32_t>(bytes[2 * i] | bytes[2 * i + 1] << 8);
  };
  std::size_t size = bytes.size() / 2;
  while (size > 0 && (unit(size - 1) == U' ' || unit(size - 1) == U'\0')) --size;
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    char32_t c = unit(i);
    if (is_low_surrogate(c)) return std::nullopt;
    if (is_high_surrogate(c)) {
      if (i + 1 == size || !is_low_surrogate(unit(i + 1))) return std::nullopt;
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(++i) - 0xDC00);
    }
    if (is_refused(c)) return std::nullopt;
    append_utf8(out, c);
  }
  return out;
}

std::vector<char32_t> code_points(std::string_view utf8) {
  std::vector<char32_t> out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    std::size_t more = 0;
    if (lead >= 0xF0 && lead < 0xF8)
      more = 3;
    else if (lead >= 0xE0)
      more = lead < 0xF0 ? 2 : 0;
    else if (lead >= 0xC0)
      more = 1;
    char32_t c = more == 0 ? lead : lead & (0x3F >> more);
    bool bad = lead >= 0x80 && more == 0;
    if (i + more >= utf8.size()) bad = bad || more > 0;
    for (std::size_t k = 1; k <= more && !bad; ++k) {
      const auto next = static_cast<unsigned char>(utf8[i + k]);
      bad = (next & 0xC0) != 0x80;
      c = c << 6 | (next & 0x3F);
    }
    out.push_back(bad ? U'\uFFFD' : c);
    i += bad ? 1 : 1 + more;
  }
  return out;
}

}  // namespace cardrig::identity
