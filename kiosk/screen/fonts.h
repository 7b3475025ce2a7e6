// FontSet: the kiosk's type (Noto Sans CJK SC, regular and bold) at the sizes of its roles. The
// atlas holds the characters in use only: the whole of CJK would cost a second and 134 MB. Strings
// with characters outside the BMP (𠮷), for which ImGui's 16-bit characters have no room, are drawn
// by Pango as a picture.
#pragma once

#include <imgui.h>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kiosk/screen/canvas.h"

namespace cardrig::screen {

/// kBody: what a screen of words says, where the size of sentences leaves no room.
enum class Role { kTitle, kSentence, kHelp, kButton, kStep, kStepNow, kSmall, kBody };
inline constexpr int kRoles = 8;

class FontSet {
 public:
  /// `scale`: 1 for 1080 px of width. `large_text`: one step up everywhere. Throws
  /// std::runtime_error if the fonts are not installed.
  FontSet(Canvas& canvas, float scale, bool large_text);
  /// To be built before it is drawn with.
  void set_large_text(bool large_text);

  /// Makes sure that `text` can be drawn. Between frames only.
  void need(Role role, std::string_view text);
  /// What was needed so far stays needed. Of the rest, the characters of people's names, a build
  /// may forget all but what was needed since the build before: they must not pile up for months.
  void keep();
  /// Builds the atlas if something new is needed.
  void build();

  /// The em in pixels: the height of an ideograph.
  [[nodiscard]] float size(Role role) const { return sizes_[index(role)]; }
  [[nodiscard]] float width(Role role, std::string_view text) const;
  /// `at`: left, and the top of the ideographs.
  void draw(ImDrawList& list, Role role, ImVec2 at, ImU32 colour, const std::string& text);
  /// True if no character of it would be drawn as a box.
  [[nodiscard]] bool covers(Role role, std::string_view text);
  /// True if the kiosk's own type has every character of it; needed and built before.
  [[nodiscard]] bool has_glyphs(Role role, std::string_view text) const {
    return !is_rare(role, text);
  }
  /// `text` broken into lines of at most `width_px`; breaks at blanks and between Chinese
  /// characters, and no line begins with closing punctuation.
  [[nodiscard]] std::vector<std::string> wrap(Role role, std::string_view text,
                                              float width_px) const;

 private:
  static std::size_t index(Role role) { return static_cast<std::size_t>(role); }
  using Characters = std::array<std::set<ImWchar>, kRoles>;

  [[nodiscard]] bool is_rare(Role role, std::string_view text) const;
  void forget_passing();
  const CanvasTexture& rare_text(Role role, const std::string& text);

  Canvas& canvas_;
  float scale_;
  bool large_text_;
  std::array<float, kRoles> sizes_{};
  Characters wanted_;
  Characters asked_;  ///< since the last build
  std::optional<Characters> kept_;  ///< part of wanted_
  std::array<ImFont*, kRoles> fonts_{};
  std::map<std::pair<Role, std::string>, CanvasTexture> rare_;
  bool stale_ = true;
};

/// The code points of a UTF-8 string; U+FFFD for what is none.
[[nodiscard]] std::vector<char32_t> code_points(std::string_view utf8);

}  // namespace cardrig::screen
