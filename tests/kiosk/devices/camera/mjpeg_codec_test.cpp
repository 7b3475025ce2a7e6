// The reader of MJPEG streams against bytes written by hand, whole, in pieces and damaged.
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "kiosk/devices/camera/mjpeg_driver_codec.h"

namespace cardrig::camera {
namespace {

std::span<const std::uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

struct Outcome {
  std::vector<std::string> parts;
  std::string broken;
  std::optional<int> status;
  bool ended = false;
};

Outcome read(std::string_view stream, std::size_t piece, MjpegLimits limits = {}) {
  MjpegReader reader(limits);
  Outcome outcome;
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    reader.feed(bytes_of(stream.substr(at, piece)));
    while (const auto part = reader.next()) outcome.parts.emplace_back(part->begin(), part->end());
  }
  outcome.broken = reader.broken();
  outcome.status = reader.status();
  outcome.ended = reader.ended();
  return outcome;
}

/// The parts, the same in whatever pieces the stream comes.
std::vector<std::string> parts(std::string_view stream) {
  const Outcome whole = read(stream, stream.size());
  EXPECT_EQ(whole.broken, "");
  for (const std::size_t piece : {1, 2, 3, 7}) {
    EXPECT_EQ(read(stream, piece).parts, whole.parts) << "in pieces of " << piece;
  }
  return whole.parts;
}

std::string complaint(std::string_view stream, MjpegLimits limits = {}) {
  const Outcome whole = read(stream, stream.size(), limits);
  EXPECT_EQ(read(stream, 1, limits).broken, whole.broken);
  return whole.broken;
}

const std::string kHead =
    "HTTP/1.0 200 OK\r\nServer: a\r\nContent-Type: "
    "multipart/x-mixed-replace;boundary=frame\r\n\r\n";
const std::string kPart =
    "--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 4\r\n\r\nabcd\r\n";

using List = std::vector<std::string>;

TEST(MjpegReader, TakesPartsByTheirLength) {
  EXPECT_EQ(parts(kHead + kPart + kPart), (List{"abcd", "abcd"}));
  const std::string tricky = "\r\n--frame\r\n\r\n";  // as part of a picture
  EXPECT_EQ(parts(kHead + "--frame\r\ncontent-length: 13\r\n\r\n" + tricky + "\r\n--frame--\r\n"),
            List{tricky});
}

TEST(MjpegReader, TakesPartsUpToTheNextBoundary) {
  const std::string head = "--frame\r\nContent-Type: image/jpeg\r\n\r\n";
  EXPECT_EQ(parts(kHead + head + "one\n-two--frame\r\n" + head + "x" + "\r\n--frame--"),
            (List{"one\n-two--frame", "x"}));
  EXPECT_EQ(parts(kHead + head + "\r\n" + head + "x\n" + head), List{"x"})
      << "empty parts are none";
}

TEST(MjpegReader, TakesTheManyFormsOfCameras) {
  const std::string answer = "HTTP/1.1 200 OK\ncontent-TYPE: Multipart/X-Mixed-Replace; boundary=";
  const std::string part = "\nContent-Length:1\n\nx\n";
  EXPECT_EQ(parts(answer + "\"my bound\"; a=b\n\n--my bound" + part), List{"x"});
  EXPECT_EQ(parts(answer + "--dashed\n\n--dashed" + part + "----dashed" + part), (List{"x", "x"}));
  EXPECT_EQ(parts(answer + "b\n\nBefore the first comes text.\n\n--b" + part), List{"x"});
  EXPECT_EQ(parts(answer + "b\n\n--b\nContent-Type: text/plain\n\nno picture\n--b" + part),
            List{"x"});
}

TEST(MjpegReader, KnowsTheEnd) {
  const Outcome outcome = read(kHead + kPart + "--frame--\r\n" + kPart, 5);
  EXPECT_EQ(outcome.parts, List{"abcd"});
  EXPECT_TRUE(outcome.ended);
}

TEST(MjpegReader, TellsTheStatusBeforeAnyPart) {
  EXPECT_EQ(read("HTTP/1.1 503 Busy\r\n", 4).status, std::nullopt);
  EXPECT_EQ(read("HTTP/1.1 503 Busy\r\n\r\n", 4).status, 503);
  EXPECT_EQ(read(kHead, 4).status, 200);
}

TEST(MjpegReader, SaysWhatIsWrong) {
  EXPECT_EQ(complaint("SSH-2.0-OpenSSH_9.2\r\n"), "the answer is not HTTP");
  EXPECT_EQ(complaint("HTTP/1.0 2x0 OK\r\n"), "the answer is not HTTP");
  EXPECT_EQ(complaint("HTTP/1.0 200 OK\r\nnonsense\r\n"), "the head of the answer is not HTTP");
  EXPECT_EQ(complaint("HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n"),
            "the answer is not multipart pictures with a boundary");
  EXPECT_EQ(complaint("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace\r\n\r\n"),
            "the answer is not multipart pictures with a boundary");
  EXPECT_EQ(complaint("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"),
            "the answer comes with a transfer coding, although HTTP/1.0 was asked for");
  EXPECT_EQ(complaint(kHead + "--frame\r\nContent-Length: 5000000\r\n"), "a part is too long");
  EXPECT_EQ(complaint(kHead + "--frame\r\nContent-Length: -1\r\n"),
            "the length of a part is no number");
  EXPECT_EQ(complaint(kHead + "--frame\r\n\x01\x02\r\n"),
            "the head of a part has a line that is none");
  EXPECT_EQ(complaint(kHead + kPart + "garbage\r\n"),
            "after a part comes something else than the boundary");
}

TEST(MjpegReader, EndsWhatHasNoEnd) {
  const MjpegLimits small{300, 100, 200};
  const std::string long_text(400, 'a');
  EXPECT_EQ(complaint("HTTP/1.0 200 OK\r\n" + long_text, small),
            "the head of the answer has no end");
  EXPECT_EQ(complaint(kHead + long_text, small), "what stands before a part has no end");
  EXPECT_EQ(complaint(kHead + "--frame\r\n" + long_text, small), "the head of a part has no end");
  EXPECT_EQ(complaint(kHead + "--frame\r\n\r\n" + long_text, small), "a part is too long");
  EXPECT_EQ(
      complaint(kHead + "--frame\r\n\r\n" + long_text.substr(0, 201) + "\r\n--frame\r\n", small),
      "a part is too long");
}

TEST(MjpegRequest, AsksForTheStream) {
  EXPECT_EQ(mjpeg_request("cam:8080", "/stream"),
            "GET /stream HTTP/1.0\r\nHost: cam:8080\r\nAccept: multipart/x-mixed-replace\r\n"
            "User-Agent: cardrig\r\n\r\n");
}

std::vector<std::uint8_t> jpeg(int width, int height, bool progressive) {
  cv::Mat picture(height, width, CV_8UC3);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture.at<cv::Vec3b>(y, x) =
          cv::Vec3b(static_cast<std::uint8_t>(x * 7), static_cast<std::uint8_t>(y * 5), 90);
    }
  }
  std::vector<std::uint8_t> bytes;
  const std::vector<int> how{cv::IMWRITE_JPEG_PROGRESSIVE, progressive ? 1 : 0,
                             cv::IMWRITE_JPEG_RST_INTERVAL, 2};
  EXPECT_TRUE(cv::imencode(".jpg", picture, bytes, how));
  return bytes;
}

TEST(WholeJpeg, KnowsTheSizeOfAWholeFile) {
  for (const bool progressive : {false, true}) {
    auto bytes = jpeg(60, 44, progressive);
    const auto size = whole_jpeg(bytes);
    ASSERT_TRUE(size.has_value());
    EXPECT_EQ(size->width_px, 60);
    EXPECT_EQ(size->height_px, 44);
    bytes.resize(bytes.size() + 16, 0);  // some cameras fill up
    EXPECT_TRUE(whole_jpeg(bytes).has_value());
  }
}

TEST(WholeJpeg, RefusesEveryFileThatIsCutOff) {
  const auto bytes = jpeg(60, 44, false);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(whole_jpeg(std::span(bytes).first(size)).has_value()) << size;
  }
}

TEST(WholeJpeg, RefusesStrayMarkersAndWhatIsNoJpeg) {
  auto bytes = jpeg(60, 44, false);
  bytes[bytes.size() - 40] = 0xFF;
  bytes[bytes.size() - 39] = 0x11;
  EXPECT_FALSE(whole_jpeg(bytes).has_value());
  EXPECT_FALSE(whole_jpeg(bytes_of("\x89PNG\r\n\x1a\n and so on")).has_value());
  EXPECT_FALSE(whole_jpeg(bytes_of("\xFF\xD8\xFF\xD9")).has_value()) << "nothing in it";
}

}  // namespace
}  // namespace cardrig::camera
