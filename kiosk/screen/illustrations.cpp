// The illustrations, made of a few flat shapes: a soft disc, the kiosk's parts in white and blue,
// a hand.
#include "kiosk/screen/illustrations.h"

#include <algorithm>
#include <cmath>

namespace cardrig::screen {

using flow::Illustration;
using flow::Tone;

namespace {

constexpr double kRound_s = 2.6;
constexpr double kRounds = 3;
constexpr float kPi = 3.14159265F;

float ease(float t) {
  t = std::clamp(t, 0.0F, 1.0F);
  return 1 - (1 - t) * (1 - t) * (1 - t);
}
/// 0 before `from`, 1 after `to`, smooth between.
float between(float t, float from, float to) { return ease((t - from) / (to - from)); }
float mix(float a, float b, float t) { return a + (b - a) * t; }

/// A pen in the illustration's units.
class Pen {
 public:
  Pen(ImDrawList& list, ImVec2 centre, float unit_px) : list_(list), centre_(centre), u_(unit_px) {}

  [[nodiscard]] ImVec2 at(float x, float y) const {
    return {centre_.x + x * u_, centre_.y + y * u_};
  }
  void box(float x, float y, float w, float h, float r, ImU32 c) const {
    list_.AddRectFilled(at(x, y), at(x + w, y + h), c, r * u_);
  }
  void frame(float x, float y, float w, float h, float r, ImU32 c, float thick) const {
    list_.AddRect(at(x, y), at(x + w, y + h), c, r * u_, 0, thick * u_);
  }
  void disc(float x, float y, float r, ImU32 c) const {
    list_.AddCircleFilled(at(x, y), r * u_, c, 0);
  }
  void ring(float x, float y, float r, ImU32 c, float thick) const {
    list_.AddCircle(at(x, y), r * u_, c, 0, thick * u_);
  }
  void line(float x0, float y0, float x1, float y1, ImU32 c, float thick) const {
    list_.AddLine(at(x0, y0), at(x1, y1), c, thick * u_);
    list_.AddCircleFilled(at(x0, y0), thick * u_ / 2, c);
    list_.AddCircleFilled(at(x1, y1), thick * u_ / 2, c);
  }
  void arc(float x, float y, float r, float from, float to, ImU32 c, float thick) const {
    list_.PathArcTo(at(x, y), r * u_, from, to, 40);
    list_.PathStroke(c, 0, thick * u_);
  }
  void ellipse(float x, float y, float rx, float ry, ImU32 c, float thick) const {
    for (int i = 0; i < 72; ++i) {
      const float a = static_cast<float>(i) * 2 * kPi / 72;
      list_.PathLineTo(at(x + rx * std::cos(a), y + ry * std::sin(a)));
    }
    list_.PathStroke(c, ImDrawFlags_Closed, thick * u_);
  }
  void polygon(std::initializer_list<ImVec2> points, ImU32 c) const {
    for (const ImVec2& p : points) list_.PathLineTo(at(p.x, p.y));
    list_.PathFillConvex(c);
  }
  ImDrawList& list() const { return list_; }
  [[nodiscard]] float unit() const { return u_; }

 private:
  ImDrawList& list_;
  ImVec2 centre_;
  float u_;
};

struct Paint {
  ImU32 disc, white, line, blue, mid, soft, ink, skin, skin_edge, sleeve, accent, accent_soft;
};

Paint paint_of(Tone tone, const Palette& p) {
  Paint made{};
  made.disc = colour(p.blue_soft);
  made.white = colour(p.panel);
  made.line = colour(p.hairline);
  made.blue = colour(p.blue);
  made.mid = colour(p.blue_mid);
  made.soft = colour(p.blue_soft);
  made.ink = colour(p.ink);
  made.skin = colour(0xF3CDB1);
  made.skin_edge = colour(0xDDA985);
  made.sleeve = colour(p.blue);
  made.accent = made.blue;
  made.accent_soft = made.disc;
  if (tone == Tone::kGood) made.accent = colour(p.good), made.accent_soft = colour(p.good_soft);
  if (tone == Tone::kAttention) {
    made.accent = colour(p.attention);
    made.accent_soft = colour(p.attention_soft);
  }
  if (tone == Tone::kRefusal) {
    made.accent = colour(p.refusal);
    made.accent_soft = colour(p.refusal_soft);
  }
  return made;
}

// An ID card seen from above, 120 × 76, its middle at (x, y).
void id_card(const Pen& pen, const Paint& paint, float x, float y) {
  pen.box(x - 60, y - 38 + 4, 120, 76, 9, colour(0x0F1C2E, 0.10F));
  pen.box(x - 60, y - 38, 120, 76, 9, paint.white);
  pen.frame(x - 60, y - 38, 120, 76, 9, paint.mid, 2.5F);
  pen.box(x + 16, y - 24, 32, 42, 4, paint.soft);
  pen.disc(x + 32, y - 9, 8, paint.mid);
  pen.box(x + 21, y + 3, 22, 14, 7, paint.mid);
  pen.box(x - 48, y - 22, 50, 7, 3.5F, paint.blue);
  pen.box(x - 48, y - 8, 40, 6, 3, paint.mid);
  pen.box(x - 48, y + 4, 46, 6, 3, paint.mid);
  pen.box(x - 48, y + 22, 96, 6, 3, paint.line);
}

// The permit card: blue head, photo, code.
void permit_card(const Pen& pen, const Paint& paint, float x, float y) {
  pen.box(x - 66, y - 42 + 5, 132, 84, 10, colour(0x0F1C2E, 0.12F));
  pen.box(x - 66, y - 42, 132, 84, 10, paint.white);
  pen.box(x - 66, y - 42, 132, 26, 10, paint.blue);
  pen.box(x - 66, y - 28, 132, 12, 0, paint.blue);
  pen.frame(x - 66, y - 42, 132, 84, 10, paint.blue, 2.5F);
  pen.box(x - 40, y - 34, 80, 8, 4, paint.white);
  pen.box(x - 54, y - 8, 30, 38, 4, paint.soft);
  pen.disc(x - 39, y + 4, 7, paint.mid);
  pen.box(x - 49, y + 14, 20, 13, 6.5F, paint.mid);
  pen.box(x - 14, y - 4, 62, 6, 3, paint.mid);
  pen.box(x - 14, y + 8, 48, 6, 3, paint.mid);
  pen.box(x - 14, y + 20, 30, 6, 3, paint.line);
  pen.box(x + 34, y + 14, 18, 18, 2, paint.ink);
}

// A hand from the lower right that holds something at (x, y): sleeve, back of the hand, four
// fingers below the thing and the thumb on it.
void hand_below(const Pen& pen, const Paint& paint, float x, float y) {
  ImDrawList& list = pen.list();
  const float u = pen.unit();
  const auto limb = [&](float x0, float y0, float x1, float y1, float thick, ImU32 c) {
    list.AddLine(pen.at(x + x0, y + y0), pen.at(x + x1, y + y1), c, thick * u);
    list.AddCircleFilled(pen.at(x + x0, y + y0), thick * u / 2, c);
    list.AddCircleFilled(pen.at(x + x1, y + y1), thick * u / 2, c);
  };
  limb(52, 52, 128, 128, 62, paint.skin);  // wrist
  list.AddLine(pen.at(x + 100, y + 100), pen.at(x + 140, y + 140), paint.sleeve, 84 * u);
  list.AddCircleFilled(pen.at(x + 140, y + 140), 42 * u, paint.sleeve);
  list.AddLine(pen.at(x + 96, y + 96), pen.at(x + 104, y + 104), paint.mid, 84 * u);
  limb(20, 18, 60, 60, 66, paint.skin);  // back of the hand
  limb(-20, 34, 20, 44, 19, paint.skin);  // fingers
  limb(-14, 52, 24, 58, 19, paint.skin);
  limb(-2, 69, 34, 71, 18, paint.skin);
}
void thumb_on(const Pen& pen, const Paint& paint, float x, float y) {
  ImDrawList& list = pen.list();
  const float u = pen.unit();
  list.AddLine(pen.at(x + 52, y + 6), pen.at(x + 6, y - 6), paint.skin, 24 * u);
  list.AddCircleFilled(pen.at(x + 6, y - 6), 12 * u, paint.skin);
  list.AddCircleFilled(pen.at(x + 52, y + 6), 12 * u, paint.skin);
  list.AddCircleFilled(pen.at(x + 3, y - 7), 6 * u, paint.skin_edge);
}

// The reader: a flat pad with a mark of waves.
void reader_pad(const Pen& pen, const Paint& paint, float glow) {
  pen.box(-130, 10 + 10, 260, 150, 26, colour(0x0F1C2E, 0.08F));
  pen.box(-130, 10, 260, 150, 26, paint.white);
  pen.frame(-130, 10, 260, 150, 26, paint.mid, 3);
  pen.frame(-78, 38, 156, 96, 14, paint.mid, 3);
  if (glow > 0) {
    const int alpha = static_cast<int>(glow * 255);
    const ImU32 lit = (paint.blue & 0x00FFFFFFU) | (static_cast<ImU32>(alpha) << IM_COL32_A_SHIFT);
    pen.frame(-78, 38, 156, 96, 14, lit, 6);
  }
}

void draw_place_card(const Pen& pen, const Paint& paint, Pose pose) {
  const float t = pose.resting ? 0.52F : pose.phase;
  const float down = between(t, 0.05F, 0.5F);
  const float away = pose.resting ? 0 : between(t, 0.66F, 0.95F);
  const float x = mix(70, 0, down);
  const float y = mix(-60, 78, down);
  reader_pad(pen, paint, pose.resting ? 1 : down * (1 - away * 0.4F));
  const float hand_x = x + 34 + away * 120;
  const float hand_y = y + 20 + away * 110;
  hand_below(pen, paint, hand_x, hand_y);
  id_card(pen, paint, x, y);
  thumb_on(pen, paint, hand_x, hand_y);
}

void draw_reading(const Pen& pen, const Paint& paint, Pose pose) {
  const float t = pose.resting ? 0.5F : pose.phase;
  reader_pad(pen, paint, 1);
  id_card(pen, paint, 0, 86);
  const float sweep = 0.5F - 0.5F * std::cos(t * 2 * kPi);
  const float y = mix(52, 118, sweep);
  pen.box(-78, y - 3, 156, 6, 3, paint.blue);
  for (int i = 0; i < 3; ++i) {
    const float wave =
        pose.resting
            ? 1.0F
            : std::clamp(1.5F - std::fabs(t * 4 - static_cast<float>(i) - 0.5F), 0.25F, 1.0F);
    const ImU32 c =
        (paint.blue & 0x00FFFFFFU) | (static_cast<ImU32>(wave * 255) << IM_COL32_A_SHIFT);
    pen.arc(0, -6, 34 + 30 * static_cast<float>(i), -0.75F * kPi, -0.25F * kPi, c, 10);
  }
}

void draw_look(const Pen& pen, const Paint& paint, Pose pose) {
  const float t = pose.resting ? 1 : between(pose.phase, 0.1F, 0.6F);
  const float x = mix(-70, 0, t);
  pen.box(-24, -190, 48, 22, 11, paint.ink);
  pen.disc(0, -179, 6, paint.mid);
  pen.disc(x, -20, 62, paint.skin);
  pen.list().PathArcTo(pen.at(x, -30), 64 * pen.unit(), -kPi, 0, 40);
  pen.list().PathFillConvex(paint.ink);
  pen.disc(x - 22, -12, 6, paint.ink);
  pen.disc(x + 22, -12, 6, paint.ink);
  pen.arc(x, 4, 22, 0.2F * kPi, 0.8F * kPi, paint.skin_edge, 5);
  pen.list().PathArcTo(pen.at(x, 160), 100 * pen.unit(), -kPi, 0, 48);
  pen.list().PathFillConvex(paint.blue);
  pen.ellipse(0, -14, 100, 130, t > 0.98F ? paint.accent : paint.mid, 7);
}

void printer_body(const Pen& pen, const Paint& paint) {
  pen.box(-140, -110 + 10, 280, 180, 26, colour(0x0F1C2E, 0.08F));
  pen.box(-140, -110, 280, 180, 26, paint.white);
  pen.frame(-140, -110, 280, 180, 26, paint.mid, 3);
  pen.box(-140, -110, 280, 54, 26, paint.blue);
  pen.box(-140, -84, 280, 28, 0, paint.blue);
  pen.disc(108, -83, 9, paint.white);
  pen.box(-112, -88, 90, 10, 5, paint.mid);
}

void draw_printing(const Pen& pen, const Paint& paint, Pose pose) {
  const float t = pose.resting ? 0.62F : pose.phase;
  printer_body(pen, paint);
  const float out = between(t, 0.1F, 0.85F);
  pen.list().PushClipRect(pen.at(-200, 26), pen.at(200, 200), true);
  permit_card(pen, paint, 0, mix(-34, 76, out));
  pen.list().PopClipRect();
  pen.box(-92, 14, 184, 16, 8, paint.ink);
}

void draw_take_card(const Pen& pen, const Paint& paint, Pose pose) {
  const float t = pose.resting ? 0.45F : pose.phase;
  const float reach = between(t, 0.0F, 0.4F);
  const float pull = pose.resting ? 0.35F : between(t, 0.5F, 0.9F);
  pen.box(-150, -130 + 8, 300, 120, 26, colour(0x0F1C2E, 0.08F));
  pen.box(-150, -130, 300, 120, 26, paint.white);
  pen.frame(-150, -130, 300, 120, 26, paint.mid, 3);
  pen.box(-104, -110, 208, 12, 6, paint.soft);
  const float y = mix(-4, 56, pull);
  const float x = mix(0, 10, pull);
  const float hand_x = x + 30 + (1 - reach) * 110;
  const float hand_y = y + 26 + (1 - reach) * 100;
  hand_below(pen, paint, hand_x, hand_y);
  pen.list().PushClipRect(pen.at(-220, -38), pen.at(220, 220), true);
  permit_card(pen, paint, x, y);
  pen.list().PopClipRect();
  pen.box(-92, -50, 184, 16, 8, paint.accent);
  thumb_on(pen, paint, hand_x, hand_y);
}

void draw_refused(const Pen& pen, const Paint& paint) {
  id_card(pen, paint, 0, -6);
  pen.disc(58, 44, 50, paint.white);
  pen.disc(58, 44, 42, paint.accent);
  pen.box(52, 18, 12, 34, 6, paint.white);
  pen.disc(58, 66, 7.5F, paint.white);
}

void draw_out_of_service(const Pen& pen, const Paint& paint) {
  pen.box(-86, -130 + 8, 172, 250, 22, colour(0x0F1C2E, 0.08F));
  pen.box(-86, -130, 172, 250, 22, paint.white);
  pen.frame(-86, -130, 172, 250, 22, paint.mid, 3);
  pen.box(-64, -106, 128, 130, 12, paint.accent_soft);
  pen.box(-26, -74, 18, 66, 9, paint.accent);
  pen.box(8, -74, 18, 66, 9, paint.accent);
  pen.box(-50, 50, 100, 12, 6, paint.mid);
  pen.box(-30, 80, 60, 14, 7, paint.line);
}

void draw_done(const Pen& pen, const Paint& paint, Pose pose) {
  const float t = pose.resting ? 1 : between(pose.phase, 0.0F, 0.35F);
  permit_card(pen, paint, 0, -10);
  const float r = mix(20, 46, t);
  pen.disc(64, 44, r + 8, paint.white);
  pen.disc(64, 44, r, paint.accent);
  ImDrawList& list = pen.list();
  list.PathLineTo(pen.at(64 - 0.42F * r, 44 + 0.02F * r));
  list.PathLineTo(pen.at(64 - 0.1F * r, 44 + 0.34F * r));
  list.PathLineTo(pen.at(64 + 0.46F * r, 44 - 0.3F * r));
  list.PathStroke(paint.white, 0, 9 * pen.unit());
}

void draw_counter(const Pen& pen, const Paint& paint) {
  pen.disc(0, -66, 44, paint.skin);
  pen.list().PathArcTo(pen.at(0, -72), 46 * pen.unit(), -kPi, 0, 40);
  pen.list().PathFillConvex(paint.ink);
  pen.disc(-15, -60, 4.5F, paint.ink);
  pen.disc(15, -60, 4.5F, paint.ink);
  pen.arc(0, -52, 15, 0.2F * kPi, 0.8F * kPi, paint.skin_edge, 4.5F);
  pen.list().PathArcTo(pen.at(0, 66), 78 * pen.unit(), -kPi, 0, 48);
  pen.list().PathFillConvex(paint.blue);
  pen.box(-160, 54, 320, 92, 16, paint.white);
  pen.frame(-160, 54, 320, 92, 16, paint.mid, 3);
  pen.box(-160, 54, 320, 20, 10, paint.mid);
  pen.box(-44, 92, 88, 34, 8, paint.soft);
  pen.box(-28, 105, 56, 8, 4, paint.blue);
}

}  // namespace

Pose pose_at(double since_s) {
  if (since_s < 0 || since_s >= kRound_s * kRounds) return {};
  return {static_cast<float>(std::fmod(since_s, kRound_s) / kRound_s), false};
}

void draw_illustration(ImDrawList& list, Illustration which, Tone tone, ImVec2 centre,
                       float unit_px, Pose pose, const Palette& palette) {
  const Paint paint = paint_of(tone, palette);
  Pen(list, centre, unit_px).disc(0, 0, 200, paint.accent_soft);
  // Each subject fills the disc: moved by (x, y) units and enlarged.
  const auto pen = [&](float x, float y, float enlarged) {
    return Pen(list, ImVec2(centre.x + x * unit_px, centre.y + y * unit_px), unit_px * enlarged);
  };
  switch (which) {
    case Illustration::kPlaceCard:
      draw_place_card(pen(-22, -82, 1.22F), paint, pose);
      break;
    case Illustration::kReading:
      draw_reading(pen(0, -46, 1.2F), paint, pose);
      break;
    case Illustration::kLookAtCamera:
      draw_look(pen(0, 0, 1.12F), paint, pose);
      break;
    case Illustration::kPrinting:
      draw_printing(pen(0, 4, 1.2F), paint, pose);
      break;
    case Illustration::kTakeCard:
      draw_take_card(pen(-16, -12, 1.2F), paint, pose);
      break;
    case Illustration::kRefused:
      draw_refused(pen(-14, -14, 1.75F), paint);
      break;
    case Illustration::kOutOfService:
      draw_out_of_service(pen(0, 8, 1.2F), paint);
      break;
    case Illustration::kDone:
      draw_done(pen(-10, -2, 1.7F), paint, pose);
      break;
    case Illustration::kCounter:
      draw_counter(pen(0, -2, 1.15F), paint);
      break;
    case Illustration::kClock:
    case Illustration::kNone:
      break;
  }
}

}  // namespace cardrig::screen
