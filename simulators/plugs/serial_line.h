// One connection over a pseudo-terminal, from the host's opening of the slave to its closing: the
// bytes of both directions at the pace of a serial line.
//
// Little is kept. What comes from the host is read as fast as the line carries it, and not at all
// while the device does not read or the host does not: the host's writes then block, as behind
// hardware flow control. What the device writes waits in a short queue; when that is full because
// the host does not read, the device's writes wait too. No byte is lost but by an unplugged cable
// or a black hole.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "kiosk/runtime/pending_io.h"
#include "kiosk/runtime/wire_events.h"
#include "simulators/plugs/pty.h"

namespace cardrig::sim {

class SerialLine;

/// The plug, as its lines see it.
class LineKeeper {
 public:
  virtual ~LineKeeper() = default;
  /// The host has closed its end. The line has let go of the pseudo-terminal.
  virtual void host_left(SerialLine& line) = 0;
  /// The device has closed its end: the keeper provides another pseudo-terminal for the next host,
  /// then calls finish().
  virtual void device_left(SerialLine& line) = 0;
  /// What finish() was to do is done.
  virtual void finished(SerialLine& line) = 0;
};

class SerialLine final : public std::enable_shared_from_this<SerialLine> {
 public:
  SerialLine(RealLoop& loop, std::shared_ptr<Pty> pty, std::weak_ptr<LineKeeper> keeper,
             WireEvents events, unsigned baud, bool silent);

  void start();
  /// Silent: bytes are lost both ways, and neither end hears of the other.
  void set_silent(bool silent);
  /// The device's operations fail with `error` from now on, and the pseudo-terminal is let go.
  void fail(ErrorCode error);
  /// The host has closed. With `another` it, or somebody, has opened again since, and what can be
  /// read now belongs to that connection.
  void lose_host(bool another);
  /// After device_left(): sends what is left, waits until the host has read it, then hangs up.
  void finish();

  /// The device's end.
  [[nodiscard]] std::shared_ptr<ByteStream> device_end();

 private:
  class End;
  struct Segment {
    std::vector<std::uint8_t> bytes;
    unsigned baud;  // the device's, when it wrote them
  };

  void read(asio::mutable_buffer buffer, ByteStream::IoHandler handler);
  void write(asio::const_buffer buffer, ByteStream::IoHandler handler);
  void close();

  void pump_reader();
  void pump_in();
  void arrive(std::vector<std::uint8_t> bytes);
  void deliver(std::vector<std::uint8_t> bytes, unsigned host_baud);
  void drain();

  void admit_writer();
  void pump_out();
  void leave(std::size_t size);
  void push();

  void watch_hangup();
  void wait_until_read(int checks);
  void hang_up();
  void let_go();
  [[nodiscard]] unsigned rate() const;
  [[nodiscard]] Nanos time_of(std::size_t bytes) const;
  [[nodiscard]] std::size_t chunk() const;

  RealLoop& loop_;
  std::shared_ptr<Pty> pty_;  // null: the host is gone, or is to be left alone
  std::weak_ptr<LineKeeper> keeper_;
  WireEvents events_;
  unsigned baud_;  // of the device
  bool silent_;
  bool closed_ = false;  // by the device
  bool finishing_ = false;
  bool host_gone_ = false;
  ErrorCode error_;  // set: every operation of the device fails with it

  std::deque<std::uint8_t> inbox_;
  int arriving_ = 0;  // chunks on the line
  bool waits_to_read_ = false;
  Nanos in_free_at_{0};
  PendingIo reader_;
  asio::mutable_buffer into_;

  std::deque<Segment> outbox_;
  std::size_t out_size_ = 0;
  bool leaving_ = false;  // a chunk is on the line
  std::vector<std::uint8_t> due_;  // has crossed the line, and the host's system has no room
  Nanos out_free_at_{0};
  PendingIo writer_;
  asio::const_buffer from_;
};

}  // namespace cardrig::sim
