// IntentQueue: touches on their way from the screen (or the rig) to the session. A touch of a
// button that the present screen does not have, or that is disabled, is ignored and said to be so.
#pragma once

#include <boost/asio/any_completion_handler.hpp>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/flow/screen.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::flow {

enum class TouchResult { kAccepted, kNoSuchButton, kDisabled };
[[nodiscard]] const char* to_string(TouchResult result);

/// Trace: kiosk.touch {button: see traced_key(), screen, result}.
class IntentQueue {
 public:
  IntentQueue(Loop& loop, Tracer& tracer) : loop_(loop), tracer_(tracer) {}
  IntentQueue(const IntentQueue&) = delete;
  IntentQueue& operator=(const IntentQueue&) = delete;

  // --- for the renderer and the rig ---

  /// A touch, judged by the screen that is shown at this moment.
  TouchResult push(const Intent& intent);

  // --- for the flow ---

  /// Which buttons count from now on. Touches that were meant for another screen are forgotten.
  void offer(const Screen& screen);
  /// Handles accepted touches before they are queued; true: nothing is left to do with this one.
  void intercept(std::function<bool(const Intent&)> handler) { intercept_ = std::move(handler); }
  /// The next touch; nothing after `limit`, or as soon as somebody calls wake(). At most one
  /// coroutine waits at a time.
  Async<std::optional<Intent>> wait(Nanos limit);
  /// Ends a wait early, with nothing.
  void wake();
  /// A touch that is already there.
  std::optional<Intent> take();

 private:
  struct Waiter {
    Loop::WaitHandler handler;
    TimerId timer = 0;
  };
  Async<void> wait_for_push(Nanos limit);
  void start_wait(Nanos limit, Loop::WaitHandler handler);
  /// Runs the waiter's handler soon; at most once.
  static void complete(Loop& loop, const std::shared_ptr<Waiter>& waiter, ErrorCode error);

  Loop& loop_;
  Tracer& tracer_;
  std::string screen_id_;
  std::vector<Button> buttons_;
  std::deque<Intent> queue_;
  std::function<bool(const Intent&)> intercept_;
  // Owned by the timer's closure alone, so that a loop that drops everything unwinds the waiter.
  std::weak_ptr<Waiter> waiter_;
};

}  // namespace cardrig::flow
