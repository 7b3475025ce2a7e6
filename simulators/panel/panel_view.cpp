// The frame: layout, splitters, keyboard shortcuts, and small helpers of all parts.
#include "simulators/panel/panel_view.h"

#include <SDL2/SDL_scancode.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "kiosk/certificate/directory.h"

namespace cardrig::panel {

namespace {

constexpr float kTop = 52;
constexpr float kEdge = 12;
constexpr float kGap = 10;

void begin_column(const char* id, float x, float width, float height) {
  ImGui::SetCursorPos(ImVec2(x, kTop));
  ImGui::BeginChild(id, ImVec2(width, height), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
}

}  // namespace

PanelView::PanelView(screen::Canvas& canvas, Run& run, PanelViewOptions options)
    : canvas_(canvas),
      run_(run),
      options_(std::move(options)),
      settings_(load_settings(options_.settings_file)),
      fonts_(canvas),
      coverage_(run.vocabulary()) {
  const screen::ContextScope scope(canvas_.context());
  set_theme(settings_.light);
  seed_ = static_cast<int>(run.seed());
  generation_ = run.generation();
  for (const auto& person : run_.assets().people) fonts_.need(person.name);
  for (const auto& category : certificate::categories()) {
    for (const auto& item : category.items) fonts_.need(item.name);
  }
  options_.save_as.copy(save_as_.data(), save_as_.size() - 1);
  std::error_code error;
  if (!options_.suite.empty()) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(options_.suite, error)) {
      const std::string path = entry.path().string();
      if (path.ends_with(".scenario.json")) suite_files_.push_back(path);
    }
  }
  std::sort(suite_files_.begin(), suite_files_.end());
  collect_commands();
}

PanelView::~PanelView() {
  if (canvas_.is_window()) {
    settings_.width_px = canvas_.width_px();
    settings_.height_px = canvas_.height_px();
  }
  save_settings(settings_, options_.settings_file);
}

// ---- the run -----------------------------------------------------------------------------------

/// What was read from a trace that is no more.
void PanelView::forget_run() {
  generation_ = run_.generation();
  seed_ = static_cast<int>(run_.seed());
  events_read_ = 0;
  last_of_kind_.clear();
  parties_.clear();
  permits_.clear();
  wires_.clear();
  coverage_.clear();
  throughput_.clear();
  kiosk_signature_.clear();
  picture_of_.clear();
  recorded_of_.clear();
  follow_ = true;
  if (selected_ > run_.rig().trace().events().size()) selected_ = 0;
}

void PanelView::begin_again() {
  run_.restart(static_cast<std::uint64_t>(std::max(0, seed_)));
  selected_ = 0;
  notice_.clear();
}

void PanelView::read_trace() {
  if (generation_ != run_.generation()) forget_run();
  const auto& events = run_.rig().trace().events();
  for (; events_read_ < events.size(); ++events_read_) {
    const Event& event = events[events_read_];
    last_of_kind_[event.kind] = events_read_;
    parties_.insert(event.party);
    wires_.see(event);
    coverage_.see(event);
    throughput_.see(event);
    const std::string permit = event.kind == "platform.permit" ? event.text("permit") : "";
    if (!permit.empty() && std::find(permits_.begin(), permits_.end(), permit) == permits_.end()) {
      permits_.push_back(permit);
    }
    for (const Field& field : event.fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) fonts_.need(*text);
    }
  }
}

// ---- helpers -----------------------------------------------------------------------------------

bool PanelView::button(const std::string& name, const char* label, float width) {
  const std::string with_id = std::string(label) + "##" + name;
  const bool pressed = ImGui::Button(with_id.c_str(), ImVec2(width, 0));
  mark(name);
  return pressed;
}

/// A button that shows whether it is on.
bool PanelView::toggle(const std::string& name, const char* label, bool on) {
  if (on) ImGui::PushStyleColor(ImGuiCol_Text, tint().accent);
  const bool pressed = button(name, label);
  if (on) ImGui::PopStyleColor();
  return pressed;
}

void PanelView::tip(const char* text) {
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", text);
}

void PanelView::mark(const std::string& name) {
  const ImVec2 from = ImGui::GetItemRectMin();
  const ImVec2 to = ImGui::GetItemRectMax();
  if (ImGui::IsItemVisible()) areas_[name] = {from.x, from.y, to.x - from.x, to.y - from.y};
}

void PanelView::heading(const char* text) {
  ImGui::PushFont(fonts_.strong);
  ImGui::TextUnformatted(text);
  ImGui::PopFont();
}

void PanelView::muted(const std::string& text) {
  ImGui::PushStyleColor(ImGuiCol_Text, tint().muted);
  ImGui::TextWrapped("%s", text.c_str());
  ImGui::PopStyleColor();
}

std::optional<PanelView::Area> PanelView::area(const std::string& name) const {
  const auto found = areas_.find(name);
  return found == areas_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<PanelView::Area> PanelView::kiosk_button(const std::string& key) const {
  if (!renderer_) return std::nullopt;
  for (const screen::Hit& hit : renderer_->hits()) {
    if (hit.key != key) continue;
    return Area{kiosk_area_.x + hit.x, kiosk_area_.y + hit.y, hit.width, hit.height};
  }
  return std::nullopt;
}

// ---- the frame ---------------------------------------------------------------------------------

void PanelView::frame(Nanos now) {
  const Nanos passed = has_frame_ ? now - last_frame_ : Nanos{0};
  last_frame_ = now;
  has_frame_ = true;
  run_.pass(std::min<Nanos>(passed, std::chrono::milliseconds(250)));
  read_trace();
  fonts_.need(notice_);
  fonts_.build();

  const screen::ContextScope scope(canvas_.context());
  canvas_.begin_frame(now);
  areas_.clear();
  ImGui::PushFont(fonts_.text);
  shortcuts();
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
  ImGui::Begin("panel", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus);
  transport();
  read_trace();  // it may have begun another run
  options_.kiosk_only ? lay_out_kiosk() : lay_out_panel();
  ImGui::End();
  palette();
  help();
  ImGui::PopFont();
  canvas_.end_frame(ground_rgb());
}

/// Space between two parts that can be dragged; the layout is remembered.
void PanelView::splitter(const char* name, float x, float y, float width, float height,
                         float& value, float per_px) {
  ImGui::SetCursorPos(ImVec2(x, y));
  ImGui::InvisibleButton(name, ImVec2(width, height));
  mark(name);
  const bool upright = height > width;
  if (ImGui::IsItemHovered() || ImGui::IsItemActive()) {
    ImGui::SetMouseCursor(upright ? ImGuiMouseCursor_ResizeEW : ImGuiMouseCursor_ResizeNS);
    const ImVec2 from = ImGui::GetItemRectMin();
    const ImVec2 to = ImGui::GetItemRectMax();
    ImGui::GetWindowDrawList()->AddRectFilled(ImVec2(from.x + 3, from.y + 3),
                                              ImVec2(to.x - 3, to.y - 3), tint().accent, 2);
  }
  if (!ImGui::IsItemActive()) return;
  const ImVec2 moved = ImGui::GetIO().MouseDelta;
  value += (upright ? moved.x : moved.y) * per_px;
}

void PanelView::lay_out_panel() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  settings_.bottom_px = std::clamp(settings_.bottom_px, 120.0F, size.y - 320);
  const float bottom = settings_.bottom_px;
  const float height = size.y - kTop - bottom - kEdge - kGap;
  const float kiosk_width = std::min(height * 9 / 16 + 24, size.x * 0.45F);
  const float rest = size.x - 2 * kEdge - kiosk_width - 2 * kGap;
  settings_.devices_part = std::clamp(settings_.devices_part, 0.2F, 0.8F);
  const float device_width = std::floor(rest * settings_.devices_part);
  const float world_x = kEdge + kiosk_width + device_width + 2 * kGap;
  begin_column("kiosk", kEdge, kiosk_width, height);
  kiosk_screen();
  ImGui::EndChild();
  begin_column("devices", kEdge + kiosk_width + kGap, device_width, height);
  device_column();
  ImGui::EndChild();
  right_column(world_x, rest - device_width, height);
  splitter("split columns", world_x - kGap, kTop, kGap, height, settings_.devices_part, 1 / rest);

  const float y = size.y - bottom - kEdge;
  const float bottom_rest = size.x - 2 * kEdge - kGap;
  settings_.details_part = std::clamp(settings_.details_part, 0.15F, 0.6F);
  const float details_width = std::floor(bottom_rest * settings_.details_part);
  ImGui::SetCursorPos(ImVec2(kEdge, y));
  ImGui::BeginChild("timeline", ImVec2(bottom_rest - details_width, bottom), false,
                    ImGuiWindowFlags_AlwaysUseWindowPadding | ImGuiWindowFlags_NoScrollbar |
                        ImGuiWindowFlags_NoScrollWithMouse);
  timeline();
  ImGui::EndChild();
  const float details_x = kEdge + bottom_rest - details_width + kGap;
  ImGui::SetCursorPos(ImVec2(details_x, y));
  ImGui::BeginChild("details", ImVec2(details_width, bottom), false,
                    ImGuiWindowFlags_AlwaysUseWindowPadding);
  event_details();
  ImGui::EndChild();
  splitter("split bottom", kEdge, y - kGap, size.x - 2 * kEdge, kGap, settings_.bottom_px, -1);
  splitter("split details", details_x - kGap, y, kGap, bottom, settings_.details_part,
           -1 / bottom_rest);
}

void PanelView::right_column(float x, float width, float height) {
  begin_column("right", x, width, height);
  const auto tab = [&](const char* name, const char* label, RightColumn part) {
    if (toggle(name, label, settings_.right == part)) settings_.right = part;
    ImGui::SameLine(0, 4);
  };
  tab("tab world", "World", RightColumn::kWorld);
  tab("tab scenario", "Scenario", RightColumn::kScenario);
  tab("tab numbers", "Numbers", RightColumn::kNumbers);
  ImGui::AlignTextToFramePadding();
  const std::string acts = run_.deeds().empty()
                               ? ""
                               : fmt::format("  {} act{} recorded", run_.deeds().size(),
                                             run_.deeds().size() == 1 ? "" : "s");
  ImGui::TextDisabled("%s", acts.c_str());
  ImGui::Spacing();
  ImGui::BeginChild("right part");
  if (settings_.right == RightColumn::kWorld) world();
  if (settings_.right == RightColumn::kScenario) scenario_column();
  if (settings_.right == RightColumn::kNumbers) numbers();
  ImGui::EndChild();
  ImGui::EndChild();
}

void PanelView::next_right_column() {
  constexpr int kColumns = 3;
  settings_.right = static_cast<RightColumn>((static_cast<int>(settings_.right) + 1) % kColumns);
}

void PanelView::lay_out_kiosk() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const float height = size.y - kTop - kEdge;
  const float kiosk_width = height * 9 / 16 + 24;
  begin_column("kiosk", kEdge, kiosk_width, height);
  kiosk_screen();
  ImGui::EndChild();
  begin_column("world", kEdge + kiosk_width + kGap, size.x - 2 * kEdge - kiosk_width - kGap,
               height);
  world();
  ImGui::EndChild();
}

// ---- keyboard ----------------------------------------------------------------------------------

void PanelView::shortcuts() {
  const ImGuiIO& io = ImGui::GetIO();
  const auto pressed = [](SDL_Scancode code) { return ImGui::IsKeyPressed(code, false); };
  if (pressed(SDL_SCANCODE_F1)) help_open_ = !help_open_;
  if (pressed(SDL_SCANCODE_ESCAPE)) help_open_ = palette_open_ = false;
  // What the visitor of the kiosk's window sees no button for has no key either; and Ctrl-Z in a
  // text is about the text.
  const bool control = io.KeyCtrl && !options_.kiosk_only;
  if (control && pressed(SDL_SCANCODE_S)) save();
  if (control && !io.WantTextInput && pressed(SDL_SCANCODE_Z)) run_.undo();
  if (control && pressed(SDL_SCANCODE_T)) run_command({"theme", "", {}});
  if (control && pressed(SDL_SCANCODE_O)) next_right_column();
  Player* player = run_.player();
  if (pressed(SDL_SCANCODE_F9) && player != nullptr) player->toggle_breakpoint(player->at());
  if (pressed(SDL_SCANCODE_F10)) run_command({"next step", "", {}});
  if (io.WantTextInput || io.KeyCtrl || palette_open_) return;
  if (pressed(SDL_SCANCODE_SPACE)) play_or_pause();
  if (pressed(SDL_SCANCODE_PERIOD)) step();
}

}  // namespace cardrig::panel
