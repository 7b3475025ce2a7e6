// VendorCardPath: the card path over a command channel of the house protocol
// (docs/protocols/card-path.md), on any byte stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/card_printer/path_driver_codec.h"
#include "kiosk/runtime/async_mutex.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::card_printer {

struct PathLimits {
  Nanos query{std::chrono::seconds(2)};  ///< info, status, clear error; opening included
  Nanos movement{std::chrono::seconds(10)};  ///< present, retract, reject
};

/// Opens the channel when it is needed and again after it broke. Calls may overlap; they are sent
/// one after the other. A movement whose answer did not come (kTimeout, kOffline) may have been
/// made: ask for the status.
class VendorCardPath final : public CardPath {
 public:
  VendorCardPath(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
                 PathLimits limits = {});

  Async<Result<Unit, PathReason>> start() override;
  Async<Result<PathStatus, PathReason>> status() override;
  Async<void> wait_for_change(Nanos limit) override;
  Async<Result<Unit, PathReason>> present() override;
  Async<Result<Unit, PathReason>> retract() override;
  Async<Result<Unit, PathReason>> reject() override;
  Async<Result<Unit, PathReason>> clear_error() override;
  /// All false before start() has succeeded once.
  [[nodiscard]] PathCapabilities capabilities() const override { return info_.capabilities; }
  [[nodiscard]] const PathInfo& info() const { return info_; }

 private:
  using Bytes = std::vector<std::uint8_t>;

  /// One request and its answer's payload behind the return code.
  Async<Result<Bytes, PathReason>> request(std::uint8_t operation, Nanos limit);
  Async<Result<Bytes, PathReason>> exchange(std::uint8_t operation);
  Async<Result<Unit, PathReason>> connect();
  Async<Result<PathFrame, PathReason>> receive(std::uint8_t sequence);
  /// False: the channel broke.
  Async<bool> hear_change();
  Async<ErrorCode> read_some();
  Async<Result<Unit, PathReason>> command(std::uint8_t operation, Nanos limit);
  void disconnect();

  Loop& loop_;
  Tracer& tracer_;
  std::unique_ptr<StreamSource> source_;
  PathLimits limits_;
  AsyncMutex mutex_;
  std::unique_ptr<ByteStream> stream_;
  PathFrameReader reader_;
  std::uint8_t next_sequence_ = 1;
  bool changed_ = false;  ///< an event came after the last status
  PathInfo info_;
};

}  // namespace cardrig::card_printer
