#include "scenarios/cardrig/place.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "kiosk/runtime/nearest.h"

namespace cardrig::cli {
namespace {

namespace fs = std::filesystem;

bool is_path(const std::string& word) {
  std::error_code error;
  return word.find('/') != std::string::npos || word.ends_with(".json") || fs::exists(word, error);
}

bool has_tag(const scenario::Scenario& scenario, const std::vector<std::string>& tags) {
  return std::all_of(tags.begin(), tags.end(), [&](const auto& tag) {
    return std::find(scenario.tags.begin(), scenario.tags.end(), tag) != scenario.tags.end();
  });
}

void keep_tagged(scenario::Loaded& loaded, const std::vector<std::string>& tags) {
  std::set<std::string> known;
  for (const auto& scenario : loaded.scenarios) {
    known.insert(scenario.tags.begin(), scenario.tags.end());
  }
  for (const auto& tag : tags) {
    if (known.contains(tag)) continue;
    loaded.complaints.push_back(
        scenario::Complaint{tag, 0,
                            "There is no such file, and no scenario has this tag" +
                                did_you_mean(tag, {known.begin(), known.end()})});
  }
  std::erase_if(loaded.scenarios, [&](const auto& s) { return !has_tag(s, tags); });
  if (loaded.scenarios.empty() && loaded.complaints.empty()) {
    loaded.complaints.push_back(
        scenario::Complaint{tags.front(), 0, "No scenario has all of these tags."});
  }
}

}  // namespace

std::string find_root() {
  if (const char* root = std::getenv("CARDRIG_ROOT"); root != nullptr && *root != 0) return root;
  std::error_code error;
  for (fs::path folder = fs::current_path(error); !error; folder = folder.parent_path()) {
    if (fs::is_directory(folder / "scenarios" / "suite", error)) return folder.string();
    if (folder == folder.root_path()) break;
  }
  return {};
}

scenario::Loaded load_what(const std::vector<std::string>& what, const std::string& root,
                           const scenario::Vocabulary& vocabulary) {
  std::vector<std::string> paths, tags;
  for (const auto& word : what) (is_path(word) ? paths : tags).push_back(word);
  if (paths.empty()) {
    // Relative, so that messages name files as one would type them.
    paths.push_back(fs::proximate(fs::path(root) / "scenarios" / "suite").string());
  }
  auto loaded = scenario::load_paths(paths, vocabulary);
  if (!tags.empty() && loaded.complaints.empty()) keep_tagged(loaded, tags);
  return loaded;
}

}  // namespace cardrig::cli
