// The service desk over the real journal: masked cards, counts, and the log in a file.
#include "kiosk/app/service_desk.h"

#include <gtest/gtest.h>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/entropy.h"
#include "kiosk/runtime/virtual_clock.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/disk/simulated_disk.h"

namespace cardrig::app {
namespace {

using platform::Outcome;

class ServiceDeskTest : public ::testing::Test {
 protected:
  template <class T>
  T run(Async<T> operation) {
    std::optional<T> result;
    spawn(*loop, store(std::move(operation), result));
    time.run();
    return std::move(*result);
  }
  template <class T>
  static Async<void> store(Async<T> operation, std::optional<T>& into) {
    into.emplace(co_await std::move(operation));
  }
  void settle(const std::string& attempt, Outcome outcome, bool found = false) {
    journal::Record record;
    record.attempt_id = attempt;
    record.permit_id = "permit-1";
    record.person = {"resident", "11010519491231002X", "张晓龘"};
    record.phase = journal::Phase::kSettled;
    record.outcome = outcome;
    record.settled_at = clock.now();
    record.found_by_staff = found;
    ASSERT_TRUE(run(journal.commit(record)).has_value());
  }
  std::string read(const std::string& path) {
    auto file = disk.open(path, false);
    if (!file) return "";
    std::vector<std::uint8_t> bytes((*file)->size().value());
    static_cast<void>((*file)->read(0, bytes));
    return {bytes.begin(), bytes.end()};
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  Trace trace{[this] { return time.now(); }};
  Tracer tracer{trace, "kiosk"};
  VirtualCivilClock clock{*loop, CivilTime{1781488992000}};  // 2026-06-15 10:03:12 in China
  SeededEntropy entropy{1};
  FixedKeySource keys{Key256{}};
  sim::SimulatedDisk disk{Random(1)};
  OpeningJournal journal{
      [this] { return journal::open_journal({}, *loop, disk, keys, entropy, tracer); }};
  AppServiceDesk desk{*loop, clock, disk, journal, trace, "kiosk", "logs"};
};

TEST_F(ServiceDeskTest, ShowsTheNewestCardsMaskedAndForgottenPeopleNotAtAll) {
  settle("a1", Outcome::kDelivered);
  settle("a2", Outcome::kCaptured);
  const auto cards = run(desk.last_issuances(5));
  ASSERT_TRUE(cards.has_value());
  ASSERT_EQ(cards->size(), 2U);
  EXPECT_EQ(cards->at(0).outcome, Outcome::kCaptured);
  EXPECT_EQ(cards->at(0).name, "张*龘");
  EXPECT_EQ(cards->at(0).number, "110***********002X");
  EXPECT_EQ(cards->at(1).outcome, Outcome::kDelivered);
  ASSERT_TRUE(run(journal.acknowledge("a1/1")).has_value());
  ASSERT_TRUE(run(journal.forget_persons()).has_value());
  const auto later = run(desk.last_issuances(5));
  ASSERT_EQ(later->size(), 2U);
  EXPECT_EQ(later->at(1).name, "");
  EXPECT_EQ(later->at(1).permit_id, "permit-1");
  EXPECT_EQ(run(desk.last_issuances(1))->size(), 1U);
}

TEST_F(ServiceDeskTest, CountsEachCardOnceAsItWasSettledLast) {
  settle("a1", Outcome::kDelivered);
  settle("a2", Outcome::kUnknown);
  EXPECT_EQ(desk.counts().unknown, 1);
  settle("a2", Outcome::kSpoilt, /*found=*/true);
  EXPECT_EQ(desk.counts().issued, 1);
  EXPECT_EQ(desk.counts().spoilt, 1);
  EXPECT_EQ(desk.counts().unknown, 0);
  EXPECT_EQ(desk.counts().captured, 0);
}

TEST_F(ServiceDeskTest, WritesTheMaskedLogToItsFolder) {
  tracer.emit("kiosk.step", {{"number", Personal{Personal::Kind::kIdNumber, "11010519491231002X"}},
                             {"detail", "by 11010519491231002X"}});
  const auto name = run(desk.export_log());
  ASSERT_TRUE(name.has_value());
  EXPECT_EQ(*name, "kiosk-log-20260615-100312.jsonl");
  const std::string text = read("logs/" + *name);
  EXPECT_NE(text.find("kiosk.step"), std::string::npos);
  EXPECT_NE(text.find("110***********002X"), std::string::npos);
  EXPECT_EQ(text.find("11010519491231002X"), std::string::npos);
}

TEST_F(ServiceDeskTest, WithoutAFolderNothingIsWritten) {
  AppServiceDesk nowhere{*loop, clock, disk, journal, trace, "kiosk", ""};
  const auto name = run(nowhere.export_log());
  ASSERT_FALSE(name.has_value());
  EXPECT_EQ(name.error().reason, FileReason::kNotFound);
}

}  // namespace
}  // namespace cardrig::app
