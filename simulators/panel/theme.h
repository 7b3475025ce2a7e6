// Look of the panel: dense, quick and exact; muted grey with one accent; injected faults are
// magenta and nothing else is.
#pragma once

#include <imgui.h>

#include <set>
#include <string>
#include <string_view>

#include "kiosk/screen/canvas.h"

namespace cardrig::panel {

namespace tint {
inline constexpr ImU32 kGround = IM_COL32(0x14, 0x17, 0x1B, 255);
inline constexpr ImU32 kCard = IM_COL32(0x1D, 0x21, 0x27, 255);
inline constexpr ImU32 kRaised = IM_COL32(0x29, 0x2F, 0x37, 255);
inline constexpr ImU32 kLine = IM_COL32(0x33, 0x3A, 0x44, 255);
inline constexpr ImU32 kInk = IM_COL32(0xD9, 0xDE, 0xE5, 255);
inline constexpr ImU32 kMuted = IM_COL32(0x8E, 0x98, 0xA5, 255);
inline constexpr ImU32 kFaint = IM_COL32(0x5C, 0x66, 0x73, 255);
inline constexpr ImU32 kAccent = IM_COL32(0x4C, 0x9A, 0xFF, 255);
inline constexpr ImU32 kOk = IM_COL32(0x3F, 0xB3, 0x7F, 255);
inline constexpr ImU32 kAttention = IM_COL32(0xE3, 0xA0, 0x3A, 255);
inline constexpr ImU32 kFault = IM_COL32(0xE8, 0x5D, 0x55, 255);
inline constexpr ImU32 kInjected = IM_COL32(0xE6, 0x46, 0xDB, 255);
}  // namespace tint

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

void set_theme();
[[nodiscard]] ImVec4 as_vec(ImU32 colour);

}  // namespace cardrig::panel
