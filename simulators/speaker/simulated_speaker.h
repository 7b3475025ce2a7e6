// A speaker that writes into the trace what was said, and takes as long as a voice does. As strict
// as a sound card that one program holds: a second voice at the same time is refused.
//
// Trace: speaker.said {key, language, text, volume, ms}, when it begins.
#pragma once

#include "kiosk/devices/speaker/speaker.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::sim {

/// How long a voice takes for it.
[[nodiscard]] Nanos spoken_length(const speaker::Utterance& utterance);

class SimulatedSpeaker final : public speaker::Speaker {
 public:
  SimulatedSpeaker(Loop& loop, Tracer tracer) : loop_(loop), tracer_(std::move(tracer)) {}
  SimulatedSpeaker(const SimulatedSpeaker&) = delete;
  SimulatedSpeaker& operator=(const SimulatedSpeaker&) = delete;

  Async<Result<Unit, speaker::SpeakerReason>> say(speaker::Utterance utterance) override;
  [[nodiscard]] bool is_speaking() const { return speaking_; }
  [[nodiscard]] int refused() const { return refused_; }

 private:
  Loop& loop_;
  Tracer tracer_;
  bool speaking_ = false;
  int refused_ = 0;
};

}  // namespace cardrig::sim
