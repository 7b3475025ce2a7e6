#include "simulators/speaker/simulated_speaker.h"

#include "kiosk/runtime/async.h"

namespace cardrig::sim {

namespace {

using namespace std::chrono_literals;

constexpr Nanos kChineseCharacter = 230ms;
constexpr Nanos kLatinLetter = 65ms;

/// Ends however the sentence ends: said, cancelled, or with the kiosk's power.
struct Speaking {
  explicit Speaking(bool& flag) : speaking(flag) { speaking = true; }
  ~Speaking() { speaking = false; }
  Speaking(const Speaking&) = delete;
  Speaking& operator=(const Speaking&) = delete;
  bool& speaking;
};

}  // namespace

Nanos spoken_length(const speaker::Utterance& utterance) {
  Nanos length{0};
  for (const char c : utterance.text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) length += kLatinLetter;
    if (byte >= 0xC0) length += kChineseCharacter;  // the first byte of a character
  }
  return length;
}

Async<Result<Unit, speaker::SpeakerReason>> SimulatedSpeaker::say(speaker::Utterance utterance) {
  if (speaking_) {
    ++refused_;
    co_return fail(speaker::SpeakerReason::kBusy);
  }
  const Speaking now(speaking_);
  const Nanos length = spoken_length(utterance);
  tracer_.emit("speaker.said", {{"key", utterance.key},
                                {"language", utterance.language},
                                {"text", utterance.text},
                                {"volume", utterance.volume_percent},
                                {"ms", static_cast<std::int64_t>(length.count() / 1'000'000)}});
  co_await sleep_for(loop_, length);
  co_return ok();
}

}  // namespace cardrig::sim
