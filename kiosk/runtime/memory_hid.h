// The simulated HidDevice: reports as chunks of one size on a simulated plug (memory_line.h).
#pragma once

#include <cstddef>
#include <memory>

#include "kiosk/runtime/hid_device.h"
#include "kiosk/runtime/memory_line.h"

namespace cardrig {

/// A report of 64 bytes each millisecond, as a full-speed interrupt endpoint carries them.
inline constexpr LineTiming kHidLine{640'000, std::chrono::microseconds(500), 64};

/// `source` is a plug's (MemoryLine::source()). What goes over it is what goes over USB: reports of
/// `report_bytes`, each behind its number if they are `numbered`.
[[nodiscard]] std::unique_ptr<HidSource> memory_hid_source(std::unique_ptr<StreamSource> source,
                                                           std::size_t report_bytes, bool numbered);

}  // namespace cardrig
