// The command palette: everything that can be clicked can be typed.
#include <fmt/format.h>

#include <algorithm>

#include "fixtures/documents/documents.h"
#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

using nlohmann::json;

void PanelView::collect_commands() {
  commands_.clear();
  const auto add = [&](const std::string& name, const std::string& verb, json args) {
    commands_.push_back({name, verb, std::move(args)});
  };
  for (const char* own : {"play", "pause", "step", "restart", "undo", "save", "theme", "help",
                          "next step", "world", "scenario", "numbers"}) {
    add(own, "", {});
  }
  for (const std::string& file : suite_files_) {
    add("load " + file.substr(options_.suite.size() + 1), "", {{"file", file}});
  }
  add("world.lift_document", "world.lift_document", json::object());
  add("world.empty_reject_bin", "world.empty_reject_bin", json::object());
  for (const int cards : {1, 10, 100}) {
    add(fmt::format("world.load_hopper {}", cards), "world.load_hopper", {{"cards", cards}});
  }
  for (const bool up : {false, true}) {
    add(fmt::format("world.network {}", up ? "up" : "down"), "world.network", {{"up", up}});
    add(fmt::format("world.mains {}", up ? "on" : "off"), "world.mains", {{"on", up}});
    add(fmt::format("world.service_key {}", up ? "on" : "off"), "world.service_key", {{"on", up}});
  }
  add("world.subjects nobody", "world.subjects", {{"subjects", json::array()}});
  for (const auto& person : run_.assets().people) {
    const json subject = {{"kind", "person"}, {"person", person.id}};
    add("world.subjects " + person.id, "world.subjects", {{"subjects", json::array({subject})}});
    add("world.take_card " + person.id, "world.take_card", {{"person", person.id}});
    for (const std::string& name : fixtures::document_names(person)) {
      add("world.place_document " + name, "world.place_document", {{"document", name}});
    }
  }
  add("kiosk.power_cut", "kiosk.power_cut", json::object());
  add("kiosk.power_on", "kiosk.power_on", json::object());
  for (const char* found : {"delivered", "captured", "spoilt", "none"}) {
    add(std::string("staff.found ") + found, "staff.found", {{"outcome", found}});
  }
  for (const sim::FaultSpec& spec : run_.faults()) {
    add("fault.inject " + spec.name, "fault.inject", {{"name", spec.name}});
    add("fault.clear " + spec.name, "fault.clear", {{"name", spec.name}});
  }
}

void PanelView::run_command(const Command& command) {
  Player* player = run_.player();
  if (!command.verb.empty()) {
    run_.send(command.verb, command.args);
  } else if (command.name == "play" || command.name == "pause") {
    if (run_.playing != (command.name == "play")) play_or_pause();
  } else if (command.name == "step") {
    step();
  } else if (command.name == "restart") {
    begin_again();
  } else if (command.name == "undo") {
    run_.undo();
  } else if (command.name == "save") {
    save();
  } else if (command.name == "help") {
    help_open_ = true;
  } else if (command.name == "theme") {
    settings_.light = !settings_.light;
    set_theme(settings_.light);
  } else if (command.name == "world") {
    settings_.right = RightColumn::kWorld;
  } else if (command.name == "scenario") {
    settings_.right = RightColumn::kScenario;
  } else if (command.name == "numbers") {
    settings_.right = RightColumn::kNumbers;
  } else if (command.name == "next step" && player != nullptr) {
    player->go_one_step();
    run_.playing = true;
  } else if (command.name.starts_with("load ")) {
    load_scenario(command.args.value("file", ""));
  }
}

void PanelView::palette() {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.KeyCtrl && ImGui::IsKeyPressed(14 /* SDL_SCANCODE_K */, false)) {
    palette_open_ = !palette_open_;
    palette_focus_ = palette_open_;
    palette_text_[0] = '\0';
    palette_at_ = 0;
  }
  if (!palette_open_) return;
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_Escape), false)) palette_open_ = false;
  ImGui::SetNextWindowPos(ImVec2(io.DisplaySize.x / 2 - 320, 90));
  ImGui::SetNextWindowSize(ImVec2(640, 400));
  ImGui::SetNextWindowFocus();
  ImGui::PushStyleColor(ImGuiCol_WindowBg, tint().raised);
  ImGui::Begin(
      "palette", nullptr,
      ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings);
  ImGui::SetNextItemWidth(-1);
  if (palette_focus_) ImGui::SetKeyboardFocusHere();
  palette_focus_ = false;
  const bool entered =
      ImGui::InputTextWithHint("##command", "What shall happen?", palette_text_.data(),
                               palette_text_.size(), ImGuiInputTextFlags_EnterReturnsTrue);
  mark("palette text");
  const std::string wanted = palette_text_.data();
  std::vector<const Command*> matches;
  for (const Command& command : commands_) {
    if (command.name.find(wanted) != std::string::npos) matches.push_back(&command);
  }
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_DownArrow))) ++palette_at_;
  if (ImGui::IsKeyPressed(ImGui::GetKeyIndex(ImGuiKey_UpArrow)) && palette_at_ > 0) --palette_at_;
  palette_at_ = std::min(palette_at_, matches.empty() ? 0 : matches.size() - 1);
  const Command* chosen = entered && !matches.empty() ? matches[palette_at_] : nullptr;
  ImGui::BeginChild("matches");
  if (matches.empty()) ImGui::TextDisabled("nothing of that name");
  for (std::size_t i = 0; i < matches.size(); ++i) {
    if (ImGui::Selectable(matches[i]->name.c_str(), i == palette_at_)) chosen = matches[i];
    if (i == palette_at_ && !ImGui::IsItemVisible()) ImGui::SetScrollHereY();
  }
  ImGui::EndChild();
  ImGui::End();
  ImGui::PopStyleColor();
  if (chosen != nullptr) {
    palette_open_ = false;
    run_command(*chosen);
  }
}

}  // namespace cardrig::panel
