// The reader's side of USB-HID: requests out of reports, answers into reports. Vendors differ and
// publish nothing (GK): number and length of reports are options.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "kiosk/runtime/byte_stream.h"

namespace cardrig::sim {

struct HidLayout {
  std::size_t report_bytes = 64;  ///< without the number
  std::uint8_t number = 0;  ///< 0: reports have none
  bool says_length = false;  ///< the first byte: how many that follow are meant
};

/// `reports` carries whole reports, as USB does. What is read from the stream and written to it are
/// the bytes in them.
[[nodiscard]] std::shared_ptr<ByteStream> hid_device_end(Loop& loop,
                                                         std::shared_ptr<ByteStream> reports,
                                                         HidLayout layout);

/// Bytes of one report as they arrive; nothing for one that no firmware would take.
[[nodiscard]] std::optional<std::vector<std::uint8_t>> unpack_report(
    const HidLayout& layout, std::span<const std::uint8_t> report);
/// As many reports as `bytes` need.
[[nodiscard]] std::vector<std::uint8_t> pack_reports(const HidLayout& layout,
                                                     std::span<const std::uint8_t> bytes);

}  // namespace cardrig::sim
