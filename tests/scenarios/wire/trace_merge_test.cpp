// Merging: made-up runs of several processes, told in every order in which processes can tell them.
#include "scenarios/engine/trace_merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "kiosk/runtime/random.h"

namespace cardrig::scenario {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Nanos kStart = 1000s;

Event event(EventId id, Nanos time, std::string kind, EventId cause = 0) {
  Event e;
  e.id = id;
  e.time = kStart + time;
  e.kind = std::move(kind);
  e.cause = cause;
  return e;
}

Event wire(EventId id, Nanos time, const char* kind, int offset, int size, int conn = 40001,
           const char* line = "ipp", const char* dir = "to_device") {
  Event e = event(id, time, kind);
  e.fields = {{"line", line}, {"conn", conn}, {"dir", dir}, {"offset", offset}, {"size", size}};
  return e;
}

class MergeTest : public ::testing::Test {
 protected:
  std::vector<std::string> kinds() const {
    std::vector<std::string> all;
    for (const Event& e : out_) all.push_back(e.kind);
    return all;
  }

  std::vector<Event> out_;
  TraceMerge merge_{kStart, [this](Event e) {
                      e.id = out_.size() + 1;
                      out_.push_back(std::move(e));
                      return out_.back().id;
                    }};
  TraceMerge::Process a_ = merge_.add("kiosk", kStart);
  TraceMerge::Process b_ = merge_.add("simulators", kStart);
};

TEST_F(MergeTest, AnEventWaitsUntilEveryProcessHasSpokenOfItsTime) {
  merge_.take(a_, event(1, 5ms, "a1"));
  EXPECT_EQ(merge_.release(kStart + 1s), 0u);
  EXPECT_EQ(merge_.held_back(), 1u);
  EXPECT_EQ(merge_.first_held_back(), kStart + 5ms);
  EXPECT_THAT(merge_.silent_at(kStart + 5ms), ElementsAre("simulators"));
  merge_.take(b_, event(1, 3ms, "b1"));
  EXPECT_EQ(merge_.release(kStart + 1s), 1u);
  merge_.mark(b_, kStart + 5ms);
  EXPECT_EQ(merge_.release(kStart + 1s), 1u);
  EXPECT_THAT(kinds(), ElementsAre("b1", "a1"));
  EXPECT_EQ(out_[1].time, 5ms);
  EXPECT_THAT(merge_.silent_at(kStart + 5ms), IsEmpty());
}

TEST_F(MergeTest, NothingIsPutOutBeyondTheLimit) {
  merge_.take(a_, event(1, 5ms, "a1"));
  merge_.take(a_, event(2, 7ms, "a2"));
  merge_.mark(a_, kStart + 9ms);
  merge_.mark(b_, kStart + 8ms);
  EXPECT_EQ(merge_.release(kStart + 6ms), 1u);
  EXPECT_EQ(merge_.release(kStart + 7ms), 1u);
  EXPECT_EQ(merge_.horizon(), kStart + 8ms);
}

TEST_F(MergeTest, CausesAreRenumbered) {
  merge_.take(a_, event(7, 1ms, "a1"));
  merge_.take(b_, event(7, 2ms, "b1"));
  merge_.take(b_, event(8, 3ms, "b2", 7));
  merge_.take(a_, event(8, 4ms, "a2", 7));
  merge_.take(a_, event(9, 5ms, "a3", 3));  // of a time before we listened
  merge_.mark(b_, kStart + 5ms);
  merge_.release(kStart + 1s);
  ASSERT_THAT(kinds(), ElementsAre("a1", "b1", "b2", "a2", "a3"));
  EXPECT_EQ(out_[2].cause, 2u);
  EXPECT_EQ(out_[3].cause, 1u);
  EXPECT_EQ(out_[4].cause, 0u);
}

TEST_F(MergeTest, AReceiptComesAfterItsSendWhateverTheClocksSay) {
  merge_.take(b_, wire(1, 2ms, "wire.received", 0, 10));
  merge_.take(b_, event(2, 3ms, "b2"));
  merge_.take(a_, wire(1, 4ms, "wire.sent", 0, 6));
  merge_.take(a_, wire(2, 5ms, "wire.sent", 6, 4));
  merge_.mark(a_, kStart + 10ms);
  merge_.mark(b_, kStart + 10ms);
  EXPECT_EQ(merge_.release(kStart + 1s), 4u);
  ASSERT_THAT(kinds(), ElementsAre("wire.sent", "wire.sent", "wire.received", "b2"));
  EXPECT_EQ(out_[2].cause, 2u) << "the send that made it whole";
  EXPECT_EQ(out_[2].time, 5ms) << "time never goes back";
  EXPECT_EQ(out_[3].time, 5ms);
  EXPECT_EQ(merge_.unjoined(), 0u);
}

TEST_F(MergeTest, AReceiptWhoseSendWasLostWithItsProcessStandsAlone) {
  merge_.take(a_, wire(1, 1ms, "wire.sent", 0, 10));
  merge_.take(b_, wire(1, 2ms, "wire.received", 0, 10));
  merge_.take(b_, wire(2, 3ms, "wire.received", 10, 10));
  merge_.mark(b_, kStart + 9ms);
  EXPECT_EQ(merge_.release(kStart + 1s), 1u) << "who has not spoken since may still tell";
  merge_.ended(a_);
  EXPECT_EQ(merge_.release(kStart + 1s), 2u);
  EXPECT_EQ(out_[1].cause, 1u);
  EXPECT_EQ(out_[2].cause, 0u);
  EXPECT_EQ(merge_.unjoined(), 1u);
}

TEST_F(MergeTest, AReceiptWhoseSendNobodyTellsWaitsForItsPatienceOnly) {
  merge_.take(b_, wire(1, 2ms, "wire.received", 0, 10));
  merge_.mark(a_, kStart + 1001ms);
  EXPECT_EQ(merge_.release(kStart + 9s), 0u);
  merge_.mark(a_, kStart + 1002ms);
  EXPECT_EQ(merge_.release(kStart + 9s), 1u);
}

TEST_F(MergeTest, ProcessesThatWaitForEachOtherAreNotWaitedForForEver) {
  const auto c = merge_.add("platform", kStart);
  merge_.take(a_, wire(1, 2ms, "wire.received", 0, 10, 40001, "x"));
  merge_.take(a_, wire(2, 3ms, "wire.sent", 0, 10, 40001, "y"));
  merge_.take(b_, wire(1, 2ms, "wire.received", 0, 10, 40001, "y"));
  merge_.take(b_, wire(2, 3ms, "wire.sent", 0, 10, 40001, "x"));
  for (const auto p : {a_, b_, c}) merge_.mark(p, kStart + 5s);
  EXPECT_EQ(merge_.release(kStart + 9s), 4u);
}

TEST_F(MergeTest, ASerialLineIsJoinedAcrossARestartOfTheKiosk) {
  merge_.take(a_, wire(1, 1ms, "wire.sent", 0, 4, 1, "id_reader"));
  merge_.take(b_, wire(1, 2ms, "wire.received", 0, 4, 1, "id_reader"));
  merge_.mark(a_, kStart + 5ms);
  merge_.mark(b_, kStart + 5ms);
  EXPECT_EQ(merge_.release(kStart + 1s), 2u);
  merge_.ended(a_);
  const auto again = merge_.add("kiosk, start 2", kStart + 10ms);
  merge_.take(b_, wire(2, 19ms, "wire.received", 0, 4, 2, "id_reader"));
  merge_.take(again, wire(1, 20ms, "wire.sent", 0, 4, 1, "id_reader"));
  merge_.mark(b_, kStart + 50ms);
  merge_.mark(again, kStart + 50ms);
  EXPECT_EQ(merge_.release(kStart + 1s), 2u);
  EXPECT_EQ(out_[3].kind, "wire.received");
  EXPECT_EQ(out_[3].cause, 3u) << "not the send of the life before";
}

// --- properties ---

/// One made-up run: events of some processes in their true order, with what each of them tells.
struct MadeUp {
  struct Happening {
    std::size_t process = 0;
    EventId own_id = 0;
    std::size_t true_cause = 0;  // place in the true order, from 1; 0: none
    bool cause_is_told = true;  // by the process itself
  };
  std::vector<std::vector<Event>> told;  // by each process
  std::vector<Happening> order;
};

class Maker {
 public:
  explicit Maker(std::uint64_t seed) : random_(seed) {}

  MadeUp make() {
    MadeUp run;
    const std::size_t processes = 2 + random_.below(3);
    run.told.resize(processes);
    std::vector<std::vector<std::size_t>> own(processes);  // true places of each one's events
    Nanos now{0};
    for (std::size_t place = 1; place <= 60; ++place) {
      now += Nanos(random_.below(2'000'000));
      const bool receive = !flying_.empty() && random_.below(3) == 0;
      if (receive) {
        const Flight flight = flying_.front();
        flying_.erase(flying_.begin());
        // A clock reading may be taken late by the sender and early by the receiver.
        tell(run, own, flight.to, now - Nanos(random_.below(300'000)), flight.as_receipt(),
             flight.place, false);
        continue;
      }
      const std::size_t who = random_.below(processes);
      const std::size_t cause =
          own[who].empty() || random_.below(2) == 0 ? 0 : own[who][random_.below(own[who].size())];
      Event e;
      e.kind = "step";
      if (random_.below(3) == 0) {
        std::size_t to = random_.below(processes);
        if (to == who) to = (to + 1) % processes;
        e = send(who, to, place);
      }
      tell(run, own, who, now, std::move(e), cause, true);
    }
    return run;
  }

 private:
  struct Flight {
    std::size_t to;
    std::size_t place;
    Event sent;
    [[nodiscard]] Event as_receipt() const {
      Event e = sent;
      e.kind = "wire.received";
      return e;
    }
  };

  Event send(std::size_t from, std::size_t to, std::size_t place) {
    auto& offset = offsets_[{from, to}];
    const auto size = static_cast<int>(1 + random_.below(30));
    Event e;
    e.kind = "wire.sent";
    e.fields = {{"line", "line " + std::to_string(from) + std::to_string(to)},
                {"conn", 40000},
                {"dir", "to_device"},
                {"offset", offset},
                {"size", size}};
    offset += size;
    flying_.push_back(Flight{to, place, e});
    return e;
  }

  static void tell(MadeUp& run, std::vector<std::vector<std::size_t>>& own, std::size_t who,
                   Nanos time, Event e, std::size_t cause, bool cause_is_told) {
    auto& told = run.told[who];
    e.id = told.size() + 1;
    e.time = kStart + std::max(time, Nanos(0));
    if (!told.empty()) e.time = std::max(e.time, told.back().time);
    if (cause != 0 && cause_is_told) e.cause = run.order[cause - 1].own_id;
    run.order.push_back({who, e.id, cause, cause_is_told});
    own[who].push_back(run.order.size());
    told.push_back(std::move(e));
  }

  Random random_;
  std::vector<Flight> flying_;
  std::map<std::pair<std::size_t, std::size_t>, int> offsets_;
};

/// Tells a run to a merge in some order, with marks and releases in between.
class Teller {
 public:
  Teller(const MadeUp& run, std::uint64_t seed) : run_(run), random_(seed) {
    for (std::size_t i = 0; i < run.told.size(); ++i) {
      merge_.add("process " + std::to_string(i), kStart);
    }
    told_.resize(run.told.size());
    until_.resize(run.told.size());
    for (std::size_t i = 0; i < run.told.size(); ++i) until_[i] = run.told[i].size();
  }

  /// This process is killed after some of its events.
  void kill(std::size_t process) { until_[process] = random_.below(until_[process] + 1); }

  void tell_all() {
    std::vector<std::size_t> busy;
    for (std::size_t i = 0; i < run_.told.size(); ++i) busy.push_back(i);
    while (!busy.empty()) {
      const std::size_t who = busy[random_.below(busy.size())];
      tell_some(who);
      if (told_[who] == until_[who]) {
        if (until_[who] < run_.told[who].size() || random_.below(2) == 0) {
          merge_.ended(who);
        } else {
          merge_.mark(who, kStart + 1h);
        }
        std::erase(busy, who);
      }
      if (random_.below(2) == 0) merge_.release(kStart + Nanos(random_.below(200'000'000)));
    }
    merge_.release(kStart + 1h);
  }

  [[nodiscard]] const std::vector<Event>& out() const { return out_; }
  [[nodiscard]] std::size_t told() const {
    std::size_t sum = 0;
    for (const std::size_t n : until_) sum += n;
    return sum;
  }
  [[nodiscard]] const TraceMerge& merge() const { return merge_; }
  /// Which process, and which of its events, each merged event was.
  [[nodiscard]] std::pair<std::size_t, EventId> origin(const Event& e) const {
    return {static_cast<std::size_t>(e.number("process")), static_cast<EventId>(e.number("own"))};
  }

 private:
  void tell_some(std::size_t who) {
    const std::size_t to = std::min(until_[who], told_[who] + 1 + random_.below(8));
    for (; told_[who] < to; ++told_[who]) {
      Event e = run_.told[who][told_[who]];
      e.fields.emplace_back("process", who);
      e.fields.emplace_back("own", e.id);
      merge_.take(who, std::move(e));
    }
    const bool more = told_[who] < run_.told[who].size();
    if (more && random_.below(2) == 0) {
      merge_.mark(who, run_.told[who][told_[who]].time - 1ns);
    }
  }

  const MadeUp& run_;
  Random random_;
  std::vector<Event> out_;
  std::vector<std::size_t> told_, until_;
  TraceMerge merge_{kStart, [this](Event e) {
                      e.id = out_.size() + 1;
                      out_.push_back(std::move(e));
                      return out_.back().id;
                    }};
};

using Origin = std::pair<std::size_t, EventId>;

void expect_sound(const MadeUp& run, const Teller& teller) {
  const auto& out = teller.out();
  std::map<Origin, EventId> merged;
  std::vector<EventId> last(run.told.size(), 0);
  Nanos time{0};
  for (const Event& e : out) {
    const auto origin = teller.origin(e);
    ASSERT_EQ(origin.second, last[origin.first] + 1) << "a process's own order is kept";
    last[origin.first] = origin.second;
    ASSERT_GE(e.time, time);
    time = e.time;
    merged[origin] = e.id;
  }
  for (const MadeUp::Happening& happening : run.order) {
    const auto it = merged.find({happening.process, happening.own_id});
    if (it == merged.end()) continue;  // lost with its process
    EventId wanted = 0;
    if (happening.true_cause != 0) {
      const auto& cause = run.order[happening.true_cause - 1];
      const auto found = merged.find({cause.process, cause.own_id});
      wanted = found == merged.end() ? 0 : found->second;
    }
    ASSERT_EQ(out[it->second - 1].cause, wanted);
    ASSERT_LT(wanted, it->second);
  }
}

TEST(MergeProperties, EveryTellingOfARunGivesTheSameSoundTrace) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    const MadeUp run = Maker(seed).make();
    std::vector<Origin> first;
    for (std::uint64_t telling = 1; telling <= 4; ++telling) {
      Teller teller(run, seed * 100 + telling);
      teller.tell_all();
      ASSERT_EQ(teller.merge().held_back(), 0u);
      ASSERT_EQ(teller.out().size(), teller.told());
      ASSERT_EQ(teller.merge().unjoined(), 0u);
      expect_sound(run, teller);
      std::vector<Origin> order;
      for (const Event& e : teller.out()) order.push_back(teller.origin(e));
      if (first.empty()) first = order;
      ASSERT_EQ(order, first);
    }
  }
}

TEST(MergeProperties, WhatAKilledProcessSaidIsKept) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(seed);
    const MadeUp run = Maker(seed).make();
    Teller teller(run, seed);
    teller.kill(seed % run.told.size());
    teller.tell_all();
    ASSERT_EQ(teller.merge().held_back(), 0u);
    ASSERT_EQ(teller.out().size(), teller.told());
    expect_sound(run, teller);
  }
}

}  // namespace
}  // namespace cardrig::scenario
