// The bottom: one lane a party, the events as ticks, and the details of one event.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

constexpr float kNames = 110;  // width of the lanes' names

double seconds(Nanos t) { return static_cast<double>(t.count()) / 1e9; }

ImU32 tick_colour(const Event& event) {
  const std::string part = event.kind.substr(0, event.kind.find('.'));
  if (part == "fault") return tint::kInjected;
  if (part == "wire") return tint::kFaint;
  if (part == "kiosk") return tint::kAccent;
  if (part == "world" || part == "scenario") return tint::kInk;
  return tint::kMuted;
}

}  // namespace

void PanelView::timeline() {
  const double now_s = seconds(run_.rig().now());
  heading("Timeline");
  ImGui::SameLine(0, 16);
  for (const double span : {10.0, 60.0, 300.0}) {
    const bool present = span_s_ == span;
    if (present) ImGui::PushStyleColor(ImGuiCol_Text, tint::kAccent);
    if (button(fmt::format("span {}", span), fmt::format("{} s", span).c_str())) span_s_ = span;
    if (present) ImGui::PopStyleColor();
    ImGui::SameLine(0, 4);
  }
  ImGui::SameLine(0, 16);
  ImGui::Checkbox("follow", &follow_);
  ImGui::SameLine(0, 16);
  ImGui::TextDisabled("%zu events", run_.rig().trace().events().size());

  const ImVec2 from = ImGui::GetCursorScreenPos();
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const ImVec2 to(from.x + room.x, from.y + room.y);
  if (follow_) end_s_ = std::max(span_s_, now_s);
  const double start_s = end_s_ - span_s_;
  ImGui::InvisibleButton("lanes", room);
  mark("lanes");
  if (ImGui::IsItemActive() && ImGui::GetIO().MouseDelta.x != 0) {
    follow_ = false;
    const double per_px = span_s_ / static_cast<double>(room.x - kNames);
    end_s_ = std::max(span_s_, end_s_ - static_cast<double>(ImGui::GetIO().MouseDelta.x) * per_px);
  }
  if (ImGui::IsItemHovered() && ImGui::GetIO().MouseWheel != 0) {
    span_s_ = std::clamp(span_s_ * (ImGui::GetIO().MouseWheel > 0 ? 0.8 : 1.25), 0.5, 3600.0);
  }
  time_axis(from, to, start_s);
  lanes(ImVec2(from.x, from.y + 22), to, start_s);
}

void PanelView::time_axis(ImVec2 from, ImVec2 to, double start_s) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const double width = static_cast<double>(to.x - from.x - kNames);
  double step_s = 0.1;
  for (const double candidate : {0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0}) {
    step_s = candidate;
    if (candidate / span_s_ * width > 70) break;
  }
  for (double t = std::ceil(start_s / step_s) * step_s; t <= start_s + span_s_; t += step_s) {
    const float x = from.x + kNames + static_cast<float>((t - start_s) / span_s_ * width);
    list.AddLine(ImVec2(x, from.y + 18), ImVec2(x, to.y), tint::kLine, 1);
    list.AddText(fonts_.mono, fonts_.mono->FontSize, ImVec2(x + 4, from.y), tint::kFaint,
                 fmt::format("{:g} s", t).c_str());
  }
  const float now_x =
      from.x + kNames + static_cast<float>((seconds(run_.rig().now()) - start_s) / span_s_ * width);
  if (now_x >= from.x + kNames && now_x <= to.x) {
    list.AddLine(ImVec2(now_x, from.y), ImVec2(now_x, to.y), tint::kAccent, 2);
  }
}

void PanelView::lanes(ImVec2 from, ImVec2 to, double start_s) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  if (parties_.empty()) {
    list.AddText(ImVec2(from.x, from.y + 8), tint::kMuted,
                 "Nothing has happened yet: press play or step.");
    return;
  }
  const float height = std::min(26.0F, (to.y - from.y) / static_cast<float>(parties_.size()));
  std::map<std::string, float> lane_y;
  float y = from.y;
  for (const std::string& party : parties_) {
    lane_y[party] = y;
    list.AddText(ImVec2(from.x, y + height / 2 - 9), tint::kMuted, party.c_str());
    list.AddLine(ImVec2(from.x + kNames, y + height / 2), ImVec2(to.x, y + height / 2), tint::kLine,
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
    const double part = (seconds(event->time) - start_s) / span_s_;
    if (part > 1) break;
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
                       chosen ? tint::kInk : tick_colour(*event), 1);
  }
  if (nearest == nullptr) return;
  ImGui::SetTooltip("%s  %s\n%.3f s", nearest->party.c_str(), nearest->kind.c_str(),
                    seconds(nearest->time));
  if (ImGui::IsItemClicked()) selected_ = nearest->id;
}

// The chosen event, or the latest ones.
void PanelView::event_details() {
  const auto& events = run_.rig().trace().events();
  if (selected_ != 0 && selected_ <= events.size()) {
    const Event& event = events[selected_ - 1];
    heading(event.kind.c_str());
    muted(fmt::format("{} at {:.6f} s, event {}, caused by {}", event.party, seconds(event.time),
                      event.id, event.cause));
    ImGui::PushFont(fonts_.mono);
    for (const Field& field : event.fields) {
      ImGui::TextWrapped("%s  %s", field.key.c_str(), event.text(field.key).c_str());
    }
    for (const Blob& blob : event.blobs) {
      std::string bytes;
      for (std::size_t i = 0; i < std::min<std::size_t>(blob.data->size(), 64); ++i) {
        bytes += fmt::format("{:02X}{}", (*blob.data)[i], i % 4 == 3 ? "  " : " ");
      }
      if (blob.media_type.rfind("image/", 0) == 0) bytes = "picture";
      ImGui::TextWrapped("%s, %zu bytes\n%s", blob.name.c_str(), blob.data->size(), bytes.c_str());
    }
    ImGui::PopFont();
    if (button("latest", "Latest events")) selected_ = 0;
    ImGui::SameLine();
    if (event.cause != 0 && button("cause", "Go to its cause")) selected_ = event.cause;
    return;
  }
  heading("Latest events");
  if (events.empty()) muted("Events appear here as they happen.");
  ImGui::PushFont(fonts_.mono);
  int shown = 0;
  for (auto event = events.rbegin(); event != events.rend() && shown < 40; ++event) {
    if (event->kind.rfind("wire.", 0) == 0) continue;
    ++shown;
    std::string line = fmt::format("{:9.3f} {}", seconds(event->time), event->kind);
    for (const char* field :
         {"id", "step", "result", "stage", "verdict", "name", "verb", "button"}) {
      const std::string value = event->text(field);
      if (!value.empty()) line += " " + value;
    }
    const std::string with_id = line + "##" + std::to_string(event->id);
    if (ImGui::Selectable(with_id.c_str())) selected_ = event->id;
  }
  ImGui::PopFont();
}

}  // namespace cardrig::panel
