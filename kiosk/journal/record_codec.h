// The plain form of a journal record, before it is sealed: house-defined, version 1, little-endian,
// strings with their length in front. Decoding trusts nothing: a damaged row is a typed reason.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kiosk/journal/journal.h"

namespace cardrig::journal {

/// The photo of the certificate is left out: the journal keeps none.
[[nodiscard]] std::vector<std::uint8_t> encode_record(const Record& record);
/// kCorrupt: another version, a length beyond the end, a value out of range, or bytes left over.
[[nodiscard]] Result<Record, JournalReason> decode_record(std::span<const std::uint8_t> bytes);

}  // namespace cardrig::journal
