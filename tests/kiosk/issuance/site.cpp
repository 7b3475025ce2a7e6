// The site, its power, and the truth about its cards.
#include "tests/kiosk/issuance/site.h"

#include <algorithm>

namespace cardrig::issuance {

using platform::ClaimState;
using platform::Outcome;

Site::Site(std::uint64_t seed) : disk(Random(seed), &faults) {
  sim::SimulatedDisk::declare_faults(faults);
  disk.on_power_cut([this] {
    kiosk->power = false;
    kiosk->tracer.mute();
  });
  platform.permits[kPermit] = "approved";
  platform.certificate.permit_id = kPermit;
  platform.certificate.number = "T" + person.id_number;
  platform.certificate.name = person.name;
  auto photo = std::make_shared<Picture>();
  photo->pixels = {1, 2, 3};
  platform.certificate.photo = photo;
  draw = [](const certificate::Certificate& c) {
    return std::optional<std::vector<std::uint8_t>>(std::in_place, c.number.begin(),
                                                    c.number.end());
  };
  EXPECT_TRUE(start());
}

Site::~Site() {
  disk.on_power_cut(nullptr);  // closing the journal still writes
  if (kiosk) kiosk->loop->drop_everything();
  kiosk.reset();
  world->drop_everything();
}

Deps Site::deps() {
  return Deps{*kiosk->loop,    kiosk->clock,    kiosk->tracer, entropy,
              *kiosk->journal, kiosk->platform, kiosk->jobs,   kiosk->path,
              kiosk->board,    times,           draw};
}

bool Site::start() {
  kiosk = std::make_unique<PoweredKiosk>(time, trace, machine, platform);
  FixedKeySource keys{Key256{1, 2, 3}};
  auto opened =
      journal::open_journal({}, *kiosk->loop, disk, keys, entropy, kiosk->tracer, &kiosk->clock);
  if (!opened) return false;
  kiosk->journal = std::move(*opened);
  kiosk->issuance = std::make_unique<Issuance>(deps());
  return true;
}

// In the order of the design: disk and streams fail, the trace falls silent, the handlers are
// destroyed and drained, and only then the objects go.
void Site::cut(bool mains) {
  kiosk->power = false;
  kiosk->tracer.mute();
  disk.power_cut();
  kiosk->loop->drop_everything();
  kiosk->issuance.reset();
  kiosk->journal.reset();
  kiosk.reset();
  if (mains) machine.power_cut();
}

void Site::restart_after(Nanos off) {
  time.run_until(time.now() + off);
  disk.power_on();
  machine.power_on();
  ASSERT_TRUE(start());
}

std::optional<Settled> Site::issue() {
  auto work =
      kiosk->issuance->issue(person, kPermit, [this](Stage s) { kiosk->stages.push_back(s); });
  auto settled = run_until(std::move(work), time.now() + 30min);
  if (!kiosk->power) cut(mains_on_disk_cut);
  return settled;
}

std::optional<Settled> Site::issue_until(Nanos at, bool mains) {
  auto work =
      kiosk->issuance->issue(person, kPermit, [this](Stage s) { kiosk->stages.push_back(s); });
  auto settled = run_until(std::move(work), at);
  if (!settled) cut(mains);
  return settled;
}

std::optional<Settled> Site::settle_all() { return run(kiosk->issuance->settle_all()); }
bool Site::flush() { return run(kiosk->issuance->flush_reports()); }
bool Site::staff_found(Outcome found) { return run(kiosk->issuance->staff_found(found)); }

std::vector<journal::Record> Site::open_records() {
  auto open = run_until(kiosk->journal->open_records(), time.now() + 1min);
  EXPECT_TRUE(open && *open);
  return open && *open ? **open : std::vector<journal::Record>{};
}

std::vector<platform::Report> Site::pending() {
  auto pending = run_until(kiosk->journal->pending_reports(), time.now() + 1min);
  EXPECT_TRUE(pending && *pending);
  return pending && *pending ? **pending : std::vector<platform::Report>{};
}

std::string Site::attempt() const {
  return platform.claims.empty() ? "" : platform.claims.begin()->first;
}

std::vector<std::string> Site::outcomes() const {
  std::vector<std::string> all;
  for (const auto& r : platform.accepted) all.emplace_back(to_string(r.outcome));
  return all;
}

int Site::events(const std::string& kind) const {
  return static_cast<int>(std::count_if(trace.events().begin(), trace.events().end(),
                                        [&](const Event& e) { return e.kind == kind; }));
}

void Site::expect_consistent(const std::string& when) {
  const testing::ScopedTrace scope(__FILE__, __LINE__, when);
  EXPECT_TRUE(platform.violations.empty()) << platform.violations.front();
  EXPECT_LE(machine.count(Place::kTaken), 1) << "one permit, one card";
  EXPECT_EQ(machine.count(Place::kTaken, false), 0) << "nobody holds an unfinished card";
  EXPECT_EQ(machine.cards().size(), 10U);
  EXPECT_LE(platform.claims.size(), 1U);
  EXPECT_TRUE(pending().empty());
  const bool taken = machine.count(Place::kTaken) == 1;
  if (platform.claims.empty() || platform.claims.begin()->second.permit.empty()) {
    EXPECT_EQ(machine.count(Place::kHopper), 10) << "a card without a claim";
    EXPECT_EQ(platform.permits[kPermit], "approved");
    EXPECT_TRUE(open_records().empty());
    return;
  }
  const auto& claim = platform.claims.begin()->second;
  ASSERT_FALSE(claim.cards.empty()) << "the outcome is not reported";
  const Outcome outcome = claim.cards.rbegin()->second;
  EXPECT_EQ(open_records().empty(), outcome != Outcome::kUnknown);
  EXPECT_EQ(platform.accepted.size(), claim.cards.size()) << "each card is counted once";
  switch (outcome) {
    case Outcome::kDelivered:
      EXPECT_TRUE(taken);
      EXPECT_EQ(claim.state, ClaimState::kUsed);
      EXPECT_EQ(platform.permits[kPermit], "issued");
      break;
    case Outcome::kCaptured:
      EXPECT_FALSE(taken);
      EXPECT_EQ(machine.count(Place::kBin, true), 1);
      EXPECT_EQ(claim.state, ClaimState::kCaptured);
      EXPECT_EQ(platform.permits[kPermit], "claimed");
      break;
    case Outcome::kSpoilt:
      EXPECT_FALSE(taken);
      EXPECT_GE(machine.count(Place::kBin, false), 1);
      EXPECT_EQ(claim.state, claim.cards.size() == 1 ? ClaimState::kReleased : ClaimState::kEnded);
      break;
    case Outcome::kNoCard:
      EXPECT_FALSE(taken);
      EXPECT_EQ(machine.count(Place::kHopper), 11 - static_cast<int>(claim.cards.size()));
      EXPECT_EQ(claim.state, ClaimState::kReleased);
      EXPECT_EQ(platform.permits[kPermit], "approved");
      break;
    case Outcome::kUnknown:
      // Only what nobody could see may be unknown.
      EXPECT_EQ(machine.taken_unseen(), 1);
      EXPECT_EQ(claim.state, ClaimState::kUnknown);
      EXPECT_EQ(platform.permits[kPermit], "claimed");
      break;
  }
}

}  // namespace cardrig::issuance
