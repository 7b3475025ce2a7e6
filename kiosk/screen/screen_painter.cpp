// Layout and drawing of screens.
#include "kiosk/screen/screen_painter.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kiosk/screen/illustrations.h"

namespace cardrig::screen {

using flow::Illustration;
using flow::Language;
using flow::Step;
using flow::Tone;

namespace {

constexpr float kMargin = 72;
constexpr float kRadius = 28;
constexpr float kGap = 24;
constexpr float kMainHeight = 132;
constexpr float kQuietHeight = 112;
/// A typed number is as large as it has room.
constexpr std::array kEntryRoles = {Role::kTitle, Role::kSentence, Role::kHelp};
constexpr float kChoiceHeight = 138;
constexpr float kKeyHeight = 148;
constexpr float kEntryHeight = 116;
constexpr float kEntryGap = 36;
constexpr float kEntryHelpGap = 26;
constexpr float kTitleGap = 34;
constexpr float kPanelPad = 44;
constexpr float kSmallestHero = 240;  ///< below that a picture explains nothing
constexpr float kLowestTouch = 1750;
constexpr float kPi = 3.14159265F;
constexpr const char* kLanguageKey = "language";
constexpr const char* kTextSizeKey = "text_size";
constexpr const char* kCancelKey = "cancel";
constexpr double kFadeIn_s = 0.2;

constexpr std::array<const char*, 5> kStepKeys{"step.document", "step.face", "step.choose",
                                               "step.print", "step.take"};

bool is_quiet(const flow::Button& button) {
  return button.key == kLanguageKey || button.key == kTextSizeKey || button.key == kCancelKey;
}

}  // namespace

ScreenPainter::ScreenPainter(Canvas& canvas, PaintOptions options)
    : canvas_(canvas),
      options_(options),
      canvas_width_px_(canvas.width_px()),
      canvas_height_px_(canvas.height_px()),
      palette_(options.dark ? dark_palette() : Palette{}),
      width_(canvas.width_px() > canvas.height_px() ? 1920.0F : 1080.0F),
      height_(width_ * static_cast<float>(canvas.height_px()) /
              static_cast<float>(canvas.width_px())),
      scale_(static_cast<float>(canvas.width_px()) / width_),
      fonts_(canvas, scale_, options.large_text) {
  flow::for_each_text(
      [this](std::string_view key, std::string_view chinese, std::string_view english) {
        const auto has = [&](std::string_view part) { return key.find(part) != key.npos; };
        const auto need = [&](Role role) {
          fonts_.need(role, chinese);
          fonts_.need(role, english);
        };
        if (has(".title")) {
          need(Role::kTitle);
        } else if (has(".sentence") || has("consent.")) {
          need(Role::kSentence);
          if (has("consent.")) need(Role::kBody);
        } else if (has("button.")) {
          need(Role::kButton);
          need(Role::kHelp);
        } else if (has("step.") || has("brand")) {
          need(Role::kStep);
          need(Role::kStepNow);
        } else {
          need(Role::kHelp);
        }
        for (const char* part : {".means", ".next", "counter.", "done."}) {
          if (has(part)) need(Role::kSentence), need(Role::kBody);
        }
      });
  fonts_.keep();
  fonts_.build();
}

std::string ScreenPainter::say(const flow::Text& text) const {
  return render_text(text, language_);
}

// Screens whose words matter more than their picture say them in the size of sentences, if they
// fit.
Role ScreenPainter::wished_body_role() const {
  for (const char* id : {"consent", "refused", "counter", "done"}) {
    if (screen_.id == id) return Role::kSentence;
  }
  return Role::kHelp;
}

std::uint32_t ScreenPainter::tone_colour() const {
  switch (screen_.tone) {
    case Tone::kNeutral:
      return palette_.blue;
    case Tone::kGood:
      return palette_.good;
    case Tone::kAttention:
      return palette_.attention;
    case Tone::kRefusal:
      return palette_.refusal;
  }
  return palette_.blue;
}

std::uint32_t ScreenPainter::tone_soft() const {
  switch (screen_.tone) {
    case Tone::kNeutral:
      return palette_.blue_soft;
    case Tone::kGood:
      return palette_.good_soft;
    case Tone::kAttention:
      return palette_.attention_soft;
    case Tone::kRefusal:
      return palette_.refusal_soft;
  }
  return palette_.blue_soft;
}

// ---- preparing ---------------------------------------------------------------------------------

void ScreenPainter::prepare(const flow::Screen& screen, Language language) {
  screen_ = screen;
  language_ = language;
  fonts_.set_large_text(options_.large_text || screen.large_text);
  fonts_.need(Role::kTitle, say(screen.title));
  fonts_.need(Role::kSentence, say(screen.sentence));
  for (const flow::Text& detail : screen.details) {
    fonts_.need(Role::kHelp, say(detail));
    fonts_.need(Role::kBody, say(detail));
    fonts_.need(wished_body_role(), say(detail));
  }
  for (const Role role : kEntryRoles) {
    if (screen.entry) fonts_.need(role, *screen.entry);
  }
  for (const flow::Button& button : screen.buttons) {
    fonts_.need(Role::kButton, say(button.label));
    fonts_.need(Role::kHelp, say(button.label));
    fonts_.need(Role::kHelp, say(button.note));
  }
  fonts_.need(Role::kSmall, screen.staff_code);
  fonts_.build();
  layout();
  prepare_picture();
}

void ScreenPainter::prepare_picture() {
  if (camera_view_ && !screen_.picture_is_camera && picture_of_) camera_view_->wipe();
  const PicturePtr& shown = screen_.picture;
  const float smallest_px = std::min(px(hero_box_.w), px(hero_box_.h));
  if (!shown || shown->empty() || smallest_px < 8) {
    picture_ = CanvasTexture();
    picture_of_.reset();
    return;
  }
  const bool same_box = picture_box_.w == hero_box_.w && picture_box_.h == hero_box_.h;
  if (picture_of_ == shown && same_box) return;
  picture_of_ = shown;
  picture_box_ = hero_box_;
  const int width = static_cast<int>(px(hero_box_.w));
  const int height = static_cast<int>(px(hero_box_.h));
  if (screen_.picture_is_camera) {
    const CameraFrame frame{width, height, static_cast<int>(px(kRadius - 4)), palette_.panel, {}};
    if (!camera_view_ || camera_view_->frame() != frame) camera_view_.emplace(frame);
    canvas_.show_in(picture_, camera_view_->draw(*shown));
    return;
  }
  const float aspect = static_cast<float>(shown->width_px) / static_cast<float>(shown->height_px);
  const float fitted_width = std::min(hero_box_.w, hero_box_.h * aspect);
  picture_ = canvas_.texture(fitted(*shown, static_cast<int>(px(fitted_width)),
                                    static_cast<int>(px(fitted_width / aspect)),
                                    static_cast<int>(px(20))));
}

// ---- layout ------------------------------------------------------------------------------------

void ScreenPainter::layout() {
  placed_.clear();
  header_box_ = {kMargin, 60, width_ - 2 * kMargin, 110};
  const float lowest = landscape() ? height_ - kMargin : std::min(kLowestTouch, height_ - 120);
  Box column{kMargin, 0, width_ - 2 * kMargin, lowest};
  text_box_ = {kMargin, 224, width_ - 2 * kMargin, 0};
  if (landscape()) {
    const float half = (width_ - 3 * kMargin) / 2;
    column = {kMargin * 2 + half, 0, half, lowest};
    text_box_ = {is_all_buttons() ? kMargin : column.x, 224, half, 0};
  }
  const float title_height =
      text_block(Role::kTitle, say(screen_.title), text_box_, 0, 1.28F, false);
  Box sentence = text_box_;
  if (screen_.tone != Tone::kNeutral) sentence.w -= 64;
  const float sentence_height =
      text_block(Role::kSentence, say(screen_.sentence), sentence, 0, 1.4F, false);
  text_box_.h = title_height + kTitleGap + sentence_height;

  place_buttons(column);
  float top_button = lowest + kGap * 2;
  for (const Placed& placed : placed_) top_button = std::min(top_button, placed.box.y);
  if (landscape()) {
    panel_box_ = {kMargin, 224, (width_ - 3 * kMargin) / 2, lowest - 224};
  } else {
    const float top = text_box_.bottom() + 52;
    panel_box_ = {kMargin, top, width_ - 2 * kMargin, top_button - 2 * kGap - top};
  }
  const bool has_hero = screen_.illustration != Illustration::kNone || screen_.picture;
  place_hero(has_hero);
  // An illustration that small explains nothing: the words have its room.
  if (!screen_.picture && hero_box_.h < kSmallestHero) place_hero(false);
  hits_.clear();
  for (const auto& [button, box, look] : placed_) {
    hits_.push_back({button->key, px(box.x), px(box.y), px(box.w), px(box.h)});
  }
}

// The words of the panel stand below its picture, in the largest size that leaves room for both.
void ScreenPainter::place_hero(bool has_hero) {
  float text_height = 0;
  for (const Role role : {wished_body_role(), Role::kBody, Role::kHelp}) {
    body_role_ = role;
    text_height = rows_height(panel_box_.w - 2 * kPanelPad);
    if (text_height + (has_hero ? 480.0F : 2 * kPanelPad) <= panel_box_.h) break;
    if (wished_body_role() == Role::kHelp) break;
  }
  const float pad = screen_.picture_is_camera ? 16 : kPanelPad;
  // The camera's picture needs no line between itself and the words.
  const float gap = screen_.picture_is_camera ? 32 : 60;
  const float below = text_height > 0 ? text_height + kPanelPad + gap : 0;
  const float bar_height = screen_.progress >= 0 ? 84 : 0;
  hero_box_ = {panel_box_.x + pad, panel_box_.y + pad, panel_box_.w - 2 * pad,
               has_hero ? panel_box_.h - pad - std::max(pad, below) - bar_height : 0};
}

// What each part needs, against what the layout gave it.
bool ScreenPainter::fits() {
  float top_button = height_;
  for (const Placed& placed : placed_) {
    const float room = px(label_room(placed));
    if (fonts_.width(Role::kHelp, say(placed.button->label)) > room) return false;
    if (fonts_.width(Role::kHelp, say(placed.button->note)) > room) return false;
    const bool is_key = is_keypad() && placed.look != Look::kQuiet;
    const bool beside = landscape() && (is_key || placed.look == Look::kChoice);
    if (!beside) top_button = std::min(top_button, placed.box.y);
  }
  const float text_bottom = text_box_.bottom();
  if (is_choosing()) {
    return text_bottom + (landscape() ? 150 : 40) + em(Role::kHelp) + kGap <= top_button;
  }
  if (is_keypad()) {
    return entry_bottom() + kGap <= top_button &&
           fonts_.width(entry_role(), *screen_.entry) <= px(entry_room());
  }
  if (landscape() && text_bottom + kGap > top_button) return false;
  const float text_height = rows_height(panel_box_.w - 2 * kPanelPad);
  if (screen_.picture || hero_box_.h > 0) return hero_box_.h >= kSmallestHero;
  return text_height + 2 * kPanelPad <= panel_box_.h;
}

// From the bottom up: the quiet row (language, leaving), then second buttons, then the main one.
void ScreenPainter::place_buttons(Box column) {
  float y = column.bottom() - kQuietHeight;
  // Beside a long list or a keypad the quiet buttons stand in the other column.
  const bool beside = landscape() && is_all_buttons();
  const float quiet_x = beside ? kMargin : column.x;
  place_quiet_row({quiet_x, 0, column.w, 0}, y);
  if (is_keypad()) return place_keys(column, beside ? column.bottom() : y - kGap);
  if (is_menu()) return place_keys(column, y - kGap);
  if (is_choosing()) {
    for (const flow::Button& button : screen_.buttons) {
      if (button.key != "enter_number") continue;
      y -= kGap + kQuietHeight;
      placed_.push_back({&button, {quiet_x, y, column.w, kQuietHeight}, Look::kQuiet});
    }
    place_choices(column, y);
    return;
  }
  const auto stack = [&](bool main) {
    // NOLINTNEXTLINE(modernize-loop-convert): clang 14 cannot read libstdc++'s views.
    for (auto button = screen_.buttons.rbegin(); button != screen_.buttons.rend(); ++button) {
      if (is_quiet(*button) || button->main != main) continue;
      y -= kGap + kMainHeight;
      placed_.push_back(
          {&*button, {column.x, y, column.w, kMainHeight}, main ? Look::kMain : Look::kSecond});
    }
  };
  stack(false);
  stack(true);
}

// What a quiet button needs for its words.
float ScreenPainter::quiet_width(const flow::Button& button) {
  return std::max(kQuietHeight, fonts_.width(Role::kHelp, say(button.label)) / scale_ + 2 * 20);
}

// From the right: the language, the size of the text, and the ways out in what is left, each as
// wide as its words need and an equal part of the rest.
void ScreenPainter::place_quiet_row(Box row, float y) {
  const auto leads_out = [this](const flow::Button& button) {
    return button.key == kCancelKey || (button.key == "back" && is_keypad());
  };
  float ways = 0, needed = 0;
  for (const flow::Button& button : screen_.buttons) {
    if (!leads_out(button)) continue;
    ways += 1;
    needed += quiet_width(button) + kGap;
  }
  const bool crowded = row.w - 216 - 264 - kGap < needed;
  float right = row.right();
  const auto place = [&](const char* key, float usual) {
    for (const flow::Button& button : screen_.buttons) {
      if (button.key != key) continue;
      const float width = crowded ? quiet_width(button) : usual;
      placed_.push_back({&button, {right - width, y, width, kQuietHeight}, Look::kQuiet});
      right -= width + kGap;
    }
  };
  place(kLanguageKey, 216);
  place(kTextSizeKey, 264);
  const float spare = ways > 0 ? (right + kGap - row.x - needed) / ways : 0;
  float x = row.x;
  for (const flow::Button& button : screen_.buttons) {
    if (!leads_out(button)) continue;
    const float width = quiet_width(button) + spare;
    placed_.push_back({&button, {x, y, width, kQuietHeight}, Look::kQuiet});
    x += width + kGap;
  }
}

// In rows, in the order of the buttons: three columns of a keypad, two of a menu.
void ScreenPainter::place_keys(Box column, float bottom) {
  std::vector<const flow::Button*> keys;
  for (const flow::Button& button : screen_.buttons) {
    const bool is_way_out = button.key == "cancel" || button.key == "back";
    const bool is_about_reading = button.key == kLanguageKey || button.key == kTextSizeKey;
    if (!is_about_reading && !is_way_out) keys.push_back(&button);
  }
  const std::size_t columns = is_menu() ? 2 : 3;
  const std::size_t lines = (keys.size() + columns - 1) / columns;
  const auto rows = static_cast<float>(lines);
  // A menu stands below its text, a keypad beside it.
  const float highest = is_menu() ? text_box_.bottom() + kGap : 224;
  const float room = landscape() ? (bottom - highest + kGap) / rows - kGap : kKeyHeight;
  const float height = std::min(kKeyHeight, room);
  const float width = (column.w + kGap) / static_cast<float>(columns) - kGap;
  const float top = bottom - rows * (height + kGap) + kGap;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto across = static_cast<float>(i % columns);
    const std::size_t line = i / columns;
    const auto down = static_cast<float>(line);
    const Box box{column.x + across * (width + kGap), top + down * (height + kGap), width, height};
    placed_.push_back({keys[i], box, keys[i]->main ? Look::kMain : Look::kKey});
  }
}

// The pages stand above the quiet row, and the list above them or beside them.
void ScreenPainter::place_choices(Box column, float quiet_top) {
  const float page_left = landscape() ? kMargin : column.x;
  const float page_width = (column.w - kGap) / 2;
  const float page_top = quiet_top - kGap - kQuietHeight;
  float bottom = landscape() ? column.bottom() : quiet_top - kGap;
  for (const flow::Button& button : screen_.buttons) {
    const bool next = button.key == "next_page";
    if (!next && button.key != "previous_page") continue;
    if (!landscape()) bottom = page_top - kGap;
    const float x = next ? page_left + page_width + kGap : page_left;
    placed_.push_back({&button, {x, page_top, page_width, kQuietHeight}, Look::kQuiet});
  }
  int choices = 0;
  for (const flow::Button& button : screen_.buttons) {
    choices += button.key.rfind("choose:", 0) == 0 ? 1 : 0;
  }
  // The list hangs from the text above it, as far as the reach allows.
  const float height = choice_height();
  const float list_height = static_cast<float>(choices) * (height + kGap) - kGap;
  float top = landscape() ? 224 : std::max(700.0F, text_box_.bottom() + 150);
  top = std::min(top, bottom - list_height);
  for (const flow::Button& button : screen_.buttons) {
    if (button.key.rfind("choose:", 0) != 0) continue;
    placed_.push_back({&button, {column.x, top, column.w, height}, Look::kChoice});
    top += height + kGap;
  }
}

// Two lines of text with air around them.
float ScreenPainter::choice_height() const {
  return std::max(kChoiceHeight, em(Role::kButton) + em(Role::kHelp) + 14 + 2 * 22);
}

float ScreenPainter::text_block(Role role, const std::string& text, Box box, std::uint32_t rgb,
                                float leading, bool draw) {
  const auto lines = fonts_.wrap(role, text, px(box.w));
  float y = box.y;
  for (const std::string& line : lines) {
    if (draw) fonts_.draw(*list_, role, at(box.x, y), colour(rgb, fade_), line);
    y += em(role) * leading;
  }
  return lines.empty() ? 0 : y - box.y - em(role) * (leading - 1);
}

float ScreenPainter::rows_height(float width) {
  float height = 0;
  const bool marked = screen_.details.size() > 1;
  for (const flow::Text& detail : screen_.details) {
    const Box box{0, 0, width - (marked ? 68.0F : 0.0F), 0};
    height += text_block(body_role_, say(detail), box, 0, 1.45F, false) + em(body_role_) * 0.75F;
  }
  return height > 0 ? height - em(body_role_) * 0.75F : 0;
}

// ---- drawing -----------------------------------------------------------------------------------

std::vector<std::string> ScreenPainter::paint(Nanos now, double since_shown_s) {
  now_ = now;
  since_s_ = since_shown_s;
  const float in = std::clamp(static_cast<float>(since_shown_s / kFadeIn_s), 0.0F, 1.0F);
  fade_ = 1 - (1 - in) * (1 - in);
  ImGui::SetNextWindowPos(ImVec2(0, 0));
  ImGui::SetNextWindowSize(ImGui::GetIO().DisplaySize);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowPadding, ImVec2(0, 0));
  ImGui::PushStyleVar(ImGuiStyleVar_WindowBorderSize, 0.0F);
  ImGui::Begin("kiosk", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoNav);
  list_ = ImGui::GetWindowDrawList();
  header();
  heading();
  panel();
  std::vector<std::string> touched;
  for (const Placed& placed : placed_) {
    const Box& box = placed.box;
    ImGui::SetCursorScreenPos(at(box.x, box.y));
    // A disabled button takes the touch too: the flow says what became of it.
    if (ImGui::InvisibleButton(placed.button->key.c_str(), at(box.w, box.h))) {
      touched.push_back(placed.button->key);
    }
    draw_button(placed, ImGui::IsItemActive());
  }
  if (!screen_.staff_code.empty()) {
    fonts_.draw(*list_, Role::kSmall, at(kMargin, height_ - (landscape() ? 50.0F : 74.0F)),
                colour(palette_.faint_ink, fade_), screen_.staff_code);
  }
  ImGui::End();
  ImGui::PopStyleVar(2);
  return touched;
}

void ScreenPainter::rounded(Box box, float radius, std::uint32_t fill, std::uint32_t border,
                            float thick, float alpha) {
  const ImVec2 from = at(box.x, box.y);
  const ImVec2 to = at(box.right(), box.bottom());
  if (alpha < 1 || box.h < 4 * radius) {
    list_->AddRectFilled(from, to, colour(fill, alpha), px(radius));
  } else {
    fill_large(from, to, px(radius), colour(fill));
  }
  if (thick > 0) list_->AddRect(from, to, colour(border, alpha), px(radius), 0, px(thick));
}

// ImGui fills a rounded rectangle as a fan of triangles, and SDL's software renderer walks the
// whole bounding box of each: a panel would cost more than everything else on its screen. Plain
// rectangles and four small corners are the same picture.
void ScreenPainter::fill_large(ImVec2 from, ImVec2 to, float radius, ImU32 rgb) {
  const float r = std::ceil(radius);
  from = ImVec2(std::round(from.x), std::round(from.y));
  to = ImVec2(std::round(to.x), std::round(to.y));
  list_->AddRectFilled(ImVec2(from.x, from.y + r), ImVec2(to.x, to.y - r), rgb);
  list_->AddRectFilled(ImVec2(from.x + r, from.y), ImVec2(to.x - r, from.y + r), rgb);
  list_->AddRectFilled(ImVec2(from.x + r, to.y - r), ImVec2(to.x - r, to.y), rgb);
  // Two pixels into the rectangles, so that the smoothed edges leave no seam. `in_x`, `in_y`:
  // inwards.
  const auto corner = [&](ImVec2 centre, float in_x, float in_y, float angle) {
    const bool x_first = in_x * in_y > 0;  // clockwise, as ImGui smooths
    const ImVec2 beside(centre.x - in_x * r, centre.y + 2 * in_y);
    const ImVec2 above(centre.x + 2 * in_x, centre.y - in_y * r);
    list_->PathLineTo(ImVec2(centre.x + 2 * in_x, centre.y + 2 * in_y));
    list_->PathLineTo(x_first ? beside : above);
    list_->PathArcTo(centre, r, angle, angle + kPi / 2, 12);
    list_->PathLineTo(x_first ? above : beside);
    list_->PathFillConvex(rgb);
  };
  corner(ImVec2(from.x + r, from.y + r), 1, 1, kPi);
  corner(ImVec2(to.x - r, from.y + r), -1, 1, -kPi / 2);
  corner(ImVec2(to.x - r, to.y - r), -1, -1, 0);
  corner(ImVec2(from.x + r, to.y - r), 1, -1, kPi / 2);
}

void ScreenPainter::header() {
  const bool timed = screen_.ends_at.has_value() && screen_.illustration != Illustration::kClock;
  Box box = header_box_;
  if (timed) {
    ring(box.right() - 52, box.y + 50, 47, 9);
    box.w -= 104 + 44;
  }
  if (screen_.step != Step::kNone) {
    steps(box);
    return;
  }
  const flow::Text brand{"brand", {}};
  rounded({box.x, box.y + 4, 44, 44}, 12, palette_.blue, 0, 0);
  rounded({box.x + 10, box.y + 15, 24, 6}, 3, palette_.on_blue, 0, 0);
  rounded({box.x + 10, box.y + 27, 16, 6}, 3, palette_.on_blue, 0, 0);
  fonts_.draw(*list_, Role::kStepNow, at(box.x + 62, box.y + 12), colour(palette_.ink), say(brand));
}

void ScreenPainter::steps(Box box) {
  constexpr float kBetween = 14;
  const float width = (box.w - 4 * kBetween) / 5;
  const int present = static_cast<int>(screen_.step) - 1;
  for (int i = 0; i < 5; ++i) {
    const float x = box.x + static_cast<float>(i) * (width + kBetween);
    const bool reached = i <= present;
    rounded({x, box.y + 6, width, 10}, 5, reached ? palette_.blue : palette_.hairline, 0, 0,
            i < present ? 0.55F : 1.0F);
    const Role role = i == present ? Role::kStepNow : Role::kStep;
    const std::uint32_t ink = i == present ? palette_.blue
                              : reached    ? palette_.quiet_ink
                                           : palette_.faint_ink;
    const flow::Text name{kStepKeys[static_cast<std::size_t>(i)], {}};
    fonts_.draw(*list_, role, at(x, box.y + 36), colour(ink), say(name));
  }
}

// The ring empties as the time runs out.
void ScreenPainter::ring(float x, float y, float r, float thick) {
  const double left_s = std::max(0.0, static_cast<double>((*screen_.ends_at - now_).count()) / 1e9);
  const double total_s = std::max(1e-3, static_cast<double>(screen_.total.count()) / 1e9);
  const float part = static_cast<float>(std::clamp(left_s / total_s, 0.0, 1.0));
  const bool soon = left_s <= 10 && screen_.tone != Tone::kGood;
  const std::uint32_t rgb = soon ? palette_.attention : palette_.blue;
  list_->AddCircle(at(x, y), px(r), colour(palette_.hairline), 0, px(thick));
  if (part > 0.002F) {
    list_->PathArcTo(at(x, y), px(r), -kPi / 2, -kPi / 2 + part * 2 * kPi, 72);
    list_->PathStroke(colour(rgb), 0, px(thick));
  }
  const std::string seconds = std::to_string(static_cast<int>(std::ceil(left_s)));
  const Role role = r > 100 ? Role::kTitle : Role::kStepNow;
  const float half = fonts_.width(role, seconds) / scale_ / 2;
  fonts_.draw(*list_, role, at(x - half, y - em(role) / 2), colour(soon ? rgb : palette_.ink),
              seconds);
}

void ScreenPainter::heading() {
  const float title_height =
      text_block(Role::kTitle, say(screen_.title), text_box_, palette_.ink, 1.28F, true);
  Box box = text_box_;
  box.y += title_height + kTitleGap;
  if (screen_.tone == Tone::kNeutral) {
    text_block(Role::kSentence, say(screen_.sentence), box, palette_.quiet_ink, 1.4F, true);
    return;
  }
  tone_icon(box.x + 23, box.y + em(Role::kSentence) / 2, 23, tone_colour());
  box.x += 64;
  box.w -= 64;
  text_block(Role::kSentence, say(screen_.sentence), box, tone_colour(), 1.4F, true);
}

// Never colour alone: a tick, or an exclamation mark.
void ScreenPainter::tone_icon(float x, float y, float r, std::uint32_t rgb) {
  list_->AddCircleFilled(at(x, y), px(r), colour(rgb, fade_), 0);
  const ImU32 on = colour(palette_.panel, fade_);
  if (rgb == palette_.good) {
    list_->PathLineTo(at(x - 0.42F * r, y + 0.03F * r));
    list_->PathLineTo(at(x - 0.1F * r, y + 0.35F * r));
    list_->PathLineTo(at(x + 0.46F * r, y - 0.3F * r));
    list_->PathStroke(on, 0, px(0.2F * r));
    return;
  }
  list_->AddRectFilled(at(x - 0.1F * r, y - 0.55F * r), at(x + 0.1F * r, y + 0.15F * r), on,
                       px(0.1F * r));
  list_->AddCircleFilled(at(x, y + 0.45F * r), px(0.13F * r), on, 0);
}

void ScreenPainter::list_heading() {
  float list_top = text_box_.bottom() + 150;
  for (const Placed& placed : placed_) {
    if (placed.look == Look::kChoice && !landscape()) {
      list_top = std::max(text_box_.bottom() + 40, placed.box.y - 44 - em(Role::kHelp));
      break;
    }
  }
  const Box box{text_box_.x, list_top, text_box_.w, 0};
  for (const flow::Text& detail : screen_.details) {
    text_block(Role::kHelp, say(detail), box, palette_.quiet_ink, 1.45F, true);
  }
}

float ScreenPainter::entry_bottom() {
  float y = text_box_.bottom() + kEntryGap + kEntryHeight + kEntryHelpGap;
  for (const flow::Text& detail : screen_.details) {
    y += text_block(Role::kHelp, say(detail), {0, y, text_box_.w, 0}, 0, 1.3F, false) +
         em(Role::kHelp) * 0.4F;
  }
  return y;
}

// As large as there is room for it and the cursor.
Role ScreenPainter::entry_role() {
  for (const Role role : kEntryRoles) {
    if (fonts_.width(role, *screen_.entry) <= px(entry_room())) return role;
  }
  return kEntryRoles.back();
}

// What was typed, and below it what helps to type it.
void ScreenPainter::entry_field() {
  const Box field{text_box_.x, text_box_.bottom() + kEntryGap, text_box_.w, kEntryHeight};
  rounded(field, kRadius, palette_.panel, palette_.blue, 4);
  const Role role = entry_role();
  const float line = field.y + (field.h - em(role)) / 2;
  fonts_.draw(*list_, role, at(field.x + 40, line), colour(palette_.ink), *screen_.entry);
  const float caret = field.x + 46 + fonts_.width(role, *screen_.entry) / scale_;
  list_->AddRectFilled(at(caret, field.y + 26), at(caret + 5, field.bottom() - 26),
                       colour(palette_.blue));
  Box box{text_box_.x, field.bottom() + kEntryHelpGap, text_box_.w, 0};
  for (const flow::Text& detail : screen_.details) {
    box.y += text_block(Role::kHelp, say(detail), box, palette_.quiet_ink, 1.3F, true) +
             em(Role::kHelp) * 0.4F;
  }
}

void ScreenPainter::panel() {
  // The buttons are the panel.
  if (is_choosing()) return list_heading();
  if (is_keypad()) return entry_field();
  if (panel_box_.h < 60) return;
  rounded(panel_box_, kRadius, palette_.panel, palette_.hairline, 2);
  const float text_height = rows_height(panel_box_.w - 2 * kPanelPad);
  if (hero_box_.h > 80) hero(hero_box_);
  float y = panel_box_.bottom() - kPanelPad - text_height;
  if (hero_box_.h <= 0) {
    // All text: in the upper part of the panel, as on paper.
    y = panel_box_.y + std::max(56.0F, std::min(120.0F, (panel_box_.h - text_height) / 3));
  }
  if (text_height > 0)
    rows({panel_box_.x + kPanelPad, y, panel_box_.w - 2 * kPanelPad, text_height});
  if (screen_.progress >= 0) {
    bar({panel_box_.x + 72, y - (text_height > 0 ? 88.0F : 36.0F), panel_box_.w - 144, 20});
  }
}

void ScreenPainter::hero(Box box) {
  const float x = box.x + box.w / 2;
  const float y = box.y + box.h / 2;
  if (picture_) {
    const float w = static_cast<float>(picture_.width_px());
    const float h = static_cast<float>(picture_.height_px());
    const ImVec2 from(std::round(px(x) - w / 2), std::round(px(y) - h / 2));
    list_->AddImage(picture_.id(), from, ImVec2(from.x + w, from.y + h), ImVec2(0, 0), ImVec2(1, 1),
                    colour(0xFFFFFF, fade_));
    if (!screen_.picture_is_camera) return;
    const Oval oval;
    const ImVec2 centre(from.x + static_cast<float>(oval.centre_x) * w,
                        from.y + static_cast<float>(oval.centre_y) * h);
    for (int i = 0; i < 96; ++i) {
      const float a = static_cast<float>(i) * 2 * kPi / 96;
      list_->PathLineTo(ImVec2(centre.x + static_cast<float>(oval.radius_x) * h * std::cos(a),
                               centre.y + static_cast<float>(oval.radius_y) * h * std::sin(a)));
    }
    const std::uint32_t rgb = screen_.tone == Tone::kNeutral ? palette_.blue : tone_colour();
    list_->PathStroke(colour(rgb), ImDrawFlags_Closed, px(10));
    return;
  }
  if (screen_.illustration == Illustration::kClock && screen_.ends_at) {
    ring(x, y, std::min(box.h / 2 - 20, 190.0F), 26);
    return;
  }
  // A hand reaches below the disc.
  const bool hand = screen_.illustration == Illustration::kPlaceCard ||
                    screen_.illustration == Illustration::kTakeCard;
  const float below = hand ? 262.0F : 200.0F;
  const float unit = std::min({(box.h - 16) / (200 + below), box.w / 440, 1.45F});
  const float lift = (below - 200) / 2 * unit;
  draw_illustration(*list_, screen_.illustration, screen_.tone, at(x, y - lift), px(unit),
                    pose_at(since_s_), palette_);
}

void ScreenPainter::rows(Box box) {
  const bool marked = screen_.details.size() > 1;
  const Role role = body_role_;
  float y = box.y;
  if (hero_box_.h > 80 && !screen_.picture_is_camera) {
    list_->AddRectFilled(at(box.x, y - 38), at(box.right(), y - 36), colour(palette_.hairline));
  }
  for (std::size_t i = 0; i < screen_.details.size(); ++i) {
    if (marked) row_mark(i, box.x + 21, y + em(role) / 2);
    const Box line{box.x + (marked ? 68.0F : 0.0F), y, box.w - (marked ? 68.0F : 0.0F), 0};
    y += text_block(role, say(screen_.details[i]), line, palette_.ink, 1.45F, true) +
         em(role) * 0.75F;
  }
}

// What it means: a dot. What to do next, always last: an arrow.
void ScreenPainter::row_mark(std::size_t row, float x, float y) {
  const bool next = screen_.id == "refused" && row + 1 == screen_.details.size();
  const std::uint32_t rgb = next ? palette_.blue : palette_.blue_mid;
  if (!next) {
    list_->AddCircleFilled(at(x, y), px(9), colour(rgb, fade_), 0);
    return;
  }
  list_->AddCircleFilled(at(x, y), px(21), colour(rgb, fade_), 0);
  const ImU32 on = colour(palette_.on_blue, fade_);
  list_->AddRectFilled(at(x - 11, y - 2), at(x + 9, y + 2), on, px(2));
  list_->PathLineTo(at(x + 2, y - 8));
  list_->PathLineTo(at(x + 10, y));
  list_->PathLineTo(at(x + 2, y + 8));
  list_->PathStroke(on, 0, px(4));
}

void ScreenPainter::bar(Box box) {
  const float part = static_cast<float>(std::clamp(progress_at(screen_, now_), 0.0, 1.0));
  rounded(box, box.h / 2, palette_.blue_soft, 0, 0);
  rounded({box.x, box.y, std::max(box.h, box.w * part), box.h}, box.h / 2, palette_.blue, 0, 0);
}

float ScreenPainter::label_room(const Placed& placed) {
  if (placed.look == Look::kQuiet) return placed.box.w - 2 * 20;
  return placed.box.w - 2 * 36 - (placed.look == Look::kChoice ? 70.0F : 0.0F);
}

void ScreenPainter::draw_button(const Placed& placed, bool pressed) {
  const Box& box = placed.box;
  const flow::Button& button = *placed.button;
  const std::string label = say(button.label);
  const std::string note = say(button.note);
  std::uint32_t fill = palette_.panel;
  std::uint32_t ink = palette_.ink;
  std::uint32_t border = palette_.hairline;
  float thick = 2.5F;
  switch (placed.look) {
    case Look::kMain:
      fill = pressed ? palette_.blue_pressed : palette_.blue;
      ink = palette_.on_blue;
      thick = 0;
      break;
    case Look::kSecond:
      fill = pressed ? palette_.blue_soft : palette_.panel;
      ink = border = palette_.blue;
      thick = 4;
      break;
    case Look::kQuiet:
      if (pressed) fill = palette_.blue_soft;
      ink = palette_.quiet_ink;
      break;
    case Look::kKey:
      if (pressed) fill = palette_.blue_soft;
      break;
    case Look::kChoice:
      if (pressed && button.enabled) fill = palette_.blue_soft;
      if (!button.enabled) fill = palette_.ground, ink = palette_.faint_ink;
      break;
  }
  if (!button.enabled && placed.look != Look::kChoice) {
    fill = palette_.ground, ink = palette_.faint_ink, border = palette_.hairline, thick = 2.5F;
  }
  rounded(box, kRadius, fill, border, thick);
  const float room = label_room(placed);
  const Role role = px(room) >= fonts_.width(Role::kButton, label) && placed.look != Look::kQuiet
                        ? Role::kButton
                        : Role::kHelp;
  if (placed.look != Look::kChoice) {
    const float half = fonts_.width(role, label) / scale_ / 2;
    fonts_.draw(*list_, role, at(box.x + box.w / 2 - half, box.y + box.h / 2 - em(role) / 2),
                colour(ink), label);
    return;
  }
  const float lines = em(Role::kButton) + 14 + em(Role::kHelp);
  const float first = box.y + (box.h - lines) / 2;
  fonts_.draw(*list_, role, at(box.x + 36, first), colour(ink), label);
  const std::uint32_t note_ink = button.enabled ? palette_.quiet_ink : palette_.attention;
  fonts_.draw(*list_, Role::kHelp, at(box.x + 36, first + lines - em(Role::kHelp)),
              colour(note_ink), note);
  if (!button.enabled) {
    tone_icon(box.right() - 62, box.y + box.h / 2, 22, palette_.attention);
    return;
  }
  list_->PathLineTo(at(box.right() - 66, box.y + box.h / 2 - 20));
  list_->PathLineTo(at(box.right() - 46, box.y + box.h / 2));
  list_->PathLineTo(at(box.right() - 66, box.y + box.h / 2 + 20));
  list_->PathStroke(colour(palette_.blue), 0, px(7));
}

}  // namespace cardrig::screen
