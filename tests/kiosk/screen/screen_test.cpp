// The renderer: golden pictures, no boxes in the place of characters, touches through the real
// event path, privacy of the camera's picture, an idle screen that draws nothing, and speed.
#include <SDL2/SDL.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "kiosk/certificate/card_face.h"
#include "kiosk/runtime/picture_view.h"
#include "kiosk/screen/picture_tools.h"
#include "kiosk/screen/screen_renderer.h"
#include "kiosk/screen/screen_window.h"
#include "tests/kiosk/screen/gallery.h"

namespace cardrig::screen {
namespace {

using namespace std::chrono_literals;
using flow::Language;
using testing::kPhotographedAt;
using testing::Sample;

constexpr const char* kGoldenFolder = "fixtures/golden/screens/";

RenderOptions report_size() {
  RenderOptions options;
  options.width_px = 540;
  options.height_px = 960;
  return options;
}

// Share of pixels that differ by more than a little: rounding of an edge is no change.
double difference(const Picture& a, const Picture& b) {
  if (a.width_px != b.width_px || a.height_px != b.height_px) return 1;
  cv::Mat delta;
  cv::absdiff(view_of(a), view_of(b), delta);
  cv::Mat grey;
  cv::cvtColor(delta, grey, cv::COLOR_BGR2GRAY);
  return static_cast<double>(cv::countNonZero(grey > 24)) / static_cast<double>(grey.total());
}

const char* suffix(Language language) { return language == Language::kChinese ? "_zh" : "_en"; }

// Set CARDRIG_WRITE_GOLDEN=1 to write the pictures anew; look at them before committing.
TEST(ScreenGolden, EveryScreenLooksAsItDid) {
  ScreenRenderer renderer(report_size());
  const bool write = std::getenv("CARDRIG_WRITE_GOLDEN") != nullptr;
  for (const Sample& sample : testing::samples()) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      // English lines are longer: the screens with most text stand for all.
      static const std::set<std::string> in_english{"consent",          "choose",
                                                    "preview",          "refused_nothing_free",
                                                    "enter_number",     "enter_number_other",
                                                    "maintenance",      "maintenance_self_test",
                                                    "refused_no_permit"};
      if (language == Language::kEnglish && !in_english.contains(sample.name)) continue;
      const Picture picture = renderer.draw(sample.screen, language, kPhotographedAt);
      const std::string path = kGoldenFolder + sample.name + suffix(language) + ".png";
      if (write) {
        const auto png = certificate::encode_png(picture);
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(png.data()),
                   static_cast<std::streamsize>(png.size()));
        continue;
      }
      const cv::Mat golden = cv::imread(path, cv::IMREAD_COLOR);
      ASSERT_FALSE(golden.empty()) << path;
      EXPECT_LT(difference(picture_of(golden), picture), 0.004) << path;
    }
  }
}

TEST(ScreenGolden, AChangeWouldBeSeen) {
  ScreenRenderer renderer(report_size());
  const auto all = testing::samples();
  const Picture one = renderer.draw(all[1].screen, Language::kChinese, kPhotographedAt);
  flow::Screen other = all[1].screen;
  other.title.key = "done.title";
  EXPECT_GT(difference(one, renderer.draw(other, Language::kChinese, kPhotographedAt)), 0.004);
}

TEST(ScreenText, NoCharacterIsABox) {
  ScreenRenderer renderer(report_size());
  FontSet& fonts = renderer.painter().fonts();
  const auto check = [&](const flow::Text& text) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      const std::string said = render_text(text, language);
      for (const Role role : {Role::kTitle, Role::kHelp}) {
        EXPECT_TRUE(fonts.covers(role, said)) << said;
      }
    }
  };
  for (const Sample& sample : testing::samples()) {
    check(sample.screen.title);
    check(sample.screen.sentence);
    for (const flow::Text& detail : sample.screen.details) check(detail);
    for (const flow::Button& button : sample.screen.buttons)
      check(button.label), check(button.note);
  }
  flow::for_each_text(
      [&](std::string_view key, std::string_view chinese, std::string_view english) {
        EXPECT_TRUE(fonts.covers(Role::kHelp, chinese)) << key;
        EXPECT_TRUE(fonts.covers(Role::kHelp, english)) << key;
      });
}

TEST(ScreenText, RareNamesAreDrawnAndWhatNoFontHasIsKnown) {
  ScreenRenderer renderer(report_size());
  FontSet& fonts = renderer.painter().fonts();
  EXPECT_TRUE(fonts.covers(Role::kHelp, "張*曉龘"));
  EXPECT_TRUE(fonts.covers(Role::kHelp, "𠮷*"));  // outside the BMP
  EXPECT_FALSE(fonts.covers(Role::kHelp, "𐘀"));  // no font has it
  EXPECT_FALSE(fonts.covers(Role::kHelp, "\xEE\xA0\x95"));  // private use
  flow::Screen screen = flow::screens::choose({"𠮷*", ""}, {{"项目", "类别", {}}}, 0, {});
  flow::Screen blank = flow::screens::choose({"  ", ""}, {{"项目", "类别", {}}}, 0, {});
  const Picture with = renderer.draw(screen, Language::kChinese, 0s);
  EXPECT_NE(with, renderer.draw(blank, Language::kChinese, 0s));
}

TEST(ScreenText, LinesBreakBetweenChineseCharactersAndNeverBeforeAFullStop) {
  ScreenRenderer renderer(report_size());
  FontSet& fonts = renderer.painter().fonts();
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

// ---- measures ----------------------------------------------------------------------------------

class ScreenMeasures : public ::testing::TestWithParam<PaintOptions> {};

TEST_P(ScreenMeasures, ButtonsAreLargeApartAndWithinReach) {
  RenderOptions options;
  options.paint = GetParam();
  ScreenRenderer renderer(options);
  for (const Sample& sample : testing::samples()) {
    for (const Language language : {Language::kChinese, Language::kEnglish}) {
      (void)renderer.draw(sample.screen, language, kPhotographedAt);
      const auto& hits = renderer.hits();
      EXPECT_EQ(hits.size(), sample.screen.buttons.size()) << sample.name;
      for (std::size_t i = 0; i < hits.size(); ++i) {
        const Hit& a = hits[i];
        EXPECT_GE(a.width, 112) << sample.name << ' ' << a.key;
        EXPECT_GE(a.height, 112) << sample.name << ' ' << a.key;
        EXPECT_GE(a.y, 640) << sample.name << ' ' << a.key;
        EXPECT_LE(a.y + a.height, 1750.5F) << sample.name << ' ' << a.key;
        EXPECT_GE(a.x, 71.5F);
        EXPECT_LE(a.x + a.width, 1080 - 71.5F);
        for (std::size_t j = i + 1; j < hits.size(); ++j) {
          const Hit& b = hits[j];
          const float gap_x = std::max(a.x - b.x - b.width, b.x - a.x - a.width);
          const float gap_y = std::max(a.y - b.y - b.height, b.y - a.y - a.height);
          EXPECT_GE(std::max(gap_x, gap_y), 23.5F) << sample.name << ' ' << a.key << ' ' << b.key;
        }
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(All, ScreenMeasures,
                         ::testing::Values(PaintOptions{}, PaintOptions{true, false}));

TEST(ScreenLandscape, EveryButtonIsOnTheScreen) {
  RenderOptions options;
  options.width_px = 1920;
  options.height_px = 1080;
  ScreenRenderer renderer(options);
  for (const Sample& sample : testing::samples()) {
    (void)renderer.draw(sample.screen, Language::kEnglish, kPhotographedAt);
    for (const Hit& hit : renderer.hits()) {
      EXPECT_GE(hit.y, 200) << sample.name << ' ' << hit.key;
      EXPECT_LE(hit.y + hit.height, 1080) << sample.name << ' ' << hit.key;
      EXPECT_EQ(renderer.hit_test(static_cast<int>(hit.x + hit.width / 2),
                                  static_cast<int>(hit.y + hit.height / 2)),
                hit.key);
    }
  }
}

// ---- touches -----------------------------------------------------------------------------------

SDL_Event motion(float x, float y) {
  SDL_Event event{};
  event.type = SDL_MOUSEMOTION;
  event.motion.x = static_cast<int>(x);
  event.motion.y = static_cast<int>(y);
  return event;
}
SDL_Event button(bool down, float x, float y) {
  SDL_Event event{};
  event.type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
  event.button.button = SDL_BUTTON_LEFT;
  event.button.x = static_cast<int>(x);
  event.button.y = static_cast<int>(y);
  return event;
}

struct Touched {
  std::vector<std::string> keys;
  std::unique_ptr<ScreenWindow> window;
  Nanos now{0};

  Touched() {
    window = std::make_unique<ScreenWindow>(
        std::make_unique<Canvas>(540, 960), PaintOptions{},
        [this](const flow::Intent& intent) { keys.push_back(intent.button_key); });
  }
  void frames(int count) {
    for (int i = 0; i < count; ++i, now += 16ms) window->frame(now);
  }
  void tap(const std::string& key) {
    for (const Hit& hit : window->hits()) {
      if (hit.key != key) continue;
      const float x = hit.x + hit.width / 2;
      const float y = hit.y + hit.height / 2;
      // A fast finger: down and up arrive together.
      window->canvas().feed(motion(x, y));
      window->canvas().feed(button(true, x, y));
      window->canvas().feed(button(false, x, y));
    }
  }
};

TEST(ScreenWindow, AFastTapIsNeverLostAndEachIsOneIntent) {
  Touched rig;
  rig.window->show(flow::screens::consent({60s, 60s}));
  rig.frames(3);
  for (int i = 0; i < 20; ++i) {
    rig.tap(i % 2 == 0 ? "agree" : "counter");
    rig.frames(4);
  }
  ASSERT_EQ(rig.keys.size(), 20U);
  EXPECT_EQ(rig.keys[0], "agree");
  EXPECT_EQ(rig.keys[1], "counter");
}

TEST(ScreenWindow, AFingerThatSlidesOffTheButtonTouchesNothing) {
  Touched rig;
  rig.window->show(flow::screens::consent({60s, 60s}));
  rig.frames(3);
  const Hit hit = rig.window->hits().back();
  rig.window->canvas().feed(button(true, hit.x + 20, hit.y + 20));
  rig.frames(2);
  rig.window->canvas().feed(motion(20, 20));
  rig.window->canvas().feed(button(false, 20, 20));
  rig.frames(4);
  EXPECT_TRUE(rig.keys.empty());
}

TEST(ScreenWindow, ADisabledButtonIsReportedToo) {
  Touched rig;
  rig.window->show(flow::screens::choose(
      {}, {{"甲", "类", platform::Refusal::kRevoked}, {"乙", "类", {}}}, 0, {}));
  rig.frames(3);
  rig.tap("choose:0");
  rig.frames(4);
  EXPECT_EQ(rig.keys, std::vector<std::string>{"choose:0"});
}

TEST(ScreenWindow, AScreenAtRestDrawsNothing) {
  Touched rig;
  rig.window->show(flow::screens::welcome(false));
  rig.frames(60 * 9);  // the movement explains, then rests
  const int drawn = rig.window->drawn();
  EXPECT_GT(drawn, 60);
  rig.frames(60 * 60);
  EXPECT_EQ(rig.window->drawn(), drawn);
  rig.window->set_language(Language::kEnglish);
  rig.frames(2);
  EXPECT_EQ(rig.window->drawn(), drawn + 1);
}

TEST(ScreenWindow, WhoAsksForTheDrawnScreenWaitsForItsFrame) {
  Touched rig;
  std::vector<std::string> seen;
  const auto look = [&] {
    rig.window->when_drawn([&] {
      std::string keys;
      for (const Hit& hit : rig.window->hits()) keys += hit.key + " ";
      seen.push_back(keys);
    });
  };
  look();
  rig.frames(3);
  EXPECT_TRUE(seen.empty()) << "there is no screen yet";
  rig.window->show(flow::screens::consent({60s, 60s}));
  EXPECT_TRUE(seen.empty());
  rig.frames(1);
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_NE(seen[0].find("agree "), std::string::npos) << seen[0];
  look();
  EXPECT_EQ(seen.size(), 2U) << "it stands there already";
  rig.window->show(flow::screens::welcome(false));
  look();
  EXPECT_EQ(seen.size(), 2U) << "what stands there is the screen before";
  rig.frames(1);
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_NE(seen[2].find("start "), std::string::npos) << seen[2];
  rig.frames(5);
  EXPECT_EQ(seen.size(), 3U) << "each is answered once";
}

TEST(ScreenWindow, AWindowTakesWhatLiesInSdlsQueue) {
  ::setenv("SDL_VIDEODRIVER", "dummy", 1);  // a window without a display
  std::vector<std::string> keys;
  ScreenWindow window(std::make_unique<Canvas>("kiosk", 540, 960, false), PaintOptions{},
                      [&](const flow::Intent& intent) { keys.push_back(intent.button_key); });
  window.show(flow::screens::welcome(false));
  ASSERT_TRUE(window.frame(16ms));
  for (const Hit& hit : window.hits()) {
    if (hit.key != "start") continue;
    for (const bool down : {true, false}) {
      SDL_Event event = button(down, hit.x + 50, hit.y + 50);
      SDL_PushEvent(&event);
    }
  }
  for (int i = 2; i < 8; ++i) EXPECT_TRUE(window.frame(i * 16ms));
  EXPECT_EQ(keys, std::vector<std::string>{"start"});
  SDL_Event quit{};
  quit.type = SDL_QUIT;
  SDL_PushEvent(&quit);
  EXPECT_FALSE(window.frame(200ms));
}

// ---- privacy -----------------------------------------------------------------------------------

TEST(CameraView, OutsideTheOvalNothingCanBeRead) {
  cv::Mat board(480, 640, CV_8UC3);
  for (int y = 0; y < board.rows; ++y) {
    for (int x = 0; x < board.cols; ++x) {
      const auto v = static_cast<std::uint8_t>((x / 8 + y / 8) % 2 == 0 ? 250 : 10);
      board.at<cv::Vec3b>(y, x) = {v, v, v};
    }
  }
  const Picture view = camera_view(picture_of(board), 480, 480, 20, Oval{});
  const cv::Mat shown = view_of(view);
  const auto contrast = [&](const cv::Rect& part) {
    cv::Mat grey;
    cv::cvtColor(shown(part), grey, cv::COLOR_BGRA2GRAY);
    cv::Scalar mean;
    cv::Scalar deviation;
    cv::meanStdDev(grey, mean, deviation);
    return deviation[0];
  };
  EXPECT_GT(contrast(cv::Rect(200, 190, 80, 80)), 80);
  EXPECT_LT(contrast(cv::Rect(30, 30, 60, 60)), 8);
  EXPECT_LT(contrast(cv::Rect(380, 400, 60, 60)), 8);
}

TEST(CameraView, IsMirrored) {
  cv::Mat halves(100, 100, CV_8UC3, cv::Scalar(0, 0, 0));
  halves(cv::Rect(0, 0, 50, 100)).setTo(cv::Scalar(255, 255, 255));
  const Picture view = camera_view(picture_of(halves), 100, 100, 4, Oval{});
  EXPECT_GT(view_of(view).at<cv::Vec4b>(48, 60)[0], 200);
  EXPECT_LT(view_of(view).at<cv::Vec4b>(48, 40)[0], 50);
}

TEST(ScreenRenderer, TheSameScreenGivesTheSamePixels) {
  ScreenRenderer one(report_size());
  ScreenRenderer two(report_size());
  const auto all = testing::samples();
  for (const Sample& sample : all)
    (void)two.draw(sample.screen, Language::kEnglish, kPhotographedAt);
  for (const Sample& sample : all) {
    EXPECT_EQ(one.draw(sample.screen, Language::kChinese, kPhotographedAt),
              two.draw(sample.screen, Language::kChinese, kPhotographedAt))
        << sample.name;
  }
}

TEST(ScreenRenderer, TheRingEmptiesAndTheBarFills) {
  ScreenRenderer renderer(report_size());
  const flow::Screen place = flow::screens::place_card(flow::PlaceHint::kNone, {140s, 40s});
  EXPECT_NE(renderer.draw(place, Language::kChinese, 101s),
            renderer.draw(place, Language::kChinese, 130s));
  const flow::Screen print = flow::screens::printing(issuance::Stage::kPrinting, 0s, 38s);
  EXPECT_NE(renderer.draw(print, Language::kChinese, 1s),
            renderer.draw(print, Language::kChinese, 30s));
}

}  // namespace
}  // namespace cardrig::screen
