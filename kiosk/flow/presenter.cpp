// Shows screens and traces them.
#include "kiosk/flow/presenter.h"

#include <utility>

#include "kiosk/flow/screen_json.h"
#include "kiosk/flow/screens.h"

namespace cardrig::flow {
namespace {

std::string button_keys(const Screen& screen) {
  std::string keys;
  for (const Button& button : screen.buttons) {
    if (!keys.empty()) keys += ' ';
    keys += button.enabled ? button.key : "(" + button.key + ")";
  }
  return keys;
}

}  // namespace

Presenter::Presenter(Display& display, IntentQueue& intents, Tracer& tracer, Voice& voice)
    : display_(display), intents_(intents), tracer_(tracer), voice_(voice) {
  intents_.intercept([this](const Intent& intent) { return is_about_reading(intent); });
}

Presenter::~Presenter() { intents_.intercept(nullptr); }

// How the person reads is no step of the flow: it hears nothing of these touches.
bool Presenter::is_about_reading(const Intent& intent) {
  if (intent.button_key == kLanguageButton) {
    set_language(language_ == Language::kChinese ? Language::kEnglish : Language::kChinese);
    return true;
  }
  if (intent.button_key != kTextSizeButton) return false;
  large_text_ = !large_text_;
  put_up();
  return true;
}

void Presenter::show(Screen screen) {
  screen_ = std::move(screen);
  put_up();
}

void Presenter::set_language(Language language) {
  if (language == language_) return;
  language_ = language;
  display_.set_language(language);
  if (!screen_.id.empty()) put_up();
}

void Presenter::start_over(Screen screen) {
  screen_ = std::move(screen);
  large_text_ = false;
  if (language_ != Language::kChinese) {
    language_ = Language::kChinese;
    display_.set_language(language_);
  }
  put_up();
}

void Presenter::put_up() {
  screen_.large_text = large_text_;
  for (Button& button : screen_.buttons) {
    if (button.key != kTextSizeButton) continue;
    button.label.key = large_text_ ? "button.usual_text" : "button.large_text";
  }
  intents_.offer(screen_);
  const std::string title = render_text(screen_.title, language_);
  const std::string sentence = render_text(screen_.sentence, language_);
  const std::string buttons = button_keys(screen_);
  const char* language = to_string(language_);
  const std::string said = screen_.id + '\n' + title + '\n' + sentence + '\n' + buttons + '\n' +
                           language + '\n' + screen_.staff_code + (large_text_ ? "\nlarge" : "");
  if (said != traced_) {
    traced_ = said;
    tracer_.emit("kiosk.screen", {{"id", screen_.id},
                                  {"title", title},
                                  {"sentence", sentence},
                                  {"language", language},
                                  {"large_text", large_text_},
                                  {"step", to_string(screen_.step)},
                                  {"tone", to_string(screen_.tone)},
                                  {"buttons", buttons},
                                  {"staff_code", screen_.staff_code}});
  }
  display_.show(screen_);
  voice_.screen_shown(screen_, language_);
}

}  // namespace cardrig::flow
