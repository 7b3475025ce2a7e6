#include "scenarios/cardrig/recorded.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

namespace cardrig::cli {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

struct Run {
  RecordedRun run;
  std::string rung;
};

/// Throws json::exception if it is no results.json.
std::vector<Run> runs_of_report(std::istream& in) {
  std::vector<Run> runs;
  const json report = json::parse(in);
  for (const auto& one : report.at("scenarios")) {
    runs.push_back(
        {{one.at("file"), row_of(one.at("id")), one.at("seed"), {one.at("trace_hash"), ""}},
         report.at("rung")});
  }
  return runs;
}

/// Throws json::exception if it is no trace of a scenario.
Run run_of_trace(std::istream& in, const std::string& path) {
  std::string line;
  std::getline(in, line);
  const json header = json::parse(line);
  return {{header.at("file"),
           row_of(header.at("scenario")),
           header.at("seed"),
           {header.at("sha256"), path}},
          header.at("rung")};
}

std::string find_file(const std::string& file, const std::string& root) {
  std::error_code error;
  if (fs::exists(file, error)) return file;
  const fs::path below = fs::path(root) / file;
  return fs::exists(below, error) ? below.string() : file;
}

}  // namespace

std::string row_of(const std::string& scenario_id) {
  const auto hash = scenario_id.find('#');
  return hash == std::string::npos ? "" : scenario_id.substr(hash + 1);
}

tl::expected<std::vector<RecordedRun>, std::string> read_recorded(const std::string& path,
                                                                  const std::string& root) {
  std::error_code error;
  const fs::path file =
      fs::is_directory(path, error) ? fs::path(path) / "results.json" : fs::path(path);
  std::ifstream in(file, std::ios::binary);
  if (!in) return tl::unexpected(file.string() + ": There is no such report or trace.");
  std::vector<Run> runs;
  try {
    if (file.extension() == ".jsonl") {
      runs.push_back(run_of_trace(in, file.string()));
    } else {
      runs = runs_of_report(in);
    }
  } catch (const json::exception&) {
    return tl::unexpected(file.string() +
                          ": This is neither a results.json nor a trace that cardrig wrote.");
  }
  if (runs.empty()) return tl::unexpected(file.string() + ": It holds no run.");
  std::vector<RecordedRun> recorded;
  for (Run& one : runs) {
    if (one.rung != "virtual") {
      return tl::unexpected(file.string() + ": A run of the " + one.rung +
                            " rung took its own time and cannot be repeated exactly.");
    }
    one.run.file = find_file(one.run.file, root);
    recorded.push_back(std::move(one.run));
  }
  return recorded;
}

}  // namespace cardrig::cli
