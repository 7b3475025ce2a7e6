// The permits at the platform: registering one for the chosen person, and what became of each.
#include <fmt/format.h>

#include <algorithm>

#include "kiosk/certificate/directory.h"
#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using nlohmann::json;

namespace {

constexpr std::size_t kRowsShown = 4;  // the rest by scrolling

/// What the platform can still do with it.
bool can(std::string_view act, const json& permit) {
  const std::string state = permit.value("state", "");
  const std::string claim = permit.value("claim", "");
  if (act == "approve") return state == "pending";
  if (act == "revoke") return state != "revoked";
  if (act == "withdraw") return claim == "granted";
  return claim == "captured" || claim == "unknown";  // free
}

}  // namespace

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
  permits_.empty() ? muted("No permits yet: register one for the person above.") : permit_table();
  ImGui::Spacing();
}

/// The platform is asked again only when it has said something since.
void PanelView::read_permits() {
  std::string of = fmt::format("{} {}", run_.generation(), run_.deeds().size());
  for (const char* kind : {"platform.permit", "platform.claim", "platform.report"}) {
    const auto last_one = last_of_kind_.find(kind);
    of += fmt::format(" {}", last_one == last_of_kind_.end() ? 0 : last_one->second);
  }
  if (of == permit_rows_of_) return;
  permit_rows_of_ = of;
  permit_rows_.clear();
  // NOLINTNEXTLINE(modernize-loop-convert): clang 14 cannot read libstdc++'s views.
  for (auto id = permits_.rbegin(); id != permits_.rend(); ++id) {
    const auto answer = run_.rig().query("platform.permit", {{"permit", *id}});
    PermitRow row{*id, "", "", answer ? *answer : json::object()};
    for (const Deed& deed : run_.deeds()) {
      if (deed.message.verb != "platform.permit" || deed.message.args.value("id", "") != *id) {
        continue;
      }
      row.person = deed.message.args.value("person", "");
      row.item = deed.message.args.value("item", "");
    }
    permit_rows_.push_back(std::move(row));
  }
}

void PanelView::permit_table() {
  read_permits();
  ImGui::PushStyleVar(ImGuiStyleVar_CellPadding, ImVec2(6, 2));
  const float row_px = ImGui::GetTextLineHeight() + 2 * ImGui::GetStyle().CellPadding.y;
  const auto rows = static_cast<float>(std::min(permit_rows_.size(), kRowsShown) + 1);
  const auto flags = ImGuiTableFlags_SizingFixedFit | ImGuiTableFlags_ScrollY;
  constexpr int kColumns = 7;
  const bool open = ImGui::BeginTable("permits", kColumns, flags, ImVec2(0, rows * row_px + 2));
  ImGui::PopStyleVar();
  if (!open) return;
  ImGui::TableSetupScrollFreeze(0, 1);
  for (const char* title : {"permit", "person", "item", "state", "claim", "delivered"}) {
    ImGui::TableSetupColumn(title);
  }
  ImGui::TableSetupColumn("acts", ImGuiTableColumnFlags_WidthStretch);
  for (const char* title : {"permit", "person", "item", "state", "claim", "delivered", ""}) {
    ImGui::TableNextColumn();
    ImGui::TextDisabled("%s", title);
  }
  for (const PermitRow& row : permit_rows_) permit_row(row);
  ImGui::EndTable();
}

void PanelView::permit_row(const PermitRow& row) {
  ImGui::TableNextColumn();
  ImGui::TextUnformatted(row.id.c_str());
  mark("row " + row.id);
  for (const std::string& text :
       {row.person, row.item, row.platform.value("state", "?"), row.platform.value("claim", "?"),
        fmt::format("{}", row.platform.value("delivered", 0))}) {
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(text.c_str());
  }
  ImGui::TableNextColumn();
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(5, 0));
  std::string sent;
  for (const char* act : {"approve", "revoke", "withdraw", "free"}) {
    if (!can(act, row.platform)) continue;
    if (button(std::string(act) + " " + row.id, act)) sent = act;
    ImGui::SameLine(0, 4);
  }
  ImGui::PopStyleVar();
  if (!sent.empty()) run_.send("platform." + sent, {{"permit", row.id}});
}

}  // namespace cardrig::panel
