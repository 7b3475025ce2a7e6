// Waiting and acting on a virtual run.
#include "tests/scenarios/virtual_rig/visit.h"

#include <cstdlib>
#include <iostream>

namespace cardrig::scenario {

using namespace std::chrono_literals;

RigAssets& shared_assets() {
  static const auto assets = [] {
    auto loaded = load_rig_assets(".");
    if (!loaded) {
      std::cerr << loaded.error().detail << "\n";
      std::exit(1);
    }
    return std::move(*loaded);
  }();
  return *assets;
}

void Visit::act(const std::string& verb, nlohmann::json args) {
  const auto answer = rig.send({verb, std::move(args)});
  ASSERT_TRUE(answer) << verb << ": " << answer.error().detail << "\n" << story();
}

bool Visit::until(const std::string& kind, Nanos limit,
                  const std::function<bool(const Event&)>& fits) {
  const Nanos end = rig.now() + limit;
  for (;;) {
    const auto& events = rig.trace().events();
    while (seen_ < events.size()) {
      const Event& e = events[seen_++];
      if (e.kind == kind && (!fits || fits(e))) return true;
    }
    if (!rig.advance(end) && rig.now() >= end) return false;
  }
}

bool Visit::until_screen(const std::string& id, Nanos limit) {
  const Nanos end = rig.now() + limit;
  for (;;) {
    if (rig.screen() != nullptr && rig.screen()->id == id) return true;
    if (!rig.advance(end) && rig.now() >= end) return false;
  }
}

bool Visit::up_to_printing(const std::string& person, const std::string& document,
                           const std::string& permit) {
  act("platform.permit", {{"id", permit}, {"person", person}, {"item", "2.1"}});
  if (!until_screen("welcome", 60s)) return false;
  run_for(2s);  // the field must have been seen empty
  act("world.place_document", {{"document", document}});
  if (!until_screen("consent", 10s)) return false;
  act("world.subjects", {{"subjects", {{{"kind", "person"}, {"person", person}}}}});
  act("kiosk.touch", {{"button", "agree"}});
  if (!until_screen("preview", 30s)) return false;
  act("kiosk.touch", {{"button", "print"}});
  return true;
}

bool Visit::good_session(const std::string& person, const std::string& document,
                         const std::string& permit) {
  if (!up_to_printing(person, document, permit)) return false;
  if (!until_screen("take_card", 120s)) return false;
  act("world.take_card", {{"person", person}});
  if (!until_screen("done", 20s)) return false;
  act("world.lift_document");
  act("world.subjects", {{"subjects", nlohmann::json::array()}});
  return until_screen("welcome", 60s);
}

nlohmann::json Visit::permit(const std::string& id) {
  const auto answer = rig.query("platform.permit", {{"permit", id}});
  return answer ? *answer : nlohmann::json(answer.error().detail);
}

int Visit::count(const std::string& kind) const {
  int n = 0;
  for (const auto& e : const_cast<VirtualRig&>(rig).trace().events()) n += e.kind == kind ? 1 : 0;
  return n;
}

std::string Visit::story() {
  std::string text;
  for (const auto& e : rig.trace().events()) {
    if (e.kind.rfind("wire.", 0) == 0 || e.kind.rfind("reader.", 0) == 0 ||
        e.kind == "printer.path" || e.kind == "board.request")
      continue;
    text += std::to_string(e.time / 1ms) + " " + e.party + " " + e.kind;
    for (const auto& f : e.fields) text += " " + f.key + "=" + e.text(f.key);
    text += "\n";
  }
  return text.size() > 12000 ? text.substr(text.size() - 12000) : text;
}

}  // namespace cardrig::scenario
