// The renderer: golden pictures, touches through the real event path, kiosk mode, privacy of the
// camera's picture, and a screen at rest that draws nothing.
#include <SDL2/SDL.h>
#include <gtest/gtest.h>
#include <imgui.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "kiosk/runtime/picture_view.h"
#include "kiosk/screen/picture_tools.h"
#include "kiosk/screen/screen_renderer.h"
#include "kiosk/screen/screen_window.h"
#include "tests/kiosk/screen/album.h"

namespace cardrig::screen {
namespace {

using namespace std::chrono_literals;
using flow::Language;
using testing::kPhotographedAt;
using testing::Sample;

RenderOptions report_size() {
  RenderOptions options;
  options.width_px = 540;
  options.height_px = 960;
  return options;
}

constexpr double kTolerance = 0.004;

// Share of pixels that differ by more than a little: rounding of an edge is no change.
double difference(const Picture& a, const Picture& b) {
  if (a.width_px != b.width_px || a.height_px != b.height_px) return 1;
  cv::Mat delta;
  cv::absdiff(view_of(a), view_of(b), delta);
  cv::Mat grey;
  cv::cvtColor(delta, grey, cv::COLOR_BGR2GRAY);
  return static_cast<double>(cv::countNonZero(grey > 24)) / static_cast<double>(grey.total());
}

// Set CARDRIG_WRITE_GOLDEN=1 to write the pictures anew; look at them before committing.
TEST(ScreenGolden, EveryScreenLooksAsItDid) {
  if (std::getenv("CARDRIG_WRITE_GOLDEN") != nullptr) testing::write_album(".");
  const auto all = testing::samples();
  for (const testing::Chapter& chapter : testing::chapters()) {
    ScreenRenderer renderer(chapter.options);
    for (const Sample& sample : all) {
      if (!is_in(chapter, sample)) continue;
      for (const Language language : {Language::kChinese, Language::kEnglish}) {
        const std::string path =
            testing::kAlbumFolder + ("/" + picture_name(chapter, sample, language));
        const cv::Mat golden = cv::imread(path, cv::IMREAD_COLOR);
        ASSERT_FALSE(golden.empty()) << path << " is missing: tools/pictures screens";
        const Picture picture = photograph(renderer, sample, chapter, language);
        EXPECT_LT(difference(picture_of(golden), picture), kTolerance) << path;
      }
    }
  }
}

TEST(ScreenGolden, ThePageShowsEveryPicture) {
  std::ifstream in(testing::kAlbumPage, std::ios::binary);
  const std::string page((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  EXPECT_EQ(page, testing::album_page()) << "tools/pictures screens writes it anew";
}

TEST(ScreenGolden, AChangeWouldBeSeen) {
  ScreenRenderer renderer(report_size());
  const auto all = testing::samples();
  const Picture one = renderer.draw(all[1].screen, Language::kChinese, kPhotographedAt);
  flow::Screen other = all[1].screen;
  other.title.key = "done.title";
  EXPECT_GT(difference(one, renderer.draw(other, Language::kChinese, kPhotographedAt)), kTolerance);
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

// A ring or a bar moves on, five times a second; everything else comes to rest.
TEST(ScreenWindow, EveryScreenWithoutACountdownComesToRest) {
  Touched rig;
  int at_rest = 0;
  for (const Sample& sample : testing::samples()) {
    if (sample.screen.ends_at || sample.screen.progress_goal >= 0) continue;
    rig.window->show(sample.screen);
    rig.frames(1);
    rig.now += 9s;  // longer than any movement
    rig.frames(1);
    const int drawn = rig.window->drawn();
    rig.frames(60 * 60);
    EXPECT_EQ(rig.window->drawn(), drawn) << sample.name;
    ++at_rest;
  }
  EXPECT_GE(at_rest, 5);
}

TEST(ScreenWindow, ACountdownDrawsFiveTimesASecond) {
  Touched rig;
  rig.window->show(flow::screens::consent({rig.now + 3600s, 3600s}));
  rig.frames(1);
  rig.now += 9s;
  rig.frames(1);
  const int drawn = rig.window->drawn();
  const Nanos before = rig.now;
  while (rig.now < before + 10s) rig.frames(1);
  EXPECT_NEAR(rig.window->drawn() - drawn, 50, 5);
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

TEST(ScreenWindow, AnotherSizeOfTheWindowIsFilled) {
  ::setenv("SDL_VIDEODRIVER", "dummy", 1);
  ScreenWindow window(std::make_unique<Canvas>("kiosk", 540, 960, true), PaintOptions{},
                      [](const flow::Intent&) {});
  window.show(flow::screens::welcome(false));
  ASSERT_TRUE(window.frame(16ms));
  SDL_Event event{};
  event.type = SDL_WINDOWEVENT;
  event.window.event = SDL_WINDOWEVENT_SIZE_CHANGED;
  event.window.data1 = 960;
  event.window.data2 = 540;
  SDL_PushEvent(&event);
  ASSERT_TRUE(window.frame(32ms));
  ASSERT_FALSE(window.hits().empty());
  for (const Hit& hit : window.hits()) {
    EXPECT_GE(hit.x, 480) << hit.key << ": side by side now";
    EXPECT_LE(hit.x + hit.width, 960) << hit.key;
    EXPECT_LE(hit.y + hit.height, 540) << hit.key;
  }
}

// ---- kiosk mode --------------------------------------------------------------------------------

SDL_Event key(bool down, SDL_Scancode code, int modifiers) {
  SDL_Event event{};
  event.type = down ? SDL_KEYDOWN : SDL_KEYUP;
  event.key.keysym.scancode = code;
  event.key.keysym.sym = SDL_GetKeyFromScancode(code);
  event.key.keysym.mod = static_cast<Uint16>(modifiers);
  return event;
}

SDL_Event of_window(SDL_WindowEventID what) {
  SDL_Event event{};
  event.type = SDL_WINDOWEVENT;
  event.window.event = static_cast<Uint8>(what);
  return event;
}

// Everything that is usually tried, in the words of SDL.
std::vector<SDL_Event> ways_out() {
  std::vector<SDL_Event> events;
  const std::pair<SDL_Scancode, int> keys[] = {{SDL_SCANCODE_F4, KMOD_LALT},
                                               {SDL_SCANCODE_TAB, KMOD_LALT},
                                               {SDL_SCANCODE_ESCAPE, KMOD_NONE},
                                               {SDL_SCANCODE_ESCAPE, KMOD_LCTRL},
                                               {SDL_SCANCODE_F11, KMOD_NONE},
                                               {SDL_SCANCODE_DELETE, KMOD_LCTRL | KMOD_LALT},
                                               {SDL_SCANCODE_BACKSPACE, KMOD_LCTRL | KMOD_LALT},
                                               {SDL_SCANCODE_F1, KMOD_LCTRL | KMOD_LALT},
                                               {SDL_SCANCODE_T, KMOD_LCTRL | KMOD_LALT},
                                               {SDL_SCANCODE_Q, KMOD_LCTRL},
                                               {SDL_SCANCODE_LGUI, KMOD_LGUI},
                                               {SDL_SCANCODE_PRINTSCREEN, KMOD_NONE},
                                               {SDL_SCANCODE_RETURN, KMOD_LALT},
                                               {SDL_SCANCODE_SPACE, KMOD_NONE}};
  for (const auto& [code, modifiers] : keys) {
    events.push_back(key(true, code, modifiers));
    events.push_back(key(false, code, modifiers));
  }
  for (const bool down : {true, false}) {
    SDL_Event right = button(down, 270, 480);
    right.button.button = SDL_BUTTON_RIGHT;
    events.push_back(right);
  }
  events.push_back(of_window(SDL_WINDOWEVENT_CLOSE));
  events.push_back(of_window(SDL_WINDOWEVENT_MINIMIZED));
  events.push_back(of_window(SDL_WINDOWEVENT_FOCUS_LOST));
  SDL_Event quit{};
  quit.type = SDL_QUIT;
  events.push_back(quit);
  return events;
}

TEST(KioskMode, NobodyGetsOutAndAFingerStillCounts) {
  ::setenv("SDL_VIDEODRIVER", "dummy", 1);
  std::vector<std::string> keys;
  auto canvas = std::make_unique<Canvas>("kiosk", 540, 960, true);
  canvas->lock_to_display();
  ScreenWindow window(std::move(canvas), PaintOptions{},
                      [&](const flow::Intent& intent) { keys.push_back(intent.button_key); });
  window.show(flow::screens::welcome(false));
  Nanos now{0};
  const auto frames = [&](int count) {
    for (int i = 0; i < count; ++i) {
      now += 16ms;
      ASSERT_TRUE(window.frame(now)) << "the window was closed";
    }
  };
  frames(3);
  for (SDL_Event event : ways_out()) {
    SDL_PushEvent(&event);
    frames(3);
  }
  EXPECT_TRUE(keys.empty()) << keys.front();
  {
    const ContextScope scope(window.canvas().context());
    for (const bool down : ImGui::GetIO().KeysDown) EXPECT_FALSE(down);
    EXPECT_FALSE(ImGui::GetIO().KeyAlt);
  }
  for (const Hit& hit : window.hits()) {
    if (hit.key != "start") continue;
    for (const bool down : {true, false}) {
      SDL_Event event = button(down, hit.x + hit.width / 2, hit.y + hit.height / 2);
      SDL_PushEvent(&event);
    }
  }
  frames(4);
  EXPECT_EQ(keys, std::vector<std::string>{"start"});
}

TEST(KioskMode, TheScreenFillsTheDisplayWhateverTheProfileSays) {
  ::setenv("SDL_VIDEODRIVER", "dummy", 1);
  Canvas canvas("kiosk", 540, 960, true);
  canvas.lock_to_display();
  SDL_DisplayMode mode{};
  ASSERT_EQ(SDL_GetDesktopDisplayMode(0, &mode), 0);
  EXPECT_EQ(canvas.width_px(), mode.w);
  EXPECT_EQ(canvas.height_px(), mode.h);
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
  const Picture view = CameraView({480, 480, 20, 0xFFFFFF, {}}).draw(picture_of(board));
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
  const Picture view = CameraView({100, 100, 4, 0xFFFFFF, {}}).draw(picture_of(halves));
  EXPECT_GT(view_of(view).at<cv::Vec4b>(48, 60)[0], 200);
  EXPECT_LT(view_of(view).at<cv::Vec4b>(48, 40)[0], 50);
}

TEST(CameraView, ItsCornersShowWhatIsAroundIt) {
  const cv::Mat black(100, 100, CV_8UC3, cv::Scalar(0, 0, 0));
  const Picture view = CameraView({100, 100, 12, 0x112233, {}}).draw(picture_of(black));
  const cv::Mat shown = view_of(view);
  for (const cv::Point corner :
       {cv::Point(0, 0), cv::Point(99, 0), cv::Point(0, 99), cv::Point(99, 99)}) {
    EXPECT_EQ(shown.at<cv::Vec4b>(corner), cv::Vec4b(0x33, 0x22, 0x11, 255));
  }
  EXPECT_NE(shown.at<cv::Vec4b>(50, 0), cv::Vec4b(0x33, 0x22, 0x11, 255));
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
