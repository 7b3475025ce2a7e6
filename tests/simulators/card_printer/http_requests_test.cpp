// The printer's HTTP side: lengths, chunks, pieces, and what it refuses.
#include "simulators/card_printer/http_requests.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace cardrig::test {
namespace {

using sim::HttpRequestReader;

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }
std::string text(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

const std::string kHead = "POST /ipp/print HTTP/1.1\r\nHost: printer\r\n";
const std::string kPlain = kHead + "Content-Length: 5\r\n\r\nhello";
const std::string kChunked =
    kHead + "Transfer-Encoding: chunked\r\n\r\n3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n";

TEST(HttpRequests, LengthAndChunksInPiecesOfAnySize) {
  const std::string stream = kPlain + kChunked + kPlain;
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    HttpRequestReader reader;
    int found = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      reader.feed(bytes(stream.substr(at, piece)));
      while (auto request = reader.next()) {
        ++found;
        EXPECT_EQ(request->method, "POST");
        EXPECT_EQ(request->target, "/ipp/print");
        EXPECT_EQ(request->header("host"), "printer");
        EXPECT_EQ(text(request->body), "hello") << piece;
        EXPECT_FALSE(request->wants_close());
      }
    }
    EXPECT_EQ(found, 3) << piece;
    EXPECT_EQ(reader.error(), 0) << piece;
  }
}

struct Refused {
  std::string request;
  int status;
};
class HttpRefusals : public testing::TestWithParam<Refused> {};
TEST_P(HttpRefusals, HaveTheirStatus) {
  HttpRequestReader reader;
  reader.feed(bytes(GetParam().request));
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_EQ(reader.error(), GetParam().status);
  reader.feed(bytes(kPlain));
  EXPECT_FALSE(reader.next().has_value()) << "nothing after an error";
}
INSTANTIATE_TEST_SUITE_P(
    All, HttpRefusals,
    testing::Values(Refused{"GARBAGE\r\n\r\n", 400}, Refused{"POST /\r\n\r\n", 400},
                    Refused{"POST / HTTP/2.0\r\n\r\n", 505},
                    Refused{kHead + "no colon\r\n\r\n", 400},
                    Refused{kHead + "Content-Length: x\r\n\r\n", 400},
                    Refused{kHead + "Content-Length: -5\r\n\r\n", 400},
                    Refused{kHead + "Content-Length: 99999999999999999999\r\n\r\n", 413},
                    Refused{kHead + "Content-Length: 5\r\nContent-Length: 6\r\n\r\n", 400},
                    Refused{kHead + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
                    Refused{kHead + "Transfer-Encoding: gzip\r\n\r\n", 501},
                    Refused{kHead + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
                    Refused{kHead + "Transfer-Encoding: chunked\r\n\r\n3\r\nhello\r\n", 400},
                    Refused{"POST / HTTP/1.1\r\nX: " + std::string(20000, 'a'), 431}));

TEST(HttpRequests, ClosingAndContinuing) {
  HttpRequestReader reader;
  reader.feed(bytes("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(reader.next()->wants_close());
  reader.feed(bytes("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"));
  EXPECT_TRUE(reader.next()->wants_close());
  reader.feed(bytes(kHead + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
  EXPECT_FALSE(reader.next().has_value());
  EXPECT_TRUE(reader.take_expect_continue());
  EXPECT_FALSE(reader.take_expect_continue());
  reader.feed(bytes("ok"));
  EXPECT_EQ(text(reader.next()->body), "ok");
}

TEST(HttpRequests, AnswersCarryTheirLength) {
  const std::string answer = text(sim::http_response(200, "application/ipp", {1, 2, 3}, true));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_NE(answer.find("Content-Length: 3\r\n"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\n\x01\x02\x03"));
}

}  // namespace
}  // namespace cardrig::test
