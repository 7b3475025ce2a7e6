// Serial ports, real ones and the slaves of pseudo-terminals: raw, 8 data bits, no parity, 1 stop.
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

/// Opens `path` at `baud` each time. `line` names the wire in the trace; the events are those of
/// MemoryLine (memory_line.h). A device node that disappears ends open streams with an error.
/// Opening: kNotFound (no such node), kRefused (no rights, or held by another program: TIOCEXCL).
/// `loop` and `tracer` must outlive the source and its streams.
[[nodiscard]] std::unique_ptr<StreamSource> serial_source(RealLoop& loop, const Tracer& tracer,
                                                          std::string line, std::string path,
                                                          unsigned baud);

}  // namespace cardrig
