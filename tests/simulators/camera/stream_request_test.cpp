// Requests to the camera: good ones, in pieces too, and every kind of bad one.
#include "simulators/camera/stream_request.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>

namespace cardrig::sim {
namespace {

StreamRequestReader read(const std::string& text, std::size_t piece = 1 << 20) {
  StreamRequestReader reader;
  for (std::size_t at = 0; at < text.size(); at += piece) {
    const std::string part = text.substr(at, piece);
    reader.feed({reinterpret_cast<const std::uint8_t*>(part.data()), part.size()});
  }
  return reader;
}

/// As curl 7.88 sends it.
constexpr const char* kCurl =
    "GET /stream?x=1 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: curl/7.88.1\r\n"
    "Accept: */*\r\n\r\n";

TEST(StreamRequest, WholeOrInPiecesItIsTheSame) {
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 1000U}) {
    const auto reader = read(kCurl, piece);
    ASSERT_TRUE(reader.request()) << piece;
    EXPECT_EQ(*reader.request(), (StreamRequest{"GET", "/stream"}));
    EXPECT_EQ(reader.error(), 0);
  }
}

TEST(StreamRequest, WhatComesLaterIsForgotten) {
  const auto reader = read(std::string(kCurl) + "GET /other HTTP/1.1\r\n\r\n");
  ASSERT_TRUE(reader.request());
  EXPECT_EQ(reader.request()->path, "/stream");
}

TEST(StreamRequest, AnOldClientNeedsNoHost) {
  ASSERT_TRUE(read("GET /stream HTTP/1.0\r\n\r\n").request());
}

TEST(StreamRequest, NothingYetIsNoMistake) {
  const auto reader = read("GET /stream HTTP/1.1\r\nHost: a\r\n");
  EXPECT_FALSE(reader.request());
  EXPECT_EQ(reader.error(), 0);
}

class BadRequest : public ::testing::TestWithParam<std::tuple<std::string, int>> {};

TEST_P(BadRequest, IsRefused) {
  const auto& [text, status] = GetParam();
  const auto reader = read(text);
  EXPECT_FALSE(reader.request());
  EXPECT_EQ(reader.error(), status);
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BadRequest,
    ::testing::Values(
        std::tuple("GET /stream\r\n\r\n", 400), std::tuple("\r\n\r\n", 400),
        std::tuple("GET stream HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        std::tuple("G(T /stream HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        std::tuple("GET /str\x7F HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        std::tuple("GET  /stream HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/1.1 \r\nHost: a\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        std::tuple("GET /stream HTTP/1.1\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/1.1\r\nHost: a\r\nno field\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/1.1\r\nHost: a\r\n folded: b\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400),
        std::tuple("GET /stream HTTP/1.1\r\nX: " + std::string(9000, 'x'), 431),
        std::tuple("GET /stream HTTP/1.1\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", 431)));

}  // namespace
}  // namespace cardrig::sim
