// UTF-16LE fields of the chip's text block, and code points of UTF-8 text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardrig::identity {

/// Decodes a field to UTF-8: surrogate pairs become one character, padding (U+0020, U+0000) at the
/// end is cut. Nothing if it holds an unpaired surrogate, a control character, U+FFFD or a
/// noncharacter. `bytes` has an even size.
[[nodiscard]] std::optional<std::string> decode_utf16le(std::span<const std::uint8_t> bytes);

/// The code points of valid UTF-8; a malformed byte counts as U+FFFD.
[[nodiscard]] std::vector<char32_t> code_points(std::string_view utf8);

void append_utf8(std::string& out, char32_t code_point);

}  // namespace cardrig::identity
