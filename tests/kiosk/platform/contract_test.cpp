// What every ExamPlatform has to keep, run against the HTTP client and the mock platform: in memory
// on virtual time, and over TCP on the loopback interface.
#include <gtest/gtest.h>

#include "kiosk/certificate/directory.h"
#include "kiosk/runtime/async.h"
#include "tests/mock-platform/bench.h"

namespace cardrig::platform {
namespace {

namespace mock = mock_platform;
using tests::Bench;
using tests::sample_permit;
using tests::sample_person;

struct Kind {
  const char* name;
  std::unique_ptr<Bench> (*make)();
};

class Contract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { bench_ = GetParam().make(); }

  mock::MockPlatform& authority() { return bench_->authority(); }
  ExamPlatform& terminal() { return bench_->terminal(); }

  Result<Claim, PlatformReason> claim(const std::string& attempt,
                                      const std::string& permit = "permit-0001") {
    return bench_->run(terminal().claim(attempt, permit, sample_person()));
  }
  Result<PermitEntry, PlatformReason> lookup(const std::string& number,
                                             const std::string& session = "s1",
                                             const Person& person = sample_person()) {
    return bench_->run(terminal().lookup(session, person, number));
  }
  Result<ReportAnswer, PlatformReason> report(const std::string& attempt, Outcome outcome,
                                              int card = 1, const std::string& suffix = "") {
    Report r;
    r.attempt_id = attempt;
    r.permit_id = "permit-0001";
    r.outcome = outcome;
    r.card_number = card;
    r.idempotency_key = attempt + "/" + std::to_string(card) + suffix;
    r.settled_at = tests::kBenchStart;
    return bench_->run(terminal().report(r));
  }
  ClaimState state(const std::string& attempt) {
    return bench_->run(terminal().claim_state(attempt)).value();
  }
  Refusal refusal() {
    return bench_->run(terminal().permits_of(sample_person())).value().at(0).refusal;
  }
  mock::PermitView permit() { return authority().find_permit("permit-0001").value(); }

  std::unique_ptr<Bench> bench_;
};

TEST_P(Contract, HealthIsAnswered) { EXPECT_TRUE(bench_->run(terminal().health()).has_value()); }

TEST_P(Contract, APersonHasAllOfTheirPermits) {
  authority().add_permit(sample_permit("permit-0002"));
  auto second = sample_permit("permit-0001");
  second.certificate.item_code = "1.2";
  second.certificate.item = certificate::find_item("1.2")->name;
  authority().add_permit(second);
  const auto permits = bench_->run(terminal().permits_of(sample_person()));
  ASSERT_TRUE(permits.has_value()) << permits.error().detail;
  ASSERT_EQ(permits->size(), 2u);
  EXPECT_EQ(permits->at(0).permit_id, "permit-0001");
  EXPECT_EQ(permits->at(0).item_code, "1.2");
  EXPECT_EQ(permits->at(0).item, "低压电工作业");
  EXPECT_EQ(permits->at(1).category, "焊接与热切割作业");
  EXPECT_EQ(permits->at(1).refusal, Refusal::kNone);
}

TEST_P(Contract, SomebodyUnknownHasNone) {
  authority().add_permit(sample_permit());
  const Person nobody{"resident", "110105194912310038", "李四"};
  const auto permits = bench_->run(terminal().permits_of(nobody));
  ASSERT_TRUE(permits.has_value());
  EXPECT_TRUE(permits->empty());
}

TEST_P(Contract, ANumberUnderAnotherNameIsRefused) {
  authority().add_permit(sample_permit());
  Person other = sample_person();
  other.name = "张晓";
  const auto permits = bench_->run(terminal().permits_of(other));
  ASSERT_FALSE(permits.has_value());
  EXPECT_EQ(permits.error().reason, PlatformReason::kRefused);
  EXPECT_EQ(permits.error().detail, "person_mismatch");
  const auto claim = bench_->run(terminal().claim("a1", "permit-0001", other));
  ASSERT_FALSE(claim.has_value());
  EXPECT_EQ(claim.error().reason, PlatformReason::kRefused);
}

// --- look-ups by number ---

TEST_P(Contract, ANumberFindsARecordThatTheQueryLeavesOut) {
  auto unlisted = sample_permit();
  unlisted.record_number = "P2026000001";
  unlisted.listed = false;
  authority().add_permit(unlisted);
  EXPECT_TRUE(bench_->run(terminal().permits_of(sample_person())).value().empty());
  const auto found = lookup("P2026000001");
  ASSERT_TRUE(found.has_value()) << found.error().detail;
  EXPECT_EQ(found->permit_id, "permit-0001");
  EXPECT_EQ(found->item_code, unlisted.certificate.item_code);
  EXPECT_EQ(found->refusal, Refusal::kNone);
  EXPECT_TRUE(claim("a1").has_value());
  EXPECT_EQ(lookup("P2026000001")->refusal, Refusal::kClaimed);
}

TEST_P(Contract, ANumberOfSomebodyElseIsRefusedAndRemembered) {
  auto permit_of_other = sample_permit();
  permit_of_other.record_number = "P2026000001";
  authority().add_permit(permit_of_other);
  Person other = sample_person();
  other.id_number = "110105194912310038";
  for (int i = 0; i < 2; ++i) {
    const auto refused = lookup("P2026000001", "s1", other);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, PlatformReason::kRefused);
    EXPECT_EQ(lookup_refusal_from(refused.error().detail), LookupRefusal::kOtherPerson);
    EXPECT_EQ(permit().foreign_lookups, 1) << "the same number counts once in a session";
  }
  other = sample_person();
  other.name = "张晓";
  EXPECT_FALSE(lookup("P2026000001", "s2", other).has_value());
  EXPECT_EQ(permit().foreign_lookups, 2);
  EXPECT_TRUE(lookup("P2026000001", "s3").has_value());
}

TEST_P(Contract, ASessionMayTryThreeNumbersInVain) {
  auto own = sample_permit();
  own.record_number = "P2026000001";
  authority().add_permit(own);
  for (const char* number : {"P2026000002", "P2026000003", "P2026000003", "P2026000004"}) {
    const auto answer = lookup(number);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().reason, PlatformReason::kNotFound) << number;
  }
  for (const char* number : {"P2026000005", "P2026000001"}) {
    const auto refused = lookup(number);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(lookup_refusal_from(refused.error().detail), LookupRefusal::kTooManyTries);
  }
  EXPECT_FALSE(lookup("P2026000002").has_value());
  EXPECT_TRUE(lookup("P2026000001", "s2").has_value()) << "the next visit begins anew";
}

TEST_P(Contract, ANumberThatIsNoneIsABadRequest) {
  for (const char* number : {"", "1234567", "p2026000001", "P2026 00001", "P20260000010000001"}) {
    const auto refused = lookup(number);
    ASSERT_FALSE(refused.has_value()) << number;
    EXPECT_EQ(refused.error().reason, PlatformReason::kBadAnswer) << number;
  }
}

TEST_P(Contract, EveryRefusalIsToldInQueryAndClaim) {
  const auto expect_refused = [this](Refusal expected, const char* attempt) {
    EXPECT_EQ(refusal(), expected);
    const auto answer = claim(attempt);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().reason, PlatformReason::kRefused);
    EXPECT_EQ(refusal_from(answer.error().detail), expected) << answer.error().detail;
  };
  authority().add_permit(sample_permit());
  EXPECT_EQ(refusal(), Refusal::kNone);
  ASSERT_TRUE(authority().suspend("permit-0001"));
  expect_refused(Refusal::kNotApproved, "a1");
  ASSERT_TRUE(authority().revoke("permit-0001"));
  expect_refused(Refusal::kRevoked, "a2");
  ASSERT_TRUE(authority().mark_issued("permit-0001"));
  expect_refused(Refusal::kAlreadyIssued, "a3");
  auto no_photo = sample_permit();
  no_photo.certificate.photo = nullptr;
  authority().add_permit(no_photo);
  expect_refused(Refusal::kPhotoMissing, "a4");
  auto expired = sample_permit();
  expired.certificate.valid_from = {2020, 11, 21};
  expired.certificate.valid_to = {2026, 11, 20};
  authority().add_permit(expired);
  expect_refused(Refusal::kExpired, "a5");
  expired.certificate.valid_to = {2026, 11, 21};
  authority().add_permit(expired);
  EXPECT_EQ(refusal(), Refusal::kNone) << "valid through its last day";
}

TEST_P(Contract, AClaimCarriesTheWholeCertificate) {
  authority().add_permit(sample_permit());
  const auto answer = claim("a1");
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  const auto expected = sample_permit().certificate;
  const auto& c = answer->certificate;
  EXPECT_EQ(answer->attempt_id, "a1");
  EXPECT_EQ(c.permit_id, "permit-0001");
  EXPECT_EQ(c.number, "T11010519491231002X");
  EXPECT_EQ(c.name, expected.name);
  EXPECT_EQ(c.sex, expected.sex);
  EXPECT_EQ(c.category_code, expected.category_code);
  EXPECT_EQ(c.category, expected.category);
  EXPECT_EQ(c.item_code, expected.item_code);
  EXPECT_EQ(c.item, expected.item);
  EXPECT_EQ(c.first_issued, expected.first_issued);
  EXPECT_EQ(c.valid_from, expected.valid_from);
  EXPECT_EQ(c.valid_to, expected.valid_to);
  EXPECT_EQ(c.review_due, expected.review_due);
  EXPECT_EQ(c.authority, expected.authority);
  EXPECT_TRUE(c.qr_payload.starts_with("CARDRIG-SIMULATION/1;permit=permit-0001;"));
  ASSERT_NE(c.photo, nullptr);
  EXPECT_EQ(c.photo->width_px, 358);
  EXPECT_EQ(c.photo->height_px, 441);
  double difference = 0;
  for (std::size_t i = 0; i < c.photo->pixels.size(); ++i) {
    difference += std::abs(c.photo->pixels[i] - expected.photo->pixels[i]);
  }
  EXPECT_LT(difference / static_cast<double>(c.photo->pixels.size()), 3);
}

TEST_P(Contract, ClaimingIsIdempotentOnTheAttempt) {
  authority().add_permit(sample_permit());
  const auto first = claim("a1");
  const auto again = claim("a1");
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(first->granted_at, again->granted_at);
  EXPECT_EQ(first->certificate.number, again->certificate.number);
  EXPECT_EQ(state("a1"), ClaimState::kGranted);
  EXPECT_EQ(refusal(), Refusal::kClaimed);
}

TEST_P(Contract, AnAttemptIsForOnePermitOnly) {
  authority().add_permit(sample_permit("permit-0001"));
  authority().add_permit(sample_permit("permit-0002"));
  ASSERT_TRUE(claim("a1", "permit-0001").has_value());
  const auto other = claim("a1", "permit-0002");
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().reason, PlatformReason::kConflict);
  EXPECT_EQ(other.error().detail, "ATTEMPT_MISMATCH");
}

TEST_P(Contract, OnePermitHasOneClaim) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  const auto other =
      bench_->run(bench_->other_terminal().claim("b1", "permit-0001", sample_person()));
  ASSERT_FALSE(other.has_value());
  EXPECT_EQ(other.error().reason, PlatformReason::kConflict);
  EXPECT_EQ(refusal_from(other.error().detail), Refusal::kClaimed);
  ASSERT_TRUE(bench_->run(terminal().release("a1")).has_value());
  EXPECT_TRUE(bench_->run(bench_->other_terminal().claim("b1", "permit-0001", sample_person()))
                  .has_value());
}

TEST_P(Contract, AClaimBelongsToItsTerminal) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  const auto foreign = bench_->run(bench_->other_terminal().release("a1"));
  ASSERT_FALSE(foreign.has_value());
  EXPECT_EQ(foreign.error().reason, PlatformReason::kConflict);
  EXPECT_EQ(state("a1"), ClaimState::kGranted);
}

TEST_P(Contract, AnUnknownPermitIsNotFound) {
  const auto answer = claim("a1", "permit-9999");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kNotFound);
  EXPECT_EQ(state("a1"), ClaimState::kNone);
}

TEST_P(Contract, ReleasingFreesThePermitAndMayBeRepeated) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  EXPECT_TRUE(bench_->run(terminal().release("a1")).has_value());
  EXPECT_TRUE(bench_->run(terminal().release("a1")).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kReleased);
  EXPECT_EQ(refusal(), Refusal::kNone);
  const auto late = claim("a1");
  ASSERT_FALSE(late.has_value()) << "a released attempt cannot claim again";
  EXPECT_EQ(late.error().reason, PlatformReason::kConflict);
}

TEST_P(Contract, AClaimThatArrivesAfterItsReleaseIsRefused) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(bench_->run(terminal().release("a1")).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kReleased);
  const auto late = claim("a1");
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().detail, "ATTEMPT_OVER");
  EXPECT_EQ(refusal(), Refusal::kNone);
}

TEST_P(Contract, WithdrawnIsSeenByTheTerminal) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(authority().withdraw("a1"));
  EXPECT_FALSE(authority().withdraw("a1"));
  EXPECT_EQ(state("a1"), ClaimState::kWithdrawn);
  EXPECT_FALSE(claim("a1").has_value());
  EXPECT_EQ(refusal(), Refusal::kClaimed) << "a card may be in the printer";
  EXPECT_FALSE(claim("a2").has_value());
  ASSERT_TRUE(report("a1", Outcome::kNoCard).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kWithdrawn);
  EXPECT_EQ(refusal(), Refusal::kNone) << "withdrawing a claim does not revoke the permit";
  ASSERT_TRUE(claim("a3").has_value());
  ASSERT_TRUE(authority().revoke("permit-0001"));
  EXPECT_EQ(state("a3"), ClaimState::kWithdrawn) << "revoking the permit withdraws the claim";
  EXPECT_TRUE(bench_->run(terminal().release("a3")).has_value());
  EXPECT_EQ(state("a3"), ClaimState::kWithdrawn);
}

// --- the table of outcomes ---

TEST_P(Contract, DeliveredUsesThePermit) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  const auto answer = report("a1", Outcome::kDelivered);
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_FALSE(answer->duplicate);
  EXPECT_FALSE(answer->may_print_again);
  EXPECT_EQ(state("a1"), ClaimState::kUsed);
  EXPECT_EQ(refusal(), Refusal::kAlreadyIssued);
  EXPECT_EQ(permit().delivered, 1);
  EXPECT_FALSE(bench_->run(terminal().release("a1")).has_value());
}

TEST_P(Contract, CapturedKeepsThePermitClaimed) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(report("a1", Outcome::kCaptured).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kCaptured);
  EXPECT_EQ(refusal(), Refusal::kClaimed);
  EXPECT_FALSE(bench_->run(terminal().release("a1")).has_value());
  EXPECT_EQ(permit().captured, 1);
  ASSERT_TRUE(authority().free("permit-0001"));
  EXPECT_EQ(refusal(), Refusal::kNone);
}

TEST_P(Contract, SpoiltAllowsOneMoreCardAndASecondEndsIt) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  const auto first = report("a1", Outcome::kSpoilt);
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(first->may_print_again);
  EXPECT_EQ(state("a1"), ClaimState::kGranted);
  EXPECT_EQ(refusal(), Refusal::kClaimed);
  const auto second = report("a1", Outcome::kSpoilt, 2);
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(second->may_print_again);
  EXPECT_EQ(state("a1"), ClaimState::kEnded);
  EXPECT_EQ(permit().spoilt, 2);
  EXPECT_EQ(permit().state, mock::PermitState::kEnded);
  EXPECT_EQ(refusal(), Refusal::kNotApproved);
  ASSERT_TRUE(authority().approve("permit-0001"));
  EXPECT_EQ(refusal(), Refusal::kNone);
}

TEST_P(Contract, ASecondCardMayBeDeliveredOrNotUsed) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(report("a1", Outcome::kSpoilt).has_value());
  ASSERT_TRUE(report("a1", Outcome::kNoCard, 2).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kReleased);
  EXPECT_EQ(refusal(), Refusal::kNone);
  ASSERT_TRUE(claim("a2").has_value());
  ASSERT_TRUE(report("a2", Outcome::kSpoilt).has_value());
  ASSERT_TRUE(report("a2", Outcome::kDelivered, 2).has_value());
  EXPECT_EQ(state("a2"), ClaimState::kUsed);
  EXPECT_EQ(permit().delivered, 1);
  EXPECT_EQ(permit().spoilt, 2);
  EXPECT_EQ(permit().no_card, 1);
}

TEST_P(Contract, NoCardReleases) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(report("a1", Outcome::kNoCard).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kReleased);
  EXPECT_EQ(refusal(), Refusal::kNone);
  EXPECT_EQ(permit().no_card, 1);
}

TEST_P(Contract, UnknownKeepsThePermitClaimedUntilStaffFoundTheCard) {
  const std::pair<Outcome, ClaimState> found[] = {{Outcome::kDelivered, ClaimState::kUsed},
                                                  {Outcome::kCaptured, ClaimState::kCaptured},
                                                  {Outcome::kNoCard, ClaimState::kReleased},
                                                  {Outcome::kSpoilt, ClaimState::kReleased}};
  for (const auto& [outcome, expected] : found) {
    const std::string attempt = std::string("a-") + to_string(outcome);
    authority().free("permit-0001");
    authority().add_permit(sample_permit());
    ASSERT_TRUE(claim(attempt).has_value()) << attempt;
    const int before = permit().unknown;
    ASSERT_TRUE(report(attempt, Outcome::kUnknown).has_value());
    EXPECT_EQ(state(attempt), ClaimState::kUnknown);
    EXPECT_EQ(refusal(), Refusal::kClaimed);
    EXPECT_EQ(permit().unknown, before + 1);
    const auto settled = report(attempt, outcome, 1, "/found");
    ASSERT_TRUE(settled.has_value()) << settled.error().detail;
    EXPECT_FALSE(settled->may_print_again);
    EXPECT_EQ(state(attempt), expected);
    EXPECT_EQ(permit().unknown, before) << "replaced, not added to";
    EXPECT_FALSE(report(attempt, Outcome::kUnknown, 1, "/again").has_value());
  }
}

TEST_P(Contract, ACapturedCardIsHandedOverOrDestroyed) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(report("a1", Outcome::kCaptured).has_value());
  ASSERT_TRUE(report("a1", Outcome::kSpoilt, 1, "/destroyed").has_value());
  EXPECT_EQ(state("a1"), ClaimState::kEnded);
  EXPECT_EQ(refusal(), Refusal::kNone);
  ASSERT_TRUE(claim("a2").has_value());
  ASSERT_TRUE(report("a2", Outcome::kCaptured).has_value());
  ASSERT_TRUE(report("a2", Outcome::kDelivered, 1, "/handed").has_value());
  EXPECT_EQ(state("a2"), ClaimState::kUsed);
  EXPECT_EQ(permit().delivered, 1);
  EXPECT_EQ(permit().captured, 0);
}

TEST_P(Contract, ReportsAreCountedOnceByTheirKey) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(report("a1", Outcome::kSpoilt).has_value());
  const auto again = report("a1", Outcome::kSpoilt);
  ASSERT_TRUE(again.has_value());
  EXPECT_TRUE(again->duplicate);
  EXPECT_TRUE(again->may_print_again) << "the same answer as before";
  EXPECT_EQ(permit().spoilt, 1);
  ASSERT_TRUE(report("a1", Outcome::kDelivered, 2).has_value());
  EXPECT_TRUE(report("a1", Outcome::kSpoilt)->duplicate) << "also after the next card";
  EXPECT_TRUE(report("a1", Outcome::kDelivered, 2)->duplicate);
  EXPECT_EQ(permit().delivered, 1);
}

TEST_P(Contract, ReportsThatContradictAreRefused) {
  authority().add_permit(sample_permit());
  const auto early = report("a1", Outcome::kDelivered);
  ASSERT_FALSE(early.has_value());
  EXPECT_EQ(early.error().reason, PlatformReason::kNotFound);
  ASSERT_TRUE(claim("a1").has_value());
  const auto out_of_turn = report("a1", Outcome::kDelivered, 2);
  ASSERT_FALSE(out_of_turn.has_value());
  EXPECT_EQ(out_of_turn.error().reason, PlatformReason::kBadAnswer);
  ASSERT_TRUE(report("a1", Outcome::kDelivered).has_value());
  const auto reused = report("a1", Outcome::kNoCard);
  ASSERT_FALSE(reused.has_value());
  EXPECT_EQ(reused.error().detail, "KEY_REUSED");
  const auto settled = report("a1", Outcome::kNoCard, 1, "/other");
  ASSERT_FALSE(settled.has_value());
  EXPECT_EQ(settled.error().detail, "CARD_SETTLED");
  EXPECT_FALSE(report("a1", Outcome::kSpoilt, 2).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kUsed);
}

TEST_P(Contract, AReportIsAFactAlsoForAWithdrawnClaim) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(authority().revoke("permit-0001"));
  ASSERT_TRUE(report("a1", Outcome::kDelivered).has_value());
  EXPECT_EQ(state("a1"), ClaimState::kUsed);
  EXPECT_EQ(permit().delivered, 1);
  EXPECT_EQ(permit().state, mock::PermitState::kRevoked) << "revoked stands above all";
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a2").has_value());
  ASSERT_TRUE(authority().withdraw("a2"));
  const auto spoilt = report("a2", Outcome::kSpoilt);
  ASSERT_TRUE(spoilt.has_value());
  EXPECT_FALSE(spoilt->may_print_again);
  EXPECT_EQ(state("a2"), ClaimState::kWithdrawn);
}

TEST_P(Contract, AWithdrawnClaimWhoseCardCameOutNeverAllowsASecondOne) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(authority().withdraw("a1"));
  EXPECT_FALSE(claim("a2").has_value());
  ASSERT_TRUE(report("a1", Outcome::kDelivered).has_value());
  EXPECT_FALSE(claim("a3").has_value());
  EXPECT_EQ(refusal(), Refusal::kAlreadyIssued);
}

TEST_P(Contract, TheAuthorityFreesAWithdrawnClaimWhoseTerminalIsGone) {
  authority().add_permit(sample_permit());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(authority().withdraw("a1"));
  EXPECT_TRUE(authority().free("permit-0001"));
  EXPECT_TRUE(claim("a2").has_value());
}

TEST_P(Contract, TwoTerminalsRacingGetOneClaim) {
  authority().add_permit(sample_permit());
  using namespace asio::experimental::awaitable_operators;
  auto both = [this]() -> Async<int> {
    auto first = terminal().claim("a1", "permit-0001", sample_person());
    auto second = bench_->other_terminal().claim("b1", "permit-0001", sample_person());
    const auto answers = co_await (std::move(first) && std::move(second));
    co_return int{std::get<0>(answers).has_value()} + int{std::get<1>(answers).has_value()};
  };
  EXPECT_EQ(bench_->run(both()), 1);
  EXPECT_EQ(int{state("a1") == ClaimState::kGranted} +
                int{bench_->run(bench_->other_terminal().claim_state("b1")).value() ==
                    ClaimState::kGranted},
            1);
}

INSTANTIATE_TEST_SUITE_P(OnEveryTransport, Contract,
                         testing::Values(Kind{"memory", tests::make_memory_bench},
                                         Kind{"tcp", tests::make_tcp_bench},
                                         Kind{"tls", tests::make_tls_bench}),
                         [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace cardrig::platform
