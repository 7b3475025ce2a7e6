// A simulated plug: the kiosk's driver opens it like a port, the simulator accepts at the other
// end. Bytes take the time that the baud rate and latency say, and everything is in the trace.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/plug.h"
#include "kiosk/runtime/trace.h"

namespace cardrig {

struct LineTiming {
  unsigned baud = 0;  ///< 10 bits a byte; 0: as fast as memory
  Nanos latency{0};  ///< added to every byte's arrival
  std::size_t chunk = 64;  ///< bytes that arrive together (64: a USB packet)
};

/// Trace events, emitted by the sender's and the receiver's party:
///   wire.sent      line, conn, dir ("to_device"/"to_host"), offset, size; blob "bytes"
///   wire.received  line, conn, dir, offset, size
///   wire.opened / wire.closed / wire.unplugged / wire.plugged   line[, conn]
class MemoryLine final : public Plug {
 public:
  /// Sees every chunk before it is delivered and may change it, shorten it or empty it.
  using Tamper = std::function<void(bool to_device, std::vector<std::uint8_t>& bytes)>;

  MemoryLine(std::string name, Loop& device_loop, Tracer& device_tracer, LineTiming timing);
  ~MemoryLine() override;

  /// The driver's side, for the kiosk that runs on `host_loop` (a new one after each power cut).
  [[nodiscard]] std::unique_ptr<StreamSource> source(Loop& host_loop, Tracer& host_tracer);
  void on_accept(Acceptor acceptor) override;

  /// Unplugged: open connections fail with `bad_descriptor` (ENODEV-like), new ones kNotFound.
  void set_reach(Reach reach) override;
  [[nodiscard]] Reach reach() const override;
  /// The host's power failed: its pending operations are destroyed, not completed, and the device
  /// reads end of file. To be called before the host's objects are dropped.
  void sever_host();
  void set_tamper(Tamper tamper);
  void set_timing(LineTiming timing);
  [[nodiscard]] const std::string& name() const override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace cardrig
