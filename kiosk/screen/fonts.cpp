// The font atlas, measuring, wrapping, and rare characters through Pango.
#include "kiosk/screen/fonts.h"

#include <fcntl.h>
#include <imgui_freetype.h>
#include <pango/pangocairo.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "kiosk/runtime/check.h"

namespace cardrig::screen {
namespace {

constexpr const char* kFontFolder = "/usr/share/fonts/opentype/noto/";
constexpr int kSimplifiedChinese = 2;  // face within the collection

// ImGui's size of a font is ascender + descender; ours is the em, as in print and on the web.
constexpr float kAscender_em = 1.16F;
constexpr float kLineBox_em = 1.448F;
constexpr float kIdeographTop_em = kAscender_em - 0.88F;  // from the line box down to 国's top

struct RoleStyle {
  float size_px;
  bool bold;
};
constexpr std::array<RoleStyle, kRoles> kStyles{{{64, true},
                                                 {44, false},
                                                 {34, false},
                                                 {46, true},
                                                 {28, false},
                                                 {28, true},
                                                 {26, false},
                                                 {38, false}}};

/// In all sizes together: names of some hundred people.
constexpr std::size_t kPassingMax = 1000;

std::size_t characters_in(const std::array<std::set<ImWchar>, kRoles>& wanted) {
  return std::accumulate(wanted.begin(), wanted.end(), std::size_t{0},
                         [](std::size_t sum, const auto& one) { return sum + one.size(); });
}

// Font files are mapped once and stay: FreeType reads them where they lie.
struct FontFile {
  void* data = nullptr;
  int size = 0;
};

FontFile map_font(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error("the font " + path + " is missing (fonts-noto-cjk)");
  struct stat info {};
  FontFile file;
  if (::fstat(fd, &info) == 0) {
    file.size = static_cast<int>(info.st_size);
    file.data =
        ::mmap(nullptr, static_cast<std::size_t>(info.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
  }
  ::close(fd);
  if (file.data == nullptr || file.data == MAP_FAILED) {
    throw std::runtime_error("the font " + path + " cannot be read");
  }
  return file;
}

const FontFile& font_file(bool bold) {
  static const FontFile regular_file =
      map_font(std::string(kFontFolder) + "NotoSansCJK-Regular.ttc");
  static const FontFile bold_file = map_font(std::string(kFontFolder) + "NotoSansCJK-Bold.ttc");
  return bold ? bold_file : regular_file;
}

std::string to_utf8(char32_t c) {
  std::string out;
  const auto push = [&](char32_t value) { out += static_cast<char>(value); };
  if (c < 0x80) {
    push(c);
  } else if (c < 0x800) {
    push(0xC0 | (c >> 6));
    push(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    push(0xE0 | (c >> 12));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  } else {
    push(0xF0 | (c >> 18));
    push(0x80 | ((c >> 12) & 0x3F));
    push(0x80 | ((c >> 6) & 0x3F));
    push(0x80 | (c & 0x3F));
  }
  return out;
}

bool is_wide(char32_t c) { return c >= 0x2E80; }

// Must not begin a line.
bool closes(char32_t c) {
  static constexpr std::u32string_view kClosing = U"，。、：；！？）》」』】·,.:;!?)";
  return kClosing.find(c) != std::u32string_view::npos;
}

// Must not end a line.
bool opens(char32_t c) {
  static constexpr std::u32string_view kOpening = U"（《「『【(";
  return kOpening.find(c) != std::u32string_view::npos;
}

}  // namespace

std::vector<char32_t> code_points(std::string_view utf8) {
  std::vector<char32_t> points;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = length == 1 ? lead : lead & (0xFFU >> (length + 1));
    bool good = lead < 0x80 || (lead >= 0xC2 && lead < 0xF5);
    std::size_t used = 1;
    for (; good && used < length; ++used) {
      if (i + used >= utf8.size() ||
          (static_cast<unsigned char>(utf8[i + used]) & 0xC0U) != 0x80U) {
        good = false;
        break;
      }
      c = (c << 6) | (static_cast<unsigned char>(utf8[i + used]) & 0x3FU);
    }
    points.push_back(good ? c : 0xFFFD);
    i += used;
  }
  return points;
}

FontSet::FontSet(Canvas& canvas, float scale, bool large_text)
    : canvas_(canvas), scale_(scale), large_text_(!large_text) {
  set_large_text(large_text);
  for (auto& wanted : wanted_) {
    for (ImWchar c = 0x20; c < 0x7F; ++c) wanted.insert(c);
  }
}

void FontSet::set_large_text(bool large_text) {
  if (large_text == large_text_) return;
  large_text_ = large_text;
  for (std::size_t i = 0; i < kRoles; ++i) {
    sizes_[i] = std::round(kStyles[i].size_px * scale_ * (large_text ? 1.18F : 1.0F));
  }
  rare_.clear();
  stale_ = true;
}

void FontSet::need(Role role, std::string_view text) {
  for (const char32_t c : code_points(text)) {
    if (c < 0x20 || c > 0xFFFF) continue;
    asked_[index(role)].insert(static_cast<ImWchar>(c));
    if (wanted_[index(role)].insert(static_cast<ImWchar>(c)).second) stale_ = true;
  }
}

void FontSet::keep() { kept_ = wanted_; }

void FontSet::forget_passing() {
  if (!kept_ || characters_in(wanted_) <= characters_in(*kept_) + kPassingMax) return;
  wanted_ = *kept_;
  for (std::size_t i = 0; i < kRoles; ++i) wanted_[i].insert(asked_[i].begin(), asked_[i].end());
}

void FontSet::build() {
  if (rare_.size() > 64) rare_.clear();  // names of people who are gone
  if (stale_) forget_passing();
  asked_ = {};
  if (!stale_) return;
  stale_ = false;
  const ContextScope scope(canvas_.context());
  ImFontAtlas& atlas = *ImGui::GetIO().Fonts;
  atlas.Clear();
  atlas.FontBuilderIO = ImGuiFreeType::GetBuilderForFreeType();
  atlas.FontBuilderFlags = ImGuiFreeTypeBuilderFlags_LightHinting;
  atlas.TexDesiredWidth = 2048;
  std::array<std::vector<ImWchar>, kRoles> ranges;
  for (std::size_t i = 0; i < kRoles; ++i) {
    for (const ImWchar c : wanted_[i]) {
      // Neighbours become one range.
      if (!ranges[i].empty() && ranges[i].back() + 1 == c) {
        ranges[i].back() = c;
      } else {
        ranges[i].push_back(c);
        ranges[i].push_back(c);
      }
    }
    ranges[i].push_back(0);
    ImFontConfig config;
    // An atlas copies what is not its own: eight times the 19 MB of a file.
    config.FontDataOwnedByAtlas = true;
    config.FontNo = kSimplifiedChinese;
    config.OversampleH = config.OversampleV = 1;
    config.PixelSnapH = true;
    const FontFile& file = font_file(kStyles[i].bold);
    fonts_[i] = atlas.AddFontFromMemoryTTF(file.data, file.size, sizes_[i] * kLineBox_em, &config,
                                           ranges[i].data());
    CARDRIG_CHECK(fonts_[i] != nullptr);
    atlas.ConfigData.back().FontDataOwnedByAtlas = false;  // or it would free the mapping
  }
  CARDRIG_CHECK(atlas.Build());
  canvas_.upload_fonts();
}

bool FontSet::is_rare(Role role, std::string_view text) const {
  const ImFont* font = fonts_[index(role)];
  const auto points = code_points(text);
  return std::any_of(points.begin(), points.end(), [&](char32_t c) {
    return c > 0xFFFF || (font != nullptr && c >= 0x20 &&
                          font->FindGlyphNoFallback(static_cast<ImWchar>(c)) == nullptr);
  });
}

float FontSet::width(Role role, std::string_view text) const {
  const ImFont* font = fonts_[index(role)];
  CARDRIG_CHECK(font != nullptr);
  float width = 0;
  for (const char32_t c : code_points(text)) {
    const ImFontGlyph* glyph =
        c > 0xFFFF ? nullptr : font->FindGlyphNoFallback(static_cast<ImWchar>(c));
    width += glyph != nullptr ? glyph->AdvanceX : size(role);
  }
  return width;
}

std::vector<std::string> FontSet::wrap(Role role, std::string_view text, float width_px) const {
  std::vector<std::string> lines;
  const auto points = code_points(text);
  const ImFont* font = fonts_[index(role)];
  const auto advance = [&](char32_t c) {
    const ImFontGlyph* glyph =
        c > 0xFFFF ? nullptr : font->FindGlyphNoFallback(static_cast<ImWchar>(c));
    return glyph != nullptr ? glyph->AdvanceX : size(role);
  };
  std::size_t begin = 0;
  while (begin < points.size()) {
    float width = 0;
    std::size_t end = begin;
    std::size_t last_break = 0;  // 0: none yet
    for (; end < points.size(); ++end) {
      width += advance(points[end]);
      if (width > width_px && end > begin) break;
      const bool more = end + 1 < points.size();
      if (!more) continue;
      const char32_t here = points[end];
      const char32_t next = points[end + 1];
      if (here == ' ' || ((is_wide(here) || is_wide(next)) && !closes(next) && !opens(here))) {
        last_break = end + 1;
      }
    }
    if (end < points.size() && last_break > begin) end = last_break;
    std::string line;
    for (std::size_t i = begin; i < end; ++i) line += to_utf8(points[i]);
    while (!line.empty() && line.back() == ' ') line.pop_back();
    lines.push_back(std::move(line));
    begin = end;
    while (begin < points.size() && points[begin] == ' ') ++begin;
  }
  return lines;
}

void FontSet::draw(ImDrawList& list, Role role, ImVec2 at, ImU32 colour, const std::string& text) {
  if (text.empty()) return;
  const ImVec2 whole(std::round(at.x), std::round(at.y - kIdeographTop_em * size(role)));
  if (!is_rare(role, text)) {
    list.AddText(fonts_[index(role)], fonts_[index(role)]->FontSize, whole, colour, text.c_str());
    return;
  }
  const CanvasTexture& picture = rare_text(role, text);
  list.AddImage(picture.id(), whole,
                ImVec2(whole.x + static_cast<float>(picture.width_px()),
                       whole.y + static_cast<float>(picture.height_px())),
                ImVec2(0, 0), ImVec2(1, 1), colour);
}

// ---- Pango -------------------------------------------------------------------------------------

namespace {

struct PangoText {
  cairo_surface_t* surface = nullptr;
  int width = 0, height = 0;
  int unknown_glyphs = 0;
};

PangoText pango_text(const std::string& text, float size_px, bool bold, bool draw) {
  PangoText made;
  PangoFontMap* map = pango_cairo_font_map_new();
  pango_cairo_font_map_set_resolution(PANGO_CAIRO_FONT_MAP(map), 72);
  PangoContext* context = pango_font_map_create_context(map);
  PangoLayout* layout = pango_layout_new(context);
  PangoFontDescription* font = pango_font_description_from_string("Noto Sans CJK SC");
  pango_font_description_set_absolute_size(font, size_px * PANGO_SCALE);
  pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
  pango_layout_set_font_description(layout, font);
  pango_layout_set_text(layout, text.c_str(), static_cast<int>(text.size()));
  pango_layout_get_pixel_size(layout, &made.width, &made.height);
  made.unknown_glyphs = pango_layout_get_unknown_glyphs_count(layout);
  if (draw) {
    made.width = std::max(made.width, 1);
    made.height = std::max(made.height, 1);
    made.surface = cairo_image_surface_create(CAIRO_FORMAT_A8, made.width, made.height);
    cairo_t* cr = cairo_create(made.surface);
    pango_cairo_show_layout(cr, layout);
    cairo_destroy(cr);
    cairo_surface_flush(made.surface);
  }
  pango_font_description_free(font);
  g_object_unref(layout);
  g_object_unref(context);
  g_object_unref(map);
  return made;
}

}  // namespace

const CanvasTexture& FontSet::rare_text(Role role, const std::string& text) {
  const auto key = std::pair(role, text);
  if (const auto found = rare_.find(key); found != rare_.end()) return found->second;
  const PangoText drawn = pango_text(text, size(role), kStyles[index(role)].bold, true);
  Picture picture{drawn.width, drawn.height, 4, {}};
  picture.pixels.assign(
      static_cast<std::size_t>(drawn.width) * static_cast<std::size_t>(drawn.height) * 4, 255);
  const unsigned char* from = cairo_image_surface_get_data(drawn.surface);
  const int stride = cairo_image_surface_get_stride(drawn.surface);
  for (int y = 0; y < drawn.height; ++y) {
    for (int x = 0; x < drawn.width; ++x) {
      const auto at = (static_cast<std::size_t>(y) * static_cast<std::size_t>(drawn.width) +
                       static_cast<std::size_t>(x)) *
                      4;
      picture.pixels[at + 3] = from[y * stride + x];
    }
  }
  cairo_surface_destroy(drawn.surface);
  return rare_.emplace(key, canvas_.texture(picture)).first->second;
}

bool FontSet::covers(Role role, std::string_view text) {
  const std::string string(text);
  need(role, string);
  build();
  if (!is_rare(role, string)) return true;
  return pango_text(string, size(role), false, false).unknown_glyphs == 0;
}

}  // namespace cardrig::screen
