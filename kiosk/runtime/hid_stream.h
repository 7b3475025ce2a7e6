// A byte stream in HID reports, so that a driver of a serial protocol runs over either. How reports
// carry bytes differs from vendor to vendor and nobody publishes it (GK): it is all in HidFraming,
// for the profile of the kiosk to say.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "kiosk/runtime/hid_device.h"

namespace cardrig {

struct HidFraming {
  enum class Length {
    kNone,  ///< reports are filled up, and the protocol inside knows where its frames end; a frame
            ///< fills all its reports but the last
    kFirstByte,  ///< the first byte says how many that follow are meant
  };
  std::size_t report_bytes = 64;  ///< without the number
  std::uint8_t report_number = 0;  ///< 0: reports are not numbered
  Length length = Length::kNone;
  std::uint8_t padding = 0;  ///< what a report that is sent is filled up with
};

/// A report with another number, or with a length that it cannot have, is passed over. The rate of
/// a serial line means nothing here. `loop` must outlive the source and its streams.
[[nodiscard]] std::unique_ptr<StreamSource> hid_stream_source(Loop& loop,
                                                              std::unique_ptr<HidSource> source,
                                                              HidFraming framing);

/// What a report carries; nothing if it is to be passed over. `report` is as it was read.
[[nodiscard]] std::optional<std::span<const std::uint8_t>> payload_of_report(
    const HidFraming& framing, std::span<const std::uint8_t> report);

}  // namespace cardrig
