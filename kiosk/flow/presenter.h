// Presenter: the one way to the display. It keeps the present screen and language, tells the intent
// queue which buttons count and the voice what to say, handles the buttons for language and size of
// text, and writes
// kiosk.screen events.
#pragma once

#include <functional>
#include <string>

#include "kiosk/flow/intents.h"
#include "kiosk/flow/screen.h"
#include "kiosk/flow/voice.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::flow {

/// Trace: kiosk.screen {id, title, sentence, language, large_text, step, tone, buttons,
/// staff_code}, when one of these changes; a new camera picture or a moving bar is no event. Names
/// are masked already.
class Presenter {
 public:
  Presenter(Display& display, IntentQueue& intents, Tracer& tracer, Voice& voice);
  ~Presenter();
  Presenter(const Presenter&) = delete;
  Presenter& operator=(const Presenter&) = delete;

  void show(Screen screen);
  void set_language(Language language);
  /// For the next person: shows `screen` in Chinese and in text of the usual size.
  void start_over(Screen screen);
  [[nodiscard]] const Screen& present() const { return screen_; }
  [[nodiscard]] Language language() const { return language_; }

 private:
  bool is_about_reading(const Intent& intent);
  void put_up();

  Display& display_;
  IntentQueue& intents_;
  Tracer& tracer_;
  Voice& voice_;
  Screen screen_;
  Language language_ = Language::kChinese;
  bool large_text_ = false;
  std::string traced_;  ///< what the last event said
};

}  // namespace cardrig::flow
