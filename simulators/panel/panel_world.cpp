// The right column: people, documents, cards, site, permits, kiosk, and the faults.
#include <fmt/format.h>

#include <algorithm>

#include "fixtures/documents/documents.h"
#include "kiosk/certificate/directory.h"
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

void PanelView::world_person() {
  heading("Before the kiosk");
  const auto& people = run_.rig().assets().people;
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
  const json subject = {{"kind", "person"}, {"person", person_}};
  if (button("stand here", "Stands here"))
    run_.send("world.subjects", {{"subjects", json::array({subject})}});
  ImGui::SameLine();
  if (button("two people", "With another")) {
    const std::string other = person_ == "p02" ? "p03" : "p02";
    const json second = {{"kind", "person"}, {"person", other}, {"offset_m", 0.35}};
    run_.send("world.subjects", {{"subjects", json::array({subject, second})}});
  }
  ImGui::SameLine();
  if (button("nobody", "Nobody")) run_.send("world.subjects", {{"subjects", json::array()}});
  for (const char* kind : {"printed_photo", "screen"}) {
    ImGui::SameLine();
    const char* shown = std::string_view(kind) == "screen" ? "On a screen" : "A photo";
    if (button(std::string("subject ") + kind, shown)) {
      const json thing = {{"kind", kind}, {"person", person_}};
      run_.send("world.subjects", {{"subjects", json::array({thing})}});
    }
  }
  ImGui::SetNextItemWidth(ImGui::GetContentRegionAvail().x * 0.6F);
  ImGui::SliderFloat("light", &light_, 0, 1.5F, "%.2f");
  mark("light");
  if (ImGui::IsItemDeactivatedAfterEdit()) run_.send("world.light", {{"level", light_}});
  ImGui::Spacing();
}

void PanelView::world_documents() {
  heading("Reader");
  std::vector<std::string> names;
  for (const auto& person : run_.rig().assets().people) {
    if (person.id == person_) names = fixtures::document_names(person);
  }
  if (document_.empty() && !names.empty()) document_ = names.front();
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##document", document_.c_str())) {
    for (const std::string& name : names) {
      if (ImGui::Selectable(name.c_str(), name == document_)) document_ = name;
    }
    ImGui::EndCombo();
  }
  if (button("place", "Place")) run_.send("world.place_document", {{"document", document_}});
  ImGui::SameLine();
  if (button("lift", "Lift")) run_.send("world.lift_document");
  ImGui::Spacing();
}

void PanelView::world_permits() {
  heading("Permits");
  const certificate::Item* present = certificate::find_item(item_);
  const std::string shown =
      present == nullptr ? item_ : fmt::format("{}  {}", present->code, present->name);
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##item", shown.c_str())) {
    for (const auto& category : certificate::categories()) {
      for (const auto& item : category.items) {
        const std::string label = fmt::format("{}  {}", item.code, item.name);
        if (ImGui::Selectable(label.c_str(), item.code == item_)) item_ = std::string(item.code);
      }
    }
    ImGui::EndCombo();
  }
  for (const char* state : {"approved", "pending", "revoked", "issued"}) {
    if (button(std::string("permit ") + state, state)) {
      run_.send("platform.permit", {{"id", fmt::format("panel-{}", permits_.size() + 1)},
                                    {"person", person_},
                                    {"item", item_},
                                    {"state", state}});
    }
    ImGui::SameLine();
  }
  ImGui::NewLine();
  if (permits_.empty()) {
    muted("No permits yet: register one for the person above.");
  }
  for (std::size_t i = permits_.size(); i > 0 && i + 3 > permits_.size(); --i) {
    const std::string& id = permits_[i - 1];
    const auto permit = run_.rig().query("platform.permit", {{"permit", id}});
    if (!permit) continue;
    ImGui::AlignTextToFramePadding();
    ImGui::Text("%s  %s, claim %s", id.c_str(), permit->value("state", "?").c_str(),
                permit->value("claim", "?").c_str());
    for (const char* verb : {"revoke", "withdraw"}) {
      ImGui::SameLine();
      if (button(std::string(verb) + " " + id, verb)) {
        run_.send(std::string("platform.") + verb, {{"permit", id}});
      }
    }
  }
  ImGui::Spacing();
}

void PanelView::world_cards() {
  heading("Cards");
  sim::World& world = run_.rig().world();
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
  bool network = run_.rig().world().network();
  if (ImGui::Checkbox("network", &network)) run_.send("world.network", {{"up", network}});
  mark("network");
  ImGui::SameLine(0, 20);
  bool mains = run_.rig().world().mains();
  if (ImGui::Checkbox("mains", &mains)) run_.send("world.mains", {{"on", mains}});
  mark("mains");
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
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("staff found");
  for (const char* found : {"delivered", "captured", "spoilt", "none"}) {
    ImGui::SameLine();
    if (button(std::string("found ") + found, found)) {
      run_.send("staff.found", {{"outcome", found}});
    }
  }
}

// ---- faults ------------------------------------------------------------------------------------

bool PanelView::is_active_fault(const std::string& name) const {
  const auto active = run_.rig().faults().active();
  return std::find(active.begin(), active.end(), name) != active.end();
}

void PanelView::faults() {
  ImGui::AlignTextToFramePadding();
  heading("Faults");
  ImGui::SameLine();
  ImGui::SetNextItemWidth(-1);
  ImGui::InputTextWithHint("##filter", "name or row, e.g. jam or P7", fault_filter_.data(),
                           fault_filter_.size());
  mark("fault filter");
  const std::string wanted = fault_filter_.data();
  std::string part;
  bool part_open = false;
  for (const sim::FaultSpec& spec : run_.rig().faults().specs()) {
    if (!wanted.empty() && spec.name.find(wanted) == std::string::npos &&
        spec.reference.find(wanted) == std::string::npos &&
        spec.title.find(wanted) == std::string::npos) {
      continue;
    }
    const std::string of = spec.name.substr(0, spec.name.find('.'));
    if (of != part) {
      part = of;
      if (!wanted.empty()) ImGui::SetNextItemOpen(true);
      part_open = ImGui::CollapsingHeader(part.c_str());
      mark("faults " + part);
    }
    const bool active = is_active_fault(spec.name);
    if (part_open || active) fault_row(spec, active);
  }
}

void PanelView::fault_row(const sim::FaultSpec& spec, bool active) {
  ImGui::PushID(spec.name.c_str());
  if (active) ImGui::PushStyleColor(ImGuiCol_Text, tint::kInjected);
  if (button("fault " + spec.name, active ? "clear" : "inject", 60)) {
    json args = {{"name", spec.name}};
    if (!active && !spec.params.empty()) {
      json params = json::object();
      for (const auto& [name, value] : fault_params_[spec.name]) params[name] = value;
      args["params"] = params;
    }
    run_.send(active ? "fault.clear" : "fault.inject", args);
  }
  ImGui::SameLine();
  ImGui::AlignTextToFramePadding();
  ImGui::Text("%-3s %s", spec.reference.c_str(), spec.title.c_str());
  if (active) ImGui::PopStyleColor();
  if (ImGui::IsItemHovered()) {
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(420);
    ImGui::TextUnformatted(spec.name.c_str());
    ImGui::TextWrapped("The wire shows: %s", spec.wire_shows.c_str());
    ImGui::TextWrapped("The kiosk must: %s", spec.kiosk_must.c_str());
    if (!spec.precondition.empty()) ImGui::TextWrapped("When: %s", spec.precondition.c_str());
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
  }
  if (!active) {
    for (const sim::FaultParam& param : spec.params) {
      double& value = fault_params_[spec.name].try_emplace(param.name, param.initial).first->second;
      auto shown = static_cast<float>(value);
      ImGui::Indent(68);
      ImGui::SetNextItemWidth(150);
      if (ImGui::SliderFloat(param.name.c_str(), &shown, static_cast<float>(param.low),
                             static_cast<float>(param.high), "%.0f")) {
        value = static_cast<double>(shown);
      }
      if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", param.help.c_str());
      ImGui::Unindent(68);
    }
  }
  ImGui::PopID();
}

}  // namespace cardrig::panel
