// Every slip in a scenario file gives one sentence with file and line.
#include "scenarios/engine/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/scenarios/engine/fake_rung.h"

namespace cardrig::scenario {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> complaints_about(const std::string& text) {
  std::vector<std::string> lines;
  for (const auto& complaint :
       load_text(text, "a.scenario.json", "a", fake_vocabulary()).complaints) {
    lines.push_back(to_string(complaint));
  }
  return lines;
}

/// A whole scenario with this one step in line 4.
std::string with_step(const std::string& step) {
  return "{\n\"name\": \"x\",\n\"steps\": [\n" + step + "\n]}";
}

TEST(Loader, ReadsAWholeScenario) {
  const Loaded loaded = load_text(R"({
    // a comment
    "name": "One card", "purpose": "why", "tags": ["good"], "seed": 7, "limit": "3 min",
    "given": {"permits": [{"id": "m1", "person": "p01", "item": "2.1"}],
              "faults": [{"fault": "card_printer.feeder_jam", "at_card": 2}], "light": 0.5},
    "steps": [
      {"touch": "start", "note": "the person begins"},
      {"before_camera": "p01"},
      {"before_camera": [{"kind": "screen", "person": "p02", "distance_m": 1.5}]},
      {"revoke": "m1", "at": {"event": {"kind": "card.fed", "fields": {"card": 1}}, "after": "1 s"}},
      {"wait": "300 ms"},
      {"expect": {"screen": {"id": "consent", "button": "agree"}}, "within": "5 s"},
      {"expect": {"cards": {"taken": {"at_least": 1}}}},
      {"never": {"event": "card.fed"}, "for": "2 s"},
      {"eventually": {"outcome": "delivered"}},
      {"clock_offset": "-30 s"},
      {"power_cut": {"disk_operation": 3}}
    ],
    "finally": {"permits": {"m1": {"claim": "used", "delivered": 1}}, "kiosk": "idle"}
  })",
                                  "a.scenario.json", "a", fake_vocabulary());
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  ASSERT_EQ(loaded.scenarios.size(), 1u);
  const Scenario& s = loaded.scenarios[0];
  EXPECT_EQ(s.id, "a");
  EXPECT_EQ(s.seed, 7u);
  EXPECT_EQ(s.limit, std::chrono::minutes(3));
  ASSERT_EQ(s.given.size(), 3u);
  EXPECT_EQ(s.given[0].act.verb, "world.light");
  EXPECT_EQ(s.given[1].act.verb, "platform.permit");
  EXPECT_EQ(s.given[1].act.args.dump(),
            R"({"id":"m1","item":"2.1","person":"p01","photo":true,"state":"approved"})");
  EXPECT_EQ(s.given[2].act.args.dump(),
            R"({"name":"card_printer.feeder_jam","params":{"at_card":2.0}})");
  ASSERT_EQ(s.steps.size(), 11u);
  EXPECT_EQ(s.steps[0].line, 7);
  EXPECT_EQ(s.steps[0].text, "touch: start");
  EXPECT_EQ(s.steps[5].text, "expect: (screen: (id: consent, button: agree)), within: 5 s");
  EXPECT_EQ(s.steps[10].text, "power_cut: (disk_operation: 3)");
  EXPECT_EQ(s.steps[1].act.args.dump(), R"({"subjects":[{"kind":"person","person":"p01"}]})");
  ASSERT_TRUE(s.steps[3].at);
  EXPECT_EQ(s.steps[3].at->after, std::chrono::seconds(1));
  EXPECT_EQ(s.steps[5].condition.screen->buttons, std::vector<std::string>{"agree"});
  EXPECT_EQ(s.steps[9].act.args.dump(), R"({"seconds":-30})");
  EXPECT_EQ(s.steps[10].act.args.dump(), R"({"disk_operation":3})");
  EXPECT_EQ(s.finally->kiosk, KioskRest::kIdle);
}

TEST(Loader, NamesATypoAndWhatWasMeant) {
  EXPECT_THAT(
      complaints_about(with_step(R"({"tuch": "start"})")),
      ElementsAre("a.scenario.json:4: There is no act or expectation \"tuch\"; did you mean "
                  "\"touch\"?"));
  EXPECT_THAT(complaints_about(with_step(R"({"touch": "strat"})")),
              ElementsAre("a.scenario.json:4: There is no button \"strat\"; did you mean "
                          "\"start\"?"));
  EXPECT_THAT(complaints_about("{\n\"name\": \"x\",\n\"stpes\": []}"),
              ElementsAre("a.scenario.json:1: A scenario needs \"steps\".",
                          "a.scenario.json:3: A scenario knows no \"stpes\"; did you mean "
                          "\"steps\"?"));
  EXPECT_THAT(complaints_about(with_step(R"({"place_document": "p01.residnet"})")),
              ElementsAre("a.scenario.json:4: There is no document \"p01.residnet\"; did you mean "
                          "\"p01.resident\"?"));
  EXPECT_THAT(complaints_about(with_step(R"({"take_card": "p1"})")),
              ElementsAre("a.scenario.json:4: There is no person \"p1\"; did you mean \"p01\"?"));
  EXPECT_THAT(complaints_about(with_step(R"({"expect": {"screen": "welcom"}})")),
              ElementsAre("a.scenario.json:4: There is no screen \"welcom\"; did you mean "
                          "\"welcome\"?"));
  EXPECT_THAT(complaints_about(with_step(R"({"expect": {"scren": "welcome"}})")),
              ElementsAre("a.scenario.json:4: \"expect\" knows no \"scren\"; did you mean "
                          "\"screen\"?"));
  EXPECT_THAT(
      complaints_about(with_step(R"({"never": {"event": "card.feed"}})")),
      ElementsAre("a.scenario.json:4: There is no kind of event \"card.feed\"; did you mean "
                  "\"card.fed\"?"));
}

TEST(Loader, NamesAnUnknownFault) {
  EXPECT_THAT(complaints_about(with_step(R"({"inject": "id_reader.card_lifted_during_raed"})")),
              ElementsAre("a.scenario.json:4: There is no fault "
                          "\"id_reader.card_lifted_during_raed\"; did you mean "
                          "\"id_reader.card_lifted_during_read\"?"));
  EXPECT_THAT(complaints_about(with_step(R"({"inject": "feeder_jam"})")),
              ElementsAre("a.scenario.json:4: There is no fault \"feeder_jam\"; did you mean "
                          "\"card_printer.feeder_jam\"?"));
  EXPECT_THAT(complaints_about(
                  with_step(R"({"inject": {"fault": "card_printer.feeder_jam", "at_crad": 2}})")),
              ElementsAre("a.scenario.json:4: The fault \"card_printer.feeder_jam\" knows no "
                          "\"at_crad\"; did you mean \"at_card\"?"));
  EXPECT_THAT(complaints_about(
                  with_step(R"({"inject": {"fault": "card_printer.feeder_jam", "at_card": 10}})")),
              ElementsAre("a.scenario.json:4: \"at_card\" must lie between 1 and 9, but is 10."));
}

std::vector<std::string> complaints_about_event(const std::string& event) {
  return complaints_about(with_step(R"({"never": {"event": )" + event + "}}"));
}

TEST(Loader, RefusesAnEventThatCanNeverCome) {
  EXPECT_THAT(complaints_about_event(R"({"kind": "card.fed", "fields": {"crad": 1}})"),
              ElementsAre("a.scenario.json:4: The event card.fed has no field \"crad\"; did you "
                          "mean \"card\"?"));
  EXPECT_THAT(complaints_about_event(R"({"kind": "card.fed", "party": "printr"})"),
              ElementsAre("a.scenario.json:4: The event card.fed is never of the party "
                          "\"printr\", only of card_printer."));
  EXPECT_THAT(complaints_about_event(R"({"kind": "face.result", "fields": {"verdict": "mtach"}})"),
              ElementsAre("a.scenario.json:4: The field \"verdict\" of face.result is never "
                          "\"mtach\"; did you mean \"match\"?"));
  EXPECT_THAT(complaints_about_event(R"({"kind": "card.fed", "fields": {"card": "first"}})"),
              ElementsAre("a.scenario.json:4: The field \"card\" of card.fed is a number, never "
                          "\"first\"."));
  EXPECT_THAT(
      complaints_about_event(R"({"kind": "issuance.settled", "fields": {"by_staff": "yes"}})"),
      ElementsAre("a.scenario.json:4: The field \"by_staff\" of issuance.settled is true or "
                  "false, never \"yes\"."));
  EXPECT_THAT(complaints_about_event(R"({"kind": "issuance.settled", "fields": {"permit": "m1"}})"),
              ElementsAre("a.scenario.json:4: There is no permit \"m1\"."));
  EXPECT_THAT(
      complaints_about_event(R"({"kind": "face.result", "fields": {"verdict": {"not": "mtach"}}})"),
      ElementsAre("a.scenario.json:4: The field \"verdict\" of face.result is never \"mtach\"; "
                  "did you mean \"match\"?"));
}

TEST(Loader, TakesAnEventThatCanCome) {
  EXPECT_THAT(complaints_about_event(
                  R"({"kind": "card.fed", "party": "card_printer", "fields": {"card": 1}})"),
              IsEmpty());
  EXPECT_THAT(complaints_about_event(R"({"kind": "card.fed", "fields": {"card": {"not": "2"}}})"),
              IsEmpty());
  EXPECT_THAT(
      complaints_about_event(R"({"kind": "issuance.settled", "fields": {"by_staff": false}})"),
      IsEmpty());
}

TEST(Loader, KnowsStaffCodesAndStates) {
  EXPECT_THAT(complaints_about(
                  with_step(R"({"expect": {"screen": {"id": "refused", "staff_code": "ZZZ"}}})")),
              ElementsAre("a.scenario.json:4: There is no staff code \"ZZZ\"."));
  EXPECT_THAT(
      complaints_about("{\"name\": \"x\", \"given\": {\"permits\": [{\"id\": \"m1\", \"person\": "
                       "\"p01\"}]},\n\"steps\": [{\"expect\": {\"permits\": {\"m1\": {\"claim\": "
                       "\"grnted\"}}}}]}"),
      ElementsAre("a.scenario.json:2: There is no claim of a permit \"grnted\"; did you mean "
                  "\"granted\"?"));
}

TEST(Loader, KnowsTheTitlesOfScreens) {
  EXPECT_THAT(complaints_about(with_step(
                  R"({"never": {"screen": {"id": "consent", "title": "consent.titel"}}})")),
              ElementsAre("a.scenario.json:4: There is no text \"consent.titel\"; did you mean "
                          "\"consent.title\"?"));
}

TEST(Loader, RefusesTwoPermitsWithOneId) {
  EXPECT_THAT(complaints_about("{\"name\": \"x\", \"given\": {\"permits\": [\n"
                               "{\"id\": \"m1\", \"person\": \"p01\"},\n"
                               "{\"id\": \"m1\", \"person\": \"p02\"}]},\n"
                               "\"steps\": [{\"wait\": \"1 s\"}]}"),
              ElementsAre("a.scenario.json:3: There is a permit \"m1\" already; another one needs "
                          "another id."));
}

TEST(Loader, RefusesAPermitsNumberThatIsNone) {
  EXPECT_THAT(
      complaints_about(R"({"name": "x", "given": {"permits": [
          {"id": "m1", "person": "p01", "number": "p-1"}]}, "steps": [{"wait": "1 s"}]})"),
      ElementsAre("a.scenario.json:2: The \"number\" of a permit has 8 to 16 characters 0-9 A-Z, "
                  "not \"p-1\"."));
}

TEST(Loader, RefusesLightThatTheHallCannotHave) {
  EXPECT_THAT(complaints_about(with_step(R"({"light": 3.5})")),
              ElementsAre("a.scenario.json:4: \"light\" must lie between 0 and 1.5, but is 3.5."));
}

TEST(Loader, NamesAWrongType) {
  EXPECT_THAT(complaints_about(with_step(R"({"touch": 5})")),
              ElementsAre("a.scenario.json:4: \"button\" must be a text, but is the number 5."));
  EXPECT_THAT(complaints_about(with_step(R"({"wait": 5})")),
              ElementsAre("a.scenario.json:4: \"wait\" must be a duration such as \"5 s\", \"300 "
                          "ms\" or \"2 min\", but is the number 5."));
  EXPECT_THAT(complaints_about(with_step(R"({"wait": "5 sec"})")),
              ElementsAre("a.scenario.json:4: \"wait\" must be a duration such as \"5 s\", \"300 "
                          "ms\" or \"2 min\", but is the text \"5 sec\"."));
  EXPECT_THAT(complaints_about(with_step(R"({"mains": "off"})")),
              ElementsAre("a.scenario.json:4: \"mains\" must be true or false, but is the text "
                          "\"off\"."));
  EXPECT_THAT(complaints_about(with_step(R"({"light": "dark"})")),
              ElementsAre("a.scenario.json:4: \"light\" must be a number, but is the text "
                          "\"dark\"."));
  EXPECT_THAT(complaints_about(with_step(R"("wait")")),
              ElementsAre("a.scenario.json:4: \"step\" must be an object, but is the text "
                          "\"wait\"."));
  EXPECT_THAT(complaints_about("[]"),
              ElementsAre("a.scenario.json:1: A scenario file holds one object, but this is a "
                          "list."));
}

TEST(Loader, NamesABrokenFile) {
  EXPECT_THAT(
      complaints_about("{\n\"name\": \"x\",\n\"steps\": [\n{\"wait\": \"1 s\"},\n]}"),
      ElementsAre("a.scenario.json:5: This is not JSON: unexpected ']'; expected '[', '{', or "
                  "a literal (is there a comma too many before it?)."));
  EXPECT_THAT(
      complaints_about("{\"name\": \"x\", \"name\": \"y\", \"steps\": [{\"wait\": \"1 s\"}]}"),
      ElementsAre("a.scenario.json:1: The key \"name\" stands here a second time (first in "
                  "line 1)."));
  EXPECT_EQ(complaints_about("").size(), 1u);
  EXPECT_EQ(complaints_about(std::string(200, '[')).size(), 1u);
}

TEST(Loader, NamesAMissingFile) {
  const auto loaded = load_paths({"nowhere/none.scenario.json"}, fake_vocabulary());
  ASSERT_EQ(loaded.complaints.size(), 1u);
  EXPECT_EQ(to_string(loaded.complaints[0]), "nowhere/none.scenario.json: There is no such file.");
  EXPECT_THAT(complaints_about("{\"name\": \"x\",\n\"examples\": \"rows.json\",\n"
                               "\"steps\": [{\"wait\": \"1 s\"}]}"),
              ElementsAre("a.scenario.json:2: There is no file \"rows.json\" with examples beside "
                          "this one."));
}

TEST(Loader, SaysAllThatIsWrongAtOnce) {
  EXPECT_THAT(
      complaints_about(R"({"name": "x",
 "steps": [
  {"touch": "start", "place_document": "p01.resident"},
  {},
  {"expect": {"screen": "face"}, "within": "soon"},
  {"revoke": "m1"},
  {"expect": {}}
 ]})"),
      ElementsAre("a.scenario.json:3: A step does one thing, but this one has \"touch\" and "
                  "\"place_document\".",
                  "a.scenario.json:4: This step does nothing and expects nothing.",
                  "a.scenario.json:5: \"within\" must be a duration such as \"5 s\", \"300 ms\" or "
                  "\"2 min\", but is the text \"soon\".",
                  "a.scenario.json:6: No permit is given before this line.",
                  "a.scenario.json:7: \"expect\" expects nothing."));
}

TEST(Loader, FillsInExamples) {
  const Loaded loaded = load_text(R"({
    "name": "Good path",
    "let": {"who": "p01", "document": "${who}.resident"},
    "examples": [
      {"name": "resident"},
      {"name": "hmt", "who": "p02", "document": "p02.hmt", "cards": 9}
    ],
    "steps": [{"place_document": "${document}"}, {"take_card": "${who}"}]
  })",
                                  "a.scenario.json", "a", fake_vocabulary());
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  ASSERT_EQ(loaded.scenarios.size(), 2u);
  EXPECT_EQ(loaded.scenarios[0].id, "a#resident");
  EXPECT_EQ(loaded.scenarios[0].name, "Good path (resident)");
  EXPECT_EQ(loaded.scenarios[0].steps[0].act.args.dump(), R"({"document":"p01.resident"})");
  EXPECT_EQ(loaded.scenarios[1].steps[0].act.args.dump(), R"({"document":"p02.hmt"})");
  EXPECT_EQ(loaded.scenarios[1].steps[1].act.args.dump(), R"({"person":"p02"})");
}

TEST(Loader, ValuesOfLetAreMadeOfTheRow) {
  const Loaded loaded = load_text(R"({
    "name": "x", "let": {"who": "p01", "document": "${who}.hmt"},
    "examples": [{"name": "a", "who": "p02"}],
    "steps": [{"place_document": "${document}"}]
  })",
                                  "a.scenario.json", "a", fake_vocabulary());
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  ASSERT_EQ(loaded.scenarios.size(), 1u);
  EXPECT_EQ(loaded.scenarios[0].steps[0].act.args.dump(), R"({"document":"p02.hmt"})");
}

TEST(Loader, ExamplesKeepTheirTypes) {
  const Loaded loaded = load_text(R"({
    "name": "x", "examples": [{"name": "a", "n": 9, "where": "taken"}],
    "steps": [{"load_hopper": "${n}"}, {"expect": {"cards": {"${where}": "${n}"}}}]
  })",
                                  "a.scenario.json", "a", fake_vocabulary());
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  ASSERT_EQ(loaded.scenarios.size(), 1u);
  EXPECT_EQ(loaded.scenarios[0].steps[0].act.args.dump(), R"({"cards":9})");
  EXPECT_EQ(loaded.scenarios[0].steps[1].condition.cards[0].first, sim::CardPlace::kTaken);
}

TEST(Loader, NamesAValueThatNothingGives) {
  EXPECT_THAT(complaints_about("{\"name\": \"x\", \"let\": {\"person\": \"p01\"},\n"
                               "\"steps\": [{\"take_card\": \"${persn}\"}]}"),
              ElementsAre("a.scenario.json:2: Nothing gives a value to ${persn}; did you mean "
                          "\"person\"?",
                          "a.scenario.json:2: There is no person \"${persn}\"."));
}

TEST(Loader, FindsTheScenariosOfAFolder) {
  const auto folder = std::filesystem::path(testing::TempDir()) /
                      ("cardrig_loader_test_" + std::to_string(::getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder / "topic");
  std::ofstream(folder / "topic" / "b.scenario.json") << with_step(R"({"wait": "1 s"})");
  std::ofstream(folder / "a.scenario.json") << with_step(R"({"wait": "1 s"})");
  std::ofstream(folder / "readme.txt") << "nothing";
  const auto loaded = load_paths({folder.string()}, fake_vocabulary());
  EXPECT_THAT(loaded.complaints, IsEmpty());
  ASSERT_EQ(loaded.scenarios.size(), 2u);
  EXPECT_EQ(loaded.scenarios[0].id, "a.scenario.json");
  EXPECT_EQ(loaded.scenarios[1].id, "topic/b.scenario.json");
  const auto missing =
      load_paths({(folder / "topic" / "bb.scenario.json").string()}, fake_vocabulary());
  ASSERT_EQ(missing.complaints.size(), 1u);
  EXPECT_EQ(missing.complaints[0].sentence,
            "There is no such file; did you mean \"b.scenario.json\"?");
  std::filesystem::remove_all(folder);
}

class LoaderFiles : public ::testing::Test {
 protected:
  LoaderFiles() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~LoaderFiles() override { std::filesystem::remove_all(folder_); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  Loaded load(const std::string& name) const {
    return load_file((folder_ / name).string(), name, fake_vocabulary());
  }
  std::filesystem::path folder_ = std::filesystem::path(testing::TempDir()) /
                                  ("cardrig_loader_files_" + std::to_string(::getpid()));
};

TEST_F(LoaderFiles, StepsCanBeShared) {
  write("go.steps.json", "[\n{\"place_document\": \"${who}.resident\"},\n{\"touch\": \"start\"}]");
  write("a.scenario.json",
        "{\"name\": \"x\", \"let\": {\"who\": \"p01\"},\n\"steps\": [\n{\"wait\": \"1 s\"},\n"
        "{\"use\": \"go.steps.json\"}]}");
  const auto loaded = load("a.scenario.json");
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  ASSERT_EQ(loaded.scenarios.size(), 1u);
  const auto& steps = loaded.scenarios[0].steps;
  ASSERT_EQ(steps.size(), 3u);
  EXPECT_EQ(steps[1].line, 4);
  EXPECT_EQ(steps[1].text, "place_document: p01.resident  [go.steps.json:2]");
  EXPECT_EQ(steps[2].text, "touch: start  [go.steps.json:3]");
}

TEST_F(LoaderFiles, SlipsInSharedStepsNameTheirFile) {
  write("go.steps.json", "[\n{\"tuch\": \"start\"},\n{\"use\": \"more.steps.json\"}]");
  write("a.scenario.json",
        "{\"name\": \"x\",\n\"steps\": [{\"use\": \"go.steps.json\"}, "
        "{\"use\": \"gone.steps.json\"}]}");
  std::vector<std::string> complaints;
  for (const auto& complaint : load("a.scenario.json").complaints) {
    complaints.push_back(std::filesystem::path(complaint.file).filename().string() + ":" +
                         std::to_string(complaint.line) + ": " + complaint.sentence);
  }
  EXPECT_THAT(complaints,
              testing::UnorderedElementsAre(
                  "go.steps.json:2: There is no act or expectation \"tuch\"; did you mean "
                  "\"touch\"?",
                  "go.steps.json:3: Steps that a scenario uses cannot use others.",
                  "a.scenario.json:2: There is no file \"gone.steps.json\" with steps, seen from "
                  "this one."));
}

TEST_F(LoaderFiles, ExamplesCanLieInAFile) {
  write("rows.json", "[{\"name\": \"a\", \"n\": 1}, {\"name\": \"b\", \"n\": 2}]");
  write("a.scenario.json",
        "{\"name\": \"x\", \"examples\": \"rows.json\", "
        "\"steps\": [{\"load_hopper\": \"${n}\"}]}");
  const auto loaded = load("a.scenario.json");
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  ASSERT_EQ(loaded.scenarios.size(), 2u);
  EXPECT_EQ(loaded.scenarios[1].id, "a.scenario.json#b");
}

}  // namespace
}  // namespace cardrig::scenario
