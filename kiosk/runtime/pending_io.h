// A read or write that a stream of ours cannot complete yet: the handler, held until it can.
#pragma once

#include <memory>

#include "kiosk/runtime/byte_stream.h"

namespace cardrig {

/// Completes `handler` soon, on `loop`; never inline.
void complete_soon(Loop& loop, ByteStream::IoHandler handler, ErrorCode error, std::size_t size);

/// Empty, or one pending operation. Not to be moved: cancelling leads back here.
class PendingIo {
 public:
  PendingIo() = default;
  PendingIo(const PendingIo&) = delete;
  PendingIo& operator=(const PendingIo&) = delete;

  explicit operator bool() const { return static_cast<bool>(handler_); }
  /// Whoever waits for the operation can cancel it: it then completes with operation_aborted, as
  /// long as `owner`, the object that this belongs to, is alive. `loop` must outlive the owner.
  void hold(Loop& loop, const std::weak_ptr<void>& owner, ByteStream::IoHandler handler);
  /// Completes the operation soon and is empty from then on; nothing if there is none.
  void complete(ErrorCode error, std::size_t size);
  /// Destroys the handler without a call.
  void drop();

 private:
  Loop* loop_ = nullptr;
  ByteStream::IoHandler handler_;
};

}  // namespace cardrig
