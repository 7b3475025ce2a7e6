// Fonts and colours.
#include "simulators/panel/theme.h"

#include <imgui_freetype.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "kiosk/flow/screen.h"
#include "kiosk/screen/fonts.h"

namespace cardrig::panel {
namespace {

constexpr const char* kText = "/usr/share/fonts/opentype/inter/Inter-Regular.otf";
constexpr const char* kStrong = "/usr/share/fonts/opentype/inter/Inter-SemiBold.otf";
constexpr const char* kMono = "/usr/share/fonts/truetype/jetbrains-mono/JetBrainsMono-Regular.ttf";
constexpr const char* kChinese = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
constexpr const char* kIcons =
    "/usr/share/fonts/truetype/materialdesignicons-webfont/materialdesignicons-webfont.ttf";
constexpr float kLineBox = 1.21F;  // Inter's ascender + descender, of the em
constexpr ImWchar kLatin[] = {0x20, 0xFF, 0x2010, 0x2027, 0x2190, 0x2193, 0};
constexpr ImWchar kIconRange[] = {0xF001, 0xF8FF, 0};

ImFont* add(ImFontAtlas& atlas, const char* path, float size, bool merge, int face,
            const ImWchar* ranges, float shift_y = 0) {
  if (!std::filesystem::exists(path)) {
    throw std::runtime_error(std::string("the font ") + path + " is missing; run tools/setup");
  }
  ImFontConfig config;
  config.MergeMode = merge;
  config.FontNo = face;
  config.OversampleH = config.OversampleV = 1;
  config.PixelSnapH = true;
  config.GlyphOffset.y = shift_y;
  return atlas.AddFontFromFileTTF(path, size, &config, ranges);
}

}  // namespace

PanelFonts::PanelFonts(screen::Canvas& canvas) : canvas_(canvas) {
  flow::for_each_text(
      [this](std::string_view, std::string_view chinese, std::string_view) { need(chinese); });
  need("…—·×≥≤→↑↓⌃▸▾●○");
  build();
}

void PanelFonts::need(std::string_view text_needed) {
  for (const char32_t c : screen::code_points(text_needed)) {
    if (c < 0x100 || c > 0xFFFF || (c >= 0xF001 && c <= 0xF8FF)) continue;
    if (wanted_.insert(static_cast<ImWchar>(c)).second) stale_ = true;
  }
}

void PanelFonts::build() {
  if (!stale_) return;
  stale_ = false;
  const screen::ContextScope scope(canvas_.context());
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  atlas.TexDesiredWidth = 2048;
  std::vector<ImWchar> chinese;
  for (const ImWchar c : wanted_) {
    chinese.push_back(c);
    chinese.push_back(c);
  }
  chinese.push_back(0);
  text = add(atlas, kText, 15 * kLineBox, false, 0, kLatin);
  add(atlas, kChinese, 14 * 1.448F, true, 2, chinese.data());
  add(atlas, kIcons, 18, true, 0, kIconRange, 1);
  strong = add(atlas, kStrong, 15 * kLineBox, false, 0, kLatin);
  add(atlas, kChinese, 14 * 1.448F, true, 2, chinese.data());
  mono = add(atlas, kMono, 13 * 1.32F, false, 0, kLatin);
  add(atlas, kChinese, 12 * 1.448F, true, 2, chinese.data());
  atlas.Build();
  canvas_.upload_fonts();
}

ImVec4 as_vec(ImU32 colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

void set_theme() {
  ImGuiStyle& style = ImGui::GetStyle();
  style.WindowPadding = ImVec2(12, 10);
  style.FramePadding = ImVec2(8, 4);
  style.ItemSpacing = ImVec2(8, 6);
  style.ItemInnerSpacing = ImVec2(6, 4);
  style.IndentSpacing = 14;
  style.ScrollbarSize = 10;
  style.GrabMinSize = 10;
  style.WindowRounding = style.ChildRounding = 8;
  style.FrameRounding = style.GrabRounding = style.PopupRounding = 5;
  style.ScrollbarRounding = 5;
  style.WindowBorderSize = style.ChildBorderSize = style.FrameBorderSize = 0;
  style.PopupBorderSize = 1;
  style.AntiAliasedLinesUseTex = false;
  const auto set = [&](ImGuiCol which, ImU32 colour) { style.Colors[which] = as_vec(colour); };
  set(ImGuiCol_Text, tint::kInk);
  set(ImGuiCol_TextDisabled, tint::kMuted);
  set(ImGuiCol_WindowBg, tint::kGround);
  set(ImGuiCol_ChildBg, tint::kCard);
  set(ImGuiCol_PopupBg, tint::kRaised);
  set(ImGuiCol_Border, tint::kLine);
  set(ImGuiCol_FrameBg, tint::kRaised);
  set(ImGuiCol_FrameBgHovered, IM_COL32(0x33, 0x3B, 0x46, 255));
  set(ImGuiCol_FrameBgActive, IM_COL32(0x3B, 0x45, 0x52, 255));
  set(ImGuiCol_Button, tint::kRaised);
  set(ImGuiCol_ButtonHovered, IM_COL32(0x38, 0x41, 0x4D, 255));
  set(ImGuiCol_ButtonActive, IM_COL32(0x44, 0x50, 0x5F, 255));
  set(ImGuiCol_Header, tint::kRaised);
  set(ImGuiCol_HeaderHovered, IM_COL32(0x33, 0x3B, 0x46, 255));
  set(ImGuiCol_HeaderActive, IM_COL32(0x3B, 0x45, 0x52, 255));
  set(ImGuiCol_CheckMark, tint::kAccent);
  set(ImGuiCol_SliderGrab, tint::kAccent);
  set(ImGuiCol_SliderGrabActive, tint::kAccent);
  set(ImGuiCol_ScrollbarBg, tint::kCard);
  set(ImGuiCol_ScrollbarGrab, tint::kLine);
  set(ImGuiCol_Separator, tint::kLine);
  set(ImGuiCol_TextSelectedBg, IM_COL32(0x4C, 0x9A, 0xFF, 90));
  set(ImGuiCol_NavHighlight, tint::kAccent);
}

}  // namespace cardrig::panel
