// The middle column: what each device is, what the kiosk says, and where the two differ.
#include <fmt/format.h>

#include <algorithm>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using sim::CardPlace;

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
  sim::World& world = run_.rig().world();
  const bool serves = screen->id == "welcome";
  if (serves && world.count(CardPlace::kHopper) == 0) {
    found.emplace_back("The kiosk serves; the hopper is empty.");
  }
  if (serves && world.card_at_exit() != nullptr) {
    found.emplace_back("The kiosk waits for the next person; a card stands in the outlet.");
  }
  if (screen->id == "take_card" && world.card_at_exit() == nullptr) {
    found.emplace_back("The kiosk says take the card; the outlet is empty.");
  }
  if (serves && !world.mains()) found.emplace_back("The kiosk serves; its devices have no power.");
  if (screen->id == "out_of_service" && screen->sentence.key == "cause.no_cards.sentence" &&
      world.count(CardPlace::kHopper) > 0) {
    found.emplace_back("The kiosk says no cards; the hopper holds some.");
  }
  return found;
}

void PanelView::device_card(int place, const char* symbol, const char* name,
                            const std::vector<std::string>& truth, const std::string& says,
                            const std::string& fault_prefix, bool differs) {
  std::vector<std::string> injected;
  for (const std::string& fault : run_.rig().faults().active()) {
    if (fault.rfind(fault_prefix, 0) == 0) injected.push_back(fault);
  }
  const float width = ImGui::GetContentRegionAvail().x / 2;
  if (place % 2 == 1) ImGui::SameLine(width + ImGui::GetStyle().WindowPadding.x);
  ImGui::BeginGroup();
  const ImVec2 from = ImGui::GetCursorScreenPos();
  ImGui::PushTextWrapPos(ImGui::GetCursorPosX() + width - 12);
  ImGui::Indent(14);
  ImGui::PushStyleColor(ImGuiCol_Text, tint::kAccent);
  ImGui::TextUnformatted(symbol);
  ImGui::PopStyleColor();
  ImGui::SameLine();
  heading(name);
  for (const std::string& line : truth) ImGui::TextUnformatted(line.c_str());
  // A card without a word of the kiosk keeps the line: the cards of a row are equally high.
  ImGui::TextDisabled("%s", says.empty() ? " " : ("kiosk: " + says).c_str());
  for (const std::string& fault : injected) {
    ImGui::PushStyleColor(ImGuiCol_Text, tint::kInjected);
    ImGui::Text("%s %s", icon::kFlash, fault.c_str());
    ImGui::PopStyleColor();
  }
  ImGui::Unindent(14);
  ImGui::PopTextWrapPos();
  const ImVec2 to = ImGui::GetCursorScreenPos();
  const ImU32 edge = !injected.empty() ? tint::kInjected : differs ? tint::kAttention : tint::kOk;
  ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(from.x, from.y + 2),
                                            ImVec2(from.x + 4, to.y - 6), edge, 2);
  ImGui::Dummy(ImVec2(width - 20, 4));
  ImGui::EndGroup();
}

void PanelView::devices() {
  sim::World& world = run_.rig().world();
  const auto wrong = differences();
  const auto mentions = [&](const char* word) {
    return std::any_of(wrong.begin(), wrong.end(), [&](const std::string& line) {
      return line.find(word) != std::string::npos;
    });
  };
  for (const std::string& line : wrong) {
    ImGui::PushStyleColor(ImGuiCol_Text, tint::kAttention);
    ImGui::TextWrapped("%s", line.c_str());
    ImGui::PopStyleColor();
  }
  const flow::Screen* screen = run_.rig().screen();
  std::string kiosk = screen == nullptr ? "off" : "screen " + screen->id;
  if (const auto pending = run_.rig().query("kiosk.pending", nlohmann::json::object())) {
    kiosk += fmt::format(", {} open, {} to report", pending->value("open", 0),
                         pending->value("reports", 0));
  }
  const std::string ended = last("kiosk.session_ended", "reason");
  device_card(0, icon::kKiosk, "Kiosk", {kiosk}, ended.empty() ? "" : "last session " + ended,
              "kiosk.", false);

  const auto* document = world.document_on_reader();
  std::string read = last("kiosk.step", "step");
  if (!read.empty()) read += " " + last("kiosk.step", "result");
  device_card(1, icon::kReader, "ID reader",
              {document == nullptr ? "nothing on it" : document->id + " lies on it"}, read,
              "id_reader.", false);

  std::string subjects;
  for (const sim::Subject& subject : world.subjects()) {
    subjects += fmt::format("{}{} {} at {:.1f} m", subjects.empty() ? "" : ", ", subject.kind,
                            subject.person_id, subject.distance_m);
  }
  const std::string verdict = last("face.result", "verdict");
  device_card(2, icon::kCamera, "Camera",
              {(subjects.empty() ? std::string("nobody") : subjects) +
               fmt::format(", light {:.2f}", world.light())},
              verdict.empty()
                  ? ""
                  : verdict + ", similarity " + last("face.result", "similarity").substr(0, 5),
              "camera.", false);

  device_card(3, icon::kPrinter, "Card printer",
              {fmt::format("hopper {} · path {} · exit {} · bin {}",
                           world.count(CardPlace::kHopper), world.count(CardPlace::kPath),
                           world.count(CardPlace::kExit), world.count(CardPlace::kRejectBin))},
              last("issuance.stage", "stage"), "card_printer.",
              mentions("hopper") || mentions("no power"));

  const std::string light = last("board.light", "light");
  const std::string on = last("board.light", "on");
  device_card(4, icon::kBoard, "Control board",
              {world.card_at_exit() != nullptr ? "a card stands in the outlet" : "outlet empty"},
              light.empty() ? "" : "light at the " + light + (on == "true" ? " on" : " off"),
              "control_board.", mentions("outlet"));

  const std::string answer = last("platform.answer", "status");
  device_card(5, icon::kPlatform, "Exam platform",
              {world.network() ? "network up" : "network down"},
              answer.empty() ? "" : "last answer " + answer, "platform.", !world.network());
  ImGui::Spacing();
  faults();
}

}  // namespace cardrig::panel
