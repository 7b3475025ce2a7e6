// The wire rung's engine with programs that are doubles: what it does when they die, hang, talk
// nonsense or lose part of their trace, and that nothing is left of them.
#include "scenarios/engine/wire_rig.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>

namespace cardrig::scenario {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kDouble = "tests/scenarios/wire/fake_program.py";

class WireRigTest : public ::testing::Test {
 protected:
  ~WireRigTest() override {
    for (const char* whom : {"PLATFORM", "SIMULATORS", "KIOSK"}) {
      ::unsetenv((std::string("CARDRIG_FAKE_") + whom).c_str());
    }
  }
  static void fails(const std::string& whom, const std::string& how) {
    ::setenv(("CARDRIG_FAKE_" + whom).c_str(), how.c_str(), 1);
  }
  WireRig& rig() {
    if (!rig_) {
      WireRigOptions options;
      options.programs = {kDouble, kDouble, kDouble};
      options.limits = limits_;
      rig_ = std::make_unique<WireRig>(people_, options);
    }
    return *rig_;
  }
  /// Runs until the screen is shown, or there is trouble.
  bool sees(const std::string& screen) {
    const Nanos limit = rig().now() + 20s;
    while (rig().trouble().empty() && rig().now() < limit) {
      if (rig().screen() != nullptr && rig().screen()->id == screen) return true;
      rig().advance(limit);
    }
    return false;
  }
  std::string trouble() {
    const Nanos limit = rig().now() + 20s;
    while (rig().trouble().empty() && rig().now() < limit) rig().advance(limit);
    return rig().trouble();
  }
  std::vector<std::string> kinds() {
    std::vector<std::string> list;
    for (const Event& event : rig().trace().events()) list.push_back(event.kind);
    return list;
  }

  std::vector<fixtures::PersonFixture> people_;
  PeerLimits limits_;
  std::unique_ptr<WireRig> rig_;
};

TEST_F(WireRigTest, ARunBeginsActsAndEnds) {
  ASSERT_TRUE(rig().send({"world.mains", {{"on", true}}}));
  EXPECT_EQ(rig().process_of("kiosk"), 0) << "what is given holds before the kiosk is on";
  ASSERT_TRUE(sees("welcome")) << rig().trouble();
  ASSERT_TRUE(rig().send({"kiosk.touch", {{"button", "start"}}}));
  ASSERT_TRUE(sees("face")) << rig().trouble();
  EXPECT_THAT(kinds(), ElementsAre("scenario.act", "world.mains", "kiosk.power", "kiosk.screen",
                                   "scenario.act", "kiosk.touch", "kiosk.screen", "kiosk.screen"));
  EXPECT_EQ(rig().close(), "");
  EXPECT_EQ(rig().trouble(), "");
}

TEST_F(WireRigTest, EachScreenEventHasItsOwnScreen) {
  ASSERT_TRUE(sees("welcome"));
  rig().send({"kiosk.touch", {{"button", "start"}}});
  ASSERT_TRUE(sees("face"));
  const auto& events = rig().trace().events();
  const flow::Screen* consent = rig().screen_of(events[events.size() - 2]);
  ASSERT_NE(consent, nullptr);
  EXPECT_EQ(consent->id, "consent");
  ASSERT_EQ(consent->buttons.size(), 2u);
  EXPECT_TRUE(consent->buttons[0].enabled);
  EXPECT_EQ(consent->buttons[1].key, "later");
  EXPECT_FALSE(consent->buttons[1].enabled);
}

TEST_F(WireRigTest, NothingBeforeAnActStandsAfterIt) {
  ASSERT_TRUE(sees("welcome"));
  rig().send({"world.mains", {{"on", false}}});
  const std::size_t before = rig().trace().events().size();
  rig().send({"world.mains", {{"on", true}}});
  EXPECT_THAT(kinds(), ElementsAre("kiosk.power", "kiosk.screen", "scenario.act", "world.mains",
                                   "scenario.act"));
  EXPECT_EQ(before, 3u) << "the effects of an act come with the next look";
}

TEST_F(WireRigTest, TimePassesWithoutEvents) {
  ASSERT_TRUE(sees("welcome"));
  const Nanos limit = rig().now() + 50ms;
  EXPECT_FALSE(rig().advance(limit));
  EXPECT_GE(rig().now(), limit);
  EXPECT_FALSE(rig().advance(Nanos(0))) << "a time that has passed is no reason to wait";
}

TEST_F(WireRigTest, CardsAreReadWhenTheyHaveMoved) {
  ASSERT_TRUE(sees("welcome"));
  ASSERT_EQ(rig().cards().size(), 1u);
  EXPECT_EQ(rig().cards()[0].place, sim::CardPlace::kHopper);
  rig().send({"world.load_hopper", {{"cards", 1}}});
  rig().advance(rig().now() + 20s);
  EXPECT_EQ(rig().cards()[0].place, sim::CardPlace::kPath);
}

TEST_F(WireRigTest, FaultsOfBothOwnersAreInert) {
  EXPECT_THAT(rig().inert_faults(), ElementsAre("simulators.inert", "platform.inert"));
}

TEST_F(WireRigTest, WhatTheRungCannotProduceIsRefusedAloud) {
  for (const RigMessage& message : {RigMessage{"fault.inject", {{"name", "disk.full"}}},
                                    RigMessage{"kiosk.power_cut", {{"disk_operation", 1}}}}) {
    const auto answer = rig().send(message);
    ASSERT_FALSE(answer) << message.verb;
    EXPECT_EQ(answer.error().reason, RigReason::kNotOnThisRung);
    EXPECT_THAT(answer.error().detail, StartsWith("the wire rung cannot"));
  }
  EXPECT_EQ(rig().trouble(), "");
}

TEST_F(WireRigTest, APowerCutKillsTheKioskAndPowerStartsItAgain) {
  ASSERT_TRUE(sees("welcome"));
  const pid_t first = rig().process_of("kiosk");
  ASSERT_TRUE(rig().send({"kiosk.power_cut", {}}));
  EXPECT_EQ(::kill(first, 0), -1);
  rig().advance(rig().now() + 20s);
  EXPECT_EQ(rig().screen(), nullptr);
  EXPECT_FALSE(rig().send({"kiosk.touch", {{"button", "start"}}}));
  EXPECT_FALSE(rig().send({"kiosk.power_cut", {}}));
  ASSERT_TRUE(rig().send({"kiosk.power_on", {}}));
  EXPECT_FALSE(rig().send({"kiosk.power_on", {}}));
  ASSERT_TRUE(sees("welcome")) << rig().trouble();
  EXPECT_NE(rig().process_of("kiosk"), first);
  EXPECT_EQ(rig().trouble(), "");
  EXPECT_EQ(rig().close(), "");
}

// --- failures ---

TEST_F(WireRigTest, ASlowStartIsWaitedFor) {
  fails("KIOSK", "slow");
  EXPECT_TRUE(sees("welcome")) << rig().trouble();
}

TEST_F(WireRigTest, AProgramThatIsNeverReadyIsNamed) {
  fails("KIOSK", "never");
  limits_.start = 5s;
  EXPECT_EQ(trouble(), "The kiosk was not ready within 5 s.");
}

TEST_F(WireRigTest, ASimulatorThatDiesAtTheStartIsNamed) {
  fails("SIMULATORS", "dies");
  EXPECT_THAT([&] { rig(); }, ::testing::ThrowsMessage<std::runtime_error>(
                                  "The simulators ended with exit code 1. Its last words: no such "
                                  "device."));
}

TEST_F(WireRigTest, AProgramThatIsNotThereIsNamed) {
  WireRigOptions options;
  options.programs = {"/nonexistent/mock-platform", "", ""};
  EXPECT_THAT(([&] { WireRig(people_, options); }),
              ::testing::ThrowsMessage<std::runtime_error>(
                  AllOf(HasSubstr("The mock platform"), HasSubstr("/nonexistent/mock-platform"))));
}

TEST_F(WireRigTest, ADeathInMidRunIsToldWithItsLastWords) {
  fails("KIOSK", "dies:kiosk.touch");
  ASSERT_TRUE(sees("welcome"));
  const auto answer = rig().send({"kiosk.touch", {{"button", "start"}}});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().detail,
            "The kiosk ended with exit code 1. Its last words: a bug was met.");
  EXPECT_EQ(rig().trouble(), answer.error().detail);
}

TEST_F(WireRigTest, TheKillOfEachProgramIsTold) {
  for (const auto& [program, sentence] : std::map<std::string, std::string>{
           {"kiosk", "The kiosk died by signal 9 (Killed)."},
           {"simulators", "The simulators died by signal 9 (Killed)."},
           {"mock-platform", "The mock platform died by signal 9 (Killed)."}}) {
    rig_.reset();
    ASSERT_TRUE(sees("welcome"));
    ::kill(rig().process_of(program), SIGKILL);
    EXPECT_EQ(trouble(), sentence);
  }
}

TEST_F(WireRigTest, AProgramThatHangsIsTold) {
  limits_.answer = 5s;
  ASSERT_TRUE(sees("welcome"));
  ::kill(rig().process_of("simulators"), SIGSTOP);
  EXPECT_THAT(trouble(), StartsWith("The simulators did not answer within 5 s, though alive"));
}

TEST_F(WireRigTest, AVerbThatIsNeverAnsweredIsTold) {
  fails("SIMULATORS", "hangs:world.mains");
  limits_.answer = 5s;
  const auto answer = rig().send({"world.mains", {{"on", false}}});
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().detail, HasSubstr("no answer to \"world.mains\""));
  EXPECT_EQ(rig().trouble(), answer.error().detail);
}

TEST_F(WireRigTest, AProgramThatSpeaksOfNoTimeIsTold) {
  fails("KIOSK", "silent:trace.mark");
  limits_.answer = 5s;
  EXPECT_EQ(trouble(), "The kiosk did not speak for 5 s, though alive.");
}

TEST_F(WireRigTest, GarbageOnTheSocketIsTold) {
  fails("KIOSK", "garbage:kiosk.touch");
  ASSERT_TRUE(sees("welcome"));
  EXPECT_FALSE(rig().send({"kiosk.touch", {{"button", "start"}}}));
  EXPECT_EQ(rig().trouble(),
            "The kiosk broke the rig protocol: the program said what is no JSON object.");
}

TEST_F(WireRigTest, AGapInATraceIsTold) {
  fails("KIOSK", "gap:kiosk.touch");
  ASSERT_TRUE(sees("welcome"));
  rig().send({"kiosk.touch", {{"button", "start"}}});
  EXPECT_EQ(trouble(), "The kiosk told of its event 3 where 2 was due: the trace has a gap.");
}

TEST_F(WireRigTest, AnEventOfTheFutureIsTold) {
  fails("SIMULATORS", "future:world.mains");
  rig().send({"world.mains", {{"on", false}}});
  EXPECT_EQ(trouble(), "The simulators told of an event that has not happened yet.");
}

TEST_F(WireRigTest, AnEndWithAnErrorIsTold) {
  fails("PLATFORM", "exit3");
  ASSERT_TRUE(sees("welcome"));
  EXPECT_EQ(rig().close(), "The mock platform ended with exit code 3.");
}

TEST_F(WireRigTest, WhatAProgramLeavesBehindIsTold) {
  fails("SIMULATORS", "litter");
  ASSERT_TRUE(sees("welcome"));
  EXPECT_EQ(rig().close(), "The programs left behind: simulators.sock.link.");
}

TEST_F(WireRigTest, NothingIsLeft) {
  const auto open_files = [] {
    return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
  };
  const auto before = open_files();
  for (const bool closed : {true, false}) {
    ASSERT_TRUE(sees("welcome"));
    const std::string folder = rig().folder();
    if (closed) {
      EXPECT_EQ(rig().close(), "");
    }
    rig_.reset();
    EXPECT_FALSE(fs::exists(folder));
  }
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "a child is left";
}

// --- what the rung cannot run ---

Scenario with(Step step) {
  Scenario scenario;
  scenario.steps.push_back(std::move(step));
  return scenario;
}

Scenario with(RigMessage act) {
  Step step;
  step.act = std::move(act);
  return with(std::move(step));
}

TEST(UnfitForWireTest, SaysWhy) {
  EXPECT_THAT(unfit_for_wire(with({"kiosk.power_cut", {{"disk_operation", 2}}})).value_or(""),
              HasSubstr("needs the simulated disk"));
  EXPECT_EQ(unfit_for_wire(with({"fault.inject", {{"name", "disk.read_only"}}})),
            "the fault disk.read_only cannot be produced on the wire rung");
  Step wait;
  wait.kind = Step::Kind::kWait;
  wait.time = 11min;
  EXPECT_THAT(unfit_for_wire(with(wait)).value_or(""), HasSubstr("it waits for 11 min"));
}

TEST(UnfitForWireTest, WhatItCanRunIsFit) {
  EXPECT_EQ(unfit_for_wire(with({"kiosk.power_cut", {}})), std::nullopt);
  EXPECT_EQ(unfit_for_wire(with({"fault.inject", {{"name", "platform.slow"}}})), std::nullopt);
  Step expect;
  expect.kind = Step::Kind::kExpect;
  expect.time = 20min;  // a limit is no wait
  EXPECT_EQ(unfit_for_wire(with(expect)), std::nullopt);
}

}  // namespace
}  // namespace cardrig::scenario
