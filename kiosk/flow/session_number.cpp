// The number of a training or an exam, typed on the keypad. It finds a record of the person whom
// the document names; it never stands in for the document, and the platform says whose a number is
// not.
#include <algorithm>
#include <string_view>
#include <utility>

#include "kiosk/flow/session.h"
#include "kiosk/flow/wipe.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/masking.h"

namespace cardrig::flow {

using platform::PermitEntry;
using platform::PlatformReason;

namespace {

constexpr std::size_t kTailShown = 4;

/// The character of a keypad's button; 0: it is no such button.
char typed_character(const std::string& key) {
  for (const std::string_view kind : {kDigitKey, kLetterKey}) {
    if (key.starts_with(kind) && key.size() == kind.size() + 1) return key.back();
  }
  return 0;
}

std::string tail_of(const std::string& number) {
  return number.substr(number.size() - std::min(number.size(), kTailShown));
}

}  // namespace

// The refusal stands as it would without a number; who has one touches a button on it.
Async<Session::Stepped<std::string>> Session::offer_number(Ending without) {
  for (;;) {
    const Countdown left = countdown(deps_.limits.result);
    presenter_.show(screens::refused(without, choices_, left, /*offer_number=*/true));
    const Waited waited = co_await wait_until_time(left.ends_at, no_poll_);
    if (waited.button != "enter_number") {
      result_shown_ = true;
      co_return tl::unexpected(without);
    }
    auto found = co_await enter_number();
    if (!found) co_return tl::unexpected(found.error());
    if (*found) co_return co_await take_found(std::move(**found));
  }
}

Async<Session::Stepped<std::string>> Session::take_found(PermitEntry found) {
  if (found.refusal != platform::Refusal::kNone) {
    step("choose", to_string(found.refusal), {{"permit", found.permit_id}});
    co_return tl::unexpected(ending_of(found.refusal));
  }
  const Choice choice{found.item, found.category, found.refusal};
  const auto sure = co_await confirm(choice, /*can_go_back=*/false);
  if (!sure) co_return tl::unexpected(sure.error());
  step("choose", "confirmed", {{"permit", found.permit_id}});
  co_return found.permit_id;
}

Async<Session::Stepped<std::optional<PermitEntry>>> Session::enter_number() {
  NumberHint hint = NumberHint::kNone;
  std::string tail;
  for (;;) {
    const auto done = co_await type_number(hint, tail);
    if (!done) co_return tl::unexpected(done.error());
    if (!*done) co_return std::nullopt;
    auto found = co_await look_up();
    tail = tail_of(visitor_.typed_number);
    wipe_string(visitor_.typed_number);
    if (found) {
      found_by_number_ = true;
      step("number", "found", {{"permit", found->permit_id}});
      co_return std::move(*found);
    }
    const auto next = judge_number(found.error());
    if (!next) co_return tl::unexpected(next.error());
    hint = *next;
  }
}

Async<Session::Stepped<bool>> Session::type_number(NumberHint hint, std::string tail) {
  std::string& number = visitor_.typed_number;
  wipe_string(number);
  number.reserve(kNumberMax);  // a string that grows leaves its characters behind
  for (;;) {
    const NumberEntry entry{mask_typed(number), number.size(), hint, tail,
                            deps_.limits.number_tries - number_tries_};
    const Build build = [&entry](Countdown left) { return screens::enter_number(entry, left); };
    const Nanos whole = matched_at_ + deps_.limits.match_holds - deps_.loop.now();
    const Nanos limit = std::min(deps_.limits.number, whole);
    const Waited waited = co_await wait_for_person(build, limit, no_poll_);
    if (waited.how == How::kTimeUp) co_return tl::unexpected(Ending::kTimeUp);
    const char character = typed_character(waited.button);
    if (character != 0) {
      if (number.size() < kNumberMax) number.push_back(character);
    } else if (waited.button == "delete") {
      if (!number.empty()) number.pop_back();
    } else if (waited.button == "enter") {
      // Of two touches at once the second was meant for a screen that is no more.
      if (number.size() >= kNumberMin) co_return true;
    } else if (waited.button == "back") {
      co_return false;
    } else {
      co_return tl::unexpected(Ending::kCancelled);
    }
  }
}

Async<Result<PermitEntry, PlatformReason>> Session::look_up() {
  presenter_.show(screens::checking());
  for (int tries = 1;; ++tries) {
    auto asked = deps_.platform.lookup(id_, visitor_.person, visitor_.typed_number);
    auto answer = co_await with_timeout(deps_.loop, deps_.limits.platform, std::move(asked));
    if (!answer) answer = fail(PlatformReason::kTimeout);
    const bool again = !*answer && passes_by_itself(answer->error().reason);
    if (!again || tries >= deps_.limits.platform_tries) co_return std::move(*answer);
    step("number", to_string(answer->error().reason), {{"try", tries}});
    co_await sleep_for(deps_.loop, deps_.limits.platform_pause);
  }
}

// Somebody else's number is a slip of the finger, or a trial of numbers: staff should know of it.
Session::Stepped<NumberHint> Session::judge_number(const Error<PlatformReason>& error) {
  const auto refusal = error.reason == PlatformReason::kRefused
                           ? platform::lookup_refusal_from(error.detail)
                           : platform::LookupRefusal::kNone;
  const bool other = refusal == platform::LookupRefusal::kOtherPerson;
  const bool wrong = other || error.reason == PlatformReason::kNotFound;
  step("number",
       refusal == platform::LookupRefusal::kNone ? to_string(error.reason) : to_string(refusal),
       {{"try", number_tries_ + 1}});
  if (refusal == platform::LookupRefusal::kTooManyTries) {
    return tl::unexpected(Ending::kNumberTries);
  }
  if (error.reason == PlatformReason::kUnauthorised) cause_ = Cause::kNotAuthorised;
  if (!wrong) return tl::unexpected(ending_of_query(error.reason));
  ++number_tries_;
  const bool used_up = number_tries_ >= deps_.limits.number_tries;
  if (other || used_up) {
    deps_.tracer.emit("kiosk.suspicion", {{"what", other ? "number_of_another" : "numbers_tried"},
                                          {"session", id_},
                                          {"try", number_tries_}});
  }
  if (used_up) return tl::unexpected(Ending::kNumberTries);
  return other ? NumberHint::kOtherPerson : NumberHint::kNotFound;
}

}  // namespace cardrig::flow
