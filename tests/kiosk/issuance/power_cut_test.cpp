// The power fails at every disk operation and at many other moments of one issuance; after the
// restart there is never a second card, everything is settled as the table of outcomes says, and
// every outcome is counted once.
#include <gtest/gtest.h>

#include <set>

#include "tests/kiosk/issuance/site.h"

namespace cardrig::issuance {
namespace {

constexpr Nanos kLongestRestart = 6min;

/// Restarts, settles, reports, and checks against the truth.
void recover_and_check(Site& site, Nanos off, const std::string& when) {
  const int submissions = site.machine.submissions();
  site.restart_after(off);
  const Nanos started = site.time.now();
  const auto settled = site.settle_all();
  EXPECT_LE(site.time.now() - started, kLongestRestart) << when;
  for (int i = 0; i < 3; ++i) static_cast<void>(site.flush());
  EXPECT_EQ(site.machine.submissions(), submissions) << "printed after a restart: " << when;
  EXPECT_EQ(settled.has_value(), !site.open_records().empty()) << when;
  EXPECT_EQ(site.machine.count(Place::kExit), 0) << when;
  EXPECT_EQ(site.machine.count(Place::kPath), 0) << when;
  site.expect_consistent(when);
}

std::string name(const char* what, long n, bool mains, bool here) {
  return std::string(what) + " " + std::to_string(n) + (mains ? ", mains" : ", kiosk only") +
         (here ? ", person takes" : ", person left");
}

class PowerCut : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  bool mains() const { return std::get<0>(GetParam()); }
  bool here() const { return std::get<1>(GetParam()); }
  void prepare(Site& site) const {
    site.mains_on_disk_cut = mains();
    if (!here()) site.machine.takes_after.reset();
  }
};
INSTANTIATE_TEST_SUITE_P(Each, PowerCut, testing::Combine(testing::Bool(), testing::Bool()));

TEST_P(PowerCut, AtEveryDiskOperationOfAnIssuance) {
  std::set<std::string> seen;
  std::uint64_t cuts = 0;
  for (bool whole = false; !whole;) {
    Site site(cuts + 1);
    prepare(site);
    site.disk.cut_at_operation(site.disk.operations() + ++cuts);
    const auto settled = site.issue();
    whole = settled.has_value();
    const std::string when = name("disk operation", static_cast<long>(cuts), mains(), here());
    if (whole) site.cut(mains());
    recover_and_check(site, 5s, when);
    for (const auto& o : site.outcomes()) seen.insert(o);
    ASSERT_LT(cuts, 500U);
  }
  EXPECT_GT(cuts, 20U);
  EXPECT_TRUE(seen.contains("none"));
  EXPECT_TRUE(seen.contains(here() ? "delivered" : "captured"));
}

TEST_P(PowerCut, AtManyMomentsOfAnIssuance) {
  std::set<std::string> seen;
  // Every 20 ms through claim, intent and sending; every 250 ms afterwards, past the last step.
  Nanos at = 0ms;
  int moments = 0;
  for (bool whole = false; !whole; at += at < 1s ? Nanos(20ms) : Nanos(250ms)) {
    Site site(static_cast<std::uint64_t>(at.count()));
    prepare(site);
    whole = site.issue_until(at, mains()).has_value();
    if (whole) site.cut(mains());
    ++moments;
    recover_and_check(site, 5s, name("after ms", at / 1ms, mains(), here()));
    for (const auto& o : site.outcomes()) seen.insert(o);
    ASSERT_LT(moments, 1500);
  }
  EXPECT_GT(moments, 20);
  EXPECT_TRUE(seen.contains("none"));
  EXPECT_TRUE(seen.contains(here() ? "delivered" : "captured"));
  EXPECT_EQ(seen.contains("spoilt"), mains()) << "a printer with power finishes its card";
}

TEST(PowerCutTwice, DuringTheSettlingAfterAPowerCut) {
  // The second cut falls anywhere into the restart after a first one in mid-print.
  std::uint64_t cuts = 0;
  for (bool whole = false; !whole;) {
    Site site(cuts + 1);
    ASSERT_FALSE(site.issue_until(15s, true));
    site.restart_after(5s);
    site.mains_on_disk_cut = true;
    site.disk.cut_at_operation(site.disk.operations() + ++cuts);
    std::optional<std::optional<Settled>> done;
    spawn(*site.kiosk->loop, keep(site.kiosk->issuance->settle_all(), done));
    while (!done && site.kiosk->power) ASSERT_TRUE(site.time.step());
    whole = done.has_value() && site.kiosk->power;
    site.cut(true);
    recover_and_check(site, 5s, "second cut at disk operation " + std::to_string(cuts));
    EXPECT_EQ(site.outcomes(), std::vector<std::string>{"spoilt"});
    ASSERT_LT(cuts, 200U);
  }
  EXPECT_GT(cuts, 5U);
}

TEST(PowerCutTwice, ByTheClockDuringTheSettling) {
  for (Nanos second = 0s; second < 60s; second += 1500ms) {
    Site site(static_cast<std::uint64_t>(second.count()));
    ASSERT_FALSE(site.issue_until(27s, true));
    site.restart_after(5s);
    std::optional<std::optional<Settled>> done;
    spawn(*site.kiosk->loop, keep(site.kiosk->issuance->settle_all(), done));
    site.time.run_until(site.time.now() + second);
    site.cut(true);
    recover_and_check(site, 5s, "second cut after ms " + std::to_string(second / 1ms));
  }
}

TEST(PowerCutOfARetry, AtEveryDiskOperation) {
  // The first card is spoilt; the cut may fall between its report and the second card.
  std::set<std::string> seen;
  std::uint64_t cuts = 0;
  for (bool whole = false; !whole;) {
    Site site(cuts + 1);
    site.machine.strike(Spot::kPanel3, PathFault::kRibbonBroken);
    site.disk.cut_at_operation(site.disk.operations() + ++cuts);
    whole = site.issue().has_value();
    if (whole) site.cut(false);
    recover_and_check(site, 5s, "retry, disk operation " + std::to_string(cuts));
    std::string all;
    for (const auto& o : site.outcomes()) all += o + " ";
    seen.insert(all);
    ASSERT_LT(cuts, 500U);
  }
  EXPECT_TRUE(seen.contains("spoilt none ")) << "cut before the second card";
  EXPECT_TRUE(seen.contains("spoilt delivered "));
}

TEST(PowerCut, AJobThatStillWaitsAfterTheKioskFellIsCancelled) {  // H10, P17
  Site site;
  site.world->after(300ms, [&] { site.machine.empty_hopper(); });  // just after the last check
  ASSERT_FALSE(site.issue_until(10s, false));
  EXPECT_EQ(site.machine.submissions(), 1);
  site.restart_after(5s);
  EXPECT_FALSE(site.settle_all());
  EXPECT_EQ(site.outcomes(), std::vector<std::string>{"none"});
  EXPECT_EQ(site.platform.permits[kPermit], "approved");
  site.machine.load(5);
  site.time.run_until(site.time.now() + 5min);
  EXPECT_EQ(site.machine.count(Place::kHopper), 5) << "nothing is printed for nobody";
}

TEST(PowerCut, ReportsGoOutAfterARestartWithThePlatformDownMeanwhile) {
  Site site;
  ASSERT_FALSE(site.issue_until(15s, true));
  site.platform.down = true;
  site.restart_after(5s);
  EXPECT_FALSE(site.settle_all());
  EXPECT_FALSE(site.flush());
  EXPECT_TRUE(site.outcomes().empty());
  site.cut(false);
  site.restart_after(5s);
  EXPECT_FALSE(site.settle_all());
  site.platform.down = false;
  EXPECT_TRUE(site.flush());
  site.expect_consistent("after the platform came back");
  EXPECT_EQ(site.outcomes(), std::vector<std::string>{"spoilt"});
}

}  // namespace
}  // namespace cardrig::issuance
