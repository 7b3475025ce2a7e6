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
constexpr ImWchar kLatin[] = {0x20,   0xFF,   0x2010, 0x2027, 0x2190, 0x2193,
                              0x25A0, 0x25FF, 0x2713, 0x2717, 0};
constexpr ImWchar kIconRange[] = {0xF001, 0xF8FF, 0};

constexpr ImU32 rgb(std::uint32_t hex) {
  return IM_COL32((hex >> 16U) & 0xFFU, (hex >> 8U) & 0xFFU, hex & 0xFFU, 255);
}

constexpr Tints kDark = {rgb(0x14171B), rgb(0x1D2127), rgb(0x292F37), rgb(0x363E49), rgb(0x434E5C),
                         rgb(0x333A44), rgb(0xD9DEE5), rgb(0x8E98A5), rgb(0x5C6673), rgb(0x4C9AFF),
                         rgb(0x3FB37F), rgb(0xE3A03A), rgb(0xE85D55), rgb(0xE646DB)};
constexpr Tints kLight = {rgb(0xD3DAE3), rgb(0xFFFFFF), rgb(0xE6EBF1), rgb(0xD8E0EA), rgb(0xC5D1DF),
                          rgb(0xCBD3DD), rgb(0x0F1C2E), rgb(0x566273), rgb(0x9AA5B3), rgb(0x0B57A4),
                          rgb(0x0B7A4B), rgb(0x9A4F00), rgb(0xB3261E), rgb(0xB0128F)};

Tints& present() {
  static Tints tints = kDark;
  return tints;
}

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
  need("…—·×≥≤→↑↓⌃●○‹›✓");
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

const Tints& tint() { return present(); }

std::uint32_t ground_rgb() {
  const ImU32 c = tint().ground;
  return ((c >> IM_COL32_R_SHIFT) & 0xFFU) << 16U | ((c >> IM_COL32_G_SHIFT) & 0xFFU) << 8U |
         ((c >> IM_COL32_B_SHIFT) & 0xFFU);
}

ImVec4 as_vec(ImU32 colour) { return ImGui::ColorConvertU32ToFloat4(colour); }

void set_theme(bool light) {
  present() = light ? kLight : kDark;
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
  set(ImGuiCol_Text, tint().ink);
  set(ImGuiCol_TextDisabled, tint().muted);
  set(ImGuiCol_WindowBg, tint().ground);
  set(ImGuiCol_ChildBg, tint().card);
  set(ImGuiCol_PopupBg, tint().raised);
  set(ImGuiCol_Border, tint().line);
  set(ImGuiCol_FrameBg, tint().raised);
  set(ImGuiCol_FrameBgHovered, tint().hovered);
  set(ImGuiCol_FrameBgActive, tint().pressed);
  set(ImGuiCol_Button, tint().raised);
  set(ImGuiCol_ButtonHovered, tint().hovered);
  set(ImGuiCol_ButtonActive, tint().pressed);
  set(ImGuiCol_Header, tint().raised);
  set(ImGuiCol_HeaderHovered, tint().hovered);
  set(ImGuiCol_HeaderActive, tint().pressed);
  set(ImGuiCol_CheckMark, tint().accent);
  set(ImGuiCol_SliderGrab, tint().accent);
  set(ImGuiCol_SliderGrabActive, tint().accent);
  set(ImGuiCol_ScrollbarBg, tint().card);
  set(ImGuiCol_ScrollbarGrab, tint().line);
  set(ImGuiCol_Separator, tint().line);
  set(ImGuiCol_TextSelectedBg, (tint().accent & 0x00FFFFFFU) | 0x5A000000U);
  set(ImGuiCol_NavHighlight, tint().accent);
}

}  // namespace cardrig::panel
