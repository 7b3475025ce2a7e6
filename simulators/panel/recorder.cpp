#include "simulators/panel/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>

#include "scenarios/engine/causal_order.h"
#include "scenarios/engine/loader.h"
#include "scenarios/engine/runner.h"
#include "scenarios/engine/write_act.h"

namespace cardrig::panel {

using nlohmann::ordered_json;
using scenario::EventPattern;

namespace {

using namespace std::chrono_literals;

/// Where a card is on its way: what a person sees or hears of the printer.
constexpr std::array kCardKinds = {"card.fed",     "card.panel",    "card.printed",
                                   "card.at_exit", "card.rejected", "card.spoilt"};
/// Fields that name such an event whatever is random in it.
constexpr std::array kCardFields = {"card", "panel"};

bool is_card_kind(const std::string& kind) {
  return std::find(kCardKinds.begin(), kCardKinds.end(), kind) != kCardKinds.end();
}

/// "1.25 s": exact to the nanosecond.
std::string duration_text(Nanos length) {
  std::string text = fmt::format("{}.{:09}", length / 1s, (length % 1s).count());
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

/// Time enough for the rungs that are slower than this one: on the wire a device may take a tenth
/// of its honest time.
std::string within_text(Nanos seen_after, bool live) {
  return fmt::format("{} s", 10 + ((live ? 15 : 2) * seen_after + 1s) / 1s);
}

ordered_json pattern_of(const EventPattern& pattern) {
  if (pattern.party.empty() && pattern.fields.empty()) return pattern.kind;
  ordered_json written;
  written["kind"] = pattern.kind;
  if (!pattern.party.empty()) written["party"] = pattern.party;
  for (const auto& field : pattern.fields) {
    ordered_json wanted = field.wanted;
    // "0012" and what no number holds stay texts.
    std::int64_t number = 0;
    const char* end = field.wanted.data() + field.wanted.size();
    if (std::from_chars(field.wanted.data(), end, number).ec == std::errc() &&
        std::to_string(number) == field.wanted) {
      wanted = number;
    }
    ordered_json& value = written["fields"][field.key];
    if (field.negated) {
      value["not"] = std::move(wanted);
    } else {
      value = std::move(wanted);
    }
  }
  return written;
}

ordered_json trigger_of(const scenario::Trigger& at) {
  ordered_json written = ordered_json::object();
  if (!at.event.kind.empty()) written["event"] = pattern_of(at.event);
  if (at.count != 1) written["count"] = at.count;
  if (at.after != Nanos(0) || at.event.kind.empty()) written["after"] = duration_text(at.after);
  return written;
}

/// Goes through the session from its beginning and writes one step after the other.
class Writer {
 public:
  explicit Writer(Run& run)
      : run_(run),
        events_(run.rig().trace().events()),
        time_(run.joined_at()),
        last_act_(run.joined_after()),
        looked_at_(run.joined_after()),
        anchor_(run.joined_after()) {}

  std::vector<RecordedStep> write() {
    for (const Deed& deed : run_.deeds()) {
      if (deed.at && !deed.fired) continue;  // it has done nothing
      see(deed.after);
      wait(deed.time, deed.items);
      add(deed);
    }
    see(events_.size());
    wait(run_.rig().now(), run_.items_now());
    if (steps_.empty()) add_wait(Nanos(0));  // a file without a step is none
    return std::move(steps_);
  }

 private:
  void add(const Deed& deed) {
    auto act = scenario::act_of(deed.message);
    if (!act) return;
    if (deed.at) (*act)["at"] = trigger_of(*deed.at);
    if (deed.refused) (*act)["refused"] = true;
    steps_.push_back({std::move(*act), deed.time, true});
    time_ = deed.time;
    items_ = deed.items;
    if (deed.at) return;
    // What came before the act, or with it, cannot be expected after it.
    look_at_screens(deed.told, false);
    last_act_ = looked_at_ = deed.told;
  }

  /// What happened up to this event, as expectations.
  void see(EventId until) {
    look_at_screens(until, true);
    look_at_cards(until);
    looked_at_ = std::max(looked_at_, until);
  }

  void look_at_screens(EventId until, bool expect) {
    for (EventId id = looked_at_ + 1; id <= until; ++id) {
      const Event& event = events_[id - 1];
      if (event.kind == "kiosk.power") screen_ = code_ = "";
      if (event.kind != "kiosk.screen") continue;
      const std::string name = event.text("id");
      const std::string code = event.text("staff_code");
      if (name == screen_ && (code == code_ || code.empty())) continue;
      screen_ = name;
      code_ = code;
      if (!expect) continue;
      ordered_json condition;
      condition["screen"] = name;
      if (!code.empty()) {
        condition["screen"] = ordered_json::object();
        condition["screen"]["id"] = name;
        condition["screen"]["staff_code"] = code;
      }
      add_expectation(std::move(condition), event);
    }
  }

  /// The last sign of a card, if it came after the last screen and nothing else is like it.
  void look_at_cards(EventId until) {
    for (EventId id = until; id > looked_at_ && id > anchor_; --id) {
      const Event& event = events_[id - 1];
      if (!is_card_kind(event.kind)) continue;
      EventPattern pattern{event.kind, "", {}};
      for (const char* field : kCardFields) {
        if (event.find(field) != nullptr) {
          pattern.fields.push_back({field, event.text(field), false});
        }
      }
      const auto like_it = [&](const Event& other) { return matches(pattern, other); };
      const auto from = events_.begin() + static_cast<std::ptrdiff_t>(last_act_);
      if (std::count_if(from, events_.begin() + static_cast<std::ptrdiff_t>(id), like_it) != 1) {
        return;
      }
      ordered_json condition;
      condition["event"] = pattern_of(pattern);
      return add_expectation(std::move(condition), event);
    }
  }

  void add_expectation(ordered_json condition, const Event& event) {
    ordered_json step;
    step["expect"] = std::move(condition);
    step["within"] = within_text(event.time - time_, run_.is_live());
    steps_.push_back({std::move(step), event.time, false});
    anchor_ = event.id;
    time_ = event.time;
    items_ = run_.items_at(event.id);
  }

  /// To the place where the next act stands.
  void wait(Nanos until, std::uint64_t items) {
    if (until == time_ && items == items_) return;
    add_wait(until - time_);
    time_ = until;
    items_ = items;
  }

  void add_wait(Nanos length) {
    ordered_json step;
    step["wait"] = duration_text(length);
    steps_.push_back({std::move(step), time_, false});
  }

  Run& run_;
  const std::vector<Event>& events_;
  std::vector<RecordedStep> steps_;
  Nanos time_;  // the place that the steps so far lead to
  std::uint64_t items_ = 0;
  EventId last_act_;
  EventId looked_at_;
  EventId anchor_;
  std::string screen_, code_;
};

/// Acts that hit a card on its way want the devices' honest times.
bool strikes_in_mid_print(Run& run) {
  bool on_its_way = false;
  EventId looked_at = 0;
  for (const Deed& deed : run.deeds()) {
    for (; looked_at < deed.after; ++looked_at) {
      const std::string& kind = run.rig().trace().events()[looked_at].kind;
      if (kind == "card.fed") on_its_way = true;
      if (kind == "card.at_exit" || kind == "card.rejected") on_its_way = false;
    }
    if (on_its_way) return true;
  }
  return false;
}

ordered_json permits_at_the_end(Run& run) {
  ordered_json permits = ordered_json::object();
  for (const Deed& deed : run.deeds()) {
    if (deed.message.verb != "platform.permit" || deed.refused) continue;
    const std::string id = deed.message.args.value("id", "");
    const auto answer = run.rig().query("platform.permit", {{"permit", id}});
    if (!answer) continue;
    ordered_json& permit = permits[id];
    for (const char* key : {"state", "claim"}) permit[key] = answer->value(key, "");
    for (const char* key : {"delivered", "captured", "spoilt", "no_card", "unknown"}) {
      if (answer->value(key, 0) > 0) permit[key] = answer->value(key, 0);
    }
  }
  return permits;
}

ordered_json condition_at_the_end(Run& run, bool at_rest) {
  ordered_json end;
  end["kiosk"] = "at_rest";
  if (!at_rest) return end;
  const bool idle = run.history().at_rest(scenario::KioskRest::kIdle);
  end["kiosk"] = idle ? "idle" : "out_of_service";
  const std::string& outcome = run.history().last_outcome();
  end["outcome"] = outcome.empty() ? "no_attempt" : outcome;
  for (const auto place : {sim::CardPlace::kPath, sim::CardPlace::kExit, sim::CardPlace::kTaken,
                           sim::CardPlace::kRejectBin}) {
    end["cards"][sim::to_string(place)] = run.truth().count(place);
  }
  if (auto permits = permits_at_the_end(run); !permits.empty()) end["permits"] = std::move(permits);
  return end;
}

bool same(const Event& a, const Event& b) {
  const auto same_field = [](const Field& x, const Field& y) {
    return x.key == y.key && x.value == y.value;
  };
  const auto same_blob = [](const Blob& x, const Blob& y) {
    return x.name == y.name && x.media_type == y.media_type && *x.data == *y.data;
  };
  return a.id == b.id && a.time == b.time && a.party == b.party && a.kind == b.kind &&
         a.cause == b.cause &&
         std::equal(a.fields.begin(), a.fields.end(), b.fields.begin(), b.fields.end(),
                    same_field) &&
         std::equal(a.blobs.begin(), a.blobs.end(), b.blobs.begin(), b.blobs.end(), same_blob);
}

std::string what_it_gives(const Run& run, const Repeated& again) {
  if (run.is_live()) {
    if (again.other_story.empty()) return "the same story on the virtual rung";
    return "another story on the virtual rung (" + again.other_story + ")";
  }
  if (again.whole) return "the same trace, " + again.hash.substr(0, 8);
  return again.same_trace ? "the same trace, and goes on to rest" : "another trace";
}

}  // namespace

std::vector<RecordedStep> recorded_steps(Run& run) { return Writer(run).write(); }

std::string one_line(const ordered_json& value) {
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& [key, item] : value.items()) {
    if (!text.empty()) text += ", ";
    if (value.is_object()) text += ordered_json(key).dump() + ": ";
    text += one_line(item);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

std::string write_scenario(Run& run, const std::string& name) {
  run.run_until(run.rig().now());
  const bool at_rest = run.history().at_rest(scenario::KioskRest::kEither);
  auto tags = ordered_json::array();
  tags.push_back("panel");
  if (strikes_in_mid_print(run)) tags.push_back("honest");
  std::string text = "{\n";
  const auto line = [&](const char* key, const ordered_json& value) {
    text += fmt::format("  \"{}\": {},\n", key, one_line(value));
  };
  line("name", name);
  line("purpose", "Recorded in the control panel: what was done there, and what was seen.");
  line("tags", tags);
  line("seed", run.seed());
  if (run.rig().now() > 5min) line("limit", duration_text(2 * run.rig().now() + 20min));
  if (at_rest) {
    text +=
        "  // It ends where the session ended: nothing is mended, so the trace is the session's.\n";
    line("heal", false);
  }
  text += "  \"steps\": [\n";
  const auto steps = recorded_steps(run);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    text += "    " + one_line(steps[i].step) + (i + 1 < steps.size() ? ",\n" : "\n");
  }
  text += "  ],\n  \"finally\": " + one_line(condition_at_the_end(run, at_rest)) + "\n}\n";
  return text;
}

Repeated repeat_scenario(Run& run, const std::string& text) {
  Repeated repeated;
  const auto loaded = scenario::load_text(text, "session", "session", run.vocabulary());
  if (loaded.scenarios.empty()) {
    repeated.failure =
        loaded.complaints.empty() ? "it says nothing" : loaded.complaints[0].sentence;
    return repeated;
  }
  scenario::VirtualRigOptions options;
  options.seed = run.seed();
  scenario::VirtualRig rig(run.assets(), options);
  scenario::RunOptions how;
  how.vocabulary = &run.vocabulary();
  const auto result = scenario::run_scenario(loaded.scenarios.front(), rig, how);
  repeated.passed = result.passed;
  repeated.hash = result.trace_hash;
  if (!result.failures.empty()) repeated.failure = result.failures.front().what;
  const auto& then = run.rig().trace().events();
  const auto& again = rig.trace().events();
  if (run.is_live()) {
    repeated.other_story =
        compare(scenario::tell_story(then, "session"), scenario::tell_story(again, "virtual"));
  }
  repeated.same_trace =
      again.size() >= then.size() && std::equal(then.begin(), then.end(), again.begin(), same);
  repeated.whole = repeated.hash == run.rig().trace().hash();
  return repeated;
}

std::string save_scenario(Run& run, const std::string& path) {
  const std::filesystem::path file(path);
  std::string name = file.filename().string();
  name = name.substr(0, name.find('.'));
  std::replace(name.begin(), name.end(), '_', ' ');
  std::replace(name.begin(), name.end(), '-', ' ');
  const std::string text = write_scenario(run, name.empty() ? "A session" : name);
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  if (!out) return path + " cannot be written";
  const Repeated again = repeat_scenario(run, text);
  const std::string gives = what_it_gives(run, again);
  if (again.passed) return fmt::format("Saved {}. Run again, it gives {}.", path, gives);
  return fmt::format("Saved {}. Run again, it gives {}, but fails: {}", path, gives, again.failure);
}

}  // namespace cardrig::panel
