// A journal that cannot be opened, then can, then fails and is opened anew.
#include "kiosk/app/opening_journal.h"

#include <gtest/gtest.h>

#include "kiosk/runtime/async.h"
#include "kiosk/runtime/virtual_time.h"

namespace cardrig::app {
namespace {

using journal::JournalReason;
using platform::Outcome;

class FakeJournal final : public journal::Journal {
 public:
  explicit FakeJournal(bool& broken) : broken_(broken) {}
  Async<Result<Unit, JournalReason>> commit(const journal::Record&) override {
    if (broken_) co_return fail(JournalReason::kIo);
    co_return ok();
  }
  Async<Result<std::vector<journal::Record>, JournalReason>> open_records() override {
    co_return std::vector<journal::Record>{};
  }
  Async<Result<std::vector<platform::Report>, JournalReason>> pending_reports() override {
    co_return std::vector<platform::Report>{};
  }
  Async<Result<Unit, JournalReason>> acknowledge(const std::string&) override { co_return ok(); }
  Async<Result<std::vector<journal::Record>, JournalReason>> last_settled(std::size_t) override {
    co_return std::vector<journal::Record>{};
  }
  Async<Result<Unit, JournalReason>> forget_persons() override { co_return ok(); }

 private:
  bool& broken_;
};

class OpeningJournalTest : public ::testing::Test {
 protected:
  /// The reason of a commit's failure, or nothing.
  std::optional<JournalReason> commit(const journal::Record& record = {}) {
    std::optional<JournalReason> reason;
    spawn(*loop, commit_into(reason, record));
    time.run();
    return reason;
  }
  void settle(const std::string& attempt_id, Outcome outcome) {
    journal::Record record;
    record.attempt_id = attempt_id;
    record.outcome = outcome;
    EXPECT_EQ(commit(record), std::nullopt);
  }
  Async<void> commit_into(std::optional<JournalReason>& reason, const journal::Record& record) {
    const auto done = co_await subject.commit(record);
    if (!done) reason = done.error().reason;
  }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> loop = time.make_loop("kiosk");
  bool disk_full = false;
  bool broken = false;
  int opened = 0;
  OpeningJournal subject{[this]() -> Result<std::unique_ptr<journal::Journal>, JournalReason> {
    if (disk_full) return fail(JournalReason::kDiskFull);
    ++opened;
    return std::make_unique<FakeJournal>(broken);
  }};
};

TEST_F(OpeningJournalTest, OpensOnceAndStaysOpen) {
  EXPECT_EQ(opened, 0);
  EXPECT_EQ(commit(), std::nullopt);
  EXPECT_EQ(commit(), std::nullopt);
  EXPECT_EQ(opened, 1);
}

TEST_F(OpeningJournalTest, SaysWhyItCannotBeOpenedAndOpensWhenItCan) {
  disk_full = true;
  EXPECT_EQ(commit(), JournalReason::kDiskFull);
  disk_full = false;
  EXPECT_EQ(commit(), std::nullopt);
}

TEST_F(OpeningJournalTest, IsOpenedAnewAfterAnOperationFailed) {
  EXPECT_EQ(commit(), std::nullopt);
  broken = true;
  EXPECT_EQ(commit(), JournalReason::kIo);
  broken = false;
  EXPECT_EQ(commit(), std::nullopt);
  EXPECT_EQ(opened, 2);
}

TEST_F(OpeningJournalTest, ACardThatIsSettledAnewCountsOnce) {
  settle("first", Outcome::kDelivered);
  settle("second", Outcome::kUnknown);
  settle("second", Outcome::kCaptured);
  EXPECT_EQ(subject.settled(Outcome::kDelivered), 1);
  EXPECT_EQ(subject.settled(Outcome::kCaptured), 1);
  EXPECT_EQ(subject.settled(Outcome::kUnknown), 0);
}

TEST_F(OpeningJournalTest, CardsOfALongTimeAgoStillCount) {
  constexpr int kCards = 1000;
  for (int card = 0; card < kCards; ++card) settle(std::to_string(card), Outcome::kDelivered);
  settle("stuck", Outcome::kUnknown);
  settle("stuck", Outcome::kDelivered);
  EXPECT_EQ(subject.settled(Outcome::kDelivered), kCards + 1);
  EXPECT_EQ(subject.settled(Outcome::kUnknown), 0);
}

}  // namespace
}  // namespace cardrig::app
