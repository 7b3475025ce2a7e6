// ScreenPainter: lays a Screen out and draws it with Dear ImGui on a canvas. Measures are those of
// a portrait screen of 1080 × 1920 and scale with the canvas; on a landscape canvas the same blocks
// stand side by side. What can be touched lies within reach of a wheelchair: 700 to 1750 of 1920.
#pragma once

#include <imgui.h>

#include <optional>
#include <string>
#include <vector>

#include "kiosk/flow/screen.h"
#include "kiosk/screen/canvas.h"
#include "kiosk/screen/fonts.h"
#include "kiosk/screen/palette.h"
#include "kiosk/screen/picture_tools.h"

namespace cardrig::screen {

struct PaintOptions {
  bool large_text = false;  ///< one step up everywhere, also on screens that do not ask for it
  bool dark = false;  ///< for a dark hall
};

/// Where a button was drawn, in pixels of the canvas.
struct Hit {
  std::string key;
  float x = 0, y = 0, width = 0, height = 0;
};

class ScreenPainter {
 public:
  ScreenPainter(Canvas& canvas, PaintOptions options);

  /// Makes fonts and textures ready. Before the frame begins.
  void prepare(const flow::Screen& screen, flow::Language language);
  /// Draws the prepared screen, within a frame of the canvas. `since_shown_s` drives the movement:
  /// a large number shows everything at rest. Returns the keys of buttons touched in this frame.
  std::vector<std::string> paint(Nanos now, double since_shown_s);

  /// False: the canvas has had another size since, and needs another painter.
  [[nodiscard]] bool fills(const Canvas& canvas) const {
    return canvas.width_px() == canvas_width_px_ && canvas.height_px() == canvas_height_px_;
  }
  /// Of the prepared screen.
  [[nodiscard]] const std::vector<Hit>& hits() const { return hits_; }
  /// Whether all that the prepared screen says and shows has room: nothing is cut off, and nothing
  /// lies over anything else.
  [[nodiscard]] bool fits();
  [[nodiscard]] std::uint32_t ground() const { return palette_.ground; }
  [[nodiscard]] FontSet& fonts() { return fonts_; }

 private:
  struct Box {
    float x = 0, y = 0, w = 0, h = 0;
    [[nodiscard]] float right() const { return x + w; }
    [[nodiscard]] float bottom() const { return y + h; }
  };
  enum class Look { kMain, kSecond, kQuiet, kChoice, kKey };
  struct Placed {
    const flow::Button* button;
    Box box;
    Look look;
  };

  // All in design pixels; px() converts.
  [[nodiscard]] float px(float design) const { return design * scale_; }
  [[nodiscard]] ImVec2 at(float x, float y) const { return {px(x), px(y)}; }
  [[nodiscard]] std::string say(const flow::Text& text) const;
  [[nodiscard]] std::uint32_t tone_colour() const;
  [[nodiscard]] std::uint32_t tone_soft() const;
  [[nodiscard]] bool landscape() const { return width_ > height_; }
  [[nodiscard]] float em(Role role) const { return fonts_.size(role) / scale_; }
  [[nodiscard]] Role wished_body_role() const;

  void layout();
  void place_hero(bool has_hero);
  void prepare_picture();
  void place_buttons(Box column);
  [[nodiscard]] float quiet_width(const flow::Button& button);
  void place_quiet_row(Box row, float y);
  void place_choices(Box column, float quiet_top);
  void place_keys(Box column, float bottom);
  [[nodiscard]] float choice_height() const;
  [[nodiscard]] bool is_choosing() const { return screen_.id == "choose"; }
  [[nodiscard]] bool is_keypad() const { return screen_.entry.has_value(); }
  [[nodiscard]] bool is_menu() const { return screen_.id == "maintenance"; }
  /// The buttons are what the screen is about: they stand in the place of the panel.
  [[nodiscard]] bool is_all_buttons() const { return is_choosing() || is_keypad(); }
  float text_block(Role role, const std::string& text, Box box, std::uint32_t rgb, float leading,
                   bool draw);
  void header();
  void steps(Box box);
  void ring(float x, float y, float r, float thick);
  void heading();
  void tone_icon(float x, float y, float r, std::uint32_t rgb);
  void panel();
  void list_heading();
  void entry_field();
  /// Where what helps to type ends.
  [[nodiscard]] float entry_bottom();
  [[nodiscard]] float entry_room() const { return text_box_.w - 40 - 40; }
  [[nodiscard]] Role entry_role();
  void hero(Box box);
  void rows(Box box);
  [[nodiscard]] float rows_height(float width);
  void row_mark(std::size_t row, float x, float y);
  void bar(Box box);
  static float label_room(const Placed& placed);
  void draw_button(const Placed& placed, bool pressed);
  void rounded(Box box, float radius, std::uint32_t fill, std::uint32_t border, float thick,
               float alpha = 1);
  void fill_large(ImVec2 from, ImVec2 to, float radius, ImU32 rgb);

  Canvas& canvas_;
  PaintOptions options_;
  int canvas_width_px_, canvas_height_px_;
  Palette palette_;
  float width_, height_, scale_;  // design size of the canvas
  FontSet fonts_;

  flow::Screen screen_;
  flow::Language language_ = flow::Language::kChinese;
  Nanos now_{0};
  double since_s_ = 0;
  ImDrawList* list_ = nullptr;
  float fade_ = 1;

  // The layout of the present screen.
  Box text_box_, panel_box_, hero_box_, header_box_;
  Role body_role_ = Role::kHelp;
  std::vector<Placed> placed_;
  std::vector<Hit> hits_;

  // The picture of the screen as a texture; remade when the picture changes.
  CanvasTexture picture_;
  PicturePtr picture_of_;
  std::optional<CameraView> camera_view_;
  Box picture_box_;
};

}  // namespace cardrig::screen
