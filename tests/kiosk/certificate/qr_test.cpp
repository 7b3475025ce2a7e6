// The code on the drawn card, read by a decoder that is not ours, also as a camera would see it.
#define ZX_USE_UTF8  // text() as std::string, as from the next release of ZXing on
#include <ReadBarcode.h>
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "kiosk/certificate/card_face.h"
#include "kiosk/certificate/qr_payload.h"
#include "kiosk/runtime/picture_view.h"
#include "tests/kiosk/certificate/sample_certificate.h"

namespace cardrig::certificate {
namespace {

std::string decode(const cv::Mat& bgr) {
  cv::Mat grey;
  cv::cvtColor(bgr, grey, cv::COLOR_BGR2GRAY);
  const ZXing::ImageView view(grey.data, grey.cols, grey.rows, ZXing::ImageFormat::Lum,
                              static_cast<int>(grey.step));
  const auto hints = ZXing::DecodeHints().setFormats(ZXing::BarcodeFormat::QRCode);
  const auto result = ZXing::ReadBarcode(view, hints);
  return result.isValid() ? result.text() : "";
}

cv::Mat rotated(const cv::Mat& card, double degrees) {
  constexpr int kCanvas = 1000;  // holds the diagonal of the card at this scale
  const cv::Point2f middle(static_cast<float>(card.cols) / 2, static_cast<float>(card.rows) / 2);
  cv::Mat turn = cv::getRotationMatrix2D(middle, degrees, 0.8);
  turn.at<double>(0, 2) += (kCanvas - card.cols) / 2.0;
  turn.at<double>(1, 2) += (kCanvas - card.rows) / 2.0;
  cv::Mat out;
  cv::warpAffine(card, out, turn, cv::Size(kCanvas, kCanvas), cv::INTER_LINEAR, cv::BORDER_CONSTANT,
                 cv::Scalar(120, 120, 120));
  return out;
}

TEST(Qr, IsReadFromTheCard) {
  const auto certificate = tests::sample_certificate();
  const Picture card = draw_card_front(certificate);
  EXPECT_EQ(decode(view_of(card)), certificate.qr_payload);
}

TEST(Qr, IsReadBlurredTurnedAndSmall) {
  const auto certificate = tests::sample_certificate();
  const Picture card = draw_card_front(certificate);
  cv::Mat blurred, small;
  cv::GaussianBlur(view_of(card), blurred, cv::Size(0, 0), 1.4);
  EXPECT_EQ(decode(blurred), certificate.qr_payload);
  for (const double degrees : {7.0, -20.0, 90.0, 180.0, 135.0}) {
    EXPECT_EQ(decode(rotated(view_of(card), degrees)), certificate.qr_payload) << degrees;
  }
  cv::resize(view_of(card), small, cv::Size(), 0.6, 0.6, cv::INTER_AREA);
  EXPECT_EQ(decode(small), certificate.qr_payload);
}

TEST(Qr, LongestPayloadStillFitsAndReads) {
  auto certificate = tests::sample_certificate();
  certificate.qr_payload = std::string(300, 'a');
  const Picture card = draw_card_front(certificate);
  EXPECT_EQ(decode(view_of(card)), certificate.qr_payload);
}

TEST(QrPayload, SaysWhatItIsAndHoldsNoPersonalData) {
  const auto certificate = tests::sample_certificate();
  const std::string payload = make_qr_payload(certificate);
  EXPECT_TRUE(payload.starts_with("CARDRIG-SIMULATION/1;"));
  EXPECT_EQ(payload.find(certificate.name), std::string::npos);
  EXPECT_EQ(payload.find("110105"), std::string::npos);
  EXPECT_LE(payload.size(), 300u);
}

TEST(QrPayload, IsReadBackAndTellsHoldersApart) {
  const auto certificate = tests::sample_certificate();
  const auto content = parse_qr_payload(make_qr_payload(certificate));
  ASSERT_TRUE(content.has_value());
  EXPECT_EQ(content->permit_id, "permit-0001");
  EXPECT_EQ(content->item_code, "2.1");
  EXPECT_EQ(content->valid_to, certificate.valid_to);
  // printf 'T11010519491231002X\n张晓龘' | sha256sum
  EXPECT_EQ(content->holder_digest, "909d2dc1ee380dfe");
  auto other = certificate;
  other.name = "张晓";
  EXPECT_NE(holder_digest(other), holder_digest(certificate));
}

TEST(QrPayload, RefusesEverythingElse) {
  const std::string good = make_qr_payload(tests::sample_certificate());
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto content = parse_qr_payload(good.substr(0, size));
    if (!content) continue;
    // Only the last field may be shorter.
    EXPECT_GT(size, good.find(";holder=") + 8);
  }
  EXPECT_FALSE(parse_qr_payload("https://example.org/"));
  EXPECT_FALSE(parse_qr_payload(good + ";more=1"));
  EXPECT_FALSE(parse_qr_payload("CARDRIG-SIMULATION/1;permit=a;item=2.1;to=2032-13-01;holder=0"));
  EXPECT_FALSE(parse_qr_payload("CARDRIG-SIMULATION/1;permit=;item=2.1;to=2032-12-01;holder=0"));
}

}  // namespace
}  // namespace cardrig::certificate
