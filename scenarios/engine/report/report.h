// What a suite's results become: lines on a console, JUnit XML, JSON, one HTML page.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "scenarios/engine/result.h"

namespace cardrig::scenario {

// --- console ---

struct ConsoleStyle {
  bool colour = false;
};
/// One line for a finished scenario, and its failures below it.
[[nodiscard]] std::string console_line(const ScenarioResult& result, int done, int of,
                                       const ConsoleStyle& style);
/// The answer at the end: how many passed, and once more which failed, where and why.
[[nodiscard]] std::string console_summary(const SuiteResult& suite, const ConsoleStyle& style);

// --- files ---

[[nodiscard]] std::string junit_xml(const SuiteResult& suite);
/// Everything but marks and pictures.
[[nodiscard]] nlohmann::json results_json(const SuiteResult& suite);
/// One page that needs no network and no script.
[[nodiscard]] std::string html_page(const SuiteResult& suite);

/// Writes index.html, junit.xml and results.json into the folder, which it makes. A sentence says
/// what went wrong.
[[nodiscard]] std::optional<std::string> write_report(const SuiteResult& suite,
                                                      const std::filesystem::path& folder);

}  // namespace cardrig::scenario
