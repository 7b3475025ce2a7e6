// The stand-in photo coding: what goes in comes out, and nothing that was tampered with does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "kiosk/devices/id_reader/photo_coding.h"
#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/runtime/picture_view.h"
#include "kiosk/runtime/random.h"
#include "simulators/id_reader/stand_in_photo_encoder.h"

namespace cardrig::id_reader {
namespace {

using Coded = std::array<std::uint8_t, 1024>;

Picture smooth_picture() {
  cv::Mat picture(kPhotoHeight_px, kPhotoWidth_px, CV_8UC3, cv::Scalar(240, 230, 220));
  cv::ellipse(picture, {51, 60}, {30, 42}, 0, 0, 360, cv::Scalar(140, 170, 215), cv::FILLED);
  cv::GaussianBlur(picture, picture, cv::Size(), 2);
  return picture_of(picture);
}

Picture noise_picture() {
  Random random(7);
  Picture picture{kPhotoWidth_px, kPhotoHeight_px, 3, {}};
  for (int i = 0; i < kPhotoWidth_px * kPhotoHeight_px * 3; ++i) {
    picture.pixels.push_back(static_cast<std::uint8_t>(random.below(256)));
  }
  return picture;
}

double mean_difference(const Picture& a, const Picture& b) {
  return cv::norm(view_of(a), view_of(b), cv::NORM_L1) / static_cast<double>(a.pixels.size());
}

/// The checksum as photo_coding.h words it, so that damage behind it can be tried.
void seal(Coded& coded) {
  const std::size_t length = static_cast<std::size_t>(coded[coding::kLengthOffset]) << 8 |
                             coded[coding::kLengthOffset + 1];
  std::uint32_t crc = coding::kCrcInitial;
  const auto add = [&crc](std::uint8_t byte) {
    crc ^= static_cast<std::uint32_t>(byte) << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000U) != 0 ? (crc << 1 ^ coding::kCrcPolynomial) & 0xFFFFU : crc << 1;
    }
  };
  for (std::size_t i = 0; i < 3; ++i) add(coded[coding::kQualityOffset + i]);
  for (std::size_t i = 0; i < length && coding::kScanOffset + i < coded.size(); ++i) {
    add(coded[coding::kScanOffset + i]);
  }
  coded[coding::kCrcOffset] = static_cast<std::uint8_t>(crc >> 8);
  coded[coding::kCrcOffset + 1] = static_cast<std::uint8_t>(crc & 0xFFU);
}

PhotoReason reason_of(const Coded& coded) {
  const auto picture = decode_stand_in(coded);
  EXPECT_FALSE(picture.has_value());
  return picture ? PhotoReason::kNotLicensed : picture.error().reason;
}

TEST(StandInPhoto, DecodesWhatWasEncoded) {
  const Picture original = smooth_picture();
  const auto decoded = decode_stand_in(sim::encode_stand_in_photo(original));
  ASSERT_TRUE(decoded.has_value());
  EXPECT_EQ(decoded->width_px, 102);
  EXPECT_EQ(decoded->height_px, 126);
  EXPECT_EQ(decoded->channels, 3);
  EXPECT_LT(mean_difference(original, *decoded), 3);
}

TEST(StandInPhoto, DecodesToThePixelsOfTheWholeJpeg) {
  const Picture original = smooth_picture();
  const Coded coded = sim::encode_stand_in_photo(original);
  std::vector<std::uint8_t> jpeg;
  cv::imencode(".jpg", view_of(original), jpeg,
               {cv::IMWRITE_JPEG_QUALITY, coded[coding::kQualityOffset]});
  EXPECT_EQ(*decode_stand_in(coded), picture_of(cv::imdecode(jpeg, cv::IMREAD_COLOR)));
}

TEST(StandInPhoto, FitsWhateverThePictureHolds) {
  const Coded coded = sim::encode_stand_in_photo(noise_picture());
  EXPECT_TRUE(decode_stand_in(coded).has_value());
  EXPECT_EQ(coded, sim::encode_stand_in_photo(noise_picture()));
}

TEST(StandInPhoto, SaysThatItIsAStandIn) { EXPECT_TRUE(make_stand_in_decoder()->is_stand_in()); }

TEST(StandInPhoto, AnotherCodingIsNotDamage) {
  Coded coded = sim::encode_stand_in_photo(smooth_picture());
  coded[0] = 'W';
  EXPECT_EQ(reason_of(coded), PhotoReason::kNotThisCoding);
  EXPECT_EQ(reason_of(Coded{}), PhotoReason::kNotThisCoding);
}

TEST(StandInPhoto, EveryFlippedBitOfTheContentIsNoticed) {
  const Coded good = sim::encode_stand_in_photo(smooth_picture());
  const std::size_t length =
      static_cast<std::size_t>(good[coding::kLengthOffset]) << 8 | good[coding::kLengthOffset + 1];
  for (std::size_t at = coding::kQualityOffset; at < coding::kScanOffset + length; ++at) {
    Coded bad = good;
    bad[at] = static_cast<std::uint8_t>(bad[at] ^ (1U << (at % 8)));
    ASSERT_EQ(reason_of(bad), PhotoReason::kDamaged) << "byte " << at;
  }
}

TEST(StandInPhoto, TruncatedPhotosAreDamaged) {
  const Coded good = sim::encode_stand_in_photo(smooth_picture());
  for (const std::size_t kept : {8U, 9U, 11U, 13U, 14U, 100U, 300U}) {
    Coded bad = good;
    std::fill(bad.begin() + static_cast<std::ptrdiff_t>(kept), bad.end(), std::uint8_t{0});
    ASSERT_EQ(reason_of(bad), PhotoReason::kDamaged) << kept << " bytes kept";
  }
}

TEST(StandInPhoto, SealedButImpossibleContentIsDamaged) {
  const Coded good = sim::encode_stand_in_photo(smooth_picture());
  Coded no_quality = good;
  no_quality[coding::kQualityOffset] = 0;
  Coded too_long = good;
  too_long[coding::kLengthOffset] = 0x03;
  too_long[coding::kLengthOffset + 1] = 0xE9;
  Coded empty = good;
  empty[coding::kLengthOffset] = empty[coding::kLengthOffset + 1] = 0;
  Coded marker = good;  // a new frame header of 65535 × 65535 in the middle of the scan
  const std::array<std::uint8_t, 9> frame{0xFF, 0xC0, 0, 17, 8, 0xFF, 0xFF, 0xFF, 0xFF};
  std::copy(frame.begin(), frame.end(), marker.begin() + coding::kScanOffset + 40);
  for (Coded* bad : {&no_quality, &too_long, &empty, &marker}) {
    seal(*bad);
    EXPECT_EQ(reason_of(*bad), PhotoReason::kDamaged);
  }
}

TEST(StandInPhoto, SealedGarbageNeverCrashes) {
  Random random(11);
  for (int round = 0; round < 300; ++round) {
    Coded garbage{};
    for (std::uint8_t& byte : garbage) byte = static_cast<std::uint8_t>(random.below(255));
    std::copy(coding::kMagic.begin(), coding::kMagic.end(), garbage.begin());
    garbage[coding::kQualityOffset] = static_cast<std::uint8_t>(random.between(1, 100));
    garbage[coding::kLengthOffset] = static_cast<std::uint8_t>(random.below(4));
    seal(garbage);
    const auto picture = decode_stand_in(garbage);
    if (picture) {
      EXPECT_EQ(picture->pixels.size(), 102U * 126U * 3U);
    }
  }
}

}  // namespace
}  // namespace cardrig::id_reader
