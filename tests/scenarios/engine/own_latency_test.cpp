// The kiosk's own latency, on traces made by hand.
#include "scenarios/engine/own_latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

/// Events with times of their own, in milliseconds.
class Story {
 public:
  Story& at(int ms) {
    now_ = std::chrono::milliseconds(ms);
    return *this;
  }
  Story& says(const std::string& party, const std::string& kind, std::vector<Field> fields = {}) {
    Event event;
    event.id = events.size() + 1;
    event.time = now_;
    event.party = party;
    event.kind = kind;
    event.fields = std::move(fields);
    events.push_back(std::move(event));
    return *this;
  }
  Story& kiosk(const std::string& kind, std::vector<Field> fields = {}) {
    return says("kiosk", kind, std::move(fields));
  }
  Story& screen(const std::string& id) { return kiosk("kiosk.screen", {{"id", id}}); }
  Story& touch(const std::string& button) {
    return kiosk("kiosk.touch", {{"button", button}, {"result", "accepted"}});
  }
  Story& sent(const std::string& line) {
    return kiosk("wire.sent", {{"line", line}, {"dir", "to_device"}});
  }
  Story& received(const std::string& line) {
    return kiosk("wire.received", {{"line", line}, {"dir", "to_host"}});
  }
  [[nodiscard]] OwnLatency only() const {
    const auto all = own_latencies(events);
    return all.size() == 1 ? all.front() : OwnLatency{};
  }

  std::vector<Event> events;

 private:
  Nanos now_{0};
};

std::vector<std::string> told(const OwnLatency& latency) {
  std::vector<std::string> list;
  for (const auto& own : latency.intervals) {
    list.push_back(own.phase + ": " + own.after + " > " + own.before + " " +
                   std::to_string((own.to - own.from) / 1ms));
  }
  return list;
}

TEST(OwnLatency, AVisitWithNothingPendingIsAllTheKiosks) {
  Story story;
  story.screen("welcome").at(100).touch("start").at(180).screen("done");
  const OwnLatency latency = story.only();
  EXPECT_EQ(latency.own, 80ms);
  EXPECT_EQ(latency.from, Nanos(100ms));
  EXPECT_EQ(latency.to, Nanos(180ms));
  EXPECT_THAT(told(latency), ElementsAre("welcome: touch start > done 80"));
}

TEST(OwnLatency, APersonWhoIsAskedIsWaitedFor) {
  Story story;
  story.screen("welcome").touch("start").at(10).screen("consent").at(900).touch("agree");
  story.at(910).screen("place_card").at(1500).says("world", "world.document_placed");
  story.at(1530).screen("face").at(2500).says("world", "world.subjects", {{"count", 1}});
  story.at(2600).screen("take_card").at(4000).says("world", "world.card_taken");
  story.at(4050).says("control_board", "board.outlet").at(4070).screen("done");
  EXPECT_THAT(
      told(story.only()),
      ElementsAre("welcome: touch start > consent 10", "consent: touch agree > place_card 10",
                  "place_card: document placed > face 30", "face: face shown > take_card 100",
                  "take_card: outlet > done 20"));
}

TEST(OwnLatency, WhoHasActedBeforeIsNotWaitedFor) {
  Story story;
  story.says("world", "world.document_placed").says("world", "world.subjects", {{"count", 1}});
  story.touch("start").at(10).screen("place_card").at(20).screen("face").at(50).screen("done");
  EXPECT_EQ(story.only().own, 50ms);
}

TEST(OwnLatency, ATouchThatTheScreenRefusesIsNoAct) {
  Story story;
  story.touch("start").at(10).screen("consent");
  story.at(20).kiosk("kiosk.touch", {{"button", "agree"}, {"result", "disabled"}});
  story.at(100).touch("agree").at(130).screen("done");
  EXPECT_EQ(story.only().own, 40ms);
}

TEST(OwnLatency, ARequestIsPendingUntilItsLastByte) {
  Story story;
  story.screen("reading").touch("start").at(5).sent("id_reader").at(60).received("id_reader");
  story.at(90).received("id_reader").at(94).kiosk("reader.answer", {{"name", "read"}});
  story.at(120).received("id_reader");  // nobody asked for this
  story.at(150).screen("done");
  EXPECT_THAT(told(story.only()), ElementsAre("reading: touch start > id_reader read 5",
                                              "reading: id_reader read > done 60"));
}

TEST(OwnLatency, ARequestWithoutAnAnswerIsPendingUntilItIsGivenUp) {
  Story story;
  story.touch("start").sent("card_path").at(500).kiosk("printer.path", {{"op", "get_status"}});
  story.at(510).screen("done");
  EXPECT_EQ(story.only().own, 10ms);
}

TEST(OwnLatency, EachRoundOfAnExchangeIsPendingByItself) {
  Story story;  // a handshake: what the kiosk computes between two rounds is its own
  story.touch("start").sent("platform").at(20).received("platform");
  story.at(27).sent("platform").at(50).received("platform");
  story.at(51).kiosk("platform.call", {{"call", "claim"}}).at(60).screen("done");
  EXPECT_THAT(told(story.only()),
              ElementsAre(": platform > platform claim 7", ": platform claim > done 10"));
}

TEST(OwnLatency, AnAnswerThatEndsTheConnectionHasItsName) {
  Story story;
  story.touch("start").sent("ipp").at(20).received("ipp").kiosk("wire.closed", {{"line", "ipp"}});
  story.kiosk("printer.ipp", {{"op", "print_job"}}).at(25).screen("done");
  EXPECT_THAT(told(story.only()), ElementsAre(": print_jobs print_job > done 5"));
}

TEST(OwnLatency, OverlapsCountOnce) {
  Story story;
  story.touch("start").sent("platform").at(10).sent("ipp").at(30).received("ipp");
  story.kiosk("printer.ipp", {{"op", "status"}}).at(40).received("platform");
  story.kiosk("platform.call", {{"call", "state"}});
  story.at(45).sent("ipp").at(50).sent("card_path").at(60).received("card_path");
  story.kiosk("printer.path", {{"op", "get_status"}}).at(80).received("ipp");
  story.kiosk("printer.ipp", {{"op", "status"}}).at(83).screen("done");
  EXPECT_THAT(told(story.only()), ElementsAre(": platform state > print_jobs status 5",
                                              ": print_jobs status > done 3"));
}

TEST(OwnLatency, WhatWasPendingBeforeTheTouchAndAtTheEndIsCutOff) {
  Story story;
  story.sent("id_reader").at(50).touch("start").at(70).received("id_reader");
  story.kiosk("reader.answer", {{"name", "find"}});
  story.at(80).says("card_printer", "printer.state", {{"state", "busy"}}).at(100).screen("done");
  story.at(200).says("card_printer", "printer.state", {{"state", "ready"}});
  EXPECT_EQ(story.only().own, 10ms);
}

TEST(OwnLatency, LightsExcuseNothing) {
  Story story;
  story.touch("start").sent("control_board").at(40).received("control_board");
  story.kiosk("board.request", {{"function", 5}}).at(50).sent("control_board");
  story.at(60).received("control_board").kiosk("board.request", {{"function", 4}}).screen("done");
  EXPECT_EQ(story.only().own, 50ms);
}

TEST(OwnLatency, AMovingCardAndAPictureToComeArePending) {
  Story story;
  story.says("world", "world.subjects", {{"count", 1}}).screen("face").touch("start").at(60);
  story.kiosk("face.frame", {{"waited_us", 50'000}, {"age_us", 20'000}});
  story.at(100).kiosk("issuance.stage", {{"stage", "printing"}});
  story.at(110).says("card_printer", "printer.state", {{"state", "busy"}});
  story.at(150).says("card_printer", "printer.state", {{"state", "busy"}});
  story.at(900).says("card_printer", "printer.state", {{"state", "ready"}}).at(905).screen("done");
  EXPECT_THAT(told(story.only()),
              ElementsAre("face: touch start > camera 10", "face: camera > printer 70",
                          "printing/printing: printer > done 5"));
}

TEST(OwnLatency, AFrameThatWasThereAlreadyWasNotWaitedFor) {
  Story story;
  story.touch("start").at(60).kiosk("face.frame", {{"waited_us", 10'000}, {"age_us", 30'000}});
  story.at(70).screen("done");
  EXPECT_EQ(story.only().own, 70ms);
}

TEST(OwnLatency, OnlyVisitsThatEndWithACardCount) {
  Story story;
  story.touch("start").at(10).screen("refused").at(20).screen("welcome").at(30).screen("done");
  story.at(100)
      .touch("start")
      .says("engine", "kiosk.power", {{"on", false}})
      .at(130)
      .screen("done");
  EXPECT_THAT(own_latencies(story.events), IsEmpty());
  story.at(200).screen("welcome").at(210).touch("start").at(230).screen("done");
  story.screen("welcome").at(300).touch("start").at(310).screen("done");
  const auto all = own_latencies(story.events);
  ASSERT_THAT(all, SizeIs(2));
  EXPECT_EQ(all[0].own, 20ms);
  EXPECT_EQ(all[1].own, 10ms);
}

TEST(Percentile, IsTheNearestRank) {
  EXPECT_THAT(percentile({}, 95), DoubleEq(0));
  EXPECT_THAT(percentile({7}, 95), DoubleEq(7));
  EXPECT_THAT(percentile({4, 1, 3, 2}, 50), DoubleEq(2));
  EXPECT_THAT(percentile({4, 1, 3, 2}, 95), DoubleEq(4));
  EXPECT_THAT(percentile({4, 1, 3, 2}, 0), DoubleEq(1));
}

}  // namespace
}  // namespace cardrig::scenario
