// Bytes in HID reports, literally, and what hidraw gives when there is no such device.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/hid_stream.h"
#include "kiosk/runtime/hidraw.h"

namespace cardrig {
namespace {

using Bytes = std::vector<std::uint8_t>;

Bytes payload(const HidFraming& framing, const Bytes& report) {
  const auto found = payload_of_report(framing, report);
  EXPECT_TRUE(found.has_value());
  return found ? Bytes(found->begin(), found->end()) : Bytes();
}

TEST(HidFraming, WithoutLengthTheWholeReportIsMeant) {
  HidFraming framing;
  framing.report_bytes = 4;
  EXPECT_EQ(payload(framing, {1, 2, 3, 0}), (Bytes{1, 2, 3, 0}));
  EXPECT_EQ(payload(framing, {1, 2}), (Bytes{1, 2})) << "a short one as it is";
  EXPECT_EQ(payload(framing, {1, 2, 3, 4, 5}), (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(payload(framing, {}), Bytes());
}

TEST(HidFraming, TheFirstByteMaySayHowManyAreMeant) {
  HidFraming framing;
  framing.report_bytes = 4;
  framing.length = HidFraming::Length::kFirstByte;
  EXPECT_EQ(payload(framing, {2, 7, 8, 0}), (Bytes{7, 8}));
  EXPECT_EQ(payload(framing, {3, 7, 8, 9}), (Bytes{7, 8, 9}));
  EXPECT_EQ(payload(framing, {0, 7, 8, 9}), Bytes());
  EXPECT_FALSE(payload_of_report(framing, Bytes{4, 7, 8, 9})) << "more than there are";
  EXPECT_FALSE(payload_of_report(framing, Bytes{}));
}

TEST(HidFraming, OtherNumbersArePassedOver) {
  HidFraming framing;
  framing.report_bytes = 4;
  framing.report_number = 3;
  EXPECT_EQ(payload(framing, {3, 7, 8, 9, 6}), (Bytes{7, 8, 9, 6}));
  EXPECT_FALSE(payload_of_report(framing, Bytes{2, 7, 8, 9, 6}));
  EXPECT_FALSE(payload_of_report(framing, Bytes{}));
}

struct Outcome {
  bool ended = false;
  std::optional<Error<OpenReason>> error;
};

Async<void> open(HidSource& source, Outcome& outcome) {
  auto opened = co_await source.open();
  if (!opened) outcome.error = opened.error();
  outcome.ended = true;
}

TEST(Hidraw, WhatIsNoHidrawDeviceIsNotOpened) {
  RealLoop loop;
  Trace trace([] { return Nanos(0); });
  const Tracer tracer(trace, "kiosk");
  const std::pair<const char*, OpenReason> wrong[] = {{"/nowhere/hidraw0", OpenReason::kNotFound},
                                                      {"/dev/null", OpenReason::kRefused}};
  for (const auto& [path, reason] : wrong) {
    const auto source = hidraw_source(loop, tracer, "id_reader", path);
    EXPECT_EQ(source->name(), path);
    Outcome outcome;
    spawn(loop, open(*source, outcome));
    loop.poll();
    ASSERT_TRUE(outcome.ended);
    ASSERT_TRUE(outcome.error.has_value()) << path;
    EXPECT_EQ(outcome.error->reason, reason) << path;
    EXPECT_NE(outcome.error->detail.find(path), std::string::npos);
  }
}

}  // namespace
}  // namespace cardrig
