// What the screens say: every character of every text can be drawn in every size, names with rare
// characters too, and lines break where they may.
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "kiosk/screen/screen_renderer.h"
#include "tests/kiosk/screen/gallery.h"

namespace cardrig::screen {
namespace {

using flow::Language;

constexpr std::array kAllRoles{Role::kTitle, Role::kSentence, Role::kHelp,  Role::kButton,
                               Role::kStep,  Role::kStepNow,  Role::kSmall, Role::kBody};
static_assert(kAllRoles.size() == kRoles);

struct Fonts {
  Canvas canvas{540, 960};
  FontSet set{canvas, 1, false};
};

struct Entry {
  std::string key, chinese, english;
};

std::vector<Entry> table() {
  std::vector<Entry> all;
  flow::for_each_text([&](std::string_view key, std::string_view zh, std::string_view en) {
    all.push_back({std::string(key), std::string(zh), std::string(en)});
  });
  return all;
}

/// All at once: each character that is new builds the atlas anew.
void need_all(FontSet& fonts, const std::vector<std::string>& texts) {
  for (const Role role : kAllRoles) {
    for (const std::string& text : texts) fonts.need(role, text);
  }
  fonts.build();
}

/// `count` ideographs from a place in Unicode on.
std::string ideographs(char32_t first, int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    const char32_t c = first + static_cast<char32_t>(i);
    text += static_cast<char>(0xE0 | (c >> 12));
    text += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
  }
  return text;
}

int glyphs_of(const Canvas& canvas) {
  const ContextScope scope(canvas.context());
  int glyphs = 0;
  for (const ImFont* font : ImGui::GetIO().Fonts->Fonts) glyphs += font->Glyphs.Size;
  return glyphs;
}

TEST(ScreenText, NamesOfPeopleWhoAreGoneDoNotPileUp) {
  Fonts fonts;
  const std::string own = "自助领证";
  fonts.set.need(Role::kTitle, own);
  fonts.set.keep();
  fonts.set.build();
  const int at_first = glyphs_of(fonts.canvas);
  constexpr int kPeople = 30, kNew = 200;
  for (int person = 0; person < kPeople; ++person) {
    const std::string name = ideographs(0x4E00 + static_cast<char32_t>(person * kNew), kNew);
    fonts.set.need(Role::kSentence, name);
    fonts.set.build();
    EXPECT_TRUE(fonts.set.has_glyphs(Role::kSentence, name)) << person;
    EXPECT_TRUE(fonts.set.has_glyphs(Role::kTitle, own)) << person;
    EXPECT_LT(glyphs_of(fonts.canvas), at_first + 1000 + kNew) << person;
  }
}

TEST(ScreenText, EveryTextOfTheTableCanBeDrawnInEveryRole) {
  Fonts fonts;
  std::vector<std::string> texts;
  for (const Entry& entry : table()) {
    texts.push_back(entry.chinese);
    texts.push_back(entry.english);
  }
  need_all(fonts.set, texts);
  for (const Role role : kAllRoles) {
    for (const std::string& text : texts) {
      EXPECT_TRUE(fonts.set.covers(role, text)) << text << " in role " << static_cast<int>(role);
      EXPECT_TRUE(fonts.set.has_glyphs(role, text)) << text << " needs another font";
    }
  }
}

TEST(ScreenText, WhatTheSamplesFillInCanBeDrawn) {
  Fonts fonts;
  std::vector<std::string> texts;
  const auto take = [&](const flow::Text& text) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      texts.push_back(render_text(text, language));
    }
  };
  for (const auto& sample : testing::samples()) {
    take(sample.screen.title);
    take(sample.screen.sentence);
    for (const flow::Text& detail : sample.screen.details) take(detail);
    for (const flow::Button& button : sample.screen.buttons) take(button.label), take(button.note);
  }
  need_all(fonts.set, texts);
  for (const std::string& text : texts) EXPECT_TRUE(fonts.set.covers(Role::kHelp, text)) << text;
}

// The character stands in the middle of a name, where another would leave other pixels.
Picture named(ScreenRenderer& renderer, const std::string& name) {
  const flow::Screen screen = flow::screens::choose({name, ""}, {{"项目", "类别", {}}}, 0, {});
  return renderer.draw(screen, Language::kChinese, Nanos{0});
}

TEST(ScreenText, RareNamesAreDrawnAndWhatNoFontHasIsKnown) {
  ScreenRenderer renderer({540, 960, {}});
  FontSet& fonts = renderer.painter().fonts();
  for (const Role role : kAllRoles) {
    EXPECT_TRUE(fonts.covers(role, "張*曉龘"));
    EXPECT_TRUE(fonts.covers(role, "𠮷*"));  // outside the BMP
    EXPECT_FALSE(fonts.covers(role, "𐘀"));  // no font has it
    EXPECT_FALSE(fonts.covers(role, "\xEE\xA0\x95"));  // private use
  }
  const Picture blank = named(renderer, "  ");
  const Picture box = named(renderer, "𐘀");
  for (const char* name : {"𠮷*", "龘*", "*龘𠮷"}) {
    const Picture shown = named(renderer, name);
    EXPECT_NE(shown, blank) << name;
    EXPECT_NE(shown, box) << name;
  }
  EXPECT_NE(named(renderer, "𠮷"), named(renderer, "吉")) << "another character";
}

TEST(ScreenText, LinesBreakBetweenChineseCharactersAndNeverBeforeAFullStop) {
  Fonts all;
  FontSet& fonts = all.set;
  const std::string text = "照片只在本机内处理，比对后立即删除。";
  fonts.need(Role::kHelp, text);
  fonts.build();
  const float em = fonts.size(Role::kHelp);
  for (int characters = 4; characters < 20; ++characters) {
    std::string joined;
    for (const std::string& line :
         fonts.wrap(Role::kHelp, text, em * static_cast<float>(characters))) {
      const auto points = code_points(line);
      ASSERT_FALSE(points.empty());
      EXPECT_NE(points[0], U'。');
      EXPECT_NE(points[0], U'，');
      EXPECT_LE(fonts.width(Role::kHelp, line), em * static_cast<float>(characters) + 0.5F);
      joined += line;
    }
    EXPECT_EQ(joined, text);
  }
  const auto words =
      fonts.wrap(Role::kHelp, "one two three", fonts.width(Role::kHelp, "one two t"));
  EXPECT_EQ(words, (std::vector<std::string>{"one two", "three"}));
}

TEST(ScreenText, BadUtf8IsShownAsReplacement) {
  EXPECT_EQ(code_points("a\xFF\xC3"), (std::vector<char32_t>{'a', 0xFFFD, 0xFFFD}));
  EXPECT_EQ(code_points("𠮷"), (std::vector<char32_t>{0x20BB7}));
}

}  // namespace
}  // namespace cardrig::screen
