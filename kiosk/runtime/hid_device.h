// HidDevice: a USB device that speaks in reports, where the operating system owns the bytes.
// Reports look as Linux gives and takes them at /dev/hidrawN: a written one begins with its number
// (0 if the device does not number them: the system takes that byte off), a read one only if they
// are numbered.
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/byte_stream.h"

namespace cardrig {

class HidDevice {
 public:
  using IoHandler = ByteStream::IoHandler;

  virtual ~HidDevice() = default;
  virtual ByteStream::executor_type get_executor() = 0;
  /// Pending and later operations fail with operation_aborted.
  virtual void close() = 0;
  [[nodiscard]] virtual bool is_open() const = 0;

  /// One whole report; a longer one than `into` is cut. At most one is under way at a time.
  virtual void read_report(asio::mutable_buffer into, IoHandler handler) = 0;
  /// `report` is one report and must stay until `handler` is called. One at a time.
  virtual void write_report(asio::const_buffer report, IoHandler handler) = 0;
};

/// Where a driver gets them; like StreamSource.
class HidSource {
 public:
  virtual ~HidSource() = default;
  virtual Async<Result<std::unique_ptr<HidDevice>, OpenReason>> open() = 0;
  /// For messages: "/dev/hidraw0", "virtual:id_reader".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace cardrig
