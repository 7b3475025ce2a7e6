// What the docs say of scenarios and files is true: every block of JSON is a scenario that the
// validator takes, and every file that a guide sends its reader to is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "lamp_faults.h"  // out of docs/guides/new-fault.md
#include "scenarios/engine/loader.h"
#include "scenarios/engine/virtual_vocabulary.h"

namespace cardrig::scenario {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;

struct Snippet {
  std::string page;
  int line = 0;
  std::string text;
};

std::vector<fs::path> pages(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::vector<std::string> lines_of(const fs::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// The blocks that open with ```json or ```jsonc.
std::vector<Snippet> json_snippets() {
  std::vector<Snippet> snippets;
  for (const auto& page : pages("docs")) {
    bool inside = false;
    int number = 0;
    for (const std::string& line : lines_of(page)) {
      ++number;
      if (line == "```json" || line == "```jsonc") {
        inside = true;
        snippets.push_back({page.string(), number, ""});
      } else if (line == "```") {
        inside = false;
      } else if (inside) {
        snippets.back().text += line + "\n";
      }
    }
  }
  return snippets;
}

TEST(Docs, EveryBlockOfJsonIsASoundScenario) {
  auto vocabulary = virtual_vocabulary(".");
  ASSERT_TRUE(vocabulary);
  Trace trace([] { return Nanos(0); });
  Tracer tracer(trace, "world");
  sim::FaultCatalogue lamp(tracer);
  declare_lamp_faults(lamp);
  for (const auto& spec : lamp.specs()) vocabulary->faults.push_back(spec);

  const auto snippets = json_snippets();
  ASSERT_GE(snippets.size(), 2U);
  for (const Snippet& snippet : snippets) {
    SCOPED_TRACE(snippet.page + ":" + std::to_string(snippet.line));
    // As a file of the suite: shared steps are found where the suite's files find them.
    const auto loaded =
        load_text(snippet.text, "scenarios/suite/printing/snippet.json", "snippet", *vocabulary);
    for (const auto& complaint : loaded.complaints) ADD_FAILURE() << to_string(complaint);
    EXPECT_FALSE(loaded.scenarios.empty());
  }
}

TEST(Docs, EveryFileThatAGuideNamesIsThere) {
  // A path of the repository: not the lamp's, which is the guides' model, and no placeholder.
  const std::regex quoted("`([a-z_-]+/[A-Za-z0-9_./-]+)`");
  std::vector<std::string> missing;
  int named = 0;
  for (const auto& page : pages("docs/guides")) {
    for (const std::string& line : lines_of(page)) {
      for (std::sregex_iterator it(line.begin(), line.end(), quoted), end; it != end; ++it) {
        const std::string path = (*it)[1];
        if (path.find("lamp") != std::string::npos) continue;
        ++named;
        if (!fs::exists(path)) missing.push_back(page.string() + ": " + path);
      }
    }
  }
  EXPECT_GT(named, 10);
  EXPECT_THAT(missing, IsEmpty());
}

}  // namespace
}  // namespace cardrig::scenario
