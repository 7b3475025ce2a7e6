// Finding the end of a request, however its bytes arrive.
#include <gtest/gtest.h>

#include "mock-platform/request_collector.h"

namespace cardrig::mock_platform {
namespace {

using State = RequestCollector::State;

TEST(Collector, FindsTheEndByteByByte) {
  const std::string request = "POST /x HTTP/1.1\r\nHost: a\r\ncOnTeNt-LeNgTh:  5\r\n\r\nhello";
  RequestCollector collector;
  for (const char c : request) {
    ASSERT_EQ(collector.state(), State::kNeedsMore);
    collector.add({&c, 1});
  }
  ASSERT_EQ(collector.state(), State::kComplete);
  EXPECT_EQ(collector.take(), request);
  EXPECT_EQ(collector.state(), State::kNeedsMore);
}

TEST(Collector, KeepsTheNextRequest) {
  RequestCollector collector;
  collector.add("GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\nGET");
  EXPECT_EQ(collector.take(), "GET /a HTTP/1.1\r\n\r\n");
  EXPECT_EQ(collector.take(), "GET /b HTTP/1.1\r\n\r\n");
  EXPECT_EQ(collector.state(), State::kNeedsMore);
}

TEST(Collector, EmptyMeansThatNothingOfARequestIsThere) {
  RequestCollector collector;
  EXPECT_TRUE(collector.is_empty());
  collector.add("GET /a HTTP/1.1\r\n\r\nG");
  EXPECT_FALSE(collector.is_empty());
  EXPECT_EQ(collector.take(), "GET /a HTTP/1.1\r\n\r\n");
  EXPECT_FALSE(collector.is_empty());
  collector.add("ET /b HTTP/1.1\r\n\r\n");
  EXPECT_EQ(collector.take(), "GET /b HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(collector.is_empty());
}

TEST(Collector, LimitsHeaderAndBody) {
  RequestCollector endless;
  endless.add(std::string(RequestCollector::kHeaderLimit + 1, 'a'));
  EXPECT_EQ(endless.state(), State::kTooLarge);
  for (const char* size : {"65537", "18446744073709551615", "99999999999999999999999"}) {
    RequestCollector announced;
    announced.add("POST / HTTP/1.1\r\nContent-Length: " + std::string(size) + "\r\n\r\n");
    EXPECT_EQ(announced.state(), State::kTooLarge) << size;
  }
  RequestCollector fits;
  fits.add("POST / HTTP/1.1\r\nContent-Length: 65536\r\n\r\n" + std::string(65536, 'b'));
  EXPECT_EQ(fits.state(), State::kComplete);
}

TEST(Collector, KnowsByTheFirstByteWhatIsNoHttp) {
  for (const char c : {'\x16', '\0', '\xff', ' '}) {
    RequestCollector collector;
    collector.add({&c, 1});
    EXPECT_EQ(collector.state(), State::kNoHttp) << int{c};
  }
  RequestCollector empty_line_first;
  empty_line_first.add("\r");
  EXPECT_EQ(empty_line_first.state(), State::kNeedsMore);
}

TEST(Collector, NonsenseCountsAsNoBody) {
  for (const char* size : {"", "-1", "x"}) {
    RequestCollector collector;
    collector.add("POST / HTTP/1.1\r\nContent-Length: " + std::string(size) + "\r\n\r\n");
    EXPECT_EQ(collector.state(), State::kComplete) << size;
  }
}

}  // namespace
}  // namespace cardrig::mock_platform
