// The runner against a kiosk of a few lines: what passes, what fails, and what it says then.
#include "scenarios/engine/runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/engine/loader.h"
#include "tests/scenarios/engine/fake_rung.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RunnerTest : public ::testing::Test {
 protected:
  RunnerTest() {
    rung_.after(1s, [this] { rung_.show("welcome", "", {"start"}); });
  }

  /// Runs a scenario with these steps and this end.
  ScenarioResult run(const std::string& steps, const std::string& more = "") {
    const std::string text = "{\"name\": \"x\", " + more + " \"steps\": [\n" + steps + "\n]}";
    const auto loaded = load_text(text, "x.scenario.json", "x", vocabulary_);
    for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
    if (loaded.scenarios.size() != 1) return {};
    RunOptions options;
    options.vocabulary = &vocabulary_;
    options.timeline = true;
    options.limit_factor = limit_factor_;
    return run_scenario(loaded.scenarios[0], rung_, options);
  }

  Vocabulary vocabulary_ = fake_vocabulary();
  FakeRung rung_;
  double limit_factor_ = 1;
};

TEST_F(RunnerTest, PassesWhatHolds) {
  rung_.on("kiosk.touch", [this](const RigMessage&) {
    rung_.after(2s, [this] { rung_.show("consent", "", {"agree"}); });
    rung_.after(30s, [this] { rung_.show("welcome"); });
  });
  const auto result = run(R"({"expect": {"screen": "welcome"}},
    {"touch": "start"},
    {"expect": {"screen": {"id": "consent", "button": "agree"}}, "within": "3 s"},
    {"never": {"event": "card.fed"}},
    {"expect": {"screen": "welcome"}, "within": "1 min"})",
                          R"("finally": {"kiosk": "idle", "cards": {"hopper": 5}},)");
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_TRUE(result.passed);
  EXPECT_THAT(result.steps, SizeIs(6));
  EXPECT_EQ(result.steps[2].ended, 3s);
  EXPECT_EQ(result.virtual_time, 31s);
  EXPECT_THAT(result.screens, SizeIs(3));
  EXPECT_FALSE(result.trace_hash.empty());
}

TEST_F(RunnerTest, SaysWhichLineFailedAndWhatWasThere) {
  rung_.on("kiosk.touch",
           [this](const RigMessage&) { rung_.after(2s, [this] { rung_.show("refused", "F2"); }); });
  const auto result =
      run("{\"expect\": {\"screen\": \"welcome\"}},\n{\"touch\": \"start\"},\n"
          "{\"expect\": {\"screen\": \"consent\"}, \"within\": \"5 s\"},\n"
          "{\"wait\": \"1 s\"}");
  EXPECT_FALSE(result.passed);
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].line, 4);
  EXPECT_EQ(result.failures[0].what, "Expected within 5 s: screen: consent.");
  EXPECT_THAT(result.failures[0].saw, Contains("the screen was refused (staff code F2)"));
  EXPECT_THAT(result.failures[0].saw, Contains("screens: welcome (1 s) → refused (3 s)"));
  EXPECT_EQ(result.steps[2].state, StepState::kFailed);
  EXPECT_EQ(result.steps[3].state, StepState::kNotReached);
}

TEST_F(RunnerTest, TakesScreensInOrderAndOnce) {
  rung_.on("kiosk.touch", [this](const RigMessage&) {
    rung_.after(1s, [this] {
      rung_.show("consent");
      rung_.show("face");
    });
    rung_.after(9s, [this] { rung_.show("welcome"); });
  });
  // Both screens came in one instant; consent was there once only.
  EXPECT_TRUE(run(R"({"expect": {"screen": "welcome"}}, {"touch": "start"},
      {"expect": {"screen": "consent"}}, {"expect": {"screen": "face"}})")
                  .passed);
  FakeRung other;
  const auto result = run(R"({"touch": "start"}, {"expect": {"screen": "consent"}},
      {"expect": {"screen": "consent"}})");
  EXPECT_FALSE(result.passed);
}

TEST_F(RunnerTest, EventsBeforeTheLastActDoNotCount) {
  rung_.after(2s, [this] { rung_.emit("face.result"); });
  const auto result = run(
      "{\"wait\": \"3 s\"}, {\"touch\": \"start\"}, {\"expect\": {\"event\": \"face.result\"}}");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].saw, Contains("there was no event face.result"));
}

TEST_F(RunnerTest, MatchesFields) {
  rung_.after(2s, [this] {
    rung_.emit("face.result", {{"verdict", "match"}, {"similarity", 0.5}});
  });
  EXPECT_TRUE(run(R"({"expect": {"event": {"kind": "face.result",
      "fields": {"verdict": "match", "similarity": 0.5}}}})")
                  .passed);
}

TEST_F(RunnerTest, FieldsCanBeForbidden) {
  rung_.after(2s, [this] { rung_.emit("face.result", {{"verdict", "match"}}); });
  const auto result = run(R"({"never": {"event": {"kind": "face.result",
      "fields": {"verdict": {"not": "no_face"}}}}}, {"wait": "5 s"})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].what, HasSubstr("This must never be: event:"));
  EXPECT_EQ(result.failures[0].time, 2s);
}

TEST_F(RunnerTest, NeverForATimeEndsThen) {
  rung_.after(5s, [this] { rung_.emit("face.result"); });
  EXPECT_TRUE(run(R"({"never": {"event": "face.result"}, "for": "4 s"}, {"wait": "3 s"})").passed);
}

TEST_F(RunnerTest, ArmedActsWaitForTheirEvent) {
  Nanos revoked{0};
  rung_.on("platform.revoke", [&](const RigMessage&) { revoked = rung_.now(); });
  rung_.after(4s, [this] { rung_.emit("face.result"); });
  rung_.after(6s, [this] { rung_.emit("face.result"); });
  const auto result =
      run(R"({"revoke": "m", "at": {"event": "face.result", "count": 2, "after": "1500 ms"}},
             {"wait": "20 s"})",
          R"("given": {"permits": [{"id": "m", "person": "p01"}]},)");
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_EQ(revoked, 7500ms);
}

TEST_F(RunnerTest, AnArmedActThatNeverHappensFails) {
  const auto result = run(R"({"revoke": "m", "at": {"event": "card.fed"}}, {"wait": "2 s"})",
                          R"("given": {"permits": [{"id": "m", "person": "p01"}]},)");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].what, HasSubstr("was never done: 0 of 1 events card.fed came"));
}

TEST_F(RunnerTest, AnActThatIsRefusedFails) {
  const auto result = run(R"({"expect": {"screen": "welcome"}}, {"take_card": "p01"})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].what,
            "\"take_card: p01\" could not be done: No card lies at the exit.");
}

TEST_F(RunnerTest, AnActThatMustBeRefusedIs) {
  EXPECT_TRUE(
      run(R"({"expect": {"screen": "welcome"}}, {"take_card": "p01", "refused": true})").passed);
  const auto result = run(R"({"load_hopper": 1, "refused": true})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].what,
            "\"load_hopper: 1, refused\" was to be refused, but was done.");
}

TEST_F(RunnerTest, AnArmedActCanWaitForATimeAlone) {
  Nanos touched{0};
  rung_.on("kiosk.touch", [&](const RigMessage&) { touched = rung_.now(); });
  EXPECT_TRUE(run(R"({"wait": "2 s"}, {"touch": "start", "at": {"after": "3500 ms"}},
                     {"wait": "4 s"})")
                  .passed);
  EXPECT_EQ(touched, 5500ms);
}

TEST_F(RunnerTest, AnInertFaultFails) {
  const auto result = run(R"({"inject": "card_printer.feeder_jam"}, {"wait": "2 s"})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].what,
              HasSubstr("\"card_printer.feeder_jam\" was injected and had no effect"));
}

TEST_F(RunnerTest, AFaultThatStruckIsNotInert) {
  rung_.after(2s, [this] { rung_.faults().strikes("card_printer.feeder_jam"); });
  const auto result = run(R"({"inject": "card_printer.feeder_jam"}, {"wait": "3 s"})");
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_THAT(result.faults, SizeIs(1));
}

TEST_F(RunnerTest, AKioskThatDoesNotComeToRestFails) {
  rung_.after(2s, [this] { rung_.show("face"); });
  const auto result = run(R"({"wait": "3 s"})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].what, HasSubstr("came to rest neither at its idle screen"));
}

TEST_F(RunnerTest, OutcomesThatAreNeverCountedFail) {
  rung_.pending_reports = 1;
  const auto result = run(R"({"wait": "2 s"})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].what, HasSubstr("every outcome counted at the platform"));
}

TEST_F(RunnerTest, HealingMendsWhatTheScenarioBroke) {
  std::vector<std::string> verbs;
  for (const char* verb : {"world.mains", "world.network"}) {
    rung_.on(verb, [&verbs](const RigMessage& m) { verbs.push_back(m.verb + m.args.dump()); });
  }
  EXPECT_TRUE(run(R"({"wait": "2 s"})").passed);
  EXPECT_THAT(verbs,
              testing::ElementsAre("world.mains{\"on\":true}", "world.network{\"up\":true}"));
}

TEST_F(RunnerTest, ThePlatformIsAsked) {
  rung_.permit_state = {{"state", "issued"}, {"claim", "used"}, {"delivered", 2}};
  const auto result =
      run(R"({"wait": "2 s"})", R"("given": {"permits": [{"id": "m", "person": "p01"}]},
          "finally": {"permits": {"m": {"claim": "used", "delivered": 1}}},)");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_THAT(result.failures[0].saw, Contains("permit m: delivered is 2, not 1"));
  EXPECT_EQ(result.failures[0].line, 2);
}

TEST_F(RunnerTest, TheWholeRunHasALimit) {
  const auto result = run(R"({"wait": "30 s"})", R"("limit": "10 s",)");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].what, "The whole run took longer than its limit of 10 s.");
}

TEST_F(RunnerTest, ARungInTroubleFailsAtOnceAndSaysWhy) {
  rung_.after(2s, [this] {
    rung_.break_down("The kiosk died by signal 11.");
    rung_.emit("face.result");
  });
  const auto result = run(R"({"expect": {"screen": "consent"}, "within": "1 min"})");
  ASSERT_THAT(result.failures, SizeIs(1));
  EXPECT_EQ(result.failures[0].what, "The kiosk died by signal 11.");
  EXPECT_EQ(result.virtual_time, 2s);
}

TEST_F(RunnerTest, AViolatedInvariantFailsAtOnce) {
  rung_.after(2s, [this] { rung_.emit("kiosk.step", {{"detail", "11010519491231002X"}}); });
  const auto result = run(R"({"wait": "30 s"})");
  ASSERT_FALSE(result.failures.empty());
  EXPECT_EQ(result.failures[0].time, 2s);
  EXPECT_THAT(result.failures[0].what, HasSubstr("Invariant 7"));
}

TEST_F(RunnerTest, ResultsSurviveTheirJourney) {
  rung_.after(2s, [this] { rung_.show("refused", "F2"); });
  const auto result = run(R"({"expect": {"screen": "face"}})");
  EXPECT_EQ(to_json(result_from_json(to_json(result))), to_json(result));
  EXPECT_FALSE(result.marks.empty());
}

TEST(ShowTime, IsShort) {
  EXPECT_EQ(show_time(0ns), "0 s");
  EXPECT_EQ(show_time(1500ms), "1.5 s");
  EXPECT_EQ(show_time(2min), "2 min");
  EXPECT_EQ(show_time(125s), "2 min 5.0 s");
}

constexpr const char* kFaceInTwoSeconds = R"({"expect": {"screen": "welcome"}}, {"touch": "start"},
    {"expect": {"screen": "face"}, "within": "2 s"}, {"wait": "4 s"})";

class RunnerLimits : public RunnerTest {
 protected:
  RunnerLimits() {
    rung_.on("kiosk.touch", [this](const RigMessage&) {
      rung_.after(3s, [this] { rung_.show("face"); });
      rung_.after(30s, [this] { rung_.show("welcome"); });
    });
  }
};

TEST_F(RunnerLimits, HoldAsWritten) { EXPECT_FALSE(run(kFaceInTwoSeconds).passed); }

TEST_F(RunnerLimits, CanBeStretchedWaitsCannot) {
  limit_factor_ = 2;
  const auto result = run(kFaceInTwoSeconds);
  EXPECT_THAT(result.failures, IsEmpty());
  EXPECT_EQ(result.steps[3].ended - result.steps[3].began, 4s);
}

}  // namespace
}  // namespace cardrig::scenario
