// Look of the panel: dense, quick and exact; muted grey with one accent; injected faults are
// magenta and nothing else is.
#pragma once

#include <imgui.h>

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "kiosk/screen/canvas.h"

namespace cardrig::panel {

/// The colours of the present theme.
struct Tints {
  ImU32 ground, card, raised, hovered, pressed, line;
  ImU32 ink, muted, faint, accent;
  ImU32 ok, attention, fault;
  ImU32 injected;  ///< magenta: injected faults, and nothing else
};
[[nodiscard]] const Tints& tint();
/// What is behind everything, 0xRRGGBB.
[[nodiscard]] std::uint32_t ground_rgb();

/// Icons of the icon font (Material Design Icons 1.6, within the BMP).
namespace icon {
inline constexpr const char* kPlay = "\xEF\x90\x8A";
inline constexpr const char* kPause = "\xEF\x8F\xA4";
inline constexpr const char* kStep = "\xEF\x92\xAD";
inline constexpr const char* kReader = "\xEF\x97\x92";
inline constexpr const char* kCamera = "\xEF\x84\x80";
inline constexpr const char* kPrinter = "\xEF\x90\xAA";
inline constexpr const char* kBoard = "\xEF\x8D\x9B";
inline constexpr const char* kPlatform = "\xEF\x92\x8D";
inline constexpr const char* kKiosk = "\xEF\x8D\xB9";
inline constexpr const char* kFlash = "\xEF\x89\x81";
}  // namespace icon

/// Inter 15 px with Noto Sans CJK SC for Chinese and the icons; JetBrains Mono 13 px for bytes.
class PanelFonts {
 public:
  explicit PanelFonts(screen::Canvas& canvas);
  /// Characters of `text` must be drawable from the next frame on.
  void need(std::string_view text);
  /// Builds the atlas anew if something was needed. Between frames.
  void build();

  ImFont* text = nullptr;
  ImFont* strong = nullptr;
  ImFont* mono = nullptr;

 private:
  screen::Canvas& canvas_;
  std::set<ImWchar> wanted_;
  bool stale_ = true;
};

/// Of the current ImGui context, and of tint().
void set_theme(bool light);
[[nodiscard]] ImVec4 as_vec(ImU32 colour);
[[nodiscard]] inline double seconds(Nanos t) { return std::chrono::duration<double>(t).count(); }

}  // namespace cardrig::panel
