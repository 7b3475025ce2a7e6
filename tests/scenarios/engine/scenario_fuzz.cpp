// Any bytes as a scenario file: the loader says something sensible, or gives scenarios whose parts
// are whole. Run: fuzz_scenario fixtures/fuzz/scenario
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scenarios/engine/loader.h"
#include "tests/scenarios/engine/fake_rung.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardrig::scenario;
  static const Vocabulary vocabulary = fake_vocabulary();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // A folder that is not there: examples and steps in files of their own are never found.
  const Loaded loaded = load_text(text, "/nonexistent/x.scenario.json", "x", vocabulary);
  if (loaded.scenarios.empty() == loaded.complaints.empty()) std::abort();
  for (const auto& complaint : loaded.complaints) {
    if (complaint.line < 0 || complaint.sentence.empty()) std::abort();
  }
  for (const auto& scenario : loaded.scenarios) {
    if (scenario.name.empty() || scenario.steps.empty()) std::abort();
    for (const auto& step : scenario.steps) {
      if (step.line < 1 || (step.kind == Step::Kind::kAct && step.act.verb.empty())) std::abort();
    }
  }
  return 0;
}
