// The column of numbers: counters of the session, what goes over each line and how fast, and what
// of all that can happen has happened (panel_coverage.cpp).
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

constexpr int kCountersInARow = 5;

std::string rate_text(float bytes_a_second) {
  return bytes_a_second < 10'000
             ? fmt::format("{:.0f} B/s", static_cast<double>(bytes_a_second))
             : fmt::format("{:.0f} kB/s", static_cast<double>(bytes_a_second) / 1000);
}

std::string span_text(Nanos span) {
  const auto whole_s = std::chrono::duration_cast<std::chrono::seconds>(span).count();
  return whole_s < 120 ? fmt::format("{} s", whole_s) : fmt::format("{} min", whole_s / 60);
}

void plot(const char* name, const std::vector<float>& values, float width_px) {
  if (values.size() < 2) {
    ImGui::Dummy(ImVec2(width_px, 18));
    return;
  }
  ImGui::PlotLines(name, values.data(), static_cast<int>(values.size()), 0, nullptr, 0, FLT_MAX,
                   ImVec2(width_px, 18));
}

}  // namespace

void PanelView::numbers() {
  counters();
  lines();
  coverage();
}

void PanelView::counters() {
  heading("Counters");
  const Coverage::Counters& n = coverage_.counters();
  struct Counter {
    const char* name;
    std::int64_t count;
    const char* tip;
  };
  const Counter all[] = {
      {"sessions", n.sessions, "sessions begun"},
      {"delivered", n.delivered, "cards that a person took"},
      {"captured", n.captured, "cards taken back because nobody took them"},
      {"spoilt", n.spoilt, "cards that failed in print"},
      {"unknown", n.unknown, "cards of which nobody knows where they are, until staff say so"},
      {"no card", n.no_card, "attempts that used no card"},
      {"refusals", n.refusals, "sessions that ended with the refused screen"},
      {"calls", n.platform_calls, "calls to the exam platform"},
      {"failed", n.platform_calls_failed, "calls to the exam platform that failed"},
      {"faults", n.faults_injected, "faults injected"},
  };
  if (!ImGui::BeginTable("counters", kCountersInARow)) return;
  for (const Counter& one : all) {
    ImGui::TableNextColumn();
    ImGui::BeginGroup();
    ImGui::PushFont(fonts_.strong);
    ImGui::TextUnformatted(fmt::format("{}", one.count).c_str());
    ImGui::PopFont();
    ImGui::SameLine(0, 5);
    ImGui::TextDisabled("%s", one.name);
    ImGui::EndGroup();
    mark(std::string("counter ") + one.name);
    tip(one.tip);
  }
  ImGui::EndTable();
  ImGui::Spacing();
}

void PanelView::lines() {
  heading("Lines");
  const auto names = throughput_.lines();
  if (names.empty()) return muted("The lines between kiosk and devices fill this: press play.");
  constexpr int kColumns = 5;
  if (!ImGui::BeginTable("lines", kColumns, ImGuiTableFlags_SizingFixedFit)) return;
  const std::string over = "bytes, every " + span_text(throughput_.span());
  for (const char* title : {"line", over.c_str(), "peak", "answers", "took"}) {
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", title);
  }
  // A plot's frame would push the words beside it down.
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(4, 0));
  for (const std::string& name : names) line_row(name);
  ImGui::PopStyleVar();
  ImGui::EndTable();
  ImGui::Spacing();
}

void PanelView::line_row(const std::string& name) {
  const Wires::Line* line = wires_.line(name);
  const auto bytes_a_second = throughput_.bytes_a_second(name, run_.rig().now());
  if (line == nullptr || bytes_a_second.empty()) return;
  ImGui::PushID(name.c_str());
  ImGui::TableNextColumn();
  ImGui::TextUnformatted(name.c_str());
  ImGui::TableNextColumn();
  plot("##rate", bytes_a_second, 170);
  mark("throughput " + name);
  if (ImGui::IsItemHovered()) {
    ImGui::SetTooltip(
        "sent %lld B, received %lld B; now %s", static_cast<long long>(line->bytes_out),
        static_cast<long long>(line->bytes_in), rate_text(bytes_a_second.back()).c_str());
  }
  ImGui::TableNextColumn();
  ImGui::TextUnformatted(
      rate_text(*std::max_element(bytes_a_second.begin(), bytes_a_second.end())).c_str());
  ImGui::TableNextColumn();
  plot("##latency", line->latency_ms, 90);
  tip("how long the newest answers took");
  ImGui::TableNextColumn();
  const std::string took =
      line->latency_ms.empty()
          ? "–"
          : fmt::format("{:.0f} ms", static_cast<double>(line->latency_ms.back()));
  ImGui::TextUnformatted(took.c_str());
  ImGui::PopID();
}

}  // namespace cardrig::panel
