// The front of the permit card: what the new form of 2019 shows, laid out by this project.
//
// Everything that is the same on every card (ground, title, labels; the specimen marks that lie
// over it) is drawn once a thread and kept: Pango's font maps must not be shared between threads.
#include "kiosk/certificate/card_face.h"

#include <cairo.h>
#include <pango/pangocairo.h>
#include <qrencode.h>

#include <cmath>
#include <cstring>
#include <memory>
#include <string>

#include "kiosk/runtime/check.h"

namespace cardrig::certificate {

namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr const char* kFamily = "Noto Sans CJK SC";

template <auto kDestroy>
struct Deleter {
  template <class T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};
using Surface = std::unique_ptr<cairo_surface_t, Deleter<cairo_surface_destroy>>;
using Context = std::unique_ptr<cairo_t, Deleter<cairo_destroy>>;
using Gradient = std::unique_ptr<cairo_pattern_t, Deleter<cairo_pattern_destroy>>;
using Layout = std::unique_ptr<PangoLayout, Deleter<g_object_unref>>;
using Font = std::unique_ptr<PangoFontDescription, Deleter<pango_font_description_free>>;
using Qr = std::unique_ptr<QRcode, Deleter<QRcode_free>>;

struct Colour {
  double red, green, blue, alpha = 1;
};
constexpr Colour kInk{0.055, 0.102, 0.176};
constexpr Colour kLabel{0.106, 0.298, 0.518};
constexpr Colour kTitle{0.024, 0.204, 0.404};
constexpr Colour kRed{0.720, 0.110, 0.110};

/// Positions in pixels of 300 dpi, from the top left corner of the card.
struct Box {
  double x, y, width, height;
};
constexpr Box kPhotoBox{56, 176, 230, 322};
constexpr Box kQrBox{748, 372, 212, 212};
constexpr double kLabelX = 326, kValueX = 452, kRightEdge = 960;
constexpr double kFirstRow = 176, kRowStep = 50;
constexpr double kFieldSize = 28;
constexpr double kCornerRadius = 36;

void set_colour(cairo_t* cr, const Colour& c) {
  cairo_set_source_rgba(cr, c.red, c.green, c.blue, c.alpha);
}

/// Fonts of one thread, at one pixel a point and without hinting, so that a line is as wide at any
/// place and on any machine with the same fonts.
class TextPen {
 public:
  TextPen() : map_(pango_cairo_font_map_new()), context_(nullptr) {
    pango_cairo_font_map_set_resolution(reinterpret_cast<PangoCairoFontMap*>(map_), 72);
    context_ = pango_font_map_create_context(map_);
    cairo_font_options_t* options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context_, options);
    cairo_font_options_destroy(options);
    pango_context_set_language(context_, pango_language_from_string("zh-cn"));
  }
  ~TextPen() {
    g_object_unref(context_);
    g_object_unref(map_);
  }
  TextPen(const TextPen&) = delete;
  TextPen& operator=(const TextPen&) = delete;

  /// No other font steps in for a missing glyph: the card is drawn in one hand or not at all.
  [[nodiscard]] Layout layout(const std::string& text, double size_px, bool bold) const {
    Layout layout(pango_layout_new(context_));
    const Font font(pango_font_description_new());
    pango_font_description_set_family_static(font.get(), kFamily);
    pango_font_description_set_weight(font.get(), bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font.get(), size_px * PANGO_SCALE);
    pango_layout_set_font_description(layout.get(), font.get());
    PangoAttrList* attributes = pango_attr_list_new();
    pango_attr_list_insert(attributes, pango_attr_fallback_new(FALSE));
    pango_layout_set_attributes(layout.get(), attributes);
    pango_attr_list_unref(attributes);
    pango_layout_set_single_paragraph_mode(layout.get(), TRUE);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    return layout;
  }

  static double width_px(PangoLayout* layout) {
    int width = 0;
    pango_layout_get_size(layout, &width, nullptr);
    return static_cast<double>(width) / PANGO_SCALE;
  }

  /// Draws with the baseline at `y`; text wider than `limit_px` is drawn narrower, never cut off.
  /// `align`: 0 left of x, 0.5 centred on it, 1 right.
  void draw(cairo_t* cr, const std::string& text, double x, double y, double size_px, bool bold,
            double limit_px, double align = 0) const {
    const Layout line = layout(text, size_px, bold);
    const double width = width_px(line.get());
    const double squeeze = width > limit_px ? limit_px / width : 1;
    const double baseline =
        static_cast<double>(pango_layout_get_baseline(line.get())) / PANGO_SCALE;
    cairo_save(cr);
    cairo_translate(cr, x - align * width * squeeze, y);
    cairo_scale(cr, squeeze, 1);
    cairo_move_to(cr, 0, -baseline);
    pango_cairo_show_layout(cr, line.get());
    cairo_restore(cr);
  }

 private:
  PangoFontMap* map_;
  PangoContext* context_;
};

Surface new_surface() {
  return Surface(cairo_image_surface_create(CAIRO_FORMAT_ARGB32, kCardWidth_px, kCardHeight_px));
}

void draw_ground(cairo_t* cr) {
  const Gradient gradient(cairo_pattern_create_linear(0, 0, kCardWidth_px, kCardHeight_px));
  cairo_pattern_add_color_stop_rgb(gradient.get(), 0.0, 0.937, 0.969, 0.996);
  cairo_pattern_add_color_stop_rgb(gradient.get(), 0.55, 0.757, 0.871, 0.969);
  cairo_pattern_add_color_stop_rgb(gradient.get(), 1.0, 0.529, 0.733, 0.925);
  cairo_set_source(cr, gradient.get());
  cairo_paint(cr);
}

/// Fine lines as on secured paper: bundles of waves that cross each other.
void draw_guilloche(cairo_t* cr) {
  cairo_set_line_width(cr, 1);
  for (int bundle = 0; bundle < 2; ++bundle) {
    set_colour(cr, bundle == 0 ? Colour{1, 1, 1, 0.36} : Colour{0.10, 0.42, 0.72, 0.10});
    for (int line = 0; line < 26; ++line) {
      const double phase = line * 0.13 + bundle * 1.7;
      for (int x = -8; x <= kCardWidth_px + 8; x += 8) {
        const double t = static_cast<double>(x) / kCardWidth_px;
        const double y = 350 + (line - 13) * 11 * std::cos(2.2 * t + bundle) +
                         90 * std::sin(2 * kPi * t * (bundle == 0 ? 1.5 : 2.1) + phase);
        cairo_line_to(cr, x, y);
      }
      cairo_stroke(cr);
    }
  }
}

/// A rosette of crossed ellipses, quiet, behind the fields.
void draw_rosette(cairo_t* cr, double x, double y, double radius) {
  set_colour(cr, {0.05, 0.36, 0.66, 0.13});
  cairo_set_line_width(cr, 1.1);
  for (int i = 0; i < 18; ++i) {
    cairo_save(cr);
    cairo_translate(cr, x, y);
    cairo_rotate(cr, i * kPi / 18);
    cairo_scale(cr, radius, radius * 0.42);
    cairo_new_sub_path(cr);
    cairo_arc(cr, 0, 0, 1, 0, 2 * kPi);
    cairo_restore(cr);
    cairo_stroke(cr);
  }
}

void draw_header(cairo_t* cr, const TextPen& pen) {
  const Gradient band(cairo_pattern_create_linear(0, 0, 0, 150));
  cairo_pattern_add_color_stop_rgba(band.get(), 0, 1, 1, 1, 0.65);
  cairo_pattern_add_color_stop_rgba(band.get(), 1, 1, 1, 1, 0);
  cairo_set_source(cr, band.get());
  cairo_rectangle(cr, 0, 0, kCardWidth_px, 150);
  cairo_fill(cr);
  const double middle = kCardWidth_px / 2.0;
  set_colour(cr, kTitle);
  pen.draw(cr, "中华人民共和国特种作业操作证", middle, 86, 54, true, 900, 0.5);
  pen.draw(cr, "中华人民共和国应急管理部监制", middle, 128, 25, false, 700, 0.5);
  set_colour(cr, {kTitle.red, kTitle.green, kTitle.blue, 0.45});
  cairo_set_line_width(cr, 1.5);
  for (const double side : {-1.0, 1.0}) {
    cairo_move_to(cr, middle + side * 200, 119);
    cairo_line_to(cr, middle + side * 440, 119);
    cairo_stroke(cr);
  }
}

/// The labels and their baselines. Name and sex share a row.
constexpr const char* kLabels[] = {"证　　号", "姓　　名", "作业类别", "操作项目",
                                   "初领日期", "有效期限", "复审日期", "签发机关"};
constexpr double row_y(int row) { return kFirstRow + 24 + row * kRowStep; }

void draw_labels(cairo_t* cr, const TextPen& pen) {
  set_colour(cr, kLabel);
  for (int row = 0; row < 8; ++row) {
    pen.draw(cr, kLabels[row], kLabelX, row_y(row), kFieldSize - 2, false, 140);
  }
  pen.draw(cr, "性　　别", 712, row_y(1), kFieldSize - 2, false, 140);
}

void draw_static_ground(cairo_t* cr, const TextPen& pen) {
  draw_ground(cr);
  draw_guilloche(cr);
  draw_rosette(cr, 620, 372, 190);
  draw_header(cr, pen);
  draw_labels(cr, pen);
}

/// Over everything, also over the photo: nobody can take this for a certificate.
void draw_specimen_marks(cairo_t* cr, const TextPen& pen) {
  cairo_save(cr);
  cairo_translate(cr, kCardWidth_px / 2.0, kCardHeight_px / 2.0 + 20);
  cairo_rotate(cr, -std::atan2(kCardHeight_px, kCardWidth_px));
  set_colour(cr, {kRed.red, kRed.green, kRed.blue, 0.20});
  pen.draw(cr, "样张 SPECIMEN", 0, 50, 138, true, 1060, 0.5);
  cairo_restore(cr);

  const Box line{0, 594, kCardWidth_px, 54};
  cairo_rectangle(cr, line.x, line.y, line.width, line.height);
  set_colour(cr, {1, 1, 1, 0.62});
  cairo_fill(cr);
  set_colour(cr, kRed);
  pen.draw(cr, "模拟样张 · 非真实证件", 56, 630, 27, true, 420);
  pen.draw(cr, "SIMULATION SPECIMEN · NOT A CERTIFICATE", kRightEdge, 629, 20, false, 500, 1);
}

/// Drawn once a thread.
struct Prepared {
  TextPen pen;
  Surface ground = new_surface();
  Surface marks = new_surface();

  Prepared() {
    const Context on_ground(cairo_create(ground.get()));
    draw_static_ground(on_ground.get(), pen);
    const Context on_marks(cairo_create(marks.get()));
    draw_specimen_marks(on_marks.get(), pen);
  }
};

const Prepared& prepared() {
  thread_local const Prepared value;
  return value;
}

void rounded_rectangle(cairo_t* cr, const Box& b, double radius) {
  cairo_new_sub_path(cr);
  cairo_arc(cr, b.x + b.width - radius, b.y + radius, radius, -kPi / 2, 0);
  cairo_arc(cr, b.x + b.width - radius, b.y + b.height - radius, radius, 0, kPi / 2);
  cairo_arc(cr, b.x + radius, b.y + b.height - radius, radius, kPi / 2, kPi);
  cairo_arc(cr, b.x + radius, b.y + radius, radius, kPi, 1.5 * kPi);
  cairo_close_path(cr);
}

/// A surface with the picture's pixels; grey and BGR are widened to what Cairo draws.
Surface surface_of(const Picture& picture) {
  Surface surface(
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, picture.width_px, picture.height_px));
  unsigned char* pixels = cairo_image_surface_get_data(surface.get());
  CARDRIG_CHECK(pixels != nullptr);
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface.get()));
  const auto width = static_cast<std::size_t>(picture.width_px);
  const auto height = static_cast<std::size_t>(picture.height_px);
  const auto channels = static_cast<std::size_t>(picture.channels);
  CARDRIG_CHECK(picture.pixels.size() == width * height * channels);
  for (std::size_t y = 0; y < height; ++y) {
    const std::uint8_t* from = picture.pixels.data() + y * width * channels;
    unsigned char* to = pixels + y * stride;
    for (std::size_t x = 0; x < width; ++x, from += channels, to += 4) {
      const bool grey = channels == 1;
      to[0] = from[0];  // little-endian 0xXXRRGGBB: blue comes first, as in BGR
      to[1] = grey ? from[0] : from[1];
      to[2] = grey ? from[0] : from[2];
      to[3] = 0xFF;
    }
  }
  cairo_surface_mark_dirty(surface.get());
  return surface;
}

/// Fills the photo's box; what does not fit its shape is cut off evenly.
void draw_photo(cairo_t* cr, const Picture& photo) {
  const Surface picture = surface_of(photo);
  const Box& box = kPhotoBox;
  const double scale = std::max(box.width / photo.width_px, box.height / photo.height_px);
  cairo_save(cr);
  rounded_rectangle(cr, box, 10);
  cairo_clip(cr);
  cairo_translate(cr, box.x + (box.width - photo.width_px * scale) / 2,
                  box.y + (box.height - photo.height_px * scale) / 2);
  cairo_scale(cr, scale, scale);
  cairo_set_source_surface(cr, picture.get(), 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_GOOD);
  cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
  cairo_paint(cr);
  cairo_restore(cr);
}

void draw_photo_frame(cairo_t* cr) {
  rounded_rectangle(cr, kPhotoBox, 10);
  set_colour(cr, {1, 1, 1, 0.9});
  cairo_set_line_width(cr, 4);
  cairo_stroke(cr);
}

/// Whole pixels a module and a quiet zone of four, so that it stays readable when printed.
void draw_qr(cairo_t* cr, const std::string& payload) {
  if (payload.empty()) return;
  const Qr code(QRcode_encodeData(static_cast<int>(payload.size()),
                                  reinterpret_cast<const unsigned char*>(payload.data()), 0,
                                  QR_ECLEVEL_M));
  CARDRIG_CHECK(code != nullptr && "the payload is at most 300 bytes");
  const int modules = code->width + 8;
  const double module_px = std::max(2.0, std::floor(kQrBox.width / modules));
  const double size = modules * module_px;
  const double x0 = kQrBox.x + kQrBox.width - size;
  const double y0 = kQrBox.y + kQrBox.height - size;
  rounded_rectangle(cr, {x0, y0, size, size}, 8);
  set_colour(cr, {1, 1, 1, 1});
  cairo_fill(cr);
  cairo_save(cr);
  cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
  set_colour(cr, {0.02, 0.08, 0.18});
  for (int y = 0; y < code->width; ++y) {
    for (int x = 0; x < code->width; ++x) {
      if ((code->data[y * code->width + x] & 1) == 0) continue;
      cairo_rectangle(cr, x0 + (x + 4) * module_px, y0 + (y + 4) * module_px, module_px, module_px);
    }
  }
  cairo_fill(cr);
  cairo_restore(cr);
}

/// Empty for a date that is not known yet: the preview is drawn before the claim brings the dates.
std::string dotted(const Date& date) {
  if (!is_valid(date)) return {};
  std::string iso = to_iso(date);
  iso[4] = '.';
  iso[7] = '.';
  return iso;
}

void draw_values(cairo_t* cr, const TextPen& pen, const Certificate& c) {
  set_colour(cr, kInk);
  const double whole = kRightEdge - kValueX;  // rows above the code
  const double beside_qr = kQrBox.x - 16 - kValueX;
  const auto value = [&](int row, const std::string& text, double limit, bool bold = false) {
    pen.draw(cr, text, kValueX, row_y(row), bold ? kFieldSize + 4 : kFieldSize, bold, limit);
  };
  value(0, c.number, whole, true);
  value(1, c.name, 240, true);
  pen.draw(cr, c.sex, 856, row_y(1), kFieldSize, false, 80);
  value(2, c.category, whole);
  value(3, c.item, whole, true);
  value(4, dotted(c.first_issued), beside_qr);
  if (is_valid(c.valid_to)) value(5, dotted(c.valid_from) + " 至 " + dotted(c.valid_to), beside_qr);
  value(6, dotted(c.review_due), beside_qr);
  value(7, c.authority, beside_qr);
}

/// A printed card has round corners; here they are white, as the printer leaves them.
void trim_corners(cairo_t* cr) {
  cairo_set_fill_rule(cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_rectangle(cr, 0, 0, kCardWidth_px, kCardHeight_px);
  rounded_rectangle(cr, {0, 0, kCardWidth_px, kCardHeight_px}, kCornerRadius);
  set_colour(cr, {1, 1, 1, 1});
  cairo_fill(cr);
}

Picture picture_of(cairo_surface_t* surface) {
  cairo_surface_flush(surface);
  const unsigned char* pixels = cairo_image_surface_get_data(surface);
  const auto stride = static_cast<std::size_t>(cairo_image_surface_get_stride(surface));
  Picture picture{kCardWidth_px, kCardHeight_px, 3, {}};
  picture.pixels.resize(std::size_t{kCardWidth_px} * kCardHeight_px * 3);
  std::uint8_t* to = picture.pixels.data();
  for (std::size_t y = 0; y < kCardHeight_px; ++y) {
    const unsigned char* from = pixels + y * stride;
    for (int x = 0; x < kCardWidth_px; ++x, from += 4, to += 3) {
      to[0] = from[0];
      to[1] = from[1];
      to[2] = from[2];
    }
  }
  return picture;
}

}  // namespace

Picture draw_card_front(const Certificate& certificate) {
  const Prepared& ready = prepared();
  const Surface surface = new_surface();
  const Context cr(cairo_create(surface.get()));
  cairo_set_source_surface(cr.get(), ready.ground.get(), 0, 0);
  cairo_paint(cr.get());
  if (certificate.photo && !certificate.photo->empty()) draw_photo(cr.get(), *certificate.photo);
  draw_photo_frame(cr.get());
  draw_values(cr.get(), ready.pen, certificate);
  cairo_set_source_surface(cr.get(), ready.marks.get(), 0, 0);
  cairo_paint(cr.get());
  draw_qr(cr.get(), certificate.qr_payload);
  trim_corners(cr.get());
  CARDRIG_CHECK(cairo_status(cr.get()) == CAIRO_STATUS_SUCCESS);
  return picture_of(surface.get());
}

bool can_draw_text(const std::string& utf8) {
  if (g_utf8_validate(utf8.data(), static_cast<gssize>(utf8.size()), nullptr) == FALSE) {
    return false;
  }
  const Layout layout = prepared().pen.layout(utf8, kFieldSize, false);
  return pango_layout_get_unknown_glyphs_count(layout.get()) == 0;
}

}  // namespace cardrig::certificate
