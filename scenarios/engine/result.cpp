#include "scenarios/engine/result.h"

#include <fmt/format.h>

#include <algorithm>

namespace cardrig::scenario {
namespace {

using nlohmann::json;

std::int64_t ns(Nanos time) { return time.count(); }
Nanos nanos(const json& value) { return Nanos(value.get<std::int64_t>()); }

const char* name_of(StepState state) {
  switch (state) {
    case StepState::kNotReached:
      return "not_reached";
    case StepState::kDone:
      return "done";
    case StepState::kFailed:
      return "failed";
  }
  return "?";
}

StepState step_state(const std::string& name) {
  if (name == "done") return StepState::kDone;
  return name == "failed" ? StepState::kFailed : StepState::kNotReached;
}

json to_json(const StepResult& step) {
  return {{"line", step.line},
          {"kind", step.kind},
          {"text", step.text},
          {"note", step.note},
          {"state", name_of(step.state)},
          {"began_ns", ns(step.began)},
          {"ended_ns", ns(step.ended)}};
}
json to_json(const Failure& failure) {
  return {{"line", failure.line},
          {"time_ns", ns(failure.time)},
          {"what", failure.what},
          {"saw", failure.saw},
          {"absolute", failure.absolute}};
}
json to_json(const InvariantResult& invariant) {
  return {{"number", invariant.number},
          {"title", invariant.title},
          {"checks", invariant.checks},
          {"violations", invariant.violations}};
}
json to_json(const ScreenShot& shot) {
  return {{"time_ns", ns(shot.time)}, {"until_ns", ns(shot.until)}, {"id", shot.id},
          {"title", shot.title},      {"sentence", shot.sentence},  {"staff_code", shot.staff_code},
          {"tone", shot.tone},        {"picture", shot.picture}};
}
json to_json(const CardShot& card) {
  return {{"number", card.number}, {"place", card.place},     {"printed", card.printed},
          {"spoilt", card.spoilt}, {"attempt", card.attempt}, {"picture", card.picture}};
}
json to_json(const Mark& mark) {
  return {{"lane", mark.lane}, {"style", mark.style},      {"label", mark.label},
          {"tip", mark.tip},   {"from_ns", ns(mark.from)}, {"until_ns", ns(mark.until)}};
}

template <class T>
json list_of(const std::vector<T>& items) {
  auto list = json::array();
  for (const T& item : items) list.push_back(to_json(item));
  return list;
}

StepResult step_from(const json& j) {
  return {j.at("line"),
          j.at("kind"),
          j.at("text"),
          j.at("note"),
          step_state(j.at("state")),
          nanos(j.at("began_ns")),
          nanos(j.at("ended_ns"))};
}
Failure failure_from(const json& j) {
  return {j.at("line"), nanos(j.at("time_ns")), j.at("what"), j.at("saw"), j.at("absolute")};
}
InvariantResult invariant_from(const json& j) {
  return {j.at("number"), j.at("title"), j.at("checks"), j.at("violations")};
}
ScreenShot shot_from(const json& j) {
  return {nanos(j.at("time_ns")), nanos(j.at("until_ns")), j.at("id"),   j.at("title"),
          j.at("sentence"),       j.at("staff_code"),      j.at("tone"), j.at("picture")};
}
CardShot card_from(const json& j) {
  return {j.at("number"), j.at("place"),   j.at("printed"),
          j.at("spoilt"), j.at("attempt"), j.at("picture")};
}
Mark mark_from(const json& j) {
  return {j.at("lane"), j.at("style"),          j.at("label"),
          j.at("tip"),  nanos(j.at("from_ns")), nanos(j.at("until_ns"))};
}

template <class Make>
auto list_from(const json& list, Make make) {
  std::vector<decltype(make(list))> items;
  for (const json& item : list) items.push_back(make(item));
  return items;
}

}  // namespace

int SuiteResult::failed() const {
  return static_cast<int>(
      std::count_if(scenarios.begin(), scenarios.end(), [](const auto& s) { return !s.passed; }));
}

json to_json(const ScenarioResult& result) {
  json j = {{"id", result.id},
            {"file", result.file},
            {"line", result.line},
            {"name", result.name},
            {"purpose", result.purpose},
            {"rung", result.rung},
            {"tags", result.tags},
            {"seed", result.seed},
            {"passed", result.passed},
            {"faults", result.faults},
            {"trace_hash", result.trace_hash},
            {"second_hash", result.second_hash},
            {"discarded", result.discarded},
            {"same_story_as", result.same_story_as},
            {"events", result.events},
            {"virtual_time_ns", ns(result.virtual_time)},
            {"wall_s", result.wall_s},
            {"log", result.log}};
  j["failures"] = list_of(result.failures);
  j["steps"] = list_of(result.steps);
  j["invariants"] = list_of(result.invariants);
  j["screens"] = list_of(result.screens);
  j["cards"] = list_of(result.cards);
  j["marks"] = list_of(result.marks);
  return j;
}

ScenarioResult result_from_json(const json& j) {
  ScenarioResult result;
  j.at("id").get_to(result.id);
  j.at("file").get_to(result.file);
  j.at("line").get_to(result.line);
  j.at("name").get_to(result.name);
  j.at("purpose").get_to(result.purpose);
  j.at("rung").get_to(result.rung);
  j.at("tags").get_to(result.tags);
  j.at("seed").get_to(result.seed);
  j.at("passed").get_to(result.passed);
  j.at("faults").get_to(result.faults);
  j.at("trace_hash").get_to(result.trace_hash);
  j.at("second_hash").get_to(result.second_hash);
  j.at("discarded").get_to(result.discarded);
  j.at("same_story_as").get_to(result.same_story_as);
  j.at("events").get_to(result.events);
  result.virtual_time = nanos(j.at("virtual_time_ns"));
  j.at("wall_s").get_to(result.wall_s);
  j.at("log").get_to(result.log);
  result.failures = list_from(j.at("failures"), failure_from);
  result.steps = list_from(j.at("steps"), step_from);
  result.invariants = list_from(j.at("invariants"), invariant_from);
  result.screens = list_from(j.at("screens"), shot_from);
  result.cards = list_from(j.at("cards"), card_from);
  result.marks = list_from(j.at("marks"), mark_from);
  return result;
}

std::string show_time(Nanos time) {
  const double s = std::chrono::duration<double>(time).count();
  if (s < 0) return fmt::format("{:.3f} s", s);
  if (s < 60) {
    std::string text = fmt::format("{:.3f}", s);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text + " s";
  }
  const auto minutes = static_cast<std::int64_t>(s / 60);
  const double rest = s - 60.0 * static_cast<double>(minutes);
  return rest < 0.05 ? fmt::format("{} min", minutes)
                     : fmt::format("{} min {:.1f} s", minutes, rest);
}

}  // namespace cardrig::scenario
