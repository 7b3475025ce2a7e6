// The bottom: one lane a party, the events as ticks, and the line of the present instant.
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>
#include <cmath>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

constexpr float kNames = 110;  // width of the lanes' names

ImU32 tick_colour(const Event& event) {
  const std::string part = event.kind.substr(0, event.kind.find('.'));
  if (part == "fault") return tint().injected;
  if (part == "wire") return tint().faint;
  if (part == "kiosk") return tint().accent;
  if (part == "world" || part == "scenario") return tint().ink;
  return tint().muted;
}

}  // namespace

/// What the search and the switch for the wires leave.
bool PanelView::passes_filter(const Event& event) const {
  if (!settings_.wires && event.kind.starts_with("wire.")) return false;
  const std::string_view wanted = search_.data();
  if (wanted.empty()) return true;
  const auto has = [wanted](const std::string& text) {
    return text.find(wanted) != std::string::npos;
  };
  return has(event.kind) || has(event.party) ||
         std::any_of(event.fields.begin(), event.fields.end(), [&](const Field& field) {
           return has(field.key) || has(event.text(field.key));
         });
}

void PanelView::timeline_bar() {
  ImGui::AlignTextToFramePadding();
  heading("Timeline");
  ImGui::SameLine(0, 16);
  for (const double span : {10.0, 60.0, 300.0}) {
    const std::string label = fmt::format("{} s", span);
    if (toggle(fmt::format("span {}", span), label.c_str(), settings_.span_s == span)) {
      settings_.span_s = span;
    }
    ImGui::SameLine(0, 4);
  }
  ImGui::SameLine(0, 12);
  if (toggle("follow", "follow", follow_)) follow_ = !follow_;
  tip("the newest events stay in view");
  ImGui::SameLine(0, 4);
  if (toggle("wires", "wires", settings_.wires)) settings_.wires = !settings_.wires;
  tip("show what went over the wires");
  ImGui::SameLine(0, 12);
  ImGui::SetNextItemWidth(180);
  ImGui::InputTextWithHint("##search", "search the events", search_.data(), search_.size());
  mark("search");
  ImGui::SameLine(0, 12);
  ImGui::TextDisabled("%zu events", run_.rig().trace().events().size());
}

void PanelView::timeline() {
  const double now_s = seconds(run_.rig().now());
  timeline_bar();
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ImVec2 to(from.x + room.x, from.y + room.y);
  double& span_s = settings_.span_s;
  if (follow_) end_s_ = std::max(span_s, now_s);
  const double start_s = end_s_ - span_s;
  ImGui::InvisibleButton("lanes", room);
  mark("lanes");
  drag_now_line(from, to, start_s);
  if (ImGui::IsItemActive() && !now_dragged_s_ && ImGui::GetIO().MouseDelta.x != 0) {
    follow_ = false;
    const double per_px = span_s / static_cast<double>(room.x - kNames);
    end_s_ = std::max(span_s, end_s_ - static_cast<double>(ImGui::GetIO().MouseDelta.x) * per_px);
  }
  if (ImGui::IsItemHovered() && ImGui::GetIO().MouseWheel != 0) {
    span_s = std::clamp(span_s * (ImGui::GetIO().MouseWheel > 0 ? 0.8 : 1.25), 0.5, 3600.0);
  }
  time_axis(from, to, start_s);
  lanes(ImVec2(from.x, from.y + 22), to, start_s);
}

/// The blue line of the present instant; dragged to the left, the run goes back to there.
void PanelView::drag_now_line(ImVec2 from, ImVec2 to, double start_s) {
  const double width = static_cast<double>(to.x - from.x - kNames);
  const double now_s = seconds(run_.rig().now());
  const auto x_of = [&](double t) {
    return from.x + kNames + static_cast<float>((t - start_s) / settings_.span_s * width);
  };
  const float now_x = x_of(now_s);
  areas_["now line"] = {now_x - 4, from.y, 8, 18};
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool near = std::fabs(mouse.x - now_x) < 6 && mouse.y < from.y + 22;
  if (near && ImGui::IsItemHovered()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
  if (near && ImGui::IsItemActivated()) now_dragged_s_ = now_s;
  if (!now_dragged_s_) return;
  follow_ = false;
  const double t =
      start_s + static_cast<double>(mouse.x - from.x - kNames) / width * settings_.span_s;
  now_dragged_s_ = std::clamp(t, 0.0, now_s);
  if (ImGui::IsItemActive()) {
    ImGui::SetTooltip("back to %.2f s", *now_dragged_s_);
    const float x = x_of(*now_dragged_s_);
    ImGui::GetWindowDrawList()->AddLine(ImVec2(x, from.y), ImVec2(x, to.y), tint().attention, 2);
    return;
  }
  const double target_s = *now_dragged_s_;
  now_dragged_s_.reset();
  if (now_s - target_s > 0.01)
    run_.go_back(std::chrono::milliseconds(std::llround(target_s * 1000)));
}

void PanelView::time_axis(ImVec2 from, ImVec2 to, double start_s) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const double width = static_cast<double>(to.x - from.x - kNames);
  double step_s = 0.1;
  for (const double candidate : {0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0}) {
    step_s = candidate;
    if (candidate / settings_.span_s * width > 70) break;
  }
  for (double t = std::ceil(start_s / step_s) * step_s; t <= start_s + settings_.span_s;
       t += step_s) {
    const float x = from.x + kNames + static_cast<float>((t - start_s) / settings_.span_s * width);
    list.AddLine(ImVec2(x, from.y + 18), ImVec2(x, to.y), tint().line, 1);
    const std::string text = fmt::format("{:g} s", t);
    ImFont& mono = *fonts_.mono;
    if (x + 4 + mono.CalcTextSizeA(mono.FontSize, FLT_MAX, 0, text.c_str()).x > to.x) break;
    list.AddText(&mono, mono.FontSize, ImVec2(x + 4, from.y), tint().faint, text.c_str());
  }
  const float now_x =
      from.x + kNames +
      static_cast<float>((seconds(run_.rig().now()) - start_s) / settings_.span_s * width);
  if (now_x >= from.x + kNames && now_x <= to.x) {
    list.AddLine(ImVec2(now_x, from.y), ImVec2(now_x, to.y), tint().accent, 2);
  }
}

void PanelView::lanes(ImVec2 from, ImVec2 to, double start_s) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (parties_.empty()) {
    list.AddText(ImVec2(from.x, from.y + 8), tint().muted,
                 "Nothing has happened yet: press play or step.");
    return;
  }
  const float height = std::min(26.0F, (to.y - from.y) / static_cast<float>(parties_.size()));
  std::map<std::string, float> lane_y;
  float y = from.y;
  for (const std::string& party : parties_) {
    lane_y[party] = y;
    list.AddText(ImVec2(from.x, y + height / 2 - 9), tint().muted, party.c_str());
    list.AddLine(ImVec2(from.x + kNames, y + height / 2), ImVec2(to.x, y + height / 2), tint().line,
                 1);
    y += height;
  }
  const auto& events = run_.rig().trace().events();
  const auto at_time = [](const Event& event, double t) { return seconds(event.time) < t; };
  const auto first = std::lower_bound(events.begin(), events.end(), start_s, at_time);
  const float width = to.x - from.x - kNames;
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool hovered = ImGui::IsItemHovered();
  std::map<std::string, float> last_x;  // one tick a pixel is enough
  const Event* nearest = nullptr;
  float best = 6;
  for (auto event = first; event != events.end(); ++event) {
    const double part = (seconds(event->time) - start_s) / settings_.span_s;
    if (part > 1) break;
    if (!passes_filter(*event)) continue;
    const float x = from.x + kNames + static_cast<float>(part) * width;
    const float top = lane_y[event->party];
    const bool over = hovered && mouse.y >= top && mouse.y < top + height;
    if (over && std::fabs(mouse.x - x) < best) {
      best = std::fabs(mouse.x - x);
      nearest = &*event;
    }
    const bool wire = event->kind.rfind("wire.", 0) == 0;
    float& drawn = last_x.try_emplace(event->party + (wire ? "~" : ""), -9.0F).first->second;
    if (x - drawn < 1.5F && event->id != selected_) continue;
    drawn = x;
    const float half = (wire ? 0.16F : 0.36F) * height;
    const float middle = top + height / 2;
    const bool chosen = event->id == selected_;
    list.AddRectFilled(ImVec2(x - (chosen ? 2.0F : 1.0F), middle - half),
                       ImVec2(x + (chosen ? 2.0F : 1.0F), middle + half),
                       chosen ? tint().ink : tick_colour(*event), 1);
  }
  if (nearest == nullptr) return;
  ImGui::SetTooltip("%s  %s\n%.3f s", nearest->party.c_str(), nearest->kind.c_str(),
                    seconds(nearest->time));
  if (ImGui::IsItemClicked()) selected_ = nearest->id;
}

}  // namespace cardrig::panel
