// The scenario column: what was done so far as steps of a file, or a loaded file step by step.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

const char* state_text(Player::State state) {
  switch (state) {
    case Player::State::kSteps:
      return "in its steps";
    case Player::State::kEnding:
      return "all steps done; waiting for rest";
    case Player::State::kPassed:
      return "passed";
    case Player::State::kFailed:
      return "failed";
    case Player::State::kLeft:
      return "left: you went back, and go on by hand";
  }
  return "?";
}

ImU32 state_colour(Player::State state) {
  if (state == Player::State::kPassed) return tint().ok;
  if (state == Player::State::kFailed) return tint().fault;
  return tint().muted;
}

ImU32 row_colour(scenario::StepState state, bool present) {
  if (state == scenario::StepState::kFailed) return tint().fault;
  if (present) return tint().accent;
  return state == scenario::StepState::kDone ? tint().ink : tint().muted;
}

}  // namespace

void PanelView::load_scenario(const std::string& path) {
  auto loaded = scenario::load_paths({path}, run_.vocabulary());
  if (loaded.scenarios.empty()) {
    notice_ = loaded.complaints.empty() ? path + " holds no scenario"
                                        : located::to_string(loaded.complaints.front());
    return;
  }
  rows_ = std::move(loaded.scenarios);
  for (const auto& row : rows_) {
    fonts_.need(row.name);
    for (const auto& step : row.steps) fonts_.need(step.text);
  }
  run_.load(rows_.front());
  settings_.right = RightColumn::kScenario;
  notice_ = "Loaded " + std::filesystem::path(path).filename().string() +
            ". Play runs it; F10 goes step by step.";
}

void PanelView::scenario_column() {
  scenario_files();
  ImGui::Spacing();
  if (run_.player() == nullptr) return recorded_rows();
  player_bar(*run_.player());
  // The bar may have closed it, or loaded another row.
  if (run_.player() != nullptr) player_rows(*run_.player());
}

void PanelView::scenario_files() {
  ImGui::SetNextItemWidth(-70);
  ImGui::InputText("##save as", save_as_.data(), save_as_.size());
  mark("save as");
  tip("where Save writes, seen from where the panel was started");
  ImGui::SameLine();
  if (button("save file", "Save", 62)) save();
  ImGui::SetNextItemWidth(-70);
  ImGui::InputTextWithHint("##load from", "a scenario file", load_from_.data(), load_from_.size());
  mark("load from");
  ImGui::SameLine();
  if (button("load file", "Load", 62)) load_scenario(load_from_.data());
  if (suite_files_.empty()) return;
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##suite", "or one of the suite")) {
    for (const std::string& file : suite_files_) {
      const std::string shown = file.substr(options_.suite.size() + 1);
      if (!ImGui::Selectable(shown.c_str())) continue;
      load_from_.fill('\0');
      file.copy(load_from_.data(), load_from_.size() - 1);
      load_scenario(file);
    }
    ImGui::EndCombo();
  }
}

// ---- what was done -----------------------------------------------------------------------------

void PanelView::recorded_rows() {
  const std::string of = fmt::format("{} {} {}", run_.generation(), run_.deeds().size(),
                                     run_.history().screens().size());
  if (of != recorded_of_) {
    recorded_ = recorded_steps(run_);
    recorded_of_ = of;
    for (const RecordedStep& step : recorded_) fonts_.need(one_line(step.step));
  }
  if (recorded_.empty()) {
    muted("What you do appears here, as the steps of a scenario file. Save writes it.");
    return;
  }
  ImGui::BeginChild("recorded");
  ImGui::PushFont(fonts_.mono);
  for (std::size_t i = 0; i < recorded_.size(); ++i) {
    const RecordedStep& step = recorded_[i];
    ImGui::PushStyleColor(ImGuiCol_Text, step.is_act ? tint().ink : tint().muted);
    const std::string line =
        fmt::format("{:8.3f}  {}##{}", seconds(step.time), one_line(step.step), i);
    if (ImGui::Selectable(line.c_str())) end_s_ = seconds(step.time) + settings_.span_s / 2;
    ImGui::PopStyleColor();
    if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", one_line(step.step).c_str());
  }
  ImGui::PopFont();
  ImGui::EndChild();
}

// ---- a loaded file -----------------------------------------------------------------------------

void PanelView::player_bar(Player& player) {
  ImGui::TextWrapped("%s", player.scenario().name.c_str());
  ImGui::PushStyleColor(ImGuiCol_Text, state_colour(player.state()));
  ImGui::TextWrapped("%s%s%s", state_text(player.state()), player.failure().empty() ? "" : ": ",
                     player.failure().c_str());
  ImGui::PopStyleColor();
  if (button("next step", "Next step")) run_command({"next step", "", {}});
  tip("does the present step and stops before the next one (F10)");
  ImGui::SameLine();
  if (button("run on", "Run on")) {
    player.go_on();
    run_.playing = true;
  }
  tip("to the next breakpoint, or the end");
  ImGui::SameLine();
  if (button("scenario again", "From the start")) run_.restart(run_.seed());
  ImGui::SameLine();
  if (button("close scenario", "Close")) {
    run_.unload();
    return;
  }
  if (rows_.size() < 2) return;
  ImGui::SetNextItemWidth(-1);
  if (ImGui::BeginCombo("##row", player.scenario().id.c_str())) {
    for (const auto& row : rows_) {
      if (ImGui::Selectable(row.id.c_str(), row.id == player.scenario().id)) {
        run_.load(row);
        break;
      }
    }
    ImGui::EndCombo();
  }
}

void PanelView::player_rows(Player& player) {
  ImGui::BeginChild("steps");
  ImGui::PushFont(fonts_.mono);
  for (std::size_t i = 0; i < player.rows().size(); ++i) {
    const Player::Row& row = player.rows()[i];
    const bool present = player.at() == i;
    const bool stops = player.has_breakpoint(i);
    ImGui::PushStyleColor(ImGuiCol_Text, stops ? tint().fault : tint().faint);
    const std::string dot = fmt::format("{}##stop {}", stops ? "●" : "○", i);
    if (ImGui::Selectable(dot.c_str(), false, 0, ImVec2(16, 0))) player.toggle_breakpoint(i);
    ImGui::PopStyleColor();
    mark(fmt::format("breakpoint {}", i));
    tip("stop before this step");
    ImGui::SameLine(0, 4);
    ImGui::PushStyleColor(ImGuiCol_Text, row_colour(row.state, present));
    const char* sign = row.state == scenario::StepState::kFailed ? "×"
                       : present                                 ? "→"
                       : row.state == scenario::StepState::kDone ? "✓"
                                                                 : " ";
    ImGui::Text("%s", sign);
    ImGui::SameLine(44);
    ImGui::TextWrapped("%s", row.step->text.c_str());
    ImGui::PopStyleColor();
    mark(fmt::format("step {}", i));
    if (present && player_row_shown_ != i) {
      ImGui::SetScrollHereY();
      player_row_shown_ = i;
    }
  }
  ImGui::PopFont();
  ImGui::EndChild();
}

}  // namespace cardrig::panel
