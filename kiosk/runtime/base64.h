// Base64 (RFC 4648, with padding), for bytes inside of JSON.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardrig {

[[nodiscard]] std::string to_base64(std::span<const std::uint8_t> bytes);

/// Takes only what to_base64() writes: padded, without spaces, no stray bits in the last digit.
/// Throws std::invalid_argument.
[[nodiscard]] std::vector<std::uint8_t> from_base64(std::string_view text);

}  // namespace cardrig
