// `cardrig run`: scenarios on a rung, with progress, a summary and a report.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <thread>

#include "kiosk/screen/screen_renderer.h"
#include "scenarios/cardrig/commands.h"
#include "scenarios/cardrig/place.h"
#include "scenarios/cardrig/rungs.h"
#include "scenarios/engine/report/report.h"
#include "scenarios/engine/suite.h"
#include "scenarios/engine/virtual_vocabulary.h"

namespace cardrig::cli {
namespace {

namespace fs = std::filesystem;
using scenario::PictureStore;
using scenario::ScenarioResult;
using scenario::SuiteOptions;

/// Seconds of the real clock: what a run took, for people. No run reads it.
double wall_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool want_colour(Colour colour) {
  if (colour != Colour::kAuto) return colour == Colour::kAlways;
  return ::isatty(STDOUT_FILENO) != 0 && std::getenv("NO_COLOR") == nullptr;
}

/// Draws screens off-screen; made at the first screen of each process, because it builds fonts.
class ScreenDrawer {
 public:
  Picture operator()(const flow::Screen& screen, flow::Language language, Nanos now) {
    if (!renderer_) {
      screen::RenderOptions options;
      options.width_px = 540;
      options.height_px = 960;
      renderer_ = std::make_shared<screen::ScreenRenderer>(options);
    }
    return renderer_->draw(screen, language, now);
  }

 private:
  std::shared_ptr<screen::ScreenRenderer> renderer_;
};

/// Keeps the recorded runs alone, with their seeds, and says what each has to give again.
void keep_recorded(const std::vector<RecordedRun>& recorded, scenario::Loaded& loaded,
                   SuiteOptions& options) {
  if (recorded.empty()) return;
  std::erase_if(loaded.scenarios, [&](scenario::Scenario& s) {
    for (const RecordedRun& run : recorded) {
      if (run.file != s.file || run.row != row_of(s.id)) continue;
      s.seed = run.seed;
      options.recorded[s.id] = run.left;
      return false;
    }
    return true;
  });
}

/// A report that cannot be written is said before anything runs, not after.
std::string trouble_with_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  const bool writable = !error && ::access(folder.c_str(), W_OK | X_OK) == 0;
  if (writable && fs::is_directory(folder, error)) return {};
  return fmt::format("the folder {} cannot be made or written to{}.", folder,
                     error ? ": " + error.message() : "");
}

int say_complaints(const scenario::Loaded& loaded, std::ostream& err) {
  for (const auto& complaint : loaded.complaints) err << to_string(complaint) << '\n';
  return kBadInput;
}

int list(const scenario::Loaded& loaded, bool json, std::ostream& out) {
  auto all = nlohmann::json::array();
  for (const auto& s : loaded.scenarios) {
    if (!json) {
      out << fmt::format("{:<58} {}\n", s.id, s.name);
      continue;
    }
    all.push_back({{"id", s.id},
                   {"name", s.name},
                   {"file", s.file},
                   {"tags", s.tags},
                   {"purpose", s.purpose}});
  }
  if (json) out << all.dump(1) << '\n';
  return kPassed;
}

/// Runs in real time mostly wait.
int jobs_of(const RunArgs& args) {
  if (args.jobs > 0) return args.jobs;
  const int processors = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return args.rung == "wire" ? 2 * processors : processors;
}

void choose_rung(const RunArgs& args, const std::string& root, SuiteOptions& options) {
  const auto virtual_rung = make_virtual_rungs(root, args.engine);
  const bool wire = args.rung == "wire";
  options.make_rung = wire ? make_wire_rungs(root, args) : virtual_rung;
  if (args.compare) options.compare_with = virtual_rung;
  if (wire) options.run.limit_factor = args.limit_factor;
}

/// The results where they were asked for; what cannot be written goes to `err`.
int tell(const scenario::SuiteResult& suite, const RunArgs& args,
         const scenario::ConsoleStyle& style, std::ostream& out, std::ostream& err) {
  if (args.json) {
    out << results_json(suite).dump(1) << '\n';
  } else {
    out << console_summary(suite, style);
  }
  if (!args.report.empty()) {
    if (const auto trouble = write_report(suite, args.report)) {
      err << "cardrig: " << *trouble << '\n';
      return kBadInput;
    }
    if (!args.json) out << "Report: " << (fs::path(args.report) / "index.html").string() << '\n';
  }
  return suite.failed() == 0 ? kPassed : kFailed;
}

}  // namespace

int run(const RunArgs& args, std::ostream& out, std::ostream& err) {
  if (const auto why = unsound(args)) {
    err << "cardrig: " << *why << '\n';
    return kBadInput;
  }
  const std::string root = find_root();
  const auto vocabulary = scenario::virtual_vocabulary(root);
  if (!vocabulary) {
    err << "cardrig: the repository was not found; set CARDRIG_ROOT to its folder.\n";
    return kBadInput;
  }
  auto loaded = load_what(args.what, root, *vocabulary);
  const auto skipped = args.rung == "wire" ? skip_unfit(args.what, loaded)
                                           : std::vector<scenario::SkippedScenario>();
  if (!loaded.complaints.empty()) return say_complaints(loaded, err);
  SuiteOptions options;
  keep_recorded(args.recorded, loaded, options);
  if (loaded.scenarios.size() < args.recorded.size()) {
    err << "cardrig: the scenario files no longer hold every run that was recorded.\n";
    return kBadInput;
  }
  if (args.list) return list(loaded, args.json, out);
  if (loaded.scenarios.empty() && !skipped.empty()) {
    err << "cardrig: the wire rung can run none of these: " << skipped.front().why << ".\n";
    return kBadInput;
  }

  for (const std::string& folder : {args.report, args.trace}) {
    if (folder.empty()) continue;
    if (const auto trouble = trouble_with_folder(folder); !trouble.empty()) {
      err << "cardrig: " << trouble << '\n';
      return kBadInput;
    }
  }

  const scenario::ConsoleStyle style{want_colour(args.colour)};
  scenario::ScreenAlbum album{ScreenDrawer()};
  choose_rung(args, root, options);
  options.run.vocabulary = &*vocabulary;
  options.run.seed = args.seed;
  options.twice = args.twice;
  options.jobs = jobs_of(args);
  options.wall_s = wall_s;
  options.trace_folder = args.trace;
  if (!args.report.empty()) {
    options.pictures = true;
    options.run.album = &album;
  }
  if (!args.json) {
    options.progress = [&](const ScenarioResult& result, int done, int of) {
      out << console_line(result, done, of, style) << std::flush;
    };
  }
  auto suite = scenario::run_suite(loaded.scenarios, options);
  suite.rung = args.rung;
  suite.notes = notes_about(args);
  suite.skipped = skipped;
  return tell(suite, args, style, out, err);
}

int replay(const std::string& of, RunArgs args, std::ostream& out, std::ostream& err) {
  if (!of.empty() && of.find_first_not_of("0123456789") == std::string::npos) {
    const auto [end, error] = std::from_chars(of.data(), of.data() + of.size(), args.seed);
    if (error != std::errc()) {
      err << "cardrig: the seed " << of << " is too large.\n";
      return kBadInput;
    }
    args.twice = true;
    return run(args, out, err);
  }
  auto recorded = read_recorded(of, find_root());
  if (!recorded) {
    err << recorded.error() << '\n';
    return kBadInput;
  }
  if (!args.what.empty()) {
    err << "cardrig: a report or trace names its scenarios itself; name no files beside it.\n";
    return kBadInput;
  }
  for (const RecordedRun& one : *recorded) {
    if (std::find(args.what.begin(), args.what.end(), one.file) == args.what.end()) {
      args.what.push_back(one.file);
    }
  }
  args.recorded = std::move(*recorded);
  return run(args, out, err);
}

int validate(const std::vector<std::string>& what, bool json, std::ostream& out,
             std::ostream& err) {
  const std::string root = find_root();
  const auto vocabulary = scenario::virtual_vocabulary(root);
  if (!vocabulary) {
    err << "cardrig: the repository was not found; set CARDRIG_ROOT to its folder.\n";
    return kBadInput;
  }
  const auto loaded = load_what(what, root, *vocabulary);
  if (json) {
    auto list = nlohmann::json::array();
    for (const auto& c : loaded.complaints) {
      list.push_back({{"file", c.file}, {"line", c.line}, {"sentence", c.sentence}});
    }
    out << nlohmann::json{{"scenarios", loaded.scenarios.size()}, {"complaints", list}}.dump(1)
        << '\n';
    return loaded.complaints.empty() ? kPassed : kBadInput;
  }
  if (!loaded.complaints.empty()) return say_complaints(loaded, err);
  out << fmt::format("{} scenario{} sound.\n", loaded.scenarios.size(),
                     loaded.scenarios.size() == 1 ? " is" : "s are");
  return kPassed;
}

}  // namespace cardrig::cli
