// The faults of a device, from the catalogue: inject, clear, or arm for later.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using nlohmann::json;

namespace {

/// "on card.fed", "at 12.3 s"
std::string when_text(const Deed& deed) {
  const scenario::Trigger& at = *deed.at;
  if (at.event.kind.empty()) {
    const std::chrono::duration<double> due = deed.time + at.after;
    return fmt::format("at {:.1f} s", due.count());
  }
  return at.event.kind == "card.fed" ? "on the next card" : "on " + at.event.kind;
}

}  // namespace

bool PanelView::is_active_fault(const std::string& name) const {
  const auto active = run_.truth().faults;
  return std::find(active.begin(), active.end(), name) != active.end();
}

json PanelView::fault_args(const sim::FaultSpec& spec) {
  json args = {{"name", spec.name}};
  for (const sim::FaultParam& param : spec.params) {
    const auto& chosen = fault_params_[spec.name];
    const auto found = chosen.find(param.name);
    args["params"][param.name] = found == chosen.end() ? param.initial : found->second;
  }
  return args;
}

void PanelView::device_faults(const Device& device) {
  armed_rows(device);
  ImGui::SetNextItemWidth(-1);
  ImGui::InputTextWithHint("##filter", "search these faults: jam, P7 …", fault_filter_.data(),
                           fault_filter_.size());
  mark("fault filter");
  const std::string wanted = fault_filter_.data();
  const auto has = [&](const std::string& text) { return text.find(wanted) != std::string::npos; };
  int shown = 0;
  ImGui::BeginChild("faults");
  // All faults of the card printer find room without scrolling.
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(8, 2));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(8, 2));
  for (const sim::FaultSpec& spec : run_.faults()) {
    if (device_of_fault(spec.name) != &device) continue;
    if (!has(spec.name) && !has(spec.reference) && !has(spec.title)) continue;
    ++shown;
    fault_row(spec, is_active_fault(spec.name));
  }
  ImGui::PopStyleVar(2);
  if (shown == 0) muted("No fault of this device is called so.");
  ImGui::EndChild();
}

/// What waits to be injected, each with a way to take it back.
void PanelView::armed_rows(const Device& device) {
  for (std::size_t i = 0; i < run_.deeds().size(); ++i) {
    const Deed& deed = run_.deeds()[i];
    if (!deed.at || deed.fired) continue;
    const std::string fault = deed.message.args.value("name", "");
    if (device_of_fault(fault) != &device) continue;
    const std::string line = fmt::format("armed: {} {}", fault, when_text(deed));
    ImGui::AlignTextToFramePadding();
    ImGui::TextUnformatted(line.c_str());
    ImGui::SameLine();
    if (button("disarm " + fault, "take back")) return run_.disarm(i);
  }
}

void PanelView::fault_row(const sim::FaultSpec& spec, bool active) {
  ImGui::PushID(spec.name.c_str());
  if (active) ImGui::PushStyleColor(ImGuiCol_Text, tint().injected);
  if (button("fault " + spec.name, active ? "clear" : "inject", 60)) {
    active ? run_.send("fault.clear", {{"name", spec.name}})
           : run_.send("fault.inject", fault_args(spec));
  }
  ImGui::SameLine();
  const bool open = open_fault_ == spec.name;
  const std::string title =
      fmt::format("{} {:<3} {}", open ? "–" : "+", spec.reference, spec.title);
  ImGui::AlignTextToFramePadding();
  if (ImGui::Selectable(title.c_str(), false)) open_fault_ = open ? "" : spec.name;
  mark("options " + spec.name);
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
  if (open) fault_options(spec);
  ImGui::PopID();
}

/// Its parameters, and when it shall begin.
void PanelView::fault_options(const sim::FaultSpec& spec) {
  ImGui::Indent(68);
  for (const sim::FaultParam& param : spec.params) {
    double& value = fault_params_[spec.name].try_emplace(param.name, param.initial).first->second;
    auto shown = static_cast<float>(value);
    ImGui::SetNextItemWidth(150);
    const bool moved = ImGui::SliderFloat(param.name.c_str(), &shown, static_cast<float>(param.low),
                                          static_cast<float>(param.high), "%.0f");
    mark("param " + spec.name + "." + param.name);
    if (moved) value = std::clamp(std::round(static_cast<double>(shown)), param.low, param.high);
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", param.help.c_str());
  }
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("arm");
  ImGui::SameLine();
  scenario::Trigger at;
  if (button("arm card " + spec.name, "on the next card")) {
    at.event.kind = "card.fed";
    run_.arm("fault.inject", fault_args(spec), at);
  }
  ImGui::SameLine();
  if (button("arm after " + spec.name, "after")) {
    at.after = std::chrono::milliseconds(static_cast<std::int64_t>(arm_after_s_ * 1000));
    run_.arm("fault.inject", fault_args(spec), at);
  }
  ImGui::SameLine(0, 4);
  ImGui::SetNextItemWidth(64);
  ImGui::InputFloat("s", &arm_after_s_, 0, 0, "%.1f");
  arm_after_s_ = std::clamp(arm_after_s_, 0.0F, 3600.0F);
  ImGui::Unindent(68);
  ImGui::Spacing();
}

}  // namespace cardrig::panel
