// The summary for a terminal: one line a scenario, failures explained where they stand.
#include <fmt/format.h>

#include "scenarios/engine/report/report.h"

namespace cardrig::scenario {
namespace {

constexpr std::size_t kLinesToShow = 16;

struct Paint {
  bool on;
  std::string operator()(const char* code, const std::string& text) const {
    return on ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
  }
};
constexpr const char* kGreen = "32";
constexpr const char* kRed = "1;31";
constexpr const char* kGrey = "90";
constexpr const char* kBold = "1";

std::string place_of(const ScenarioResult& result, const Failure& failure) {
  const int line = failure.line > 0 ? failure.line : result.line;
  return fmt::format("{}:{}", result.file, line);
}

std::string failure_text(const ScenarioResult& result, const Paint& paint) {
  std::string text;
  for (const Failure& failure : result.failures) {
    text += fmt::format("      {}: {}\n", place_of(result, failure), paint(kBold, failure.what));
    std::size_t shown = 0;
    for (const std::string& line : failure.saw) {
      if (++shown > kLinesToShow) break;
      text += paint(kGrey, "        " + line) + "\n";
    }
  }
  return text;
}

std::string plural(std::size_t n, const char* noun) {
  return fmt::format("{} {}{}", n, noun, n == 1 ? "" : "s");
}

}  // namespace

std::string console_line(const ScenarioResult& result, int done, int of,
                         const ConsoleStyle& style) {
  const Paint paint{style.colour};
  const std::string count = fmt::format("[{:>{}}/{}]", done, std::to_string(of).size(), of);
  const std::string sign = result.passed ? paint(kGreen, "ok  ") : paint(kRed, "FAIL");
  std::string line = fmt::format("{} {} {:<58} ", paint(kGrey, count), sign, result.id);
  line += paint(kGrey,
                fmt::format("{:>14} in {:.2f} s", show_time(result.virtual_time), result.wall_s));
  line += "\n";
  for (const std::string& discarded : result.discarded) {
    line += paint(kGrey, "      " + discarded) + "\n";
  }
  return result.passed ? line : line + failure_text(result, paint);
}

std::string console_summary(const SuiteResult& suite, const ConsoleStyle& style) {
  const Paint paint{style.colour};
  Nanos virtual_time{0};
  for (const auto& result : suite.scenarios) virtual_time += result.virtual_time;
  const auto failed = static_cast<std::size_t>(suite.failed());
  const std::size_t all = suite.scenarios.size();
  std::string text = "\n";
  if (failed == 0) {
    text += paint(kGreen, fmt::format("All {} passed", plural(all, "scenario")));
  } else {
    text += paint(kRed, fmt::format("{} of {} failed", failed, plural(all, "scenario")));
  }
  text += fmt::format(" on the {} rung in {:.1f} s ({} of the kiosk's time).\n", suite.rung,
                      suite.wall_s, show_time(virtual_time));
  for (const std::string& note : suite.notes) text += paint(kGrey, note) + "\n";
  for (const SkippedScenario& skipped : suite.skipped) {
    text += fmt::format("  skipped {}: {}.\n", skipped.id, skipped.why);
  }
  if (failed == 0 || all == 1) return text;
  for (const auto& result : suite.scenarios) {
    if (result.passed || result.failures.empty()) continue;
    text += fmt::format("  {}: {}\n", place_of(result, result.failures.front()),
                        result.failures.front().what);
  }
  return text;
}

}  // namespace cardrig::scenario
