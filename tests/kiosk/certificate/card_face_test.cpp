// The drawn card: size, determinism, golden picture, specimen marks, characters, time.
#include "kiosk/certificate/card_face.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "kiosk/runtime/picture_view.h"
#include "tests/kiosk/certificate/drawn_portrait.h"
#include "tests/kiosk/certificate/sample_certificate.h"

namespace cardrig::certificate {
namespace {

constexpr const char* kGolden = "fixtures/golden/card/front.png";

/// Mean absolute difference a channel, over a box.
double difference(const Picture& a, const Picture& b, cv::Rect box) {
  cv::Mat diff;
  cv::absdiff(view_of(a)(box), view_of(b)(box), diff);
  const cv::Scalar mean = cv::mean(diff);
  return (mean[0] + mean[1] + mean[2]) / 3;
}

constexpr int kWidth = kCardWidth_px, kHeight = kCardHeight_px;
const cv::Rect kWhole(0, 0, kWidth, kHeight);

TEST(CardFace, IsDrawnTheSameToTheByte) {
  const auto certificate = tests::sample_certificate();
  const Picture first = draw_card_front(certificate);
  EXPECT_EQ(first.width_px, 1016);
  EXPECT_EQ(first.height_px, 648);
  EXPECT_EQ(first.channels, 3);
  EXPECT_NE(draw_card_front({}), first);
  EXPECT_EQ(draw_card_front(certificate), first);
  EXPECT_EQ(encode_png(first), encode_png(first));
}

// Tolerant: another version of the fonts or of Cairo moves edges by a fraction of a pixel.
// CARDRIG_UPDATE_GOLDEN=1 writes the picture anew; look at it before you commit it.
TEST(CardFace, LooksLikeTheGoldenPicture) {
  const Picture drawn = draw_card_front(tests::sample_certificate());
  if (std::getenv("CARDRIG_UPDATE_GOLDEN") != nullptr) {
    const auto png = encode_png(drawn);
    FILE* file = std::fopen(kGolden, "wb");
    ASSERT_NE(file, nullptr);
    std::fwrite(png.data(), 1, png.size(), file);
    std::fclose(file);
  }
  const cv::Mat golden = cv::imread(kGolden, cv::IMREAD_COLOR);
  ASSERT_FALSE(golden.empty()) << kGolden;
  ASSERT_EQ(golden.size(), kWhole.size());
  EXPECT_LT(difference(drawn, picture_of(golden), kWhole), 1.0);
  // No place differs: the worst of 8 × 8 px blocks, so that a lost line of text cannot average out.
  cv::Mat diff, blocks;
  cv::absdiff(view_of(drawn), golden, diff);
  cv::resize(diff.reshape(1), blocks, cv::Size(kWidth * 3 / 8, kHeight / 8), 0, 0, cv::INTER_AREA);
  double worst = 0;
  cv::minMaxLoc(blocks, nullptr, &worst);
  EXPECT_LT(worst, 40);
}

TEST(CardFace, ShowsEveryField) {
  const auto sample = tests::sample_certificate();
  const Picture base = draw_card_front(sample);
  const auto changed = [&](auto change) {
    auto copy = sample;
    change(copy);
    return difference(base, draw_card_front(copy), kWhole) > 0;
  };
  EXPECT_TRUE(changed([](Certificate& c) { c.number = "T110105194912310038"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.name = "张晓"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.sex = "男"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.category = "电工作业"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.item = "钎焊作业"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.first_issued.year = 2019; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.valid_from.year = 2025; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.valid_to.year = 2031; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.review_due.year = 2028; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.authority = "示例市应急管理局"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.qr_payload += "1"; }));
  EXPECT_TRUE(changed([](Certificate& c) { c.photo = nullptr; }));
}

// Whatever the certificate says, the marks are there: in the strip at the bottom, and across the
// middle, also over the photo.
TEST(CardFace, CannotBeDrawnWithoutSpecimenMarks) {
  const Picture card = draw_card_front(tests::sample_certificate());
  // The ground is blue: its red is always below its green.
  const auto reds = [&card](cv::Rect box) {
    cv::Mat channels[3];
    cv::split(view_of(card)(box), channels);
    cv::Mat excess;
    cv::subtract(channels[2], channels[1], excess);
    return cv::countNonZero(excess > 4);
  };
  EXPECT_GT(reds({40, 596, 400, 44}), 2000);
  EXPECT_GT(reds({480, 596, 500, 44}), 2000);
  EXPECT_GT(reds({300, 120, 640, 440}), 15000);
  EXPECT_LT(reds({300, 10, 300, 24}), 10) << "what the counts above are measured against";
  auto white = tests::sample_certificate();
  white.photo = std::make_shared<const Picture>(
      Picture{100, 140, 1, std::vector<std::uint8_t>(100 * 140, 255)});
  const Picture with_white = draw_card_front(white);
  cv::Mat photo;
  cv::cvtColor(view_of(with_white)(cv::Rect(66, 186, 210, 302)), photo, cv::COLOR_BGR2GRAY);
  EXPECT_GT(cv::countNonZero(photo < 250), 500) << "the mark runs over the photo";
}

TEST(CardFace, TextTooLongIsNarrowedNotCutOff) {
  auto certificate = tests::sample_certificate();
  certificate.item = "煤矿采煤机（掘进机）操作作业与金属非金属矿山提升机操作作业";
  certificate.name = "阿卜杜热合曼·麦麦提图尔荪·穆罕默德·伊敏江";
  certificate.authority = "某某自治区某某自治州某某自治县应急管理局";
  const Picture card = draw_card_front(certificate);
  const Picture base = draw_card_front(tests::sample_certificate());
  // Nothing beyond the right edge of the text, and nothing under the code.
  EXPECT_EQ(difference(card, base, {964, 150, 52, 222}), 0);
  EXPECT_EQ(difference(card, base, {748, 372, 212, 212}), 0);
}

TEST(CardFace, KnowsWhichCharactersItCanDraw) {
  EXPECT_TRUE(can_draw_text("张曉龘"));
  EXPECT_TRUE(can_draw_text("𠮷野"));  // outside the BMP
  EXPECT_TRUE(can_draw_text("阿卜杜·麦麦提"));
  EXPECT_TRUE(can_draw_text("T11010519491231002X"));
  EXPECT_FALSE(can_draw_text("\uE863"));  // private use: depends on somebody's font
  EXPECT_FALSE(can_draw_text("\U0001F600"));  // no glyph in this font
  EXPECT_FALSE(can_draw_text("\xC3"));  // broken UTF-8
}

TEST(CardFace, PngKeepsEveryPixel) {
  const Picture card = draw_card_front(tests::sample_certificate());
  const auto png = encode_png(card);
  EXPECT_EQ(picture_of(cv::imdecode(png, cv::IMREAD_COLOR)), card);
  const Picture grey{2, 1, 1, {0, 200}};
  EXPECT_EQ(picture_of(cv::imdecode(encode_png(grey), cv::IMREAD_UNCHANGED)), grey);
  const Picture clear{1, 1, 4, {1, 2, 3, 4}};
  EXPECT_EQ(picture_of(cv::imdecode(encode_png(clear), cv::IMREAD_UNCHANGED)), clear);
}

// Generous against busy machines; the figures are printed.
TEST(CardFace, IsDrawnInTime) {
  const auto certificate = tests::sample_certificate();
  Picture card = draw_card_front(certificate);
  const auto median_ms = [](auto work) {
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
      const auto start = std::chrono::steady_clock::now();
      work();
      const std::chrono::duration<double, std::milli> took =
          std::chrono::steady_clock::now() - start;
      times.push_back(took.count());
    }
    std::ranges::nth_element(times, times.begin() + 4);
    return times[4];
  };
  std::vector<std::uint8_t> coded;
  const double draw = median_ms([&] { card = draw_card_front(certificate); });
  const double png = median_ms([&] { coded = encode_png(card); });
  std::printf("card front: draw %.1f ms, png %.1f ms\n", draw, png);
  RecordProperty("draw_ms", std::to_string(draw));
  RecordProperty("png_ms", std::to_string(png));
  EXPECT_LT(draw, 400);
  EXPECT_LT(png, 600);
}

}  // namespace
}  // namespace cardrig::certificate
