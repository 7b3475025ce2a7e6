// What is said, and when.
#include "kiosk/flow/voice.h"

#include <utility>

#include "kiosk/flow/screen_json.h"
#include "kiosk/runtime/async.h"

namespace cardrig::flow {

namespace {

using namespace std::chrono_literals;

/// Nobody has come to these, or it is staff who read.
bool is_quiet(const std::string& screen_id) {
  for (const char* id : {"starting", "welcome", "out_of_service"}) {
    if (screen_id == id) return true;
  }
  return screen_id.starts_with("maintenance");
}

/// Where the person loses something when the time is up. On the others a count would only hurry.
bool is_counted(const std::string& screen_id) {
  return screen_id == "more_time" || screen_id == "take_card";
}

}  // namespace

int volume_percent(const VoiceSettings& settings, CivilTime at) {
  constexpr std::int64_t kHour_ms = 3'600'000;
  constexpr std::int64_t kChina_h = 8;
  const auto hour = static_cast<int>((at.unix_ms / kHour_ms + kChina_h) % 24);
  const bool day = hour >= settings.day_from_hour && hour < settings.day_to_hour;
  return day ? settings.day_percent : settings.quiet_percent;
}

Voice::~Voice() { stop_counting(); }

void Voice::screen_shown(const Screen& screen, Language language) {
  say_sentence(screen, language);
  count_down(screen, language);
}

void Voice::say_sentence(const Screen& screen, Language language) {
  const std::string now = screen.id + '\n' + screen.sentence.key + '\n' + to_string(language);
  if (now == last_) return;
  last_ = now;
  waiting_.reset();  // of a screen that is gone
  if (is_quiet(screen.id)) return;
  auto sentence = make_utterance(screen.sentence, language);
  if (speaking_) {
    waiting_ = std::move(sentence);
  } else {
    begin(std::move(sentence));
  }
}

// A number that would come late is not said: it would be wrong.
void Voice::count_down(const Screen& screen, Language language) {
  const auto to = is_counted(screen.id) ? screen.ends_at : std::nullopt;
  if (to == counted_to_ && language == counted_in_) return;
  stop_counting();
  counted_to_ = to;
  counted_in_ = language;
  if (!to) return;
  for (int left = kCountedSeconds; left > 0; --left) {
    const Nanos delay = *to - left * 1s - loop_.now();
    if (delay < Nanos{0}) continue;
    timers_.push_back(loop_.after(delay, [this, left, language] {
      if (speaking_) return;
      begin(make_utterance(Text{"voice.seconds_left", {{"n", std::to_string(left)}}}, language));
    }));
  }
}

void Voice::stop_counting() {
  for (const TimerId timer : timers_) loop_.cancel(timer);
  timers_.clear();
}

speaker::Utterance Voice::make_utterance(const Text& text, Language language) const {
  return {text.key, render_text(text, language), to_string(language),
          volume_percent(settings_, clock_.now())};
}

void Voice::begin(speaker::Utterance utterance) {
  speaking_ = true;
  spawn(loop_, speak(std::move(utterance)));
}

Async<void> Voice::speak(speaker::Utterance first) {
  std::optional<speaker::Utterance> next(std::move(first));
  while (next) {
    auto said = speaker_.say(std::move(*next));
    (void)co_await with_timeout(loop_, settings_.longest, std::move(said));
    next = std::exchange(waiting_, std::nullopt);
  }
  speaking_ = false;
}

}  // namespace cardrig::flow
