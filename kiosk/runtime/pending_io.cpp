// Pending reads and writes. Boost 1.81's any_completion_handler must not be move-assigned: swap.
#include "kiosk/runtime/pending_io.h"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig {

void complete_soon(Loop& loop, ByteStream::IoHandler handler, ErrorCode error, std::size_t size) {
  // Cancelling comes too late from here on.
  auto slot = asio::get_associated_cancellation_slot(handler);
  if (slot.is_connected()) slot.clear();
  loop.post([h = std::move(handler), error, size]() mutable { std::move(h)(error, size); });
}

void PendingIo::hold(Loop& loop, const std::weak_ptr<void>& owner, ByteStream::IoHandler handler) {
  CARDRIG_CHECK(!handler_ && "one operation of a kind at a time");
  loop_ = &loop;
  handler_.swap(handler);
  auto slot = asio::get_associated_cancellation_slot(handler_);
  if (!slot.is_connected()) return;
  slot.assign([owner, this](asio::cancellation_type) {
    if (const auto alive = owner.lock()) complete(asio::error::operation_aborted, 0);
  });
}

void PendingIo::complete(ErrorCode error, std::size_t size) {
  if (!handler_) return;
  ByteStream::IoHandler done;
  done.swap(handler_);
  complete_soon(*loop_, std::move(done), error, size);
}

void PendingIo::drop() {
  ByteStream::IoHandler doomed;
  doomed.swap(handler_);
}

}  // namespace cardrig
