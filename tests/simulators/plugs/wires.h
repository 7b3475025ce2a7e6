// Every kind of wire, each with a driver's source at one end and a device's plug at the other, for
// the contract that all of them keep.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/plug.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::test {

class Wire {
 public:
  virtual ~Wire() = default;
  virtual Loop& host() = 0;
  virtual Loop& device() = 0;
  virtual StreamSource& source() = 0;
  virtual Plug& plug() = 0;
  /// Events of "kiosk" and, if `device_is_traced()`, of "device".
  Trace& trace() { return trace_; }
  /// Runs `test` on the host's loop until it is done; false if it does not come to an end.
  virtual bool run(Async<void> test) = 0;

 protected:
  explicit Wire(Trace::ClockFn now) : trace_(std::move(now)) {}
  Trace trace_;
};

struct WireKind {
  std::string name;
  std::function<std::unique_ptr<Wire>()> make;
  OpenReason when_unplugged = OpenReason::kNotFound;
  bool opens_into_black_hole = true;  ///< false: opening hangs
  bool is_bounded = true;  ///< whoever does not read stops the writer at some point
  bool device_is_traced = true;  ///< with the bytes that the host traces
};

/// What GoogleTest calls it in messages.
inline void PrintTo(const WireKind& kind, std::ostream* out) { *out << kind.name; }

[[nodiscard]] WireKind memory_wire();
[[nodiscard]] WireKind pty_wire();
[[nodiscard]] WireKind tcp_wire();
/// Its server's end is Asio's, not ours.
[[nodiscard]] WireKind tls_wire();

/// A folder of its own for the files of one test, removed with it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

/// Descriptors that this process has open.
[[nodiscard]] std::size_t open_descriptors();

}  // namespace cardrig::test
