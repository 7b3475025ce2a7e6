// Voice: says the sentence of a screen when it appears, and counts down where time running out
// costs the person something. One sentence at a time; of those that must wait only the newest is
// said.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kiosk/devices/speaker/speaker.h"
#include "kiosk/flow/screen.h"
#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/loop.h"

namespace cardrig::flow {

/// How loud, by the hour in China.
struct VoiceSettings {
  int day_from_hour = 8;
  int day_to_hour = 20;
  int day_percent = 80;
  int quiet_percent = 40;
  Nanos longest{std::chrono::seconds(15)};  ///< of one sentence: a speaker that hangs is given up
};
[[nodiscard]] int volume_percent(const VoiceSettings& settings, CivilTime at);

class Voice {
 public:
  Voice(Loop& loop, const CivilClock& clock, speaker::Speaker& speaker, VoiceSettings settings)
      : loop_(loop), clock_(clock), speaker_(speaker), settings_(settings) {}
  ~Voice();
  Voice(const Voice&) = delete;
  Voice& operator=(const Voice&) = delete;

  /// Returns at once: a voice never keeps anybody waiting.
  void screen_shown(const Screen& screen, Language language);

 private:
  static constexpr int kCountedSeconds = 10;

  void say_sentence(const Screen& screen, Language language);
  void count_down(const Screen& screen, Language language);
  void stop_counting();
  [[nodiscard]] speaker::Utterance make_utterance(const Text& text, Language language) const;
  void begin(speaker::Utterance utterance);
  Async<void> speak(speaker::Utterance first);

  Loop& loop_;
  const CivilClock& clock_;
  speaker::Speaker& speaker_;
  VoiceSettings settings_;
  std::string last_;  ///< what was said of the present screen
  std::optional<Nanos> counted_to_;
  Language counted_in_ = Language::kChinese;
  std::vector<TimerId> timers_;
  bool speaking_ = false;
  std::optional<speaker::Utterance> waiting_;
};

}  // namespace cardrig::flow
