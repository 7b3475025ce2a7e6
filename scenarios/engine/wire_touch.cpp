#include "scenarios/engine/wire_touch.h"

#include <fmt/format.h>

#include <algorithm>

#include "kiosk/flow/screen_json.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/rig_args.h"

namespace cardrig::scenario {

using nlohmann::json;
using Answer = Result<json, RigReason>;

namespace {

tl::unexpected<Error<RigReason>> cannot(const std::string& why) {
  return fail(RigReason::kNotPossibleNow, why);
}

/// As the kiosk says it of an intent.
Answer no_such_button(const std::string& button, Peer& kiosk) {
  Answer told = kiosk.send({"kiosk.screen", json::object()});
  if (!told) return told;
  if (!told->is_object()) return cannot("the kiosk's screen is dark");
  const flow::Screen screen = flow::screen_from_json(*told);
  std::string list;
  for (const auto& each : screen.buttons) list += (list.empty() ? "" : ", ") + each.key;
  return cannot(fmt::format("screen \"{}\" has no button \"{}\"; {}", screen.id, button,
                            list.empty() ? "it has none" : "it has: " + list));
}

}  // namespace

Answer WireTouch::touch(const json& args, Peer& kiosk, TraceGather& gather, Nanos at) {
  const auto button = rig_arg<std::string>(args, "button", "the key of a button");
  if (!button) return tl::unexpected(button.error());
  Answer buttons = kiosk.send({"kiosk.buttons", json::object()});
  if (!buttons) return buttons;
  const auto place = std::find_if(buttons->begin(), buttons->end(), [&](const json& each) {
    return each.value("button", "") == *button;
  });
  if (place == buttons->end()) return no_such_button(*button, kiosk);
  waiting_ = true;
  touched_.reset();
  // The window is as large as its display, so that their pixels are the same.
  const std::string lost =
      display_.touch(place->value("x_px", 0) + place->value("width_px", 0) / 2,
                     place->value("y_px", 0) + place->value("height_px", 0) / 2);
  Answer answer = lost.empty() ? wait_for_touch(*button, kiosk, gather, at) : Answer(cannot(lost));
  waiting_ = false;
  return answer;
}

Answer WireTouch::wait_for_touch(const std::string& button, Peer& kiosk, TraceGather& gather,
                                 Nanos at) {
  const Nanos deadline = monotonic_now() + limit_;
  for (;;) {
    gather.take_in(at);
    if (touched_) return judged(button, kiosk);
    if (!gather.trouble().empty()) return cannot(gather.trouble());
    if (monotonic_now() >= deadline) {
      return cannot(
          fmt::format("a finger came down on button \"{}\", and the kiosk felt nothing "
                      "within {} s",
                      button, std::chrono::duration<double>(limit_).count()));
    }
    gather.wait(deadline);
  }
}

/// The screen may have changed while the finger was on its way.
Answer WireTouch::judged(const std::string& button, Peer& kiosk) const {
  const std::string felt = touched_->text("button");
  const std::string result = touched_->text("result");
  const std::string screen = touched_->text("screen");
  if (felt != flow::traced_key(button)) {
    return cannot(fmt::format(
        "the finger that was to touch button \"{}\" came down on \"{}\" of screen \"{}\"", button,
        felt, screen));
  }
  if (result == "accepted") return json::object();
  if (result == "disabled") {
    return cannot(fmt::format("button \"{}\" of screen \"{}\" is disabled", button, screen));
  }
  return no_such_button(button, kiosk);
}

void WireTouch::arrived(const Event& event) {
  if (waiting_ && !touched_ && event.kind == "kiosk.touch") touched_ = event;
}

}  // namespace cardrig::scenario
