#include "scenarios/cardrig/rungs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>

#include "scenarios/engine/virtual_rig.h"
#include "scenarios/engine/wire_rig.h"

namespace cardrig::cli {
namespace {

namespace fs = std::filesystem;

struct VirtualRungs {
  std::string root, engine;
  std::unique_ptr<scenario::RigAssets> assets;

  std::unique_ptr<scenario::Rung> make(const scenario::RungOptions& options) {
    if (!assets) {
      auto loaded = scenario::load_rig_assets(root, engine);
      if (!loaded) throw std::runtime_error(loaded.error().detail);
      assets = std::move(*loaded);
    }
    scenario::VirtualRigOptions rig;
    rig.seed = options.seed;
    return std::make_unique<scenario::VirtualRig>(*assets, rig);
  }
};

struct WireRungs {
  scenario::WireRigOptions options;
  std::vector<fixtures::PersonFixture> people;

  std::unique_ptr<scenario::Rung> make(const scenario::RungOptions& wanted) {
    if (people.empty()) {
      auto loaded = fixtures::load_people(options.root + "/" + fixtures::kPeopleFolder);
      if (!loaded) throw std::runtime_error(loaded.error().detail);
      people = std::move(*loaded);
    }
    options.seed = wanted.seed;
    options.pictures = wanted.pictures;
    return std::make_unique<scenario::WireRig>(people, options);
  }
};

bool is_named(const std::string& file, const std::vector<std::string>& what) {
  return std::any_of(what.begin(), what.end(), [&](const auto& word) {
    std::error_code error;
    return fs::is_regular_file(word, error) && fs::equivalent(word, file, error);
  });
}

}  // namespace

std::optional<std::string> unsound(const RunArgs& args) {
  if (args.rung == "hardware") {
    return "the hardware rung is not built yet; there are \"virtual\" and \"wire\".";
  }
  const bool wire = args.rung == "wire";
  if (wire && args.twice) {
    return "two runs in real time never give the same trace; --compare compares their story with "
           "the virtual rung's.";
  }
  if (wire && !args.recorded.empty()) {
    return "what was recorded is repeated on the virtual rung; in real time no run gives the same "
           "trace twice.";
  }
  if (!wire && args.timing != "fast") {
    return "--timing is for --rung wire; in virtual time the devices always take the times of "
           "their "
           "data sheets.";
  }
  if (!wire && args.limit_factor != RunArgs().limit_factor) {
    return "--limits is for --rung wire; in virtual time the limits are those of the scenario.";
  }
  if (!wire && args.compare) return "--compare is for --rung wire.";
  if (!wire && args.display != "none") {
    return "--display window is for --rung wire; the virtual rung's kiosk has no window.";
  }
  return std::nullopt;
}

scenario::RungFactory make_virtual_rungs(const std::string& root, const std::string& engine) {
  const auto rungs = std::make_shared<VirtualRungs>();
  rungs->root = root;
  rungs->engine = engine;
  return [rungs](const scenario::RungOptions& options) { return rungs->make(options); };
}

scenario::RungFactory make_wire_rungs(const std::string& root, const RunArgs& args) {
  const auto rungs = std::make_shared<WireRungs>();
  rungs->options.root = fs::absolute(root).string();
  rungs->options.engine = args.engine;
  rungs->options.timing =
      args.timing == "honest" ? scenario::WireTiming::kHonest : scenario::WireTiming::kFast;
  rungs->options.window = args.display == "window";
  return [rungs](const scenario::RungOptions& options) { return rungs->make(options); };
}

std::vector<std::string> notes_about(const RunArgs& args) {
  if (args.rung != "wire") return {};
  std::vector<std::string> notes;
  notes.emplace_back(args.timing == "fast"
                         ? "Timing fast: the devices' mechanical times are divided by ten."
                         : "Timing honest: the devices take the times of their data sheets.");
  if (args.limit_factor != 1) {
    notes.push_back(fmt::format("Every limit of the scenarios times {}.", args.limit_factor));
  }
  if (args.display == "window") {
    notes.emplace_back("Display window: every touch went through the kiosk's window.");
  }
  notes.emplace_back("Runs in real time have no trace hash to compare.");
  return notes;
}

std::vector<scenario::SkippedScenario> skip_unfit(const std::vector<std::string>& what,
                                                  scenario::Loaded& loaded) {
  std::vector<scenario::SkippedScenario> skipped;
  std::erase_if(loaded.scenarios, [&](const scenario::Scenario& s) {
    const auto why = scenario::unfit_for_wire(s);
    if (!why) return false;
    if (is_named(s.file, what)) {
      loaded.complaints.push_back(scenario::Complaint{
          s.file, s.line, "The wire rung cannot run " + s.id + ": " + *why + "."});
    } else {
      skipped.push_back({s.id, s.file, *why, s.line});
    }
    return true;
  });
  return skipped;
}

}  // namespace cardrig::cli
