// Screens are data: the flow emits a Screen, a renderer draws it, a scenario touches a button by
// its key. The same flow runs with no display, is photographed off-screen, and is used by a finger.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/runtime/clock.h"
#include "kiosk/runtime/picture.h"

namespace cardrig::flow {

enum class Language { kChinese, kEnglish };

/// Key into the one table of texts (texts.h), with values for its {placeholders}. A value whose
/// name begins with '@' is itself a key, said in the same language.
struct Text {
  std::string key;
  std::vector<std::pair<std::string, std::string>> values;
};

/// The five steps at the top: 刷证 · 核验 · 选择 · 制证 · 取证.
enum class Step { kNone, kDocument, kFace, kChoose, kPrint, kTake };

enum class Tone { kNeutral, kGood, kAttention, kRefusal };

/// The drawn, moving picture that explains the one act of the screen.
enum class Illustration {
  kNone,
  kPlaceCard,
  kReading,
  kLookAtCamera,
  kPrinting,
  kTakeCard,
  kRefused,
  kOutOfService,
  kDone,
  kCounter,
  kClock
};

struct Button {
  std::string key;  ///< what a scenario touches, e.g. "start", "agree", "choose:0"
  Text label;
  bool main = false;  ///< the screen's one main button
  bool enabled = true;
  Text note;  ///< a second, smaller line (key empty: none), e.g. why it is disabled
};

/// A keypad's buttons are "digit:0" … "digit:9" and "letter:K" …
inline constexpr const char* kDigitKey = "digit:";
inline constexpr const char* kLetterKey = "letter:";

/// How a touch of the button is traced: which keys of a keypad were touched is the number itself.
[[nodiscard]] std::string traced_key(const std::string& button_key);

struct Screen {
  std::string id;  ///< "welcome", "consent", "place_card", "reading", "face"…
  Step step = Step::kNone;
  Tone tone = Tone::kNeutral;
  Text title;
  Text sentence;  ///< what to do, one sentence
  std::vector<Text> details;  ///< what it means, what to do next
  Illustration illustration = Illustration::kNone;
  PicturePtr picture;  ///< live camera, card preview
  bool picture_is_camera = false;  ///< draw the oval guide, blur outside
  std::vector<Button> buttons;
  std::optional<std::string> entry;  ///< what the entry field of a keypad shows, masked
  std::optional<Nanos> ends_at;  ///< monotonic instant at which the time runs out
  Nanos total{0};  ///< length of the countdown, for the ring
  std::string staff_code;  ///< small at the bottom left, e.g. "P7"
  double progress = -1;  ///< 0..1, or -1: no bar
  double progress_goal = -1;  ///< where the bar has got to when `progress_takes` is over
  Nanos progress_since{0};  ///< monotonic instant at which the bar stood at `progress`
  Nanos progress_takes{0};
  bool large_text = false;  ///< the person asked for it; one step up everywhere
};

/// Where the bar stands at `now`: from `progress` to `progress_goal` in even steps; -1: no bar.
[[nodiscard]] double progress_at(const Screen& screen, Nanos now);

/// A touch of a button, or a key of the on-screen keypad.
struct Intent {
  std::string button_key;
};

/// Where the flow shows its screens and gets its touches from.
class Display {
 public:
  virtual ~Display() = default;
  virtual void show(const Screen& screen) = 0;
  virtual void set_language(Language language) = 0;
};

/// The text in the language, placeholders filled; an unknown key is a programming error.
[[nodiscard]] std::string render_text(const Text& text, Language language);

/// Every text of the table: what a renderer's fonts must cover.
void for_each_text(const std::function<void(std::string_view key, std::string_view chinese,
                                            std::string_view english)>& f);

}  // namespace cardrig::flow
