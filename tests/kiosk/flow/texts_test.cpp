// The table of texts is whole: both languages, no missing key, short sentences.
#include "kiosk/flow/texts.h"

#include <gtest/gtest.h>

#include <set>

#include "kiosk/flow/screens.h"

namespace cardrig::flow {
namespace {

std::size_t characters(std::string_view utf8) {
  std::size_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::set<std::string> placeholders(std::string_view text) {
  std::set<std::string> names;
  for (std::size_t open = text.find('{'); open != std::string_view::npos;
       open = text.find('{', open + 1)) {
    names.insert(std::string(text.substr(open, text.find('}', open) - open + 1)));
  }
  return names;
}

constexpr Ending kAllEndings[] = {
    Ending::kDelivered,       Ending::kCancelled,       Ending::kCounterChosen,
    Ending::kTimeUp,          Ending::kDeviceLost,      Ending::kReadFailed,
    Ending::kNotAnIdCard,     Ending::kDocumentCheck,   Ending::kExpired,
    Ending::kNotYetValid,     Ending::kTooYoung,        Ending::kUnknownDocument,
    Ending::kRareName,        Ending::kPhotoUnreadable, Ending::kDifferentPerson,
    Ending::kSeveralFaces,    Ending::kFaceUnclear,     Ending::kPlatformDown,
    Ending::kPlatformWrong,   Ending::kNoPermit,        Ending::kNotApproved,
    Ending::kRevoked,         Ending::kAlreadyIssued,   Ending::kClaimed,
    Ending::kPhotoMissing,    Ending::kPermitExpired,   Ending::kNothingFree,
    Ending::kNumberTries,     Ending::kClaimRefused,    Ending::kWithdrawn,
    Ending::kPrinterNotReady, Ending::kCardSpoilt,      Ending::kCardNotTaken,
    Ending::kCardFateUnknown, Ending::kJournalFailed};
constexpr Cause kAllCauses[] = {Cause::kReader,
                                Cause::kCamera,
                                Cause::kControlBoard,
                                Cause::kPrinterOffline,
                                Cause::kPrinterFault,
                                Cause::kNoCards,
                                Cause::kNoRibbon,
                                Cause::kCoverOpen,
                                Cause::kRejectFull,
                                Cause::kOutletBlocked,
                                Cause::kCardSpoilt,
                                Cause::kCardFateUnknown,
                                Cause::kJournal,
                                Cause::kUnsettled,
                                Cause::kNotAuthorised,
                                Cause::kReaderSelfTest,
                                Cause::kReaderNotAuthorised,
                                Cause::kFeederJam,
                                Cause::kHeadJam,
                                Cause::kExitJam,
                                Cause::kHeadTemperature};

/// Every row that the maintenance screens can show.
std::vector<Text> staff_rows() {
  std::vector<Text> rows{{"maintenance.row.none", {}},
                         {"maintenance.row.written", {{"file", "log"}}},
                         {"maintenance.row.unwritten", {{"why", "io"}}}};
  for (const char* device : {"reader", "camera", "printer", "board", "platform", "journal"}) {
    const std::string name = std::string("device.") + device;
    rows.push_back({"maintenance.row.fault", {{"@what", name}, {"why", "timeout"}}});
  }
  for (const char* supply : {"hopper", "ribbon", "panels", "bin", "rejected"}) {
    const std::string name = std::string("supply.") + supply;
    rows.push_back({"maintenance.row.count", {{"@what", name}, {"count", "7"}}});
  }
  for (const char* state : {"supply.ok", "supply.low", "supply.empty", "supply.missing",
                            "supply.unknown", "bin.full", "bin.free"}) {
    rows.push_back({"maintenance.row.state", {{"@what", "supply.bin"}, {"@state", state}}});
  }
  for (const char* outcome : {"delivered", "captured", "spoilt", "none", "unknown"}) {
    const std::string name = std::string("outcome.") + outcome;
    for (const char* key : {"maintenance.row.card", "maintenance.row.card_of"}) {
      rows.push_back({key, {{"time", "06-15 10:03"}, {"@outcome", name}}});
    }
  }
  return rows;
}

std::vector<Screen> all_screens() {
  const Countdown left{Nanos{1}, Nanos{1}};
  const MaskedPerson person{"张*国", "110***********002X"};
  constexpr int kChoices = 12;
  std::vector<Choice> choices;
  choices.reserve(kChoices);
  for (int i = 0; i < kChoices; ++i) {
    choices.push_back({"项目", "类别", static_cast<platform::Refusal>(i % 7)});
  }
  std::vector<Screen> all{screens::starting(),
                          screens::moment(),
                          screens::welcome(false),
                          screens::welcome(true),
                          screens::consent(left),
                          screens::take_document(left),
                          screens::reading(),
                          screens::checking(),
                          screens::take_card(false, left),
                          screens::take_card(true, left),
                          screens::done(left),
                          screens::counter(left),
                          screens::more_time(Step::kFace, left)};
  for (const PlaceHint hint :
       {PlaceHint::kNone, PlaceHint::kMoved, PlaceHint::kLift, PlaceHint::kNotAnIdCard}) {
    all.push_back(screens::place_card(hint, left));
  }
  for (int hint = 0; hint <= static_cast<int>(FaceHint::kMatched); ++hint) {
    all.push_back(screens::face(static_cast<FaceHint>(hint), nullptr, left));
  }
  for (int page = 0; page < 3; ++page) all.push_back(screens::choose(person, choices, page, left));
  for (const auto hint : {NumberHint::kNone, NumberHint::kNotFound, NumberHint::kOtherPerson}) {
    all.push_back(screens::enter_number({"•••• 7", 5, hint, "0001", 2}, left));
  }
  all.push_back(screens::refused(Ending::kNoPermit, choices, left, true));
  for (const bool back : {false, true}) {
    all.push_back(screens::preview(person, choices[0], nullptr, back, left));
  }
  using issuance::Stage;
  for (const Stage stage : {Stage::kClaiming, Stage::kPreparing, Stage::kPrinting,
                            Stage::kRetracting, Stage::kRetrying, Stage::kSettling}) {
    all.push_back(screens::printing(stage, Nanos{0}, Nanos{1}));
  }
  choices.resize(1);
  choices[0].refusal = platform::Refusal::kRevoked;
  for (const Ending ending : kAllEndings) {
    if (is_refusal(ending)) all.push_back(screens::refused(ending, choices, left));
  }
  for (const Cause cause : kAllCauses) all.push_back(screens::out_of_service(cause));
  all.push_back(screens::maintenance(std::nullopt));
  all.push_back(screens::maintenance(Cause::kNoCards));
  all.push_back(screens::maintenance_page("supplies", staff_rows(), false));
  for (const char* page : {"self_test", "supplies", "counters", "issuances", "export_log"}) {
    for (const bool busy : {false, true}) {
      all.push_back(screens::maintenance_page(
          page, {Text{"maintenance.row.ok", {{"@what", "device.reader"}}}}, busy));
    }
  }
  return all;
}

TEST(Texts, EveryEntryIsWholeInBothLanguages) {
  for (const TextEntry& entry : text_table()) {
    EXPECT_FALSE(entry.chinese.empty()) << entry.key;
    EXPECT_FALSE(entry.english.empty()) << entry.key;
    EXPECT_EQ(placeholders(entry.chinese), placeholders(entry.english)) << entry.key;
  }
}

TEST(Texts, TitlesAndSentencesHaveAtMostSixteenCharacters) {
  int sentences = 0;
  for (const TextEntry& entry : text_table()) {
    const bool is_sentence = entry.key.find(".sentence") != std::string_view::npos;
    if (!is_sentence && entry.key.find(".title") == std::string_view::npos) continue;
    ++sentences;
    EXPECT_LE(characters(entry.chinese), 16U) << entry.key;
    EXPECT_LE(characters(entry.english), 44U) << entry.key;
  }
  EXPECT_GT(sentences, 40);
}

TEST(Texts, EveryScreenHasItsTextsInBothLanguages) {
  for (const Screen& screen : all_screens()) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      EXPECT_FALSE(render_text(screen.title, language).empty()) << screen.id;
      EXPECT_FALSE(render_text(screen.sentence, language).empty()) << screen.id;
      for (const Text& detail : screen.details) {
        const std::string said = render_text(detail, language);
        EXPECT_FALSE(said.empty()) << screen.id << ' ' << detail.key;
        EXPECT_EQ(said.find('{'), std::string::npos) << said;
      }
      for (const Button& button : screen.buttons) {
        EXPECT_FALSE(render_text(button.label, language).empty()) << screen.id << button.key;
      }
    }
  }
}

TEST(Texts, NoEntryIsUnused) {
  std::set<std::string> used{
      "raw",        "brand",     "step.document",      "step.face",        "step.choose",
      "step.print", "step.take", "voice.seconds_left", "button.usual_text"};
  const auto note = [&](const Text& text) {
    used.insert(text.key);
    for (const auto& [name, value] : text.values) {
      if (name[0] == '@') used.insert(value);
    }
  };
  for (const Screen& screen : all_screens()) {
    note(screen.title);
    note(screen.sentence);
    for (const Text& detail : screen.details) note(detail);
    for (const Button& button : screen.buttons) {
      note(button.label);
      note(button.note);
    }
  }
  for (const TextEntry& entry : text_table()) {
    EXPECT_TRUE(used.contains(std::string(entry.key))) << entry.key;
  }
}

TEST(Texts, PlaceholdersAreFilledOnceAndValuesAreNotInterpreted) {
  const Text text{"preview.holder", {{"name", "{number}"}, {"number", "@raw"}}};
  EXPECT_EQ(render_text(text, Language::kEnglish), "{number}  @raw");
}

TEST(Texts, AKeyAsValueIsSaidInTheSameLanguage) {
  const Text text{"refused.nothing_free.item", {{"item", "A"}, {"@why", "refusal.revoked"}}};
  EXPECT_EQ(render_text(text, Language::kChinese), "A：已撤销");
  EXPECT_EQ(render_text(text, Language::kEnglish), "A: withdrawn");
}

TEST(TextsDeathTest, AnUnknownKeyIsAProgrammingError) {
  EXPECT_DEATH((void)render_text(Text{"no.such.key", {}}, Language::kChinese), "no.such.key");
}

TEST(Screens, EachSaysHowItIsReadAndHasAtMostOneMainButton) {
  for (const Screen& screen : all_screens()) {
    int main = 0;
    std::set<std::string> keys;
    for (const Button& button : screen.buttons) {
      main += button.main ? 1 : 0;
      EXPECT_TRUE(keys.insert(button.key).second) << screen.id << ' ' << button.key;
    }
    EXPECT_LE(main, 1) << screen.id;
    EXPECT_TRUE(keys.contains(kLanguageButton)) << screen.id;
    EXPECT_TRUE(keys.contains(kTextSizeButton)) << screen.id;
  }
}

TEST(Screens, RefusalsSayWhatHappenedWhatItMeansAndWhatNext) {
  for (const Ending ending : kAllEndings) {
    if (!is_refusal(ending)) continue;
    const Screen screen = screens::refused(ending, {}, {});
    const std::string prefix = std::string("refused.") + to_string(ending);
    EXPECT_EQ(screen.sentence.key, prefix + ".sentence");
    EXPECT_EQ(screen.details.front().key, prefix + ".means");
    EXPECT_EQ(screen.details.back().key, prefix + ".next");
    EXPECT_FALSE(screen.staff_code.empty());
    // Without codes: the code for staff stands in no text.
    EXPECT_EQ(render_text(screen.title, Language::kEnglish).find(screen.staff_code),
              std::string::npos);
  }
}

TEST(Screens, AForgeryIsNotAccused) {
  const Screen screen = screens::refused(Ending::kDocumentCheck, {}, {});
  EXPECT_EQ(screen.illustration, Illustration::kCounter);
  EXPECT_NE(screen.tone, Tone::kRefusal);
  std::string all = render_text(screen.title, Language::kChinese) +
                    render_text(screen.sentence, Language::kChinese);
  for (const Text& detail : screen.details) all += render_text(detail, Language::kChinese);
  for (const char* word : {"伪", "假", "造", "非法", "报警"}) {
    EXPECT_EQ(all.find(word), std::string::npos) << word;
  }
}

TEST(Screens, ChoicesComeInPagesAndRefusedOnesCannotBeTouched) {
  std::vector<Choice> choices(7, Choice{"项目", "类别", platform::Refusal::kNone});
  choices[6].refusal = platform::Refusal::kClaimed;
  const auto find = [](const Screen& screen, const std::string& key) -> const Button* {
    for (const Button& button : screen.buttons) {
      if (button.key == key) return &button;
    }
    return nullptr;
  };
  const Screen first = screens::choose({}, choices, 0, {});
  const Screen second = screens::choose({}, choices, 1, {});
  EXPECT_TRUE(find(first, "choose:3"));
  EXPECT_FALSE(find(first, "choose:4"));
  EXPECT_TRUE(find(first, "next_page"));
  EXPECT_FALSE(find(first, "previous_page"));
  ASSERT_TRUE(find(second, "choose:6"));
  EXPECT_FALSE(find(second, "choose:6")->enabled);
  EXPECT_EQ(find(second, "choose:6")->note.key, "refusal.claimed");
  EXPECT_TRUE(find(second, "choose:5")->enabled);
  EXPECT_FALSE(find(second, "next_page"));
}

TEST(Screens, TheBarMovesInEvenSteps) {
  const Screen screen = screens::printing(issuance::Stage::kPrinting, Nanos{100}, Nanos{200});
  EXPECT_DOUBLE_EQ(progress_at(screen, Nanos{100}), 0.12);
  EXPECT_DOUBLE_EQ(progress_at(screen, Nanos{200}), (0.12 + 0.96) / 2);
  EXPECT_DOUBLE_EQ(progress_at(screen, Nanos{900}), 0.96);
  EXPECT_DOUBLE_EQ(progress_at(screens::reading(), Nanos{900}), -1);
}

TEST(Endings, NamesAndCodesAreUnique) {
  std::set<std::string> names;
  for (const Ending ending : kAllEndings) EXPECT_TRUE(names.insert(to_string(ending)).second);
  for (const Cause cause : kAllCauses) {
    EXPECT_FALSE(std::string(staff_code(cause)).empty());
    EXPECT_TRUE(find_text(std::string("cause.") + to_string(cause) + ".sentence"));
  }
}

}  // namespace
}  // namespace cardrig::flow
