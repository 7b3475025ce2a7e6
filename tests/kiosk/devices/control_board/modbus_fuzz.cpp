// Fuzzes both readers of Modbus TCP and the board's answers: every request gets an answer that the
// driver's reader takes as one frame.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kiosk/devices/control_board/modbus_driver_codec.h"
#include "kiosk/runtime/check.h"
#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/control_board/control_board.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardrig;
  const std::span<const std::uint8_t> all(data, size);
  control_board::ModbusAnswerReader host;
  host.feed(all);
  while (const auto answer = host.next()) {
    static_cast<void>(control_board::decode_registers(answer->data, 7));
    static_cast<void>(control_board::decode_bits(answer->data, 3));
  }

  VirtualTime time;
  const auto loop = time.make_loop("devices");
  Trace trace([&time] { return time.now(); });
  Tracer tracer(trace, "control_board");
  sim::World world(tracer, *loop);
  sim::FaultCatalogue faults(tracer);
  sim::ControlBoard::declare_faults(faults);
  MemoryLine line("control_board", *loop, tracer, {});
  sim::ControlBoard board(*loop, tracer, world, faults, line);
  sim::ModbusRequestReader device;
  device.feed(all);
  while (const auto request = device.next()) {
    control_board::ModbusAnswerReader reader;
    reader.feed(board.answer(*request));
    const auto answer = reader.next();
    CARDRIG_CHECK(answer.has_value() && answer->transaction == request->transaction);
    CARDRIG_CHECK(!reader.next().has_value() && !reader.is_broken());
  }
  return 0;
}
