// Bytes a second on a line, over a session of any length.
#include "simulators/panel/throughput.h"

#include <gmock/gmock.h>

#include <numeric>

namespace cardrig::panel {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ThroughputTest : public ::testing::Test {
 protected:
  void see(Nanos time, const char* line, int bytes, const char* kind = "wire.sent",
           const char* party = "kiosk") {
    Event event;
    event.time = time;
    event.party = party;
    event.kind = kind;
    event.fields = {{"line", line}, {"size", bytes}};
    throughput_.see(event);
  }

  Throughput throughput_;
};

TEST_F(ThroughputTest, BothWaysCountAndOnlyWhatTheKioskSays) {
  see(100ms, "ipp", 30);
  see(900ms, "ipp", 70, "wire.received");
  see(900ms, "ipp", 70, "wire.sent", "card_printer");
  see(900ms, "ipp", 9, "wire.opened");
  see(2500ms, "ipp", 5);
  see(1500ms, "platform", 8);
  EXPECT_THAT(throughput_.lines(), ElementsAre("ipp", "platform"));
  EXPECT_THAT(throughput_.bytes_a_second("ipp", 2900ms), ElementsAre(100, 0));
  EXPECT_THAT(throughput_.bytes_a_second("ipp", 3s), ElementsAre(100, 0, 5));
  EXPECT_THAT(throughput_.bytes_a_second("id_reader", 3s), IsEmpty());
}

TEST_F(ThroughputTest, TheFirstSecondIsShownBeforeItIsOver) {
  see(0s, "ipp", 30);
  EXPECT_THAT(throughput_.bytes_a_second("ipp", 10ms), ElementsAre(30));
}

TEST_F(ThroughputTest, ALongSessionHasLongerSpansAndLosesNothing) {
  for (int s = 0; s < 1000; ++s) see(std::chrono::seconds(s), "ipp", 60);
  EXPECT_EQ(throughput_.span(), 16s);
  const auto bytes_a_second = throughput_.bytes_a_second("ipp", 992s);
  ASSERT_EQ(bytes_a_second.size(), 62U);
  EXPECT_EQ(std::accumulate(bytes_a_second.begin(), bytes_a_second.end(), 0.0F), 62 * 60);
  EXPECT_EQ(bytes_a_second.front(), 60);
  EXPECT_EQ(throughput_.bytes_a_second("ipp", 24h).size(), Throughput::kSpans);
  throughput_.clear();
  EXPECT_EQ(throughput_.span(), 1s);
  EXPECT_THAT(throughput_.lines(), IsEmpty());
}

}  // namespace
}  // namespace cardrig::panel
