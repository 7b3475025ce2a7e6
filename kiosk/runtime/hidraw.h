// HidDevice by Linux's hidraw.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kiosk/runtime/hid_device.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

/// Opens `path` ("/dev/hidraw0", or a link to it by udev) each time. `line` names the wire in the
/// trace; the events are those of MemoryLine, a written report with its number. Opening: kNotFound
/// (no such node), kRefused (no rights, no hidraw device, or held by another program).
/// `loop` and `tracer` must outlive the source and its devices.
[[nodiscard]] std::unique_ptr<HidSource> hidraw_source(RealLoop& loop, const Tracer& tracer,
                                                       std::string line, std::string path);

/// The same on a descriptor that is open already and keeps the bounds of reports; it is owned from
/// now on. `conn` numbers the connection in the trace.
[[nodiscard]] std::unique_ptr<HidDevice> hidraw_device(RealLoop& loop, const Tracer& tracer,
                                                       const std::string& line, std::int64_t conn,
                                                       int descriptor);

}  // namespace cardrig
