// What of all that can happen has happened in this session: faults, screens, codes, endings. A
// fault that is missing is one click from its device's controls.
#include <fmt/format.h>

#include <algorithm>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

/// "jam_in_head" on the card printer's row; a fault of the disk keeps its "disk."
std::string short_name(const std::string& fault, const Device& device) {
  const std::string prefix = std::string(device.key) + ".";
  return fault.starts_with(prefix) ? fault.substr(prefix.size()) : fault;
}

struct CoverageSign {
  ImU32 colour;
  const char* sign;
  const char* words;
};

CoverageSign sign_of(Coverage::Fault most) {
  switch (most) {
    case Coverage::Fault::kHadEffect:
      return {tint().ok, "✓", "It had an effect."};
    case Coverage::Fault::kInjected:
      return {tint().injected, "●", "It was injected, and has had no effect."};
    case Coverage::Fault::kNever:
      break;
  }
  return {tint().faint, "·", "Not yet injected."};
}

}  // namespace

void PanelView::coverage() {
  heading("Covered so far");
  covered_faults();
  covered_names("screens", coverage_.screens());
  covered_names("staff codes", coverage_.staff_codes());
  covered_names("endings of sessions", coverage_.endings());
  covered_names("outcomes of cards", coverage_.outcomes());
}

/// A name with its sign, in the row of names; true: it was clicked.
bool PanelView::covered_name(const std::string& name, ImU32 colour, const char* sign) {
  const std::string text = fmt::format("{} {}", sign, name);
  const float width = ImGui::CalcTextSize(text.c_str()).x;
  if (ImGui::GetContentRegionAvail().x < width) ImGui::NewLine();
  ImGui::PushStyleColor(ImGuiCol_Text, colour);
  ImGui::Selectable(text.c_str(), false, ImGuiSelectableFlags_None, ImVec2(width, 0));
  ImGui::PopStyleColor();
  return ImGui::IsItemClicked();
}

void PanelView::covered_names(const char* of, const Coverage::Names& names) {
  if (names.all.empty()) return;
  ImGui::PushID(of);
  ImGui::TextUnformatted(
      fmt::format("{} of {} {}", names.seen.size(), names.all.size(), of).c_str());
  mark(std::string("covered ") + of);
  for (const std::string& name : names.all) {
    const bool seen = names.seen.contains(name);
    covered_name(name, seen ? tint().ok : tint().faint, seen ? "✓" : "·");
    ImGui::SameLine(0, 10);
  }
  ImGui::NewLine();
  ImGui::PopID();
}

void PanelView::covered_faults() {
  const std::string text = fmt::format("{} of {} faults had an effect", coverage_.faults_covered(),
                                       coverage_.faults().size());
  ImGui::TextUnformatted(text.c_str());
  mark("covered faults");
  for (const Device& device : devices()) covered_faults_of(device);
}

void PanelView::covered_faults_of(const Device& device) {
  std::vector<const sim::FaultSpec*> its;
  for (const sim::FaultSpec& spec : coverage_.faults()) {
    if (device_of_fault(spec.name) == &device) its.push_back(&spec);
  }
  const auto covered = std::count_if(its.begin(), its.end(), [&](const sim::FaultSpec* spec) {
    return coverage_.fault(spec->name) == Coverage::Fault::kHadEffect;
  });
  ImGui::TextDisabled("%s %td/%zu", device.name, covered, its.size());
  for (const sim::FaultSpec* spec : its) {
    ImGui::SameLine(0, 10);
    covered_fault(*spec, device);
  }
}

void PanelView::covered_fault(const sim::FaultSpec& spec, const Device& device) {
  const CoverageSign sign = sign_of(coverage_.fault(spec.name));
  const bool clicked = covered_name(short_name(spec.name, device), sign.colour, sign.sign);
  mark("cover " + spec.name);
  if (ImGui::IsItemHovered()) {
    ImGui::SetTooltip("%s %s\n%s Click for its controls.", spec.reference.c_str(),
                      spec.title.c_str(), sign.words);
  }
  if (!clicked) return;
  open_device_ = device.key;
  open_fault_ = spec.name;
  fault_filter_.fill('\0');
}

}  // namespace cardrig::panel
