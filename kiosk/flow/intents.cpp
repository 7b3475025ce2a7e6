// The queue of touches, and how a coroutine waits for one.
#include "kiosk/flow/intents.h"

#include <algorithm>
#include <boost/asio/async_result.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "kiosk/runtime/check.h"

namespace cardrig::flow {

const char* to_string(TouchResult result) {
  switch (result) {
    case TouchResult::kAccepted:
      return "accepted";
    case TouchResult::kNoSuchButton:
      return "no_such_button";
    case TouchResult::kDisabled:
      return "disabled";
  }
  return "?";
}

std::string traced_key(const std::string& button_key) {
  for (const char* kind : {kDigitKey, kLetterKey}) {
    if (button_key.starts_with(kind)) return std::string(kind) + "*";
  }
  return button_key;
}

TouchResult IntentQueue::push(const Intent& intent) {
  const auto button = std::find_if(buttons_.begin(), buttons_.end(),
                                   [&](const Button& b) { return b.key == intent.button_key; });
  const TouchResult result = button == buttons_.end() ? TouchResult::kNoSuchButton
                             : !button->enabled       ? TouchResult::kDisabled
                                                      : TouchResult::kAccepted;
  tracer_.emit("kiosk.touch", {{"button", traced_key(intent.button_key)},
                               {"screen", screen_id_},
                               {"result", to_string(result)}});
  if (result != TouchResult::kAccepted) return result;
  if (intercept_ && intercept_(intent)) return result;
  queue_.push_back(intent);
  wake();
  return result;
}

void IntentQueue::offer(const Screen& screen) {
  // The same screen shown again (a new camera picture, a hint) keeps the touches made meanwhile.
  if (screen.id != screen_id_) queue_.clear();
  screen_id_ = screen.id;
  buttons_ = screen.buttons;
}

std::optional<Intent> IntentQueue::take() {
  if (queue_.empty()) return std::nullopt;
  Intent first = std::move(queue_.front());
  queue_.pop_front();
  return first;
}

Async<std::optional<Intent>> IntentQueue::wait(Nanos limit) {
  if (queue_.empty()) co_await wait_for_push(limit);
  co_return take();
}

void IntentQueue::wake() {
  if (const auto waiter = waiter_.lock()) {
    loop_.cancel(waiter->timer);
    complete(loop_, waiter, ErrorCode{});
  }
}

// Not a coroutine: see the note on GCC in kiosk/runtime/async.h.
Async<void> IntentQueue::wait_for_push(Nanos limit) {
  return asio::async_initiate<const asio::use_awaitable_t<>&, void(ErrorCode)>(
      [this, limit](auto handler) { start_wait(limit, Loop::WaitHandler(std::move(handler))); },
      asio::use_awaitable);
}

void IntentQueue::start_wait(Nanos limit, Loop::WaitHandler handler) {
  const auto before = waiter_.lock();
  CARDRIG_CHECK(!before || !before->handler);
  auto waiter = std::make_shared<Waiter>();
  // The slot is taken after wrapping: Boost 1.81's any_completion_handler installs one of its own.
  auto slot = asio::get_associated_cancellation_slot(handler);
  waiter->handler.swap(handler);
  waiter->timer =
      loop_.after(limit, [&loop = loop_, waiter] { complete(loop, waiter, ErrorCode{}); });
  waiter_ = waiter;
  if (!slot.is_connected()) return;
  slot.assign([this, weak = waiter_](asio::cancellation_type) {
    if (const auto cancelled = weak.lock()) {
      loop_.cancel(cancelled->timer);
      complete(loop_, cancelled, asio::error::operation_aborted);
    }
  });
}

void IntentQueue::complete(Loop& loop, const std::shared_ptr<Waiter>& waiter, ErrorCode error) {
  if (!waiter->handler) return;
  auto handler = std::make_shared<Loop::WaitHandler>();
  handler->swap(waiter->handler);
  auto slot = asio::get_associated_cancellation_slot(*handler);
  if (!error && slot.is_connected()) slot.clear();
  loop.post([handler, error] { std::move (*handler)(error); });
}

}  // namespace cardrig::flow
