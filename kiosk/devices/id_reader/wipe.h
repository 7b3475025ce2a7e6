// Overwriting memory that held personal data. Header only, so that who holds a ChipRecord needs no
// library of the reader.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>

namespace cardrig::id_reader {

/// Zeroes `bytes` even where the compiler sees that nobody reads them again.
inline void wipe(std::span<std::uint8_t> bytes) {
  if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

}  // namespace cardrig::id_reader
