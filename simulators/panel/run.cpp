// Playing a virtual run.
#include "simulators/panel/run.h"

#include <algorithm>

namespace cardrig::panel {

using namespace std::chrono_literals;

namespace {
constexpr Nanos kSlice = 50ms;  // of virtual time
constexpr int kSlicesPerCall = 40;
}  // namespace

Run::Run(scenario::RigAssets& assets, std::uint64_t seed) : assets_(assets), seed_(seed) {
  restart(seed);
}

void Run::restart(std::uint64_t seed) {
  seed_ = seed;
  owed_ = 0ns;
  scenario::VirtualRigOptions options;
  options.seed = seed;
  rig_.reset();
  rig_ = std::make_unique<scenario::VirtualRig>(assets_, options);
  refusal_.clear();
  last_message_.clear();
}

void Run::pass(Nanos real) {
  if (!playing) return;
  owed_ += std::chrono::duration_cast<Nanos>(real * speed);
  for (int i = 0; i < kSlicesPerCall && owed_ > 0ns; ++i) {
    const Nanos slice = std::min(owed_, kSlice);
    rig_->run_until(rig_->now() + slice);
    owed_ -= slice;
  }
  if (owed_ > 1s) owed_ = 1s;  // too fast for this machine: the run lags
}

void Run::step_event() { (void)rig_->advance(rig_->now() + 1min); }

bool Run::send(const std::string& verb, nlohmann::json args) {
  RigMessage message;
  message.verb = verb;
  message.args = std::move(args);
  last_message_ = verb + (message.args.empty() ? "" : " " + message.args.dump());
  const auto answer = rig_->send(message);
  refusal_ = answer ? "" : answer.error().detail;
  // What the message set off at this very moment is to be seen at once, also while paused.
  rig_->run_until(rig_->now());
  return answer.has_value();
}

}  // namespace cardrig::panel
