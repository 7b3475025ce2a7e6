// One function a verb.
#include "kiosk/app/program/kiosk_rig.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "kiosk/flow/screen_json.h"
#include "kiosk/runtime/async.h"
#include "kiosk/runtime/rig_args.h"

namespace cardrig::app {

using nlohmann::json;

namespace {

std::string buttons_of(const flow::Screen& screen) {
  std::string list;
  for (const auto& button : screen.buttons) list += (list.empty() ? "" : ", ") + button.key;
  return list.empty() ? "it has none" : "it has: " + list;
}

/// What staff can find. They never find "unknown".
std::optional<platform::Outcome> outcome_named(const std::string& name) {
  using platform::Outcome;
  if (name == "none") return Outcome::kNoCard;
  for (const Outcome o : {Outcome::kDelivered, Outcome::kCaptured, Outcome::kSpoilt}) {
    if (name == platform::to_string(o)) return o;
  }
  return std::nullopt;
}

/// In whole pixels, all of them within the button.
json to_json(const screen::Hit& hit) {
  const float left = std::ceil(hit.x);
  const float top = std::ceil(hit.y);
  return {{"button", hit.key},
          {"x_px", static_cast<int>(left)},
          {"y_px", static_cast<int>(top)},
          {"width_px", static_cast<int>(std::floor(hit.x + hit.width) - left)},
          {"height_px", static_cast<int>(std::floor(hit.y + hit.height) - top)}};
}

constexpr double kOffsetMax_s = 100.0 * 366 * 24 * 3600;

}  // namespace

Result<json, RigReason> KioskRig::send(const RigMessage& message) {
  if (message.verb == "kiosk.touch") return touch(message.args);
  if (message.verb == "kiosk.screen") return screen(message.args);
  if (message.verb == "staff.found") return staff_found(message.args);
  if (message.verb == "clock.set_offset") return set_offset(message.args);
  if (message.verb == "kiosk.power_cut" || message.verb == "kiosk.power_on") {
    return fail(RigReason::kNotOnThisRung,
                "the kiosk's power is its process: kill it, and start it again");
  }
  return fail(RigReason::kUnknownVerb, "there is no verb \"" + message.verb + "\"");
}

bool KioskRig::send_slow(const RigMessage& message, const RigPort::Answer& answer) {
  if (message.verb == "kiosk.buttons") {
    tell_buttons(answer);
    return true;
  }
  if (message.verb != "kiosk.pending") return false;
  spawn(loop_, tell_pending(app_.journal(), answer));
  return true;
}

/// Of the present screen, which may not have been drawn yet.
void KioskRig::tell_buttons(const RigPort::Answer& answer) {
  if (window_ == nullptr) {
    return answer(fail(RigReason::kNotPossibleNow, "the kiosk has no window"));
  }
  if (app_.screen().id.empty()) {
    return answer(fail(RigReason::kNotPossibleNow, "the kiosk's screen is dark"));
  }
  window_->when_drawn([this, answer] {
    json list = json::array();
    for (const screen::Hit& hit : window_->hits()) list.push_back(to_json(hit));
    answer(std::move(list));
  });
}

KioskRig::Verdict KioskRig::touch(const json& args) {
  const auto button = rig_arg<std::string>(args, "button", "the key of a button");
  if (!button) return tl::unexpected(button.error());
  const flow::Screen shown = app_.screen();
  if (shown.id.empty()) return fail(RigReason::kNotPossibleNow, "the kiosk's screen is dark");
  switch (app_.touch(*button)) {
    case flow::TouchResult::kAccepted:
      return json::object();
    case flow::TouchResult::kDisabled:
      return fail(RigReason::kNotPossibleNow,
                  "button \"" + *button + "\" of screen \"" + shown.id + "\" is disabled");
    case flow::TouchResult::kNoSuchButton:
      break;
  }
  return fail(RigReason::kNotPossibleNow, "screen \"" + shown.id + "\" has no button \"" + *button +
                                              "\"; " + buttons_of(shown));
}

KioskRig::Verdict KioskRig::staff_found(const json& args) {
  const std::string what = "delivered, captured, spoilt or none";
  const auto name = rig_arg<std::string>(args, "outcome", what);
  if (!name) return tl::unexpected(name.error());
  const auto found = outcome_named(*name);
  if (!found) return fail(RigReason::kBadArguments, "\"outcome\" must be " + what);
  if (app_.staff_found(*found)) return json::object();
  return fail(RigReason::kNotPossibleNow, "the kiosk is not waiting for staff");
}

KioskRig::Verdict KioskRig::set_offset(const json& args) {
  const auto seconds = rig_arg_within<double>(args, "seconds", -kOffsetMax_s, kOffsetMax_s);
  if (!seconds) return tl::unexpected(seconds.error());
  clock_.set_offset_ms(static_cast<std::int64_t>(*seconds * 1000));
  return json::object();
}

KioskRig::Verdict KioskRig::screen(const json& args) {
  bool pictures = false;
  if (args.contains("pictures")) {
    const auto wanted = rig_arg<bool>(args, "pictures", "true or false");
    if (!wanted) return tl::unexpected(wanted.error());
    pictures = *wanted;
  }
  flow::Screen shown = app_.screen();
  if (shown.id.empty()) return json();
  // The loop counts from its start; whoever asks knows the machine's monotonic clock only.
  const Nanos shift = monotonic_now() - loop_.now();
  if (shown.ends_at) *shown.ends_at += shift;
  if (shown.progress_goal >= 0) shown.progress_since += shift;
  json answer = flow::screen_to_json(shown, pictures);
  answer["language"] = flow::to_string(app_.language());
  return answer;
}

Async<KioskRig::Verdict> KioskRig::pending(journal::Journal& journal) {
  const auto unreadable = [](const Error<journal::JournalReason>& error) {
    return fail(RigReason::kNotPossibleNow,
                std::string("the journal cannot be read: ") + to_string(error.reason));
  };
  const auto reports = co_await journal.pending_reports();
  if (!reports) co_return unreadable(reports.error());
  const auto records = co_await journal.open_records();
  if (!records) co_return unreadable(records.error());
  // One that is settled as unknown waits for staff: there is nothing to settle in it.
  const auto open = std::count_if(records->begin(), records->end(), [](const auto& record) {
    return record.phase != journal::Phase::kSettled;
  });
  co_return json{{"reports", reports->size()}, {"open", open}};
}

Async<void> KioskRig::tell_pending(journal::Journal& journal, RigPort::Answer answer) {
  auto verdict = co_await pending(journal);
  answer(std::move(verdict));
}

}  // namespace cardrig::app
