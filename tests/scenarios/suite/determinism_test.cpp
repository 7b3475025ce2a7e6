// Every scenario of the suite, three times: with no thread started and no clock read, again under a
// shifted system clock with the same trace, and with another seed and the same verdict.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "scenarios/engine/loader.h"
#include "scenarios/engine/suite.h"
#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/virtual_vocabulary.h"
#include "tests/guard/virtual_guard.h"

namespace cardrig::scenario {
namespace {

constexpr int kShards = 4;

class Suite {
 public:
  Suite() : vocabulary_(*virtual_vocabulary(".")) {
    auto assets = load_rig_assets(".");
    if (!assets) throw std::runtime_error(assets.error().detail);
    assets_ = std::move(*assets);
    auto loaded = load_paths({"scenarios/suite"}, vocabulary_);
    if (!loaded.complaints.empty()) throw std::runtime_error("a scenario file is faulty");
    scenarios_ = std::move(loaded.scenarios);
  }
  [[nodiscard]] const std::vector<Scenario>& scenarios() const { return scenarios_; }

  /// One that goes all the way, so that everything is used that a run can use.
  [[nodiscard]] const Scenario& good_path() const {
    for (const auto& scenario : scenarios_) {
      if (std::find(scenario.tags.begin(), scenario.tags.end(), "good-path") !=
          scenario.tags.end()) {
        return scenario;
      }
    }
    throw std::runtime_error("the suite has no good path");
  }

  ScenarioResult run(const Scenario& scenario, std::uint64_t seed) {
    SuiteOptions options;
    options.run.vocabulary = &vocabulary_;
    options.run.seed = seed;
    options.make_rung = [this](const RungOptions& o) {
      VirtualRigOptions rig;
      rig.seed = o.seed;
      return std::make_unique<VirtualRig>(*assets_, rig);
    };
    return run_fresh(scenario, options, nullptr);
  }

 private:
  Vocabulary vocabulary_;
  std::unique_ptr<RigAssets> assets_;
  std::vector<Scenario> scenarios_;
};

Suite& suite() {
  static Suite suite;
  return suite;
}

std::string why(const ScenarioResult& result) {
  std::string text;
  for (const auto& f : result.failures) text += f.what + "\n";
  return text;
}

class EveryScenario : public ::testing::TestWithParam<int> {
 protected:
  /// Calls f for the scenarios of this shard.
  static void each(const std::function<void(const Scenario&)>& f) {
    const auto& all = suite().scenarios();
    ASSERT_GE(all.size(), 16U);
    for (std::size_t i = static_cast<std::size_t>(GetParam()); i < all.size(); i += kShards) {
      SCOPED_TRACE(all[i].id);
      f(all[i]);
    }
  }
};

TEST_P(EveryScenario, HasTheSameTraceUnderAShiftedClockAndNeedsNoThreadOrClock) {
  suite().run(suite().good_path(), 1);  // what libraries do once in a process
  each([](const Scenario& scenario) {
    guard::arm();
    const auto first = suite().run(scenario, 1);
    for (const auto& line : guard::disarm()) ADD_FAILURE() << line;
    EXPECT_TRUE(first.passed) << why(first);
    guard::shift_civil_clock(400L * 24 * 3600);
    const auto shifted = suite().run(scenario, 1);
    guard::shift_civil_clock(0);
    EXPECT_EQ(first.trace_hash, shifted.trace_hash);
  });
}

TEST_P(EveryScenario, HasTheSameVerdictWithAnotherSeed) {
  each([](const Scenario& scenario) {
    const auto result = suite().run(scenario, 20261121);
    EXPECT_TRUE(result.passed) << why(result);
  });
}

INSTANTIATE_TEST_SUITE_P(Shard, EveryScenario, ::testing::Range(0, kShards));

}  // namespace
}  // namespace cardrig::scenario
