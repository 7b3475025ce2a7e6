// Measures, without a picture: touch targets are large, apart and within reach, everything has
// room, and every ink can be read on its ground. On every screen, in both languages and
// orientations, in usual and large text.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "kiosk/flow/screens.h"
#include "kiosk/runtime/masking.h"
#include "kiosk/screen/palette.h"
#include "kiosk/screen/screen_painter.h"
#include "tests/kiosk/screen/gallery.h"

namespace cardrig::screen {
namespace {

using flow::Language;
using testing::Sample;

constexpr float kMargin = 72;
constexpr float kSmallest = 112;
constexpr float kNearest = 24;
constexpr float kRounding = 0.05F;

struct Setting {
  int width_px, height_px;
  bool large_text;
  [[nodiscard]] bool landscape() const { return width_px > height_px; }
};

class ScreenMeasures : public ::testing::TestWithParam<Setting> {
 protected:
  /// Calls `f` with each screen, laid out and not drawn.
  template <class F>
  void each(F&& f) {
    Canvas canvas(GetParam().width_px, GetParam().height_px);
    ScreenPainter painter(canvas, {GetParam().large_text, false});
    for (const Sample& sample : testing::samples()) {
      for (const Language language : {Language::kChinese, Language::kEnglish}) {
        painter.prepare(sample.screen, language);
        SCOPED_TRACE(sample.name + (language == Language::kChinese ? " zh" : " en"));
        f(sample, painter);
      }
    }
  }
};

float gap(const Hit& a, const Hit& b) {
  const float x = std::max({0.0F, a.x - b.x - b.width, b.x - a.x - a.width});
  const float y = std::max({0.0F, a.y - b.y - b.height, b.y - a.y - a.height});
  return std::hypot(x, y);
}

TEST_P(ScreenMeasures, ButtonsAreLargeApartAndWithinReach) {
  const auto width = static_cast<float>(GetParam().width_px);
  const auto height = static_cast<float>(GetParam().height_px);
  // From a wheelchair: not near the top of a high screen, nor at its foot.
  const float highest = GetParam().landscape() ? 224 : 640;
  const float lowest = GetParam().landscape() ? height - kMargin : 1750;
  each([&](const Sample& sample, ScreenPainter& painter) {
    const auto& hits = painter.hits();
    EXPECT_EQ(hits.size(), sample.screen.buttons.size());
    for (std::size_t i = 0; i < hits.size(); ++i) {
      const Hit& a = hits[i];
      EXPECT_GE(a.width, kSmallest - kRounding) << a.key;
      EXPECT_GE(a.height, kSmallest - kRounding) << a.key;
      EXPECT_GE(a.y, highest - kRounding) << a.key;
      EXPECT_LE(a.y + a.height, lowest + kRounding) << a.key;
      EXPECT_GE(a.x, kMargin - kRounding) << a.key;
      EXPECT_LE(a.x + a.width, width - kMargin + kRounding) << a.key;
      for (std::size_t j = i + 1; j < hits.size(); ++j) {
        EXPECT_GE(gap(a, hits[j]), kNearest - kRounding) << a.key << ' ' << hits[j].key;
      }
    }
  });
}

TEST_P(ScreenMeasures, EverythingHasRoom) {
  each([](const Sample&, ScreenPainter& painter) { EXPECT_TRUE(painter.fits()); });
}

TEST_P(ScreenMeasures, TheLongestNumberHasRoom) {
  Canvas canvas(GetParam().width_px, GetParam().height_px);
  ScreenPainter painter(canvas, {GetParam().large_text, false});
  const std::string longest(flow::kNumberMax, '8');
  for (const Language language : {Language::kChinese, Language::kEnglish}) {
    painter.prepare(
        flow::screens::enter_number({mask_typed(longest), longest.size(), {}, "", 3}, {}),
        language);
    EXPECT_TRUE(painter.fits());
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScreenMeasures,
                         ::testing::Values(Setting{1080, 1920, false}, Setting{1080, 1920, true},
                                           Setting{1920, 1080, false}, Setting{1920, 1080, true}),
                         [](const auto& setting) {
                           return std::string(setting.param.landscape() ? "Landscape"
                                                                        : "Portrait") +
                                  (setting.param.large_text ? "Large" : "Usual");
                         });

TEST(ScreenFit, AWordTooLongIsNoticed) {
  Canvas canvas(1080, 1920);
  ScreenPainter painter(canvas, {});
  std::string item;
  for (int i = 0; i < 40; ++i) item += "焊";
  painter.prepare(flow::screens::choose({"张*", ""}, {{item, "类别", {}}}, 0, {}),
                  Language::kChinese);
  EXPECT_FALSE(painter.fits());
}

// ---- contrast ----------------------------------------------------------------------------------

// WCAG 2.1: relative luminance and contrast ratio.
double luminance(std::uint32_t rgb) {
  const auto channel = [&](unsigned shift) {
    const double c = static_cast<double>((rgb >> shift) & 0xFFU) / 255;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(16) + 0.7152 * channel(8) + 0.0722 * channel(0);
}

double contrast(std::uint32_t a, std::uint32_t b) {
  const double la = luminance(a);
  const double lb = luminance(b);
  return (std::max(la, lb) + 0.05) / (std::min(la, lb) + 0.05);
}

struct Pair {
  const char* where;
  std::uint32_t Palette::*ink;
  std::uint32_t Palette::*on;
};

// AA asks 4.5 of text and 3 of what is drawn to be understood.
constexpr double kText = 4.5;
constexpr double kDrawn = 3;

constexpr Pair kWritten[] = {
    {"title, brand, ring", &Palette::ink, &Palette::ground},
    {"sentence, greeting, step done", &Palette::quiet_ink, &Palette::ground},
    {"step to come, staff code, disabled choice", &Palette::faint_ink, &Palette::ground},
    {"step now", &Palette::blue, &Palette::ground},
    {"good sentence", &Palette::good, &Palette::ground},
    {"attention sentence, why a choice is disabled", &Palette::attention, &Palette::ground},
    {"refusal sentence", &Palette::refusal, &Palette::ground},
    {"detail, choice", &Palette::ink, &Palette::panel},
    {"quiet button, note of a choice", &Palette::quiet_ink, &Palette::panel},
    {"second button", &Palette::blue, &Palette::panel},
    {"main button", &Palette::on_blue, &Palette::blue},
    {"main button, pressed", &Palette::on_blue, &Palette::blue_pressed},
    {"choice, pressed", &Palette::ink, &Palette::blue_soft},
    {"quiet button, pressed", &Palette::quiet_ink, &Palette::blue_soft},
    {"second button, pressed", &Palette::blue, &Palette::blue_soft},
};
constexpr Pair kShapes[] = {
    {"tick", &Palette::panel, &Palette::good},
    {"exclamation mark of attention", &Palette::panel, &Palette::attention},
    {"exclamation mark of a refusal", &Palette::panel, &Palette::refusal},
    {"arrow of what to do next", &Palette::on_blue, &Palette::blue},
    {"arrow of a choice", &Palette::blue, &Palette::panel},
    {"bar", &Palette::blue, &Palette::blue_soft},
    {"ring", &Palette::blue, &Palette::hairline},
    {"ring, soon over", &Palette::attention, &Palette::hairline},
    {"illustration", &Palette::blue, &Palette::blue_soft},
    {"good illustration", &Palette::good, &Palette::good_soft},
    {"attention illustration", &Palette::attention, &Palette::attention_soft},
    {"refusal illustration", &Palette::refusal, &Palette::refusal_soft},
};

class ScreenContrast : public ::testing::TestWithParam<bool> {};

TEST_P(ScreenContrast, WhatIsWrittenAndDrawnHasTheContrastOfWcagAa) {
  const Palette palette = GetParam() ? dark_palette() : Palette{};
  for (const Pair& pair : kWritten) {
    EXPECT_GE(contrast(palette.*pair.ink, palette.*pair.on), kText) << pair.where;
  }
  for (const Pair& pair : kShapes) {
    EXPECT_GE(contrast(palette.*pair.ink, palette.*pair.on), kDrawn) << pair.where;
  }
}

INSTANTIATE_TEST_SUITE_P(All, ScreenContrast, ::testing::Bool(), [](const auto& setting) {
  return std::string(setting.param ? "Dark" : "Light");
});

TEST(Wcag, ContrastIsComputedAsItsExamplesSay) {
  EXPECT_NEAR(contrast(0x000000, 0xFFFFFF), 21, 1e-9);
  EXPECT_NEAR(contrast(0x767676, 0xFFFFFF), 4.54, 0.005);  // the grey that just passes
}

}  // namespace
}  // namespace cardrig::screen
