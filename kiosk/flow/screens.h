// Every screen of the kiosk, as data. Ids and button keys are what scenarios expect and touch:
//
//   starting
//   moment
//   welcome          start
//   consent          agree counter cancel
//   place_card       cancel
//   reading
//   face             counter cancel
//   checking
//   choose           choose:0 choose:1 … next_page previous_page enter_number cancel
//                    (place in the list)
//   enter_number     digit:0 … digit:9 letter:K letter:P letter:X delete enter back cancel
//   preview          print back cancel        (back: only with several permits)
//   printing
//   take_card
//   done             finish
//   refused          finish enter_number      (why: staff_code, and the title's key;
//                    enter_number: only where a number might still find a permit)
//   counter          finish
//   take_document
//   more_time        more_time cancel
//   out_of_service                            (why: staff_code)
//
//   maintenance      self_test supplies counters issuances export_log
//   maintenance_self_test, …_supplies, …_counters, …_issuances, …_export_log      menu
//
// `text_size` and `language` are on every screen.
#pragma once

#include <string>
#include <vector>

#include "kiosk/flow/endings.h"
#include "kiosk/flow/screen.h"

namespace cardrig::flow {

inline constexpr const char* kLanguageButton = "language";
inline constexpr const char* kTextSizeButton = "text_size";

/// When a screen's time runs out, for the ring. Not every screen has a limit.
struct Countdown {
  Nanos ends_at{0};
  Nanos total{0};
};

enum class PlaceHint { kNone, kMoved, kLift, kNotAnIdCard };
enum class FaceHint {
  kNone,
  kNoFace,
  kSeveralFaces,
  kTooFar,
  kTooDark,
  kBlurred,
  kAgain,
  kMatched
};

enum class NumberHint { kNone, kNotFound, kOtherPerson };

/// Training and exam numbers, as far as a keypad can tell one.
inline constexpr std::size_t kNumberMin = 10;
inline constexpr std::size_t kNumberMax = 16;

/// What the screen of the keypad shows of the number that is being typed.
struct NumberEntry {
  std::string shown;  ///< masked
  std::size_t length = 0;
  NumberHint hint = NumberHint::kNone;  ///< what came of the number before
  std::string tail;  ///< its last four characters
  int tries_left = 0;
};

/// What may stand on a screen about the person: masked already (`张*三`, `110***********002X`).
struct MaskedPerson {
  std::string name;
  std::string number;
};

/// One line of the choose screen.
struct Choice {
  std::string item;  ///< 操作项目
  std::string category;  ///< 作业类别
  platform::Refusal refusal = platform::Refusal::kNone;
};
inline constexpr int kChoicesPerPage = 4;

namespace screens {

[[nodiscard]] Screen starting();
/// Somebody touched, and the devices take their time to say that they are ready.
[[nodiscard]] Screen moment();
/// `old_card`: the card of the session before still lies on the reader.
[[nodiscard]] Screen welcome(bool old_card);
[[nodiscard]] Screen consent(Countdown countdown);
[[nodiscard]] Screen place_card(PlaceHint hint, Countdown countdown);
[[nodiscard]] Screen take_document(Countdown countdown);
[[nodiscard]] Screen reading();
[[nodiscard]] Screen face(FaceHint hint, PicturePtr live, Countdown countdown);
[[nodiscard]] Screen checking();
[[nodiscard]] Screen choose(const MaskedPerson& person, const std::vector<Choice>& choices,
                            int page, Countdown countdown);
[[nodiscard]] Screen enter_number(const NumberEntry& entry, Countdown countdown);
[[nodiscard]] Screen preview(const MaskedPerson& person, const Choice& choice, PicturePtr card,
                             bool can_go_back, Countdown countdown);
/// Any stage but the two of taking the card. `now` starts the bar, which fills over `print_takes`
/// while the card is printed.
[[nodiscard]] Screen printing(issuance::Stage stage, Nanos now, Nanos print_takes);
[[nodiscard]] Screen take_card(bool reminder, Countdown countdown);
[[nodiscard]] Screen done(Countdown countdown);
/// `choices`: for Ending::kNothingFree, the reason of each. `offer_number`: a number might still
/// find a permit.
[[nodiscard]] Screen refused(Ending why, const std::vector<Choice>& choices, Countdown countdown,
                             bool offer_number = false);
[[nodiscard]] Screen counter(Countdown countdown);
[[nodiscard]] Screen more_time(Step step, Countdown countdown);
[[nodiscard]] Screen out_of_service(Cause cause);
/// For staff. `cause`: why the kiosk is out of service.
[[nodiscard]] Screen maintenance(std::optional<Cause> cause);
/// `page`: the key of the menu's button that leads to it. `busy`: more rows are to come.
[[nodiscard]] Screen maintenance_page(const std::string& page, std::vector<Text> rows, bool busy);

}  // namespace screens
}  // namespace cardrig::flow
