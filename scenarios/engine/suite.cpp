#include "scenarios/engine/suite.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "kiosk/runtime/check.h"
#include "scenarios/engine/causal_order.h"
#include "scenarios/engine/pool.h"

namespace cardrig::scenario {
namespace {

using nlohmann::json;

double wall_s(const SuiteOptions& options) { return options.wall_s ? options.wall_s() : 0; }

std::string pack(const ScenarioResult& result, const PictureStore& pictures) {
  json packed{{"result", to_json(result)}, {"pictures", json::object()}};
  for (const auto& [key, picture] : pictures) {
    packed["pictures"][key] = {{"media_type", picture.media_type},
                               {"width_px", picture.width_px},
                               {"height_px", picture.height_px},
                               {"bytes", json::binary(picture.bytes)}};
  }
  const auto bytes = json::to_cbor(packed);
  return {bytes.begin(), bytes.end()};
}

ScenarioResult unpack(const std::string& bytes, PictureStore& pictures) {
  const json packed = json::from_cbor(bytes);
  for (const auto& [key, value] : packed.at("pictures").items()) {
    StoredPicture picture;
    picture.media_type = value.at("media_type");
    picture.width_px = value.at("width_px");
    picture.height_px = value.at("height_px");
    picture.bytes = value.at("bytes").get_binary();
    pictures.emplace(key, std::move(picture));
  }
  return result_from_json(packed.at("result"));
}

/// What stands in the place of a result that could not be made.
ScenarioResult broken(const Scenario& scenario, const SuiteOptions& options, std::string why) {
  ScenarioResult result;
  result.id = scenario.id;
  result.file = scenario.file;
  result.line = scenario.line;
  result.name = scenario.name;
  result.purpose = scenario.purpose;
  result.tags = scenario.tags;
  result.seed = scenario.seed.value_or(options.run.seed);
  result.failures.push_back(Failure{scenario.line, Nanos(0), std::move(why), {}, true});
  return result;
}

std::string trace_text(const ScenarioResult& result, Rung& rung) {
  return rung.trace().to_json_lines(Trace::Bytes::kOpen, {{"scenario", result.id},
                                                          {"file", result.file},
                                                          {"rung", result.rung},
                                                          {"seed", result.seed}});
}

/// What the files of a run are called.
std::string file_name(const ScenarioResult& result) {
  std::string name = result.id;
  std::replace(name.begin(), name.end(), '/', '.');
  return name;
}

void write_trace(const std::filesystem::path& folder, const ScenarioResult& result, Rung& rung) {
  const std::string name = file_name(result);
  std::filesystem::create_directories(folder);
  std::ofstream out(folder / (name + ".jsonl"), std::ios::binary | std::ios::trunc);
  out << trace_text(result, rung);
  rung.keep_files((folder / name).string());
  if (!out.flush()) throw std::runtime_error("the trace cannot be written to " + folder.string());
}

/// The first line in which two traces differ, in both versions. Headers are passed over.
std::vector<std::string> first_difference(std::istream& before, std::istream& now) {
  std::string one;
  std::string other;
  std::getline(before, one);
  std::getline(now, other);
  for (;;) {
    const bool more_before = static_cast<bool>(std::getline(before, one));
    const bool more_now = static_cast<bool>(std::getline(now, other));
    if (!more_before && !more_now) return {};
    if (more_before && more_now && one == other) continue;
    constexpr std::size_t kShown = 400;
    return {"recorded: " + (more_before ? one.substr(0, kShown) : "nothing more"),
            "now:      " + (more_now ? other.substr(0, kShown) : "nothing more")};
  }
}

/// The trace of a run that proves nothing stays beside that of the run which does.
void set_trace_aside(const std::filesystem::path& folder, const ScenarioResult& result,
                     std::size_t number) {
  const std::string name = file_name(result);
  const std::string aside = fmt::format("{}.discarded-{}", name, number);
  std::error_code none;  // what the rung did not keep is not there
  std::filesystem::remove_all(folder / aside, none);
  std::filesystem::rename(folder / name, folder / aside, none);
  std::filesystem::rename(folder / (name + ".jsonl"), folder / (aside + ".jsonl"), none);
}

void compare_with_record(const SuiteOptions& options, Rung& rung, ScenarioResult& result) {
  const auto it = options.recorded.find(result.id);
  if (it == options.recorded.end() || it->second.hash == result.trace_hash) return;
  result.passed = false;
  Failure failure{result.line,
                  Nanos(0),
                  "The trace is not the recorded one: the program, the machine or the scenario "
                  "file has changed since.",
                  {},
                  true};
  if (it->second.trace_file.empty()) {
    failure.saw = {"recorded: " + it->second.hash, "now:      " + result.trace_hash};
  } else {
    std::ifstream before(it->second.trace_file, std::ios::binary);
    std::istringstream now(trace_text(result, rung));
    failure.saw = first_difference(before, now);
  }
  result.failures.push_back(std::move(failure));
}

void add_failure(ScenarioResult& result, std::string what, std::vector<std::string> saw = {},
                 bool absolute = true) {
  result.passed = false;
  result.failures.push_back(
      Failure{result.line, Nanos(0), std::move(what), std::move(saw), absolute});
}

/// What the scenario does on the other rung.
struct Other {
  std::string rung;
  ScenarioResult result;
  Story story;
};

Other run_on_other(const Scenario& scenario, const SuiteOptions& options) {
  RunOptions run = options.run;
  run.limit_factor = 1;
  const auto rung = options.compare_with({scenario.seed.value_or(run.seed)});
  Other other{rung->name(), run_scenario(scenario, *rung, run), {}};
  other.story = tell_story(rung->trace().events(), other.rung);
  return other;
}

/// The same verdict, and the same story.
void compare_with_other(const Other& other, const Story& story, ScenarioResult& result) {
  if (!other.result.passed) {
    const auto& failures = other.result.failures;
    const std::string why = failures.empty() ? "" : failures.front().what;
    return add_failure(result, fmt::format("On the {} rung it fails: {}", other.rung, why));
  }
  if (!result.passed) return;  // that it passes there needs no saying
  const std::string difference = compare(other.story, story);
  if (difference.empty()) {
    result.same_story_as = other.rung;
  } else {
    // A kiosk that stood still has taken a device for silent: that is another story.
    add_failure(result, fmt::format("It tells another story than on the {} rung.", other.rung),
                {difference}, false);
  }
}

/// A run, and its end.
struct Fresh {
  ScenarioResult result;
  Story story;
  Nanos stood_still{0};
};

Fresh run_once(const Scenario& scenario, const SuiteOptions& options, const RunOptions& run) {
  const auto rung = options.make_rung({scenario.seed.value_or(run.seed), run.pictures != nullptr});
  Fresh fresh{run_scenario(scenario, *rung, run), {}, rung->stood_still()};
  if (!options.trace_folder.empty()) write_trace(options.trace_folder, fresh.result, *rung);
  compare_with_record(options, *rung, fresh.result);
  if (options.compare_with) fresh.story = tell_story(rung->trace().events(), rung->name());
  std::string wrong = rung->close();
  if (!wrong.empty()) add_failure(fresh.result, std::move(wrong));
  return fresh;
}

/// A run that failed in a machine which stood still, and in nothing that this does not excuse.
bool proves_nothing(const Fresh& fresh) {
  const auto& failures = fresh.result.failures;
  return !fresh.result.passed && fresh.stood_still > kStandstillMax &&
         std::none_of(failures.begin(), failures.end(), [](const auto& f) { return f.absolute; });
}

/// Until a run proves something: see kStandstillMax.
ScenarioResult run_until_sound(const Scenario& scenario, const SuiteOptions& options,
                               const RunOptions& run) {
  std::optional<Other> other;
  if (options.compare_with) other = run_on_other(scenario, options);
  std::vector<std::string> discarded;
  for (;;) {
    Fresh fresh = run_once(scenario, options, run);
    ScenarioResult& result = fresh.result;
    if (other) compare_with_other(*other, fresh.story, result);
    if (!proves_nothing(fresh) || discarded.size() == static_cast<std::size_t>(kRepeatsMax)) {
      result.discarded = std::move(discarded);
      return std::move(result);
    }
    discarded.push_back(
        fmt::format("A run was discarded, because the machine stood still for {} in it: {}",
                    show_time(fresh.stood_still), result.failures.front().what));
    if (!options.trace_folder.empty()) {
      set_trace_aside(options.trace_folder, result, discarded.size());
    }
  }
}

}  // namespace

ScenarioResult run_fresh(const Scenario& scenario, const SuiteOptions& options,
                         PictureStore* pictures) {
  const double began_s = wall_s(options);
  RunOptions run = options.run;
  run.pictures = pictures;
  run.timeline = pictures != nullptr;
  ScenarioResult result = run_until_sound(scenario, options, run);
  if (options.twice) {
    run.pictures = nullptr;
    run.timeline = false;
    const auto rung = options.make_rung({scenario.seed.value_or(run.seed)});
    result.second_hash = run_scenario(scenario, *rung, run).trace_hash;
    if (result.second_hash != result.trace_hash) {
      result.passed = false;
      result.failures.push_back(Failure{
          scenario.line,
          Nanos(0),
          "The second run with the same seed gave another trace: something in it depends on "
          "more than the seed.",
          {result.trace_hash, result.second_hash},
          true});
    }
  }
  result.wall_s = wall_s(options) - began_s;
  return result;
}

SuiteResult run_suite(const std::vector<Scenario>& scenarios, const SuiteOptions& options) {
  CARDRIG_CHECK(options.make_rung && options.run.vocabulary != nullptr);
  const double began_s = wall_s(options);
  SuiteResult suite;
  suite.scenarios.resize(scenarios.size());
  int finished = 0;
  const auto at = [&](int item) { return static_cast<std::size_t>(item); };
  const auto work = [&](int item) {
    PictureStore pictures;
    try {
      const auto result =
          run_fresh(scenarios[at(item)], options, options.pictures ? &pictures : nullptr);
      return pack(result, pictures);
    } catch (const std::exception& error) {
      return pack(broken(scenarios[at(item)], options,
                         std::string("The run ended by an exception: ") + error.what()),
                  pictures);
    }
  };
  const auto done = [&](int item, std::optional<std::string> answer) {
    ScenarioResult& result = suite.scenarios[at(item)];
    result = answer ? unpack(*answer, suite.pictures)
                    : broken(scenarios[at(item)], options,
                             "The process that ran it died by " + last_death() +
                                 "; its last words stand above.");
    if (options.progress) options.progress(result, ++finished, static_cast<int>(scenarios.size()));
  };
  run_in_processes(static_cast<int>(scenarios.size()), options.jobs, work, done);
  suite.wall_s = wall_s(options) - began_s;
  return suite;
}

}  // namespace cardrig::scenario
