// Knows stale data by (fault R12: a reader gives the card before once more). It keeps digests,
// never data: without the 1024 bytes of a photo nobody can find out by trying whose they are.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "kiosk/devices/id_reader/id_reader.h"
#include "kiosk/devices/id_reader/protocol.h"

namespace cardrig::id_reader {

class LastCard {
 public:
  using Serial = std::array<std::uint8_t, sdt::kSerialSize>;

  /// A record that was just read from the card with this serial (all zeros or nothing: the reader
  /// does not tell). It is compared with the record before and takes its place.
  ///   other data                       plausible
  ///   the same data, the same serial   the same card again: plausible
  ///   the same data, another serial    stale, however often it comes
  ///   the same data, no serial to compare: not to be told from the same card again, so a second
  ///                                    reading has to confirm it; a reader that is merely behind
  ///                                    gives other data then
  [[nodiscard]] bool is_plausible(const ChipRecord& record, const std::optional<Serial>& serial);

 private:
  using Digest = std::array<std::uint8_t, 32>;
  struct Seen {
    Digest data;
    std::optional<Digest> data_and_serial;
    bool doubted = false;
  };
  [[nodiscard]] static Digest digest(const ChipRecord& record,
                                     std::span<const std::uint8_t> serial);

  std::optional<Seen> last_;
};

}  // namespace cardrig::id_reader
