// The simulated ID-card reader on a serial line: takes requests apart, lets the SAM work for as
// long as the real one does, answers, and shows the faults that happen on the wire.
#pragma once

#include <memory>

#include "kiosk/runtime/memory_line.h"
#include "simulators/id_reader/hid_link.h"
#include "simulators/id_reader/sam.h"

namespace cardrig::sim {

/// Line of a reader on UART or USB serial.
inline constexpr LineTiming kReaderLine{115200, std::chrono::microseconds(500), 64};

/// Trace events (party of `tracer`): reader.sam_state (state, baud) when either changes.
/// Everything passed in must outlive it. Declare its faults first (faults.h).
class ReaderSimulator {
 public:
  ReaderSimulator(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults, Random random,
                  ReaderOptions options = {});
  ~ReaderSimulator();
  ReaderSimulator(const ReaderSimulator&) = delete;
  ReaderSimulator& operator=(const ReaderSimulator&) = delete;

  /// Serves whoever opens `line`; unplugging it is then this simulator's fault to show.
  void attach(Plug& line);
  /// The same for a reader on USB-HID.
  void attach_hid(Plug& line, HidLayout layout);
  /// Serves one stream, whatever it runs over.
  void accept(std::shared_ptr<ByteStream> stream);

  [[nodiscard]] Sam::State sam_state() const;
  [[nodiscard]] unsigned baud() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig::sim
