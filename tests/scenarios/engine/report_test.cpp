// The reports hold what they must, are well formed, and need nothing from outside.
#include "scenarios/engine/report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "scenarios/engine/pictures.h"
#include "scenarios/engine/screen_album.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

SuiteResult sample() {
  SuiteResult suite;
  suite.rung = "virtual";
  suite.wall_s = 1.5;
  Picture grey;
  grey.width_px = 540;
  grey.height_px = 960;
  grey.pixels.assign(540u * 960u * 3u, 200);
  const std::string key = store_picture(suite.pictures, grey, 270, false);
  ScenarioResult good;
  good.id = "topic/good.scenario.json#row";
  good.file = "scenarios/suite/topic/good.scenario.json";
  good.name = "A <good> & simple run";
  good.passed = true;
  good.virtual_time = 65s;
  good.tags = {"tag"};
  good.screens = {{0s, 1s, "welcome", "自助领证", "请放上身份证", "", "neutral", key},
                  {1s, 65s, "done", "", "", "P7", "good", key}};
  good.marks = {{"screens", "good", "done", "a \"tip\"", 1s, 65s},
                {"fault x.jam", "fault", "jam", "", 2s, 3s},
                {"wire ipp", "wire_in", "", "12 bytes", 4s, 4s}};
  good.cards = {{1, "taken", true, false, "a1", key}};
  good.invariants = {{1, "title one", 4, {}}, {2, "title two", 0, {}}};
  ScenarioResult bad = good;
  bad.id = "topic/bad.scenario.json";
  bad.file = "scenarios/suite/topic/bad.scenario.json";
  bad.name = "A failing run";
  bad.passed = false;
  bad.line = 1;
  bad.failures = {{12, 3s, "Expected within 5 s: screen: consent.", {"the screen was refused"}}};
  bad.steps = {{4, "act", "touch: start", "", StepState::kDone, 1s, 1s},
               {12, "expect", "expect: (screen: consent)", "a note", StepState::kFailed, 1s, 3s},
               {13, "wait", "wait: 1 s", "", StepState::kNotReached, 0s, 0s}};
  suite.scenarios = {good, bad};
  return suite;
}

TEST(HtmlReport, OpensWithTheAnswer) {
  const std::string html = html_page(sample());
  const auto answer = html.find("1 of 2 scenarios fail.");
  ASSERT_NE(answer, std::string::npos);
  EXPECT_LT(answer, html.find("<table"));
  const auto where = html.find("bad.scenario.json:12");
  ASSERT_NE(where, std::string::npos);
  EXPECT_LT(where, html.find("<table"));
  EXPECT_LT(html.find("Instead: the screen was refused"), html.find("<table"));
}

TEST(HtmlReport, NeedsNothingFromOutside) {
  const std::string html = html_page(sample());
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<link")));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
}

TEST(HtmlReport, HoldsEachPictureOnceAndReferredTo) {
  const std::string html = html_page(sample());
  const std::regex image("<image id=\"(p[0-9a-f]+)\"");
  std::vector<std::string> ids;
  for (std::sregex_iterator it(html.begin(), html.end(), image), end; it != end; ++it) {
    ids.push_back((*it)[1]);
  }
  ASSERT_EQ(ids.size(), 1u);
  EXPECT_THAT(html, HasSubstr("<use href=\"#" + ids[0] + "\"/>"));
}

TEST(HtmlReport, EscapesWhatAuthorsWrite) {
  const std::string html = html_page(sample());
  EXPECT_THAT(html, HasSubstr("A &lt;good&gt; &amp; simple run"));
  EXPECT_THAT(html, HasSubstr("a &quot;tip&quot;"));
}

TEST(HtmlReport, SaysWhatWasNotCheckedAndNotReached) {
  const std::string html = html_page(sample());
  EXPECT_THAT(html,
              HasSubstr("2. title two <span class=\"quiet\">(nothing to check on this rung)"));
  EXPECT_THAT(html, HasSubstr("not reached"));
}

TEST(HtmlReport, ElementsAreClosed) {
  const std::string html = html_page(sample());
  std::vector<std::string> open;
  const std::regex tag("<(/?)([a-z0-9]+)[^>]*?(/?)>");
  for (std::sregex_iterator it(html.begin(), html.end(), tag), end; it != end; ++it) {
    const std::string name = (*it)[2];
    if (name == "meta" || name == "br" || (*it)[3] == "/") continue;
    if ((*it)[1] == "/") {
      ASSERT_FALSE(open.empty()) << name;
      ASSERT_EQ(open.back(), name)
          << "at " << html.substr(static_cast<std::size_t>(it->position()), 80);
      open.pop_back();
    } else {
      open.push_back(name);
    }
  }
  EXPECT_TRUE(open.empty());
}

TEST(Junit, NamesFailuresWithTheirPlace) {
  const std::string xml = junit_xml(sample());
  EXPECT_THAT(xml, HasSubstr("<testsuites tests=\"2\" failures=\"1\""));
  EXPECT_THAT(xml, HasSubstr("classname=\"topic/good.scenario.json\" name=\"A &lt;good&gt; &amp; "
                             "simple run\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"Expected within 5 s: screen: consent.\">"
                             "scenarios/suite/topic/bad.scenario.json:12: Expected within 5 s"));
}

TEST(ResultsJson, LeavesThePicturesOut) {
  const auto json = results_json(sample());
  EXPECT_EQ(json.at("failed"), 1);
  EXPECT_EQ(json.at("passed"), false);
  EXPECT_EQ(json.at("scenarios").size(), 2u);
  EXPECT_FALSE(json.at("scenarios")[0].contains("marks"));
  EXPECT_FALSE(json.at("scenarios")[0].at("screens")[0].contains("picture"));
}

TEST(Console, ExplainsAFailureWhereItStands) {
  const auto suite = sample();
  EXPECT_EQ(
      console_line(suite.scenarios[1], 2, 2, {false}),
      "[2/2] FAIL topic/bad.scenario.json                                       1 min 5.0 s in "
      "0.00 s\n"
      "      scenarios/suite/topic/bad.scenario.json:12: Expected within 5 s: screen: "
      "consent.\n"
      "        the screen was refused\n");
  EXPECT_THAT(console_summary(suite, {false}), HasSubstr("1 of 2 scenarios failed on the virtual"));
  EXPECT_THAT(console_summary(suite, {true}), HasSubstr("\x1b[1;31m"));
  EXPECT_THAT(console_summary(suite, {false}), Not(HasSubstr("\x1b")));
}

TEST(Files, AreWritten) {
  const auto folder = std::filesystem::path(testing::TempDir()) /
                      ("cardrig_report_" + std::to_string(::getpid())) / "deep";
  std::filesystem::remove_all(folder.parent_path());
  EXPECT_EQ(write_report(sample(), folder), std::nullopt);
  for (const char* name : {"index.html", "junit.xml", "results.json"}) {
    EXPECT_GT(std::filesystem::file_size(folder / name), 100u) << name;
  }
  std::ofstream(folder / "file") << "x";
  EXPECT_NE(write_report(sample(), folder / "file" / "below"), std::nullopt);
  std::filesystem::remove_all(folder.parent_path());
}

TEST(Album, DrawsEqualScreensOnce) {
  int drawn = 0;
  ScreenAlbum album([&](const flow::Screen& screen, flow::Language, Nanos now) {
    ++drawn;
    EXPECT_EQ(now, screen.ends_at ? 30s : 0s);
    Picture picture;
    picture.width_px = picture.height_px = 4;
    picture.pixels.assign(48, static_cast<std::uint8_t>(40 * drawn));
    return picture;
  });
  flow::Screen screen;
  screen.id = "welcome";
  PictureStore first, second;
  const auto key = album.add(first, screen, flow::Language::kChinese);
  EXPECT_EQ(album.add(second, screen, flow::Language::kChinese), key);
  EXPECT_EQ(drawn, 1);
  EXPECT_EQ(second.count(key), 1u);
  screen.ends_at = 90s;
  screen.total = 60s;
  EXPECT_NE(album.add(first, screen, flow::Language::kChinese), key);
  EXPECT_EQ(drawn, 2);
  screen.ends_at = 95s;
  screen.total = 65s;
  album.add(first, screen, flow::Language::kChinese);
  EXPECT_EQ(drawn, 2) << "another moment is no other screen";
  album.add(first, screen, flow::Language::kEnglish);
  EXPECT_EQ(drawn, 3);
}

}  // namespace
}  // namespace cardrig::scenario
