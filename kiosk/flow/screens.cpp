// The builders of all screens.
#include "kiosk/flow/screens.h"

#include <algorithm>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig::flow::screens {
namespace {

Text text(std::string key) { return Text{std::move(key), {}}; }
Text raw(const std::string& value) { return Text{"raw", {{"text", value}}}; }

Button button(std::string key, const std::string& label_key) {
  Button made;
  made.key = std::move(key);
  made.label = text(label_key);
  return made;
}
Button main_button(std::string key, const std::string& label_key) {
  Button made = button(std::move(key), label_key);
  made.main = true;
  return made;
}

// A screen with its texts by key, and the buttons that all have.
Screen make(const std::string& id, Step step, Illustration illustration) {
  Screen screen;
  screen.id = id;
  screen.step = step;
  screen.title = text(id + ".title");
  screen.sentence = text(id + ".sentence");
  screen.illustration = illustration;
  screen.buttons.push_back(button(kLanguageButton, "button.language"));
  screen.buttons.push_back(button(kTextSizeButton, "button.large_text"));
  return screen;
}

void set_countdown(Screen& screen, Countdown countdown) {
  if (countdown.total <= Nanos{0}) return;
  screen.ends_at = countdown.ends_at;
  screen.total = countdown.total;
}

std::string why_key(platform::Refusal refusal) {
  return std::string("refusal.") + to_string(ending_of(refusal));
}

}  // namespace

Screen starting() { return make("starting", Step::kNone, Illustration::kReading); }

Screen moment() { return make("moment", Step::kNone, Illustration::kClock); }

Screen welcome(bool old_card) {
  Screen screen = make("welcome", Step::kNone, Illustration::kPlaceCard);
  screen.details.push_back(text(old_card ? "welcome.old_card" : "welcome.detail"));
  if (old_card) screen.tone = Tone::kAttention;
  screen.buttons.push_back(main_button("start", "button.start"));
  return screen;
}

Screen consent(Countdown countdown) {
  Screen screen = make("consent", Step::kDocument, Illustration::kNone);
  for (const char* key : {"consent.why", "consent.how", "consent.keep", "consent.else"}) {
    screen.details.push_back(text(key));
  }
  screen.buttons.push_back(main_button("agree", "button.agree"));
  screen.buttons.push_back(button("counter", "button.counter"));
  screen.buttons.push_back(button("cancel", "button.cancel"));
  set_countdown(screen, countdown);
  return screen;
}

Screen place_card(PlaceHint hint, Countdown countdown) {
  Screen screen = make("place_card", Step::kDocument, Illustration::kPlaceCard);
  switch (hint) {
    case PlaceHint::kNone:
      break;
    case PlaceHint::kMoved:
      screen.sentence = text("place_card.sentence.moved");
      break;
    case PlaceHint::kLift:
      screen.sentence = text("place_card.sentence.lift");
      break;
    case PlaceHint::kNotAnIdCard:
      screen.sentence = text("place_card.sentence.not_id");
      break;
  }
  if (hint != PlaceHint::kNone) screen.tone = Tone::kAttention;
  screen.details.push_back(text("place_card.detail"));
  screen.buttons.push_back(button("cancel", "button.cancel"));
  set_countdown(screen, countdown);
  return screen;
}

Screen take_document(Countdown countdown) {
  Screen screen = make("take_document", Step::kNone, Illustration::kPlaceCard);
  screen.tone = Tone::kAttention;
  set_countdown(screen, countdown);
  return screen;
}

Screen reading() { return make("reading", Step::kDocument, Illustration::kReading); }

Screen face(FaceHint hint, PicturePtr live, Countdown countdown) {
  Screen screen = make("face", Step::kFace, Illustration::kLookAtCamera);
  const auto say = [&](const char* key, Tone tone) {
    screen.sentence = text(std::string("face.sentence.") + key);
    screen.tone = tone;
  };
  switch (hint) {
    case FaceHint::kNone:
      break;
    case FaceHint::kNoFace:
      say("no_face", Tone::kAttention);
      break;
    case FaceHint::kSeveralFaces:
      say("several_faces", Tone::kAttention);
      break;
    case FaceHint::kTooFar:
      say("too_far", Tone::kAttention);
      break;
    case FaceHint::kTooDark:
      say("too_dark", Tone::kAttention);
      break;
    case FaceHint::kBlurred:
      say("blurred", Tone::kAttention);
      break;
    case FaceHint::kAgain:
      say("again", Tone::kAttention);
      break;
    case FaceHint::kMatched:
      say("matched", Tone::kGood);
      break;
  }
  screen.details.push_back(text("face.detail"));
  screen.picture = std::move(live);
  screen.picture_is_camera = true;
  if (hint != FaceHint::kMatched) {
    screen.buttons.push_back(button("counter", "button.help_at_counter"));
    screen.buttons.push_back(button("cancel", "button.cancel"));
  }
  set_countdown(screen, countdown);
  return screen;
}

Screen checking() { return make("checking", Step::kChoose, Illustration::kReading); }

Screen choose(const MaskedPerson& person, const std::vector<Choice>& choices, int page,
              Countdown countdown) {
  Screen screen = make("choose", Step::kChoose, Illustration::kNone);
  screen.details.push_back(
      Text{"choose.greeting", {{"name", person.name}, {"count", std::to_string(choices.size())}}});
  const int count = static_cast<int>(choices.size());
  const int first = page * kChoicesPerPage;
  CARDRIG_CHECK(page >= 0 && first < count);
  const int end = std::min(count, first + kChoicesPerPage);
  for (int i = first; i < end; ++i) {
    const Choice& choice = choices[static_cast<std::size_t>(i)];
    Button line;
    line.key = "choose:" + std::to_string(i);
    line.label = raw(choice.item);
    line.enabled = choice.refusal == platform::Refusal::kNone;
    line.note = line.enabled ? raw(choice.category) : text(why_key(choice.refusal));
    screen.buttons.push_back(line);
  }
  screen.buttons.push_back(button("enter_number", "button.enter_number"));
  if (end < count) screen.buttons.push_back(button("next_page", "button.next_page"));
  if (page > 0) screen.buttons.push_back(button("previous_page", "button.previous_page"));
  screen.buttons.push_back(button("cancel", "button.cancel"));
  set_countdown(screen, countdown);
  return screen;
}

Screen enter_number(const NumberEntry& entry, Countdown countdown) {
  Screen screen = make("enter_number", Step::kChoose, Illustration::kNone);
  screen.entry = entry.shown;
  if (entry.hint != NumberHint::kNone) {
    const bool other = entry.hint == NumberHint::kOtherPerson;
    screen.sentence =
        text(other ? "enter_number.sentence.other_person" : "enter_number.sentence.not_found");
    screen.tone = Tone::kAttention;
    screen.details.push_back(Text{
        "enter_number.before", {{"tail", entry.tail}, {"left", std::to_string(entry.tries_left)}}});
  }
  screen.details.push_back(text("enter_number.detail"));
  const auto key = [&](const char* kind, char character) {
    Button made;
    made.key = kind + std::string(1, character);
    made.label = raw(std::string(1, character));
    made.enabled = entry.length < kNumberMax;
    screen.buttons.push_back(made);
  };
  for (const char letter : {'P', 'K', 'X'}) key(kLetterKey, letter);
  for (char digit = '1'; digit <= '9'; ++digit) key(kDigitKey, digit);
  screen.buttons.push_back(button("delete", "button.delete"));
  key(kDigitKey, '0');
  screen.buttons.push_back(main_button("enter", "button.enter"));
  screen.buttons.back().enabled = entry.length >= kNumberMin;
  screen.buttons.push_back(button("back", "button.go_back"));
  screen.buttons.push_back(button("cancel", "button.cancel"));
  set_countdown(screen, countdown);
  return screen;
}

Screen preview(const MaskedPerson& person, const Choice& choice, PicturePtr card, bool can_go_back,
               Countdown countdown) {
  Screen screen = make("preview", Step::kChoose, Illustration::kNone);
  screen.picture = std::move(card);
  screen.details.push_back(
      Text{"preview.holder", {{"name", person.name}, {"number", person.number}}});
  screen.details.push_back(
      Text{"preview.item", {{"category", choice.category}, {"item", choice.item}}});
  screen.details.push_back(text("preview.masked"));
  screen.buttons.push_back(main_button("print", "button.print"));
  if (can_go_back) screen.buttons.push_back(button("back", "button.back"));
  screen.buttons.push_back(button("cancel", "button.cancel"));
  set_countdown(screen, countdown);
  return screen;
}

Screen printing(issuance::Stage stage, Nanos now, Nanos print_takes) {
  using issuance::Stage;
  Screen screen = make("printing", Step::kPrint, Illustration::kPrinting);
  const auto say = [&](const std::string& name, double progress) {
    screen.title = text("printing.title." + name);
    screen.sentence = text("printing.sentence." + name);
    screen.progress = progress;
  };
  switch (stage) {
    case Stage::kClaiming:
      say("claiming", 0.03);
      break;
    case Stage::kPreparing:
      say("preparing", 0.08);
      break;
    case Stage::kPrinting:
      screen.progress = 0.12;
      screen.progress_goal = 0.96;
      screen.progress_since = now;
      screen.progress_takes = print_takes;
      break;
    case Stage::kRetrying:
      say("retrying", 0.08);
      screen.tone = Tone::kAttention;
      break;
    case Stage::kSettling:
      say("settling", 0.98);
      break;
    case Stage::kRetracting:
      say("retracting", -1);
      screen.step = Step::kTake;
      screen.tone = Tone::kAttention;
      break;
    case Stage::kTakeCard:
    case Stage::kTakeCardReminder:
      CARDRIG_CHECK(!"take_card() is the screen of this stage");
  }
  return screen;
}

Screen take_card(bool reminder, Countdown countdown) {
  Screen screen = make("take_card", Step::kTake, Illustration::kTakeCard);
  screen.tone = reminder ? Tone::kAttention : Tone::kGood;
  if (reminder) screen.sentence = text("take_card.sentence.reminder");
  set_countdown(screen, countdown);
  return screen;
}

Screen done(Countdown countdown) {
  Screen screen = make("done", Step::kNone, Illustration::kDone);
  screen.tone = Tone::kGood;
  screen.details.push_back(text("done.detail"));
  screen.buttons.push_back(main_button("finish", "button.finish"));
  set_countdown(screen, countdown);
  return screen;
}

Screen refused(Ending why, const std::vector<Choice>& choices, Countdown countdown,
               bool offer_number) {
  CARDRIG_CHECK(is_refusal(why));
  Screen screen = make("refused", Step::kNone, Illustration::kRefused);
  // A document that staff must look at is no refusal in the eyes of the person.
  if (why == Ending::kDocumentCheck || why == Ending::kRareName ||
      why == Ending::kUnknownDocument) {
    screen.illustration = Illustration::kCounter;
    screen.tone = Tone::kAttention;
  } else {
    screen.tone = Tone::kRefusal;
  }
  const std::string prefix = std::string("refused.") + to_string(why);
  screen.title = text(prefix + ".title");
  screen.sentence = text(prefix + ".sentence");
  screen.details.push_back(text(prefix + ".means"));
  if (why == Ending::kNothingFree) {
    for (const Choice& choice : choices) {
      if (screen.details.size() > kChoicesPerPage) break;
      screen.details.push_back(Text{"refused.nothing_free.item",
                                    {{"item", choice.item}, {"@why", why_key(choice.refusal)}}});
    }
  }
  screen.details.push_back(text(prefix + ".next"));
  screen.staff_code = staff_code(why);
  screen.buttons.push_back(main_button("finish", "button.finish"));
  if (offer_number) screen.buttons.push_back(button("enter_number", "button.enter_number"));
  set_countdown(screen, countdown);
  return screen;
}

Screen counter(Countdown countdown) {
  Screen screen = make("counter", Step::kNone, Illustration::kCounter);
  screen.details.push_back(text("counter.detail"));
  screen.buttons.push_back(main_button("finish", "button.finish"));
  set_countdown(screen, countdown);
  return screen;
}

Screen more_time(Step step, Countdown countdown) {
  Screen screen = make("more_time", step, Illustration::kClock);
  screen.tone = Tone::kAttention;
  screen.details.push_back(text("more_time.detail"));
  screen.buttons.push_back(main_button("more_time", "button.more_time"));
  screen.buttons.push_back(button("cancel", "button.cancel"));
  set_countdown(screen, countdown);
  return screen;
}

Screen out_of_service(Cause cause) {
  Screen screen = make("out_of_service", Step::kNone, Illustration::kOutOfService);
  screen.tone = Tone::kAttention;
  screen.sentence = text(std::string("cause.") + to_string(cause) + ".sentence");
  screen.details.push_back(text("out_of_service.detail"));
  screen.staff_code = staff_code(cause);
  return screen;
}

Screen maintenance(std::optional<Cause> cause) {
  Screen screen = make("maintenance", Step::kNone, Illustration::kNone);
  const std::string state = cause ? std::string("cause.") + to_string(*cause) + ".sentence"
                                  : std::string("maintenance.in_service");
  screen.details.push_back(Text{"maintenance.state", {{"@state", state}}});
  if (cause) {
    screen.tone = Tone::kAttention;
    screen.staff_code = staff_code(*cause);
  }
  for (const char* page : {"self_test", "supplies", "counters", "issuances", "export_log"}) {
    screen.buttons.push_back(button(page, std::string("maintenance_") + page + ".title"));
  }
  return screen;
}

Screen maintenance_page(const std::string& page, std::vector<Text> rows, bool busy) {
  Screen screen = make("maintenance_" + page, Step::kNone, Illustration::kNone);
  screen.details = std::move(rows);
  if (busy) screen.sentence = text("maintenance.busy.sentence");
  if (!busy) screen.buttons.push_back(main_button("menu", "button.go_back"));
  return screen;
}

}  // namespace cardrig::flow::screens
