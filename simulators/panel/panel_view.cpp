// The frame: layout, transport, the kiosk's screen, the command palette.
#include "simulators/panel/panel_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "fixtures/documents/documents.h"
#include "kiosk/certificate/directory.h"

namespace cardrig::panel {

using nlohmann::json;

namespace {

constexpr float kTop = 52;
constexpr float kBottom = 272;
constexpr float kGap = 10;

void begin_column(const char* id, float x, float width, float height) {
  ImGui::SetCursorPos(ImVec2(x, kTop));
  ImGui::BeginChild(id, ImVec2(width, height), false, ImGuiWindowFlags_AlwaysUseWindowPadding);
}

double seconds(Nanos t) { return static_cast<double>(t.count()) / 1e9; }

std::string clock_text(Nanos t) {
  const double s = seconds(t);
  return fmt::format("{:02d}:{:06.3f}", static_cast<int>(s / 60), std::fmod(s, 60));
}

}  // namespace

PanelView::PanelView(screen::Canvas& canvas, Run& run, PanelViewOptions options)
    : canvas_(canvas), run_(run), options_(options), fonts_(canvas) {
  const screen::ContextScope scope(canvas_.context());
  set_theme();
  seed_ = static_cast<int>(run.seed());
  for (const auto& person : run_.rig().assets().people) {
    fonts_.need(person.name);
  }
  for (const auto& category : certificate::categories()) {
    for (const auto& item : category.items) fonts_.need(item.name);
  }
  collect_commands();
}

// ---- what can be done --------------------------------------------------------------------------

void PanelView::collect_commands() {
  commands_.clear();
  const auto add = [&](const std::string& name, const std::string& verb, json args) {
    commands_.push_back({name, verb, std::move(args)});
  };
  add("play", "", {});
  add("pause", "", {});
  add("step", "", {});
  add("restart", "", {});
  add("world.lift_document", "world.lift_document", json::object());
  add("world.empty_reject_bin", "world.empty_reject_bin", json::object());
  for (const int cards : {1, 10, 100}) {
    add(fmt::format("world.load_hopper {}", cards), "world.load_hopper", {{"cards", cards}});
  }
  for (const bool up : {false, true}) {
    add(fmt::format("world.network {}", up ? "up" : "down"), "world.network", {{"up", up}});
    add(fmt::format("world.mains {}", up ? "on" : "off"), "world.mains", {{"on", up}});
  }
  add("world.subjects nobody", "world.subjects", {{"subjects", json::array()}});
  for (const auto& person : run_.rig().assets().people) {
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
  for (const sim::FaultSpec& spec : run_.rig().faults().specs()) {
    add("fault.inject " + spec.name, "fault.inject", {{"name", spec.name}});
    add("fault.clear " + spec.name, "fault.clear", {{"name", spec.name}});
  }
}

void PanelView::run_command(const Command& command) {
  if (!command.verb.empty()) {
    run_.send(command.verb, command.args);
  } else if (command.name == "play") {
    run_.playing = true;
  } else if (command.name == "pause") {
    run_.playing = false;
  } else if (command.name == "step") {
    run_.playing = false;
    run_.step_event();
  } else if (command.name == "restart") {
    begin_again();
  }
}

void PanelView::begin_again() {
  run_.restart(static_cast<std::uint64_t>(std::max(0, seed_)));
  events_read_ = 0;
  last_of_kind_.clear();
  parties_.clear();
  selected_ = 0;
  permits_.clear();
  kiosk_signature_.clear();
  follow_ = true;
}

// ---- helpers -----------------------------------------------------------------------------------

bool PanelView::button(const std::string& name, const char* label, float width) {
  const std::string with_id = std::string(label) + "##" + name;
  const bool pressed = ImGui::Button(with_id.c_str(), ImVec2(width, 0));
  mark(name);
  return pressed;
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
  ImGui::PushStyleColor(ImGuiCol_Text, tint::kMuted);
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

void PanelView::read_trace() {
  const auto& events = run_.rig().trace().events();
  for (; events_read_ < events.size(); ++events_read_) {
    const Event& event = events[events_read_];
    last_of_kind_[event.kind] = events_read_;
    parties_.insert(event.party);
    const std::string permit = event.kind == "platform.permit" ? event.text("permit") : "";
    if (!permit.empty() && std::find(permits_.begin(), permits_.end(), permit) == permits_.end()) {
      permits_.push_back(permit);
    }
    for (const Field& field : event.fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) fonts_.need(*text);
    }
  }
}

void PanelView::frame(Nanos now) {
  const Nanos passed = has_frame_ ? now - last_frame_ : Nanos{0};
  last_frame_ = now;
  has_frame_ = true;
  run_.pass(std::min<Nanos>(passed, std::chrono::milliseconds(250)));
  read_trace();
  fonts_.build();

  const screen::ContextScope scope(canvas_.context());
  canvas_.begin_frame(now);
  areas_.clear();
  ImGui::PushFont(fonts_.text);
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
  ImGui::Begin("panel", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBringToFrontOnFocus);
  transport();
  options_.kiosk_only ? lay_out_kiosk() : lay_out_panel();
  ImGui::End();
  palette();
  ImGui::PopFont();
  canvas_.end_frame(0x14171B);
}

void PanelView::lay_out_panel() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const float height = size.y - kTop - kBottom - kGap;
  const float kiosk_width = height * 9 / 16 + 24;
  const float rest = size.x - 2 * 12 - kiosk_width - 2 * kGap;
  const float device_width = std::floor(rest * 0.5F);
  begin_column("kiosk", 12, kiosk_width, height);
  kiosk_screen();
  ImGui::EndChild();
  begin_column("devices", 12 + kiosk_width + kGap, device_width, height);
  devices();
  ImGui::EndChild();
  begin_column("world", 12 + kiosk_width + device_width + 2 * kGap, rest - device_width, height);
  world();
  ImGui::EndChild();
  ImGui::SetCursorPos(ImVec2(12, size.y - kBottom));
  ImGui::BeginChild("timeline", ImVec2((size.x - 24 - kGap) * 0.72F, kBottom - 12), false,
                    ImGuiWindowFlags_AlwaysUseWindowPadding | ImGuiWindowFlags_NoScrollbar |
                        ImGuiWindowFlags_NoScrollWithMouse);
  timeline();
  ImGui::EndChild();
  ImGui::SetCursorPos(ImVec2(12 + (size.x - 24 - kGap) * 0.72F + kGap, size.y - kBottom));
  ImGui::BeginChild("details", ImVec2((size.x - 24 - kGap) * 0.28F, kBottom - 12), false,
                    ImGuiWindowFlags_AlwaysUseWindowPadding);
  event_details();
  ImGui::EndChild();
}

void PanelView::lay_out_kiosk() {
  const ImVec2 size = ImGui::GetIO().DisplaySize;
  const float height = size.y - kTop - 12;
  const float kiosk_width = height * 9 / 16 + 24;
  begin_column("kiosk", 12, kiosk_width, height);
  kiosk_screen();
  ImGui::EndChild();
  begin_column("world", 12 + kiosk_width + kGap, size.x - 24 - kiosk_width - kGap, height);
  world();
  ImGui::EndChild();
}

void PanelView::transport() {
  ImGui::SetCursorPos(ImVec2(12, 12));
  ImGui::AlignTextToFramePadding();
  heading("cardrig");
  ImGui::SameLine(0, 20);
  if (button("play", run_.playing ? icon::kPause : icon::kPlay, 36)) run_.playing = !run_.playing;
  ImGui::SameLine();
  if (button("step", icon::kStep, 36)) {
    run_.playing = false;
    run_.step_event();
  }
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("to the next event");
  ImGui::SameLine(0, 16);
  for (const double speed : {0.25, 1.0, 4.0, 20.0}) {
    const bool present = run_.speed == speed;
    if (present) ImGui::PushStyleColor(ImGuiCol_Text, tint::kAccent);
    const std::string label = fmt::format("{}×", speed);
    if (button(fmt::format("speed {}", speed), label.c_str())) run_.speed = speed;
    if (present) ImGui::PopStyleColor();
    ImGui::SameLine(0, 4);
  }
  ImGui::SameLine(0, 20);
  ImGui::PushFont(fonts_.mono);
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(clock_text(run_.rig().now()).c_str());
  ImGui::PopFont();
  ImGui::SameLine(0, 20);
  ImGui::AlignTextToFramePadding();
  ImGui::TextDisabled("seed");
  ImGui::SameLine();
  ImGui::SetNextItemWidth(64);
  ImGui::InputInt("##seed", &seed_, 0);
  ImGui::SameLine();
  if (button("restart", "Begin again")) begin_again();
  ImGui::SameLine(0, 20);
  ImGui::AlignTextToFramePadding();
  if (!run_.refusal().empty()) {
    ImGui::PushStyleColor(ImGuiCol_Text, tint::kAttention);
    ImGui::TextUnformatted(run_.refusal().c_str());
    ImGui::PopStyleColor();
  } else if (!run_.last_message().empty()) {
    ImGui::TextDisabled("%s", run_.last_message().c_str());
  } else {
    ImGui::TextDisabled("Play, then place a document. Ctrl-K lists everything.");
  }
}

// ---- the kiosk's screen ------------------------------------------------------------------------

void PanelView::draw_kiosk_texture(int width_px, int height_px) {
  const flow::Screen* shown = run_.rig().screen();
  if (shown == nullptr) {
    kiosk_texture_ = {};
    kiosk_signature_.clear();
    renderer_.reset();
    return;
  }
  // A ring or bar moves five times a second; everything else changes with the screen.
  std::string signature =
      fmt::format("{} {} {} {} {}", shown->id, shown->sentence.key, shown->title.key,
                  fmt::ptr(shown->picture.get()), static_cast<int>(run_.rig().language()));
  if (shown->ends_at || shown->progress_goal >= 0) {
    signature += fmt::format(" {}", run_.rig().now() / std::chrono::milliseconds(200));
  }
  for (const flow::Button& one : shown->buttons) signature += " " + one.key;
  if (shown->large_text) signature += " large";
  if (signature == kiosk_signature_ && renderer_) return;
  kiosk_signature_ = signature;
  if (!renderer_) {
    screen::RenderOptions options;
    options.width_px = width_px;
    options.height_px = height_px;
    renderer_ = std::make_unique<screen::ScreenRenderer>(options);
  }
  const flow::Screen drawn = options_.drawn_portraits ? run_.rig().drawn(*shown) : *shown;
  kiosk_texture_ = canvas_.texture(renderer_->draw(drawn, run_.rig().language(), run_.rig().now()));
}

void PanelView::kiosk_screen() {
  const ImVec2 room = ImGui::GetContentRegionAvail();
  const float width = std::floor(std::min(room.x, room.y * 9 / 16));
  const float height = std::floor(width * 16 / 9);
  const ImVec2 from = ImGui::GetCursorScreenPos();
  if (renderer_ && kiosk_texture_ &&
      (kiosk_texture_.width_px() != static_cast<int>(width) ||
       kiosk_texture_.height_px() != static_cast<int>(height))) {
    renderer_.reset();
  }
  draw_kiosk_texture(static_cast<int>(width), static_cast<int>(height));
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 to(from.x + width, from.y + height);
  if (!kiosk_texture_) {
    list.AddRectFilled(from, to, IM_COL32(0, 0, 0, 255), 6);
    list.AddText(ImVec2(from.x + 24, from.y + 24), tint::kMuted, "The kiosk has no power.");
    return;
  }
  list.AddImage(kiosk_texture_.id(), from, to);
  kiosk_area_ = {from.x, from.y, width, height};
  ImGui::InvisibleButton("touch", ImVec2(width, height));
  if (!ImGui::IsItemClicked()) return;
  const ImVec2 at = ImGui::GetIO().MousePos;
  const std::string key =
      renderer_->hit_test(static_cast<int>(at.x - from.x), static_cast<int>(at.y - from.y));
  if (!key.empty()) run_.send("kiosk.touch", {{"button", key}});
}

// ---- the command palette -----------------------------------------------------------------------

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
  ImGui::PushStyleColor(ImGuiCol_WindowBg, tint::kRaised);
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
