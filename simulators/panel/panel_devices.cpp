// The middle column: what each device is, what the kiosk says, what went over the wire, and where
// truth and belief differ. A click opens the device's faults.
#include <fmt/format.h>

#include <algorithm>
#include <cfloat>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using sim::CardPlace;

namespace {

constexpr float kCardHeight = 134;

/// "0.766" of "0.7661523".
std::string short_number(const std::string& text) { return text.substr(0, 5); }

std::string size_text(std::int64_t bytes) {
  return bytes < 10'000 ? fmt::format("{} B", bytes) : fmt::format("{} kB", bytes / 1000);
}

/// What decodes a frame, in a few words: the fields that say what it was and how it went.
std::string word_text(const Event& event) {
  std::string text = event.kind.substr(event.kind.find('.') + 1);
  for (const char* field : {"name", "op", "call", "function", "address", "sequence", "verdict",
                            "phase", "status", "result", "code"}) {
    const std::string value = event.text(field);
    if (!value.empty()) text += " " + value;
  }
  return text;
}

}  // namespace

std::string PanelView::last(const std::string& kind, const std::string& field) const {
  const auto found = last_of_kind_.find(kind);
  if (found == last_of_kind_.end()) return "";
  return run_.rig().trace().events()[found->second].text(field);
}

// Where what the kiosk shows and what is true cannot both be right.
std::vector<std::string> PanelView::differences() {
  std::vector<std::string> found;
  const flow::Screen* screen = run_.rig().screen();
  if (screen == nullptr) return found;
  const Truth& world = run_.truth();
  const bool serves = screen->id == "welcome";
  if (serves && world.count(CardPlace::kHopper) == 0) {
    found.emplace_back("The kiosk serves; the hopper is empty.");
  }
  if (serves && world.card_at_exit()) {
    found.emplace_back("The kiosk waits for the next person; a card stands in the outlet.");
  }
  if (screen->id == "take_card" && !world.card_at_exit()) {
    found.emplace_back("The kiosk says take the card; the outlet is empty.");
  }
  if (serves && !world.mains) found.emplace_back("The kiosk serves; its devices have no power.");
  if (screen->id == "out_of_service" && screen->sentence.key == "cause.no_cards.sentence" &&
      world.count(CardPlace::kHopper) > 0) {
    found.emplace_back("The kiosk says no cards; the hopper holds some.");
  }
  return found;
}

// ---- what there is to say of a device ----------------------------------------------------------

std::vector<std::string> PanelView::truth_of(const Device& device) {
  const Truth& world = run_.truth();
  const std::string_view key = device.key;
  if (key == "kiosk") {
    const flow::Screen* screen = run_.rig().screen();
    std::vector<std::string> truth{screen == nullptr ? "off" : "screen " + screen->id};
    truth.push_back(fmt::format("{} open, {} to report", world.open, world.reports));
    return truth;
  }
  if (key == "id_reader") {
    return {world.document.empty() ? "nothing on it" : world.document + " lies on it"};
  }
  if (key == "camera") {
    std::string subjects;
    for (const sim::Subject& subject : world.subjects) {
      subjects += fmt::format("{}{} {} at {:.1f} m", subjects.empty() ? "" : ", ", subject.kind,
                              subject.person_id, subject.distance_m);
    }
    return {subjects.empty() ? "nobody before it" : subjects,
            fmt::format("light {:.2f}", world.light)};
  }
  if (key == "card_printer") {
    const std::string ribbon = last("printer.state", "ribbon");
    const std::string left = last("card.panel", "panels_left");
    return {fmt::format("hopper {} · path {} · exit {} · bin {}", world.count(CardPlace::kHopper),
                        world.count(CardPlace::kPath), world.count(CardPlace::kExit),
                        world.count(CardPlace::kRejectBin)),
            last("printer.state", "state") + (ribbon.empty() ? "" : ", ribbon " + ribbon) +
                (left.empty() ? "" : ", " + left + " panels left")};
  }
  if (key == "control_board") {
    return {world.card_at_exit() ? "a card stands in the outlet" : "outlet empty"};
  }
  return {world.network ? "network up" : "network down"};
}

std::string PanelView::kiosk_says_of(const Device& device) {
  const std::string_view key = device.key;
  if (key == "kiosk") {
    const std::string ended = last("kiosk.session_ended", "reason");
    return ended.empty() ? "" : "last session " + ended;
  }
  if (key == "id_reader") {
    const std::string step = last("kiosk.step", "step");
    return step.empty() ? "" : step + " " + last("kiosk.step", "result");
  }
  if (key == "camera") {
    const std::string verdict = last("face.result", "verdict");
    if (verdict.empty()) return "";
    return verdict + ", similarity " + short_number(last("face.result", "similarity"));
  }
  if (key == "card_printer") return last("issuance.stage", "stage");
  if (key == "control_board") {
    const std::string light = last("board.light", "light");
    if (light.empty()) return "";
    return "light at the " + light + (last("board.light", "on") == "true" ? " on" : " off");
  }
  const std::string answer = last("platform.answer", "status");
  return answer.empty() ? "" : "last answer " + answer;
}

std::vector<std::string> PanelView::faults_of(const Device& device) const {
  std::vector<std::string> active;
  for (const std::string& fault : run_.truth().faults) {
    if (device_of_fault(fault) == &device) active.push_back(fault);
  }
  return active;
}

// ---- a device's card ---------------------------------------------------------------------------

/// The word that its wire said last; a click shows its bytes.
void PanelView::device_wire(const Device& device, float width) {
  const Event* newest = nullptr;
  for (const std::string_view kind : device.words) {
    const auto found = last_of_kind_.find(kind);
    if (found == last_of_kind_.end()) continue;
    const Event& event = run_.rig().trace().events()[found->second];
    if (newest == nullptr || event.id > newest->id) newest = &event;
  }
  if (newest == nullptr) return;
  ImGui::PushFont(fonts_.mono);
  const std::string text = word_text(*newest) + "##word " + device.key;
  ImGui::PushStyleColor(ImGuiCol_Text, tint().muted);
  if (ImGui::Selectable(text.c_str(), newest->id == selected_, ImGuiSelectableFlags_None,
                        ImVec2(width - 24, 0))) {
    selected_ = newest->id;
  }
  ImGui::PopStyleColor();
  mark(std::string("word ") + device.key);
  ImGui::PopFont();
  tip("what its wire said last; click for the bytes");
}

void PanelView::device_text(const Device& device, float width) {
  ImGui::PushStyleColor(ImGuiCol_Text, tint().accent);
  ImGui::TextUnformatted(device.icon);
  ImGui::PopStyleColor();
  ImGui::SameLine();
  heading(device.name);
  const float right = width - 28;  // from the card's left, as SameLine() counts in a group
  const Wires::Line* line = nullptr;
  for (const auto name : device.lines) line = line == nullptr ? wires_.line(name) : line;
  if (line != nullptr && !line->latency_ms.empty()) {
    const std::string latency =
        fmt::format("{:.0f} ms", static_cast<double>(line->latency_ms.back()));
    const float text_from = right - ImGui::CalcTextSize(latency.c_str()).x;
    ImGui::SameLine(text_from);
    ImGui::TextDisabled("%s", latency.c_str());
    if (line->latency_ms.size() > 1) {
      ImGui::SameLine(text_from - 44);
      ImGui::PlotLines("##latency", line->latency_ms.data(),
                       static_cast<int>(line->latency_ms.size()), 0, nullptr, 0, FLT_MAX,
                       ImVec2(38, 18));
    }
    if (ImGui::IsItemHovered()) {
      ImGui::SetTooltip("answer after %.1f ms; sent %s, received %s",
                        static_cast<double>(line->latency_ms.back()),
                        size_text(line->bytes_out).c_str(), size_text(line->bytes_in).c_str());
    }
  }
  for (const std::string& truth : truth_of(device)) ImGui::TextUnformatted(truth.c_str());
  const std::string says = kiosk_says_of(device);
  if (!says.empty()) ImGui::TextDisabled("kiosk: %s", says.c_str());
}

/// What is dragged onto a device is done at it.
void PanelView::drop_on_device(const Device& device) {
  const std::string_view key = device.key;
  if (key == "id_reader") drop("world.place_document");
  if (key == "camera") drop("world.subjects");
}

void PanelView::device_card(const Device& device, int place, float width) {
  const auto injected = faults_of(device);
  const auto wrong = differences();
  const bool differs = std::any_of(wrong.begin(), wrong.end(), [&](const std::string& line) {
    const std::string_view key = device.key;
    if (key == "card_printer") return line.find("hopper") != std::string::npos;
    return key == "control_board" && line.find("outlet") != std::string::npos;
  });
  const bool faulty =
      std::string_view(device.key) == "card_printer" && last("printer.state", "state") == "error";
  // An absolute place: what a card writes must not push the next one aside.
  if (place % 2 == 1) ImGui::SameLine(ImGui::GetStyle().WindowPadding.x + width + 8);
  ImGui::PushID(device.key);
  ImGui::BeginGroup();
  const ImVec2 from = ImGui::GetCursorScreenPos();
  const ImVec2 start = ImGui::GetCursorPos();
  const std::string name = std::string("device ") + device.key;
  if (ImGui::InvisibleButton(name.c_str(), ImVec2(width, kCardHeight))) {
    open_device_ = open_device_ == device.key ? "" : device.key;
    open_fault_.clear();
  }
  ImGui::SetItemAllowOverlap();
  mark(name);
  drop_on_device(device);
  const bool holds_card = run_.truth().card_at_exit();
  if (holds_card && std::string_view(device.key) == "card_printer") {
    drag("the card", "world.take_card", {{"person", person_}});
  }
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(from.x + width, from.y + kCardHeight - 6);
  if (ImGui::IsItemHovered()) list.AddRectFilled(from, to, tint().raised, 6);
  const ImU32 edge = !injected.empty() ? tint().injected
                     : faulty          ? tint().fault
                     : differs         ? tint().attention
                                       : tint().ok;
  list.AddRectFilled(from, ImVec2(from.x + 4, to.y), edge, 2);
  list.PushClipRect(from, to, true);
  ImGui::SetCursorPos(ImVec2(start.x + 14, start.y + 2));
  ImGui::BeginGroup();
  ImGui::PushStyleVar(ImGuiStyleVar_ItemSpacing, ImVec2(8, 2));
  if (!injected.empty()) {
    const ImVec2 at(from.x + 14, to.y - 44);
    list.AddText(at, tint().injected,
                 fmt::format("{} {}", icon::kFlash, fmt::join(injected, ", ")).c_str());
  }
  device_text(device, width);
  // At the bottom of every card: its middle opens the faults.
  ImGui::SetCursorPos(ImVec2(start.x + 14, start.y + kCardHeight - 26));
  device_wire(device, width);
  ImGui::PopStyleVar();
  ImGui::EndGroup();
  list.PopClipRect();
  ImGui::SetCursorPos(start);
  ImGui::Dummy(ImVec2(width, kCardHeight));
  ImGui::EndGroup();
  ImGui::PopID();
}

void PanelView::device_column() {
  for (const std::string& line : differences()) {
    ImGui::PushStyleColor(ImGuiCol_Text, tint().attention);
    ImGui::TextWrapped("%s", line.c_str());
    ImGui::PopStyleColor();
  }
  const float room = ImGui::GetContentRegionAvail().x;
  for (const Device& device : devices()) {
    if (open_device_ != device.key) continue;
    if (button("all devices", "‹ All devices")) {
      open_device_.clear();
      break;
    }
    device_card(device, 0, room);
    return device_faults(device);
  }
  int place = 0;
  for (const Device& device : devices()) device_card(device, place++, (room - 8) / 2);
  ImGui::Spacing();
  muted("Click a device to see its faults. Drag documents, people and photos onto it.");
}

}  // namespace cardrig::panel
