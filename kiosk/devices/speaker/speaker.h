// The speaker, as the flow sees it: it says a sentence of the table of texts and tells when it has
// been said. Who turns text into sound is the driver's affair.
#pragma once

#include <string>

#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig::speaker {

enum class SpeakerReason {
  kOffline,
  kBusy,  ///< it says something already: two voices at once are understood by nobody
};
[[nodiscard]] constexpr const char* to_string(SpeakerReason reason) {
  return reason == SpeakerReason::kBusy ? "busy" : "offline";
}

struct Utterance {
  std::string key;  ///< of the table of texts, for a recorded voice
  std::string text;  ///< the same in words, for a synthetic one
  std::string language;  ///< "zh", "en"
  int volume_percent = 100;
};

class Speaker {
 public:
  virtual ~Speaker() = default;
  /// Returns when it has been said. Cancelled: falls silent at once.
  virtual Async<Result<Unit, SpeakerReason>> say(Utterance utterance) = 0;
};

/// Of a kiosk without one.
class NoSpeaker final : public Speaker {
 public:
  Async<Result<Unit, SpeakerReason>> say(Utterance) override {
    co_return fail(SpeakerReason::kOffline);
  }
};

}  // namespace cardrig::speaker
