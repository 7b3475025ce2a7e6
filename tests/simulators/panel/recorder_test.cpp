// What was clicked is a scenario: saved, and run by the engine, it gives the session's trace.
#include "simulators/panel/recorder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "scenarios/engine/runner.h"
#include "tests/simulators/panel/sessions.h"

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// As `cardrig run FILE` does.
scenario::ScenarioResult run_file(const std::string& path) {
  const auto loaded = scenario::load_paths({path}, vocabulary());
  for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
  if (loaded.scenarios.size() != 1) return {};
  scenario::VirtualRigOptions options;
  options.seed = loaded.scenarios[0].seed.value_or(99);
  scenario::VirtualRig rig(assets(), options);
  scenario::RunOptions how;
  how.vocabulary = &vocabulary();
  return run_scenario(loaded.scenarios[0], rig, how);
}

class RecordedSession : public ::testing::TestWithParam<Session> {};

TEST_P(RecordedSession, GivesTheSameTraceWhenItIsRun) {
  const std::string path = ::testing::TempDir() + GetParam().name + ".scenario.json";
  Panel panel(path);
  GetParam().act(panel);
  panel.click("save");
  EXPECT_THAT(panel.view->status(), HasSubstr("it gives the same trace, "));
  const auto result = run_file(path);
  EXPECT_TRUE(result.passed) << result.failures.front().what << '\n' << text_of(path);
  EXPECT_EQ(result.trace_hash, panel.run.rig().trace().hash()) << text_of(path);
}

INSTANTIATE_TEST_SUITE_P(Three, RecordedSession, ::testing::ValuesIn(kSessions),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(Recorder, SaysWhatWasSeen) {
  const std::string path = ::testing::TempDir() + "fake.scenario.json";
  Panel panel(path);
  fake_document(panel);
  const std::string text = write_scenario(panel.run, "x");
  EXPECT_THAT(text, HasSubstr(R"("place_document": "p01.resident#forged_chip")"));
  EXPECT_THAT(text, HasSubstr(R"({"screen": {"id": "refused", "staff_code": "R16"}})"));
  EXPECT_THAT(text, HasSubstr(R"("finally": {"kiosk": "idle", "outcome": "no_attempt")"));
}

TEST(Recorder, ActsAtOneInstantKeepTheirPlaces) {
  Panel panel;
  panel.click("permit approved");
  panel.click("permit pending");
  panel.click("step");
  panel.click("stand here");  // in the midst of an instant
  panel.click("step");
  panel.click("step");
  panel.click("nobody");
  ASSERT_TRUE(panel.await("welcome"));
  const Repeated again = repeat_scenario(panel.run, write_scenario(panel.run, "x"));
  EXPECT_TRUE(again.passed) << again.failure;
  EXPECT_TRUE(again.whole) << write_scenario(panel.run, "x");
}

TEST(Recorder, ARefusedActIsExpectedToBeRefused) {
  Panel panel;
  ASSERT_TRUE(panel.await("welcome"));
  panel.click("lift");
  EXPECT_FALSE(panel.run.refusal().empty());
  const std::string text = write_scenario(panel.run, "x");
  EXPECT_THAT(text, HasSubstr(R"({"lift_document": true, "refused": true})"));
  const Repeated again = repeat_scenario(panel.run, text);
  EXPECT_TRUE(again.passed && again.whole) << again.failure;
}

TEST(Recorder, AnArmedFaultWaitsInTheFileToo) {
  Panel panel;
  panel.click("device card_printer");
  panel.click("options card_printer.ribbon_low");
  panel.click("arm after card_printer.ribbon_low");
  EXPECT_TRUE(panel.run.truth().faults.empty());
  ASSERT_TRUE(panel.await("welcome"));
  panel.wait(4s);
  EXPECT_EQ(panel.run.truth().faults, std::vector<std::string>{"card_printer.ribbon_low"});
  const std::string text = write_scenario(panel.run, "x");
  EXPECT_THAT(text, HasSubstr(R"("at": {"after": "2 s"})"));
  EXPECT_TRUE(repeat_scenario(panel.run, text).whole) << text;
}

TEST(Recorder, ASessionInTheMidstGoesOnToRest) {
  Panel panel;
  come_forward(panel);
  panel.click("place");
  ASSERT_TRUE(panel.await("consent"));
  const Repeated again = repeat_scenario(panel.run, write_scenario(panel.run, "x"));
  EXPECT_TRUE(again.passed) << again.failure;
  EXPECT_TRUE(again.same_trace);
  EXPECT_FALSE(again.whole);
}

TEST(Recorder, AnEmptySessionSaysSo) {
  Panel panel("/nonexistent/x.scenario.json");
  panel.click("save");
  EXPECT_THAT(panel.view->status(), HasSubstr("cannot be written"));
}

}  // namespace
}  // namespace cardrig::panel
