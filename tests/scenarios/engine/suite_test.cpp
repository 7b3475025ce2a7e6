// Suites: processes share the work, a dead process fails one scenario, two runs are compared.
#include "scenarios/engine/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "scenarios/engine/loader.h"
#include "scenarios/engine/pool.h"
#include "tests/scenarios/engine/fake_rung.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST(Pool, DoesEveryItemOnce) {
  for (const int jobs : {1, 3}) {
    std::vector<int> seen(20, 0);
    run_in_processes(
        20, jobs,
        [](int item) { return std::string(static_cast<std::size_t>(item) * 10'000, 'x'); },
        [&](int item, std::optional<std::string> answer) {
          ASSERT_TRUE(answer);
          EXPECT_EQ(answer->size(), static_cast<std::size_t>(item) * 10'000);
          ++seen[static_cast<std::size_t>(item)];
        });
    EXPECT_EQ(seen, std::vector<int>(20, 1));
  }
}

TEST(Pool, ADeadProcessCostsItsItemOnly) {
  int answered = 0, died = 0;
  run_in_processes(
      10, 2,
      [](int item) {
        if (item == 3) std::raise(SIGKILL);
        if (item == 5) std::_Exit(7);
        return std::string("ok");
      },
      [&](int item, std::optional<std::string> answer) {
        if (answer) {
          ++answered;
        } else {
          ++died;
          EXPECT_TRUE(item == 3 || item == 5);
        }
      });
  EXPECT_EQ(answered, 8);
  EXPECT_EQ(died, 2);
}

/// A parent that is killed takes its workers along, in the midst of an item.
TEST(Pool, WorkersDieWithTheirParent) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t parent = ::fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    ::close(ends[0]);
    run_in_processes(
        2, 2,
        [&](int) {
          const char begun = 'b';
          if (::write(ends[1], &begun, 1) == 1) ::pause();
          return std::string();
        },
        [](int, const std::optional<std::string>&) {});
    std::_Exit(0);
  }
  ::close(ends[1]);
  char begun = 0;
  for (int i = 0; i < 2; ++i) ASSERT_EQ(::read(ends[0], &begun, 1), 1);
  ::kill(parent, SIGKILL);
  ASSERT_EQ(::waitpid(parent, nullptr, 0), parent);
  // The workers hold the other end of the pipe as long as they live.
  pollfd end{ends[0], 0, 0};
  EXPECT_EQ(::poll(&end, 1, 20'000), 1);
  EXPECT_NE(end.revents & POLLHUP, 0);
  ::close(ends[0]);
}

class SuiteTest : public ::testing::Test {
 protected:
  std::vector<Scenario> scenarios(int count) {
    std::vector<Scenario> all;
    for (int i = 0; i < count; ++i) {
      auto loaded = load_text(R"({"name": "x", "steps": [{"wait": "2 s"}]})", "x.scenario.json",
                              "x" + std::to_string(i), vocabulary_);
      all.push_back(loaded.scenarios.at(0));
    }
    return all;
  }
  SuiteOptions options() {
    SuiteOptions options;
    options.run.vocabulary = &vocabulary_;
    options.make_rung = [this](const RungOptions& o) {
      auto rung = std::make_unique<FakeRung>();
      rung->show("welcome");
      if (salt_ > 0) rung->emit("face.result", {{"salt", salt_++}});
      rung->emit("face.result", {{"seed", o.seed}});
      return rung;
    };
    return options;
  }

  Vocabulary vocabulary_ = fake_vocabulary();
  int salt_ = 0;
};

TEST_F(SuiteTest, KeepsTheOrder) {
  auto o = options();
  o.jobs = 3;
  int told = 0;
  o.progress = [&](const ScenarioResult&, int done, int of) {
    EXPECT_EQ(done, ++told);
    EXPECT_EQ(of, 7);
  };
  const auto suite = run_suite(scenarios(7), o);
  ASSERT_EQ(suite.scenarios.size(), 7u);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(suite.scenarios[static_cast<std::size_t>(i)].id, "x" + std::to_string(i));
  }
  EXPECT_EQ(suite.failed(), 0);
  EXPECT_EQ(told, 7);
}

TEST_F(SuiteTest, EqualRunsHaveEqualHashes) {
  auto o = options();
  o.twice = true;
  const auto suite = run_suite(scenarios(1), o);
  EXPECT_TRUE(suite.scenarios[0].passed);
  EXPECT_EQ(suite.scenarios[0].trace_hash, suite.scenarios[0].second_hash);
}

TEST_F(SuiteTest, UnequalRunsFail) {
  salt_ = 1;
  auto o = options();
  o.twice = true;
  const auto suite = run_suite(scenarios(1), o);
  ASSERT_EQ(suite.failed(), 1);
  EXPECT_THAT(suite.scenarios[0].failures[0].what, HasSubstr("gave another trace"));
}

TEST_F(SuiteTest, ARunThatCrashesFailsAlone) {
  auto o = options();
  o.jobs = 2;
  const auto make = o.make_rung;
  auto all = scenarios(4);
  all[2].seed = 666;
  o.make_rung = [make](const RungOptions& r) {
    if (r.seed == 666) std::raise(SIGKILL);
    return make(r);
  };
  const auto suite = run_suite(all, o);
  EXPECT_EQ(suite.failed(), 1);
  EXPECT_FALSE(suite.scenarios[2].passed);
  EXPECT_THAT(suite.scenarios[2].failures.at(0).what, HasSubstr("died by signal 9"));
}

TEST_F(SuiteTest, ARigThatCannotBeMadeFails) {
  auto o = options();
  o.make_rung = [](const RungOptions&) -> std::unique_ptr<Rung> {
    throw std::runtime_error("no people");
  };
  const auto suite = run_suite(scenarios(1), o);
  EXPECT_THAT(suite.scenarios[0].failures.at(0).what, HasSubstr("no people"));
}

// --- on two rungs ---

class TwoRungs : public SuiteTest {
 protected:
  /// A rung that tells of one face, and ends its run with this sentence.
  class Teller final : public FakeRung {
   public:
    Teller(const char* verdict, const char* screen, std::string ended) : ended_(std::move(ended)) {
      show(screen);
      emit("face.result", {{"verdict", verdict}});
    }
    std::string close() override { return ended_; }

   private:
    std::string ended_;
  };
  ScenarioResult run(const char* here, const char* there, const char* screen_there = "welcome",
                     const char* ended = "") {
    SuiteOptions o;
    o.run.vocabulary = &vocabulary_;
    o.make_rung = [=](const RungOptions&) {
      return std::make_unique<Teller>(here, "welcome", ended);
    };
    o.compare_with = [=](const RungOptions&) {
      return std::make_unique<Teller>(there, screen_there, "");
    };
    return run_fresh(scenarios(1)[0], o, nullptr);
  }
};

TEST_F(TwoRungs, TheSameStoryIsSaid) {
  const auto result = run("match", "match");
  EXPECT_TRUE(result.passed);
  EXPECT_EQ(result.same_story_as, "virtual");
}

TEST_F(TwoRungs, AnotherStoryFailsWithTheDifference) {
  const auto result = run("match", "no_face");
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].what, "It tells another story than on the virtual rung.");
  EXPECT_THAT(result.failures[0].saw.at(0), HasSubstr("face.result verdict=match"));
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.same_story_as, "");
}

TEST_F(TwoRungs, AnotherVerdictFails) {
  const auto result = run("match", "match", "consent");
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_THAT(result.failures[0].what, HasSubstr("On the virtual rung it fails: The kiosk came"));
}

TEST_F(TwoRungs, ARunThatDoesNotEndWellFails) {
  const auto result = run("match", "match", "welcome", "The kiosk had to be killed.");
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_EQ(result.failures[0].what, "The kiosk had to be killed.");
}

// --- a machine that stood still ---

class Standstill : public SuiteTest {
 protected:
  class Sleeper final : public FakeRung {
   public:
    Sleeper(const char* screen, Nanos still) : still_(still) { show(screen); }
    Nanos stood_still() override { return still_; }

   private:
    Nanos still_;
  };
  /// The first `bad` runs never come to rest.
  ScenarioResult run(int bad, Nanos still) {
    SuiteOptions o;
    o.run.vocabulary = &vocabulary_;
    o.make_rung = [=, this](const RungOptions&) {
      return std::make_unique<Sleeper>(runs_++ < bad ? "consent" : "welcome", still);
    };
    return run_fresh(scenarios(1)[0], o, nullptr);
  }
  int runs_ = 0;
};

TEST_F(Standstill, AFailureInItIsRepeatedAndToldOf) {
  const auto result = run(1, 500ms);
  EXPECT_TRUE(result.passed);
  ASSERT_EQ(result.discarded.size(), 1u);
  EXPECT_THAT(result.discarded[0],
              HasSubstr("stood still for 0.5 s in it: The kiosk came to rest"));
}

TEST_F(Standstill, AFailureWithoutOneStands) {
  EXPECT_FALSE(run(1, 50ms).passed);
  EXPECT_EQ(runs_, 1);
}

TEST_F(Standstill, ThirdTimeItStandsWhateverHappened) {
  const auto result = run(9, 500ms);
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(runs_, 3);
  EXPECT_EQ(result.discarded.size(), 2u);
}

/// Two cards for one permit are two cards, however slow the machine was.
TEST_F(Standstill, IsNoExcuseForWhatIsAbsolute) {
  SuiteOptions o;
  o.run.vocabulary = &vocabulary_;
  o.make_rung = [this](const RungOptions&) {
    ++runs_;
    auto rung = std::make_unique<Sleeper>("welcome", 500ms);
    rung->break_down("The kiosk died by signal 11.");
    return rung;
  };
  const auto result = run_fresh(scenarios(1)[0], o, nullptr);
  EXPECT_EQ(runs_, 1);
  EXPECT_TRUE(result.discarded.empty());
  ASSERT_EQ(result.failures.size(), 1u);
  EXPECT_TRUE(result.failures[0].absolute);
}

TEST_F(Standstill, TheTraceOfADiscardedRunStays) {
  const std::filesystem::path folder =
      ::testing::TempDir() + "discarded-" + std::to_string(::getpid());
  SuiteOptions o;
  o.run.vocabulary = &vocabulary_;
  o.trace_folder = folder.string();
  o.make_rung = [this](const RungOptions&) {
    return std::make_unique<Sleeper>(runs_++ < 1 ? "consent" : "welcome", 500ms);
  };
  const auto result = run_fresh(scenarios(1)[0], o, nullptr);
  EXPECT_TRUE(std::filesystem::exists(folder / (result.id + ".jsonl")));
  EXPECT_TRUE(std::filesystem::exists(folder / (result.id + ".discarded-1.jsonl")));
  std::filesystem::remove_all(folder);
}

TEST_F(Standstill, ARunThatPassedIsNotRepeated) {
  EXPECT_TRUE(run(0, 500ms).passed);
  EXPECT_EQ(runs_, 1);
}

}  // namespace
}  // namespace cardrig::scenario
