#include "simulators/panel/situations.h"

#include <algorithm>

namespace cardrig::panel {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

void go_on(Run& run, Nanos length) { run.run_until(run.rig().now() + length); }

void come_forward(Run& run, const char* document) {
  run.run_until(3s);
  run.send("platform.permit", {{"id", "panel-1"}, {"person", "p01"}, {"item", "2.1"}});
  const json subject = {{"kind", "person"}, {"person", "p01"}};
  run.send("world.subjects", {{"subjects", json::array({subject})}});
  run.send("world.place_document", {{"document", document}});
}

/// What a person does on the good path, screen by screen.
void act_good_path(Run& run) {
  const flow::Screen* screen = run.rig().screen();
  if (screen == nullptr) return;
  if (screen->id == "consent") run.send("kiosk.touch", {{"button", "agree"}});
  if (screen->id == "preview") run.send("kiosk.touch", {{"button", "print"}});
  if (screen->id == "take_card") run.send("world.take_card", {{"person", "p01"}});
}

void good_path(Run& run, Nanos length) {
  come_forward(run, "p01.resident");
  for (Nanos t{0}; t < length; t += 250ms) {
    go_on(run, 250ms);
    act_good_path(run);
  }
}

/// The last event of this kind; 0: none.
EventId last_of(Run& run, const std::string& kind) {
  const auto& events = run.rig().trace().events();
  const auto found =
      std::find_if(events.rbegin(), events.rend(), [&](const Event& e) { return e.kind == kind; });
  return found == events.rend() ? 0 : found->id;
}

void printing(Run& run, PanelView& /*view*/, double after_s) {
  good_path(run, std::chrono::duration_cast<Nanos>(std::chrono::duration<double>(after_s)));
}

void jam(Run& run, PanelView& view, double /*after_s*/) {
  good_path(run, 9s);
  run.send("fault.inject", {{"name", "card_printer.jam_in_head"},
                            {"params", {{"at_panel", 2}, {"stuck", 1}, {"cards", 1}}}});
  view.open_device("card_printer");
  go_on(run, 8s);
}

void event(Run& run, PanelView& view, double /*after_s*/) {
  good_path(run, 12s);
  view.select(last_of(run, "printer.path"));
}

void forged(Run& run, PanelView& view, double /*after_s*/) {
  come_forward(run, "p01.resident#forged_chip");
  for (int i = 0; i < 16; ++i) {
    go_on(run, 250ms);
    act_good_path(run);
  }
  view.run_command({"scenario", "", {}});
  view.select(last_of(run, "reader.answer"));
}

void scenario_steps(Run& run, PanelView& view, double /*after_s*/) {
  view.load_scenario(view.suite() + "/printing/jam_in_head.scenario.json");
  if (run.player() == nullptr) return;
  run.player()->toggle_breakpoint(run.player()->rows().size() - 2);
  run.player()->go_on();
  go_on(run, 60s);
}

void light(Run& run, PanelView& view, double /*after_s*/) {
  good_path(run, 2500ms);
  view.run_command({"theme", "", {}});
  view.select(last_of(run, "face.result"));
}

struct Situation {
  const char* name;
  void (*bring_about)(Run&, PanelView&, double);
};
constexpr Situation kSituations[] = {
    {"printing", printing},       {"jam", jam},    {"event", event}, {"forged", forged},
    {"scenario", scenario_steps}, {"light", light}};

}  // namespace

const std::vector<std::string>& situations() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Situation& one : kSituations) all.emplace_back(one.name);
    return all;
  }();
  return names;
}

bool bring_about(const std::string& situation, Run& run, PanelView& view, double after_s) {
  for (const Situation& one : kSituations) {
    if (situation != one.name) continue;
    one.bring_about(run, view, after_s);
    return true;
  }
  return false;
}

}  // namespace cardrig::panel
