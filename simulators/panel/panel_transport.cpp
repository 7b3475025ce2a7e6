// The bar at the top: time, speed, seed, saving, the status line; and the help.
#include <fmt/format.h>

#include <cmath>

#include "simulators/panel/panel_view.h"

namespace cardrig::panel {

namespace {

std::string clock_text(Nanos t) {
  const double s = std::chrono::duration<double>(t).count();
  return fmt::format("{:02d}:{:06.3f}", static_cast<int>(s / 60), std::fmod(s, 60));
}

struct Shortcut {
  const char* keys;
  const char* does;
};

constexpr Shortcut kShortcuts[] = {
    {"Space", "play or pause"},
    {".", "to the next event"},
    {"Ctrl-K", "everything, by name"},
    {"Ctrl-Z", "take the last act back: the run goes to just before it"},
    {"Ctrl-S", "save what was done as a scenario file"},
    {"Ctrl-O", "scenario or world in the right column"},
    {"F9", "breakpoint at the present step of the scenario"},
    {"F10", "run to the next step of the scenario"},
    {"Ctrl-T", "light or dark"},
    {"F1", "this help"},
    {"Esc", "close what is open"},
};

constexpr const char* kHints[] = {
    "Touch the kiosk's screen with the mouse: it is the real one.",
    "Click a device to see its faults; inject one, or arm it for the next card or a later moment.",
    "Drag a document onto the ID reader, a person or a photo onto the camera, the card out of the "
    "printer onto a person.",
    "Click an event for its bytes, its screen or its frame; \"Go back to here\" runs the session "
    "again up to there.",
    "Drag the blue now-line to the left to go back in time. What came later is cut off.",
    "Whatever you do is recorded. Save writes a scenario that cardrig run repeats to the byte.",
};

}  // namespace

void PanelView::play_or_pause() {
  run_.playing = !run_.playing;
  if (run_.playing && run_.player() != nullptr) run_.player()->go_on();
}

void PanelView::step() {
  if (run_.is_live()) return;
  run_.playing = false;
  if (run_.player() != nullptr) run_.player()->go_on();
  run_.step_event();
}

/// The session stands still where it was saved: what the file says is what is seen.
void PanelView::save() {
  run_.playing = false;
  notice_ = save_scenario(run_, save_as_.data());
  recorded_of_.clear();
}

void PanelView::transport() {
  ImGui::SetCursorPos(ImVec2(12, 12));
  ImGui::AlignTextToFramePadding();
  heading("cardrig");
  ImGui::SameLine(0, 16);
  run_.is_live() ? live_mark() : play_buttons();
  transport_time();
  ImGui::SameLine(0, 12);
  if (!options_.kiosk_only) {
    if (!run_.is_live()) {
      if (button("undo", "Undo")) run_.undo();
      tip("go to just before the last act (Ctrl-Z)");
      ImGui::SameLine(0, 4);
    }
    if (button("save", "Save")) save();
    tip("write what was done as a scenario file (Ctrl-S)");
    ImGui::SameLine(0, 4);
    if (button("help", "?", 28)) help_open_ = !help_open_;
    tip("keys and hints (F1)");
    ImGui::SameLine(0, 16);
  }
  status_line();
}

void PanelView::play_buttons() {
  if (button("play", run_.playing ? icon::kPause : icon::kPlay, 36)) play_or_pause();
  tip("play or pause (Space)");
  ImGui::SameLine();
  if (button("step", icon::kStep, 36)) step();
  tip("to the next event (.)");
  ImGui::SameLine(0, 12);
  for (const double speed : {0.25, 1.0, 4.0, 20.0}) {
    const std::string label = fmt::format("{}×", speed);
    if (toggle(fmt::format("speed {}", speed), label.c_str(), run_.speed == speed)) {
      run_.speed = speed;
    }
    ImGui::SameLine(0, 4);
  }
  ImGui::SameLine(0, 16);
}

/// Programs in real time: nothing to play or pause but a scenario file.
void PanelView::live_mark() {
  ImGui::AlignTextToFramePadding();
  ImGui::PushStyleColor(ImGuiCol_Text, tint().accent);
  ImGui::Text("live, %s rung", run_.rig().name().c_str());
  ImGui::PopStyleColor();
  mark("live");
  tip("programs of their own, in real time: no pause, no speed, no way back");
  ImGui::SameLine(0, 16);
}

void PanelView::transport_time() {
  ImGui::PushFont(fonts_.mono);
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(clock_text(run_.rig().now()).c_str());
  ImGui::PopFont();
  ImGui::SameLine(0, 16);
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("seed");
  ImGui::SameLine();
  ImGui::SetNextItemWidth(64);
  ImGui::InputInt("##seed", &seed_, 0);
  ImGui::SameLine();
  if (button("restart", "Begin again")) begin_again();
}

std::string PanelView::status() const {
  if (std::string trouble = run_.rig().trouble(); !trouble.empty()) return trouble;
  if (!run_.refusal().empty()) return run_.refusal();
  if (!notice_.empty()) return notice_;
  if (!run_.last_message().empty()) return run_.last_message();
  return "Play, then place a document. Ctrl-K lists everything.";
}

/// One line, cut off where the window ends; the whole of it on hover.
void PanelView::status_line() {
  ImGui::AlignTextToFramePadding();
  const std::string text = status();
  const bool refused = !run_.refusal().empty() || !run_.rig().trouble().empty();
  ImGui::PushStyleColor(ImGuiCol_Text, refused ? tint().attention : tint().muted);
  ImGui::TextUnformatted(text.c_str());
  ImGui::PopStyleColor();
  mark("status");
  if (ImGui::IsItemHovered()) {
    ImGui::BeginTooltip();
    ImGui::PushTextWrapPos(520);
    ImGui::TextUnformatted(text.c_str());
    ImGui::PopTextWrapPos();
    ImGui::EndTooltip();
  }
}

void PanelView::help() {
  if (!help_open_) return;
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos(ImVec2(size.x / 2 - 330, 80));
  ImGui::SetNextWindowSize(ImVec2(660, 0));
  ImGui::SetNextWindowFocus();
  ImGui::PushStyleColor(ImGuiCol_WindowBg, tint().raised);
  ImGui::Begin("help", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_AlwaysAutoResize);
  heading("Keys");
  for (const Shortcut& shortcut : kShortcuts) {
    ImGui::PushStyleColor(ImGuiCol_Text, tint().accent);
    ImGui::TextUnformatted(shortcut.keys);
    ImGui::PopStyleColor();
    ImGui::SameLine(100);
    ImGui::TextUnformatted(shortcut.does);
  }
  ImGui::Spacing();
  heading("What else there is");
  for (const char* hint : kHints) ImGui::TextWrapped("%s", hint);
  ImGui::Spacing();
  if (button("close help", "Close")) help_open_ = false;
  ImGui::End();
  ImGui::PopStyleColor();
}

}  // namespace cardrig::panel
