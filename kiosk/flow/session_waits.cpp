// How a session waits: for touches, for cards in the reader's field, and with more time on request.
#include <algorithm>
#include <utility>

#include "kiosk/flow/session.h"
#include "kiosk/runtime/async.h"

namespace cardrig::flow {

using id_reader::ReaderReason;

Async<Session::Waited> Session::wait_for_person(const Build& build, Nanos limit, const Poll& poll) {
  for (int grants_left = deps_.limits.more_time_grants;; --grants_left) {
    const Countdown whole = countdown(limit);
    presenter_.show(build(whole));
    // A wait that is hardly longer than the warning does without it.
    const bool warn = grants_left > 0 && limit > 2 * deps_.limits.more_time;
    const Nanos warn_at = warn ? whole.ends_at - deps_.limits.more_time : whole.ends_at;
    Waited waited = co_await wait_until_time(warn_at, poll);
    if (waited.how != How::kTimeUp || !warn) co_return waited;
    const Countdown last{whole.ends_at, deps_.limits.more_time};
    presenter_.show(screens::more_time(presenter_.present().step, last));
    waited = co_await wait_until_time(whole.ends_at, poll);
    if (waited.how != How::kTouched || waited.button != "more_time") co_return waited;
  }
}

Async<Session::Waited> Session::wait_until_time(Nanos end, const Poll& poll) {
  while (deps_.loop.now() < end) {
    bool satisfied = false;
    if (poll) satisfied = co_await poll();
    if (satisfied) co_return Waited{How::kSatisfied, {}};
    const Nanos left = end - deps_.loop.now();
    if (left <= Nanos{0}) break;
    const Nanos nap = poll ? std::min(left, deps_.limits.place_poll) : left;
    const auto touch = co_await deps_.intents.wait(nap);
    if (touch) co_return Waited{How::kTouched, touch->button_key};
  }
  co_return Waited{};
}

// True also when the reader is lost: the wait is over then, and `cause_` says why.
Async<bool> Session::card_in_field() {
  const auto found =
      co_await with_timeout(deps_.loop, deps_.limits.device_answer, deps_.reader.find_card());
  const auto reason = !found   ? std::optional(ReaderReason::kTimeout)
                      : *found ? std::nullopt
                               : std::optional(found->error().reason);
  // What is no ID card lies there too: reading it will say so.
  const bool lies_there = !reason || reason == ReaderReason::kNotAnIdCard;
  if (lies_there || reason == ReaderReason::kNoCard || reason == ReaderReason::kCardMoved) {
    reader_strikes_ = 0;
    co_return lies_there;
  }
  const bool hopeless = reason == ReaderReason::kNotAuthorised ||
                        reason == ReaderReason::kSelfTestFailed ||
                        reason == ReaderReason::kLinkLost;
  if (!hopeless && ++reader_strikes_ < 3) co_return false;
  reader_strikes_ = 0;
  const auto restarted =
      co_await with_timeout(deps_.loop, deps_.limits.device_start, deps_.reader.start());
  if (restarted && *restarted) co_return false;
  cause_ = cause_of(*reason);
  co_return true;
}

Async<bool> Session::field_is_empty() {
  const bool found = co_await card_in_field();
  co_return cause_.has_value() || !found;
}

Async<void> Session::show_result(Ending ending) {
  if (result_shown_) co_return;
  if (ending == Ending::kDelivered) {
    presenter_.show(screens::done(countdown(deps_.limits.done)));
  } else if (ending == Ending::kCounterChosen) {
    presenter_.show(screens::counter(countdown(deps_.limits.result)));
  } else if (is_refusal(ending)) {
    presenter_.show(screens::refused(ending, choices_, countdown(deps_.limits.result)));
  } else {
    co_return;
  }
  const Nanos end = *presenter_.present().ends_at;
  co_await wait_until_time(end, no_poll_);
}

// True: the field was seen empty.
Async<bool> Session::remind_of_document() {
  const auto before = cause_;
  if (cause_ && is_reader(*cause_)) co_return false;
  const bool empty = co_await field_is_empty();
  bool lies_there = !empty;
  if (lies_there) {
    lights_.set(control_board::Light::kReader, true);
    const Countdown left = countdown(deps_.limits.take_document);
    presenter_.show(screens::take_document(left));
    const Poll poll = [this] { return field_is_empty(); };
    const Waited waited = co_await wait_until_time(left.ends_at, poll);
    lies_there = waited.how != How::kSatisfied;
    lights_.set(control_board::Light::kReader, false);
  }
  // A reader that fails only now is the idle loop's affair, with its own attempts at recovery.
  const bool lost = cause_ != before;
  co_return !lies_there && !lost;
}

}  // namespace cardrig::flow
