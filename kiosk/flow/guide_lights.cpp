// One coroutine at a time tells the board what it has not been told yet.
#include "kiosk/flow/guide_lights.h"

#include "kiosk/runtime/async.h"

namespace cardrig::flow {

using control_board::Light;

namespace {

constexpr std::array kAll{Light::kReader, Light::kCamera, Light::kOutlet};

std::size_t index_of(Light light) {
  std::size_t index = 0;
  while (kAll.at(index) != light) ++index;
  return index;
}

}  // namespace

void GuideLights::set(Light light, bool on) {
  wanted_.at(index_of(light)) = on;
  if (telling_ || !next_to_tell()) return;
  telling_ = true;
  spawn(loop_, tell_board());
}

std::optional<std::size_t> GuideLights::next_to_tell() const {
  for (std::size_t i = 0; i < kLights; ++i) {
    if (wanted_.at(i) != told_.at(i)) return i;
  }
  return std::nullopt;
}

Async<void> GuideLights::tell_board() {
  while (const auto light = next_to_tell()) {
    told_.at(*light) = wanted_.at(*light);
    (void)co_await with_timeout(loop_, limit_,
                                board_.set_light(kAll.at(*light), *told_.at(*light)));
  }
  telling_ = false;
}

}  // namespace cardrig::flow
