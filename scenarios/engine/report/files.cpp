// The reports for other programs, and writing all of them into a folder.
#include <fmt/format.h>

#include <fstream>

#include "scenarios/engine/report/markup.h"
#include "scenarios/engine/report/report.h"

namespace cardrig::scenario {
namespace {

std::string failure_text(const ScenarioResult& result, const Failure& failure) {
  std::string text = fmt::format("{}:{}: {}", result.file,
                                 failure.line > 0 ? failure.line : result.line, failure.what);
  for (const std::string& line : failure.saw) text += "\n  " + line;
  return text;
}

bool write(const std::filesystem::path& path, const std::string& content) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << content;
  out.flush();
  return out.good();
}

}  // namespace

std::string junit_xml(const SuiteResult& suite) {
  std::string xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  const std::string counts =
      fmt::format("tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\"",
                  suite.scenarios.size() + suite.skipped.size(), suite.failed(),
                  suite.skipped.size(), suite.wall_s);
  xml += fmt::format("<testsuites {}>\n<testsuite name=\"cardrig.{}\" {}>\n", counts,
                     escape_markup(suite.rung), counts);
  for (const ScenarioResult& result : suite.scenarios) {
    const auto hash = result.id.find('#');
    xml += fmt::format(
        "<testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.3f}\"",
        escape_markup(result.id.substr(0, hash)), escape_markup(result.name),
        escape_markup(result.file), result.line, result.wall_s);
    if (result.failures.empty() && result.discarded.empty()) {
      xml += "/>\n";
      continue;
    }
    xml += ">\n";
    for (const Failure& failure : result.failures) {
      xml += fmt::format("<failure message=\"{}\">{}</failure>\n", escape_markup(failure.what),
                         escape_markup(failure_text(result, failure)));
    }
    for (const std::string& discarded : result.discarded) {
      xml += fmt::format("<system-out>{}</system-out>\n", escape_markup(discarded));
    }
    xml += "</testcase>\n";
  }
  for (const SkippedScenario& skipped : suite.skipped) {
    xml += fmt::format(
        "<testcase classname=\"{0}\" name=\"{0}\" file=\"{1}\" line=\"{2}\"><skipped "
        "message=\"{3}\"/></testcase>\n",
        escape_markup(skipped.id), escape_markup(skipped.file), skipped.line,
        escape_markup(skipped.why));
  }
  return xml + "</testsuite>\n</testsuites>\n";
}

nlohmann::json results_json(const SuiteResult& suite) {
  nlohmann::json json = {{"rung", suite.rung},
                         {"passed", suite.failed() == 0},
                         {"failed", suite.failed()},
                         {"wall_s", suite.wall_s},
                         {"notes", suite.notes},
                         {"skipped", nlohmann::json::array()},
                         {"scenarios", nlohmann::json::array()}};
  for (const SkippedScenario& skipped : suite.skipped) {
    json["skipped"].push_back({{"id", skipped.id}, {"why", skipped.why}});
  }
  for (const ScenarioResult& result : suite.scenarios) {
    auto one = to_json(result);
    one.erase("marks");
    for (auto& screen : one["screens"]) screen.erase("picture");
    for (auto& card : one["cards"]) card.erase("picture");
    json["scenarios"].push_back(std::move(one));
  }
  return json;
}

std::optional<std::string> write_report(const SuiteResult& suite,
                                        const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    return fmt::format("The folder {} for the report cannot be made: {}.", folder.string(),
                       error.message());
  }
  const bool all = write(folder / "index.html", html_page(suite)) &&
                   write(folder / "junit.xml", junit_xml(suite)) &&
                   write(folder / "results.json", results_json(suite).dump(1) + "\n");
  if (all) return std::nullopt;
  return fmt::format("The report could not be written to {}.", folder.string());
}

}  // namespace cardrig::scenario
