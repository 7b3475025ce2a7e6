// The world: people, documents, cards, site, kiosk. People and documents can be dragged.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fixtures/documents/documents.h"
#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using nlohmann::json;

void PanelView::world() {
  world_person();
  world_documents();
  world_permits();
  world_cards();
  world_site();
  world_kiosk();
}

// ---- things to drag ----------------------------------------------------------------------------

void PanelView::drag(const char* what, const std::string& verb, const json& args) {
  if (!ImGui::BeginDragDropSource()) return;
  const std::string text = args.dump();
  ImGui::SetDragDropPayload(verb.c_str(), text.data(), text.size());
  ImGui::TextUnformatted(what);
  ImGui::EndDragDropSource();
}

void PanelView::drop(const char* verb) {
  if (!ImGui::BeginDragDropTarget()) return;
  if (const ImGuiPayload* payload = ImGui::AcceptDragDropPayload(verb)) {
    const auto* text = static_cast<const char*>(payload->Data);
    run_.send(verb, json::parse(text, text + payload->DataSize));
  }
  ImGui::EndDragDropTarget();
}

void PanelView::thing(const std::string& name, const char* label, const std::string& verb,
                      const json& args) {
  if (button(name, label)) run_.send(verb, args);
  drag(label, verb, args);
}

// ---- people and documents ----------------------------------------------------------------------

void PanelView::world_person() {
  heading("Before the kiosk");
  const auto& people = run_.assets().people;
  const auto label = [&](const fixtures::PersonFixture& person) {
    return fmt::format("{}  {}  {}", person.id, person.name, person.kind);
  };
  std::string present = person_;
  for (const auto& person : people) {
    if (person.id == person_) present = label(person);
  }
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##person", present.c_str())) {
    for (const auto& person : people) {
      if (ImGui::Selectable(label(person).c_str(), person.id == person_)) {
        person_ = person.id;
        document_.clear();
      }
    }
    ImGui::EndCombo();
  }
  mark("person");
  drop("world.take_card");
  const auto before = [](json subjects) { return json{{"subjects", std::move(subjects)}}; };
  const json subject = {{"kind", "person"}, {"person", person_}};
  thing("stand here", "Stands here", "world.subjects", before(json::array({subject})));
  ImGui::SameLine();
  const std::string other = person_ == "p02" ? "p03" : "p02";
  const json second = {{"kind", "person"}, {"person", other}, {"offset_m", 0.35}};
  thing("two people", "With another", "world.subjects", before(json::array({subject, second})));
  ImGui::SameLine();
  thing("nobody", "Nobody", "world.subjects", before(json::array()));
  for (const char* kind : {"printed_photo", "screen"}) {
    ImGui::SameLine();
    const char* shown = std::string_view(kind) == "screen" ? "On a screen" : "A photo";
    const json flat = {{"kind", kind}, {"person", person_}};
    thing(std::string("subject ") + kind, shown, "world.subjects", before(json::array({flat})));
  }
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x * 0.6F);
  ImGui::SliderFloat("light", &light_, 0, 1.5F, "%.2f");
  mark("light");
  if (ImGui::IsItemDeactivatedAfterEdit()) {
    run_.send("world.light", {{"level", std::round(static_cast<double>(light_) * 100) / 100}});
  }
  ImGui::Spacing();
}

void PanelView::world_documents() {
  heading("Reader");
  std::vector<std::string> names;
  for (const auto& person : run_.assets().people) {
    if (person.id == person_) names = fixtures::document_names(person);
  }
  if (document_.empty() && !names.empty()) document_ = names.front();
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##document", document_.c_str())) {
    for (const std::string& name : names) {
      if (ImGui::Selectable(name.c_str(), name == document_)) document_ = name;
      mark("document " + name);
    }
    ImGui::EndCombo();
  }
  mark("document");
  thing("place", "Place", "world.place_document", {{"document", document_}});
  ImGui::SameLine();
  if (button("lift", "Lift")) run_.send("world.lift_document");
  ImGui::Spacing();
}

void PanelView::world_cards() {
  heading("Cards");
  const Truth& world = run_.truth();
  if (button("take card", "Take the card")) {
    run_.send("world.take_card", {{"person", person_}});
  }
  ImGui::SameLine();
  ImGui::SetNextItemWidth(56);
  ImGui::InputInt("##cards", &cards_to_load_, 0);
  ImGui::SameLine();
  if (button("load", "Load")) run_.send("world.load_hopper", {{"cards", cards_to_load_}});
  ImGui::SameLine();
  if (button("empty bin", "Empty the bin")) run_.send("world.empty_reject_bin");
  muted(fmt::format("hopper {} · path {} · exit {} · bin {} · taken {} · staff {}",
                    world.count(sim::CardPlace::kHopper), world.count(sim::CardPlace::kPath),
                    world.count(sim::CardPlace::kExit), world.count(sim::CardPlace::kRejectBin),
                    world.count(sim::CardPlace::kTaken), world.count(sim::CardPlace::kStaff)));
  ImGui::Spacing();
}

void PanelView::world_site() {
  heading("Site");
  bool network = run_.truth().network;
  if (ImGui::Checkbox("network", &network)) run_.send("world.network", {{"up", network}});
  mark("network");
  ImGui::SameLine(0, 20);
  bool mains = run_.truth().mains;
  if (ImGui::Checkbox("mains", &mains)) run_.send("world.mains", {{"on", mains}});
  mark("mains");
  ImGui::SameLine(0, 20);
  bool key = run_.truth().service_key;
  if (ImGui::Checkbox("service key", &key)) run_.send("world.service_key", {{"on", key}});
  mark("service key");
  ImGui::SameLine(0, 20);
  ImGui::SetNextItemWidth(80);
  ImGui::InputInt("clock off by s", &clock_offset_s_, 0);
  if (ImGui::IsItemDeactivatedAfterEdit()) {
    run_.send("clock.set_offset", {{"seconds", clock_offset_s_}});
  }
  ImGui::Spacing();
}

void PanelView::world_kiosk() {
  heading("Kiosk and staff");
  const bool powered = run_.rig().screen() != nullptr;
  if (powered && button("power cut", "Cut its power")) run_.send("kiosk.power_cut");
  if (!powered && button("power on", "Switch it on")) run_.send("kiosk.power_on");
  constexpr float kStaffWidth = 340;
  ImGui::SameLine(0, 20);
  if (ImGui::GetContentRegionAvail().x < kStaffWidth) ImGui::NewLine();
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("staff found");
  for (const char* found : {"delivered", "captured", "spoilt", "none"}) {
    ImGui::SameLine();
    if (button(std::string("found ") + found, found)) {
      run_.send("staff.found", {{"outcome", found}});
    }
  }
}

}  // namespace cardrig::panel
