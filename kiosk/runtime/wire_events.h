// The wire.* events of one end of one connection over a real wire. They are those of MemoryLine
// (memory_line.h), so that whoever reads a trace need not know which wire it was.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "kiosk/runtime/trace.h"

namespace cardrig {

class WireEvents {
 public:
  enum class End { kHost, kDevice };

  /// `tracer` must outlive this. `conn` numbers the connection, see tcp_stream.h.
  WireEvents(const Tracer& tracer, std::string line, std::int64_t conn, End end);

  void opened() const;
  /// To be called before the bytes leave, so that in merged traces the sending comes first.
  void sent(std::span<const std::uint8_t> bytes);
  void received(std::size_t size);
  void closed() const;

 private:
  const Tracer* tracer_;
  std::string line_;
  std::int64_t conn_;
  End end_;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
};

}  // namespace cardrig
