// The client on a network that fails and against a platform that lies, on virtual time.
#include "kiosk/platform/http_exam_platform.h"

#include <gtest/gtest.h>

#include "kiosk/runtime/async.h"
#include "tests/mock-platform/memory_bench.h"

namespace cardrig::platform {
namespace {

namespace mock = mock_platform;
using mock::Call;
using mock::FaultKind;
using tests::MemoryBench;
using tests::sample_permit;
using tests::sample_person;
using namespace std::chrono_literals;

class HttpClient : public testing::Test {
 protected:
  HttpClient() { bench.authority().add_permit(sample_permit()); }

  Result<Claim, PlatformReason> claim(const std::string& attempt) {
    return bench.run(bench.terminal().claim(attempt, "permit-0001", sample_person()));
  }
  Result<std::vector<PermitEntry>, PlatformReason> query() {
    return bench.run(bench.terminal().permits_of(sample_person()));
  }
  Result<ClaimState, PlatformReason> state(const std::string& attempt) {
    return bench.run(bench.terminal().claim_state(attempt));
  }
  Result<ReportAnswer, PlatformReason> report(const std::string& attempt) {
    return bench.run(bench.terminal().report(
        {attempt + "/1", attempt, "permit-0001", Outcome::kDelivered, 1, tests::kBenchStart, ""}));
  }
  void set_fault(mock::PermitFault fault) {
    ASSERT_TRUE(bench.authority().set_fault("permit-0001", fault));
  }
  /// Time that `work` takes.
  template <class Work>
  Nanos took(Work work) {
    const Nanos start = bench.time.now();
    work();
    return bench.time.now() - start;
  }

  MemoryBench bench;
};

// --- the network ---

TEST_F(HttpClient, UsesOneConnectionForManyCalls) {
  ASSERT_TRUE(query().has_value());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(state("a1").has_value());
  EXPECT_EQ(bench.events("wire.opened").size(), 1u);
}

TEST_F(HttpClient, OpensAnewAfterALongIdleTime) {
  ASSERT_TRUE(query().has_value());
  bench.time.run_until(bench.time.now() + 25s);
  ASSERT_TRUE(query().has_value());
  EXPECT_EQ(bench.events("wire.opened").size(), 2u);
  EXPECT_EQ(bench.events("platform.call").back()->number("tries"), 1);
}

TEST_F(HttpClient, AStaleConnectionCostsNoPause) {
  auto keeper = bench.client([](HttpPlatformConfig& c) { c.idle_limit = 1h; });
  ASSERT_TRUE(bench.run(keeper->health()).has_value());
  bench.time.run_until(bench.time.now() + 40s);  // the platform closes after 30 s
  const Nanos time = took([&] { EXPECT_TRUE(bench.run(keeper->health()).has_value()); });
  EXPECT_LT(time, 200ms);
  EXPECT_EQ(bench.events("platform.call").back()->number("tries"), 2);
}

TEST_F(HttpClient, RefusedIsUnreachableAfterOneRepetition) {
  bench.line.set_reach(MemoryLine::Reach::kRefused);
  Result<Claim, PlatformReason> answer = fail(PlatformReason::kNotFound);
  const Nanos time = took([&] { answer = claim("a1"); });
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kUnreachable);
  EXPECT_EQ(time, 500ms);
  EXPECT_EQ(bench.events("platform.call").back()->number("tries"), 2);
}

TEST_F(HttpClient, ADeadNetworkEndsAtTheConnectLimit) {
  bench.line.set_reach(MemoryLine::Reach::kBlackHole);
  Result<Claim, PlatformReason> answer = fail(PlatformReason::kNotFound);
  const Nanos time = took([&] { answer = claim("a1"); });
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kUnreachable) << "nothing was sent";
  EXPECT_EQ(time, 5s);
}

TEST_F(HttpClient, GoesOnWhenTheNetworkIsBackForTheRepetition) {
  bench.line.set_reach(MemoryLine::Reach::kRefused);
  bench.platform_loop->after(300ms, [this] { bench.line.set_reach(MemoryLine::Reach::kOpen); });
  EXPECT_TRUE(claim("a1").has_value());
}

TEST_F(HttpClient, AConnectionThatGoesSilentEndsAtTheAnswerLimit) {
  ASSERT_TRUE(query().has_value());
  bench.line.set_reach(MemoryLine::Reach::kBlackHole);
  Result<Claim, PlatformReason> answer = fail(PlatformReason::kNotFound);
  const Nanos time = took([&] { answer = claim("a1"); });
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kTimeout) << "something was sent";
  EXPECT_EQ(time, 10s);
}

TEST_F(HttpClient, SentOnceThenUnreachableIsStillTimeout) {
  // The answer is lost, and for the repetition nobody listens any more.
  set_fault({FaultKind::kReplyLost, Call::kClaim, 0, 1});
  bench.platform_loop->after(200ms, [this] { bench.line.set_reach(MemoryLine::Reach::kRefused); });
  const auto answer = claim("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kTimeout);
  EXPECT_EQ(bench.authority().find_claim("a1")->state, mock::ClaimState::kGranted);
}

TEST_F(HttpClient, AnyLineNoiseEndsInAReason) {
  Random random(3);
  for (int i = 0; i < 150; ++i) {
    bench.line.set_tamper([&random](bool to_device, std::vector<std::uint8_t>& bytes) {
      if (to_device) return;
      for (auto& byte : bytes) {
        if (random.chance(0.002)) byte = static_cast<std::uint8_t>(random.next());
      }
    });
    const auto answer = query();
    if (answer) continue;  // nothing was hit
    EXPECT_TRUE(answer.error().reason == PlatformReason::kBadAnswer ||
                answer.error().reason == PlatformReason::kTimeout ||
                answer.error().reason == PlatformReason::kServerError ||
                answer.error().reason == PlatformReason::kUnauthorised)
        << to_string(answer.error().reason);
  }
}

TEST_F(HttpClient, ASessionThatEndsCancelsItsCall) {
  set_fault({FaultKind::kSlow, Call::kQuery, 8000});
  const Nanos time = took([&] {
    auto limited =
        with_timeout(*bench.kiosk_loop, 1s, bench.terminal().permits_of(sample_person()));
    EXPECT_FALSE(bench.run(std::move(limited)).has_value());
  });
  EXPECT_EQ(time, 1s);
  bench.authority().clear_fault("permit-0001", FaultKind::kSlow);
  EXPECT_TRUE(query().has_value());
}

// --- authentication ---

TEST_F(HttpClient, ATerminalThatIsNotKnownIsNotLetIn) {
  for (const auto& change : {+[](HttpPlatformConfig& c) { c.terminal_id = "kiosk-0009"; },
                             +[](HttpPlatformConfig& c) { c.key[0] ^= 1; }}) {
    const auto client = bench.client(change);
    const auto answer = bench.run(client->permits_of(sample_person()));
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().reason, PlatformReason::kUnauthorised);
  }
}

TEST_F(HttpClient, AWrongClockIsNotLetInAndSaysSo) {
  for (const std::int64_t offset_ms : {301'000, -301'000}) {
    bench.kiosk_clock.set_offset_ms(offset_ms);
    const auto answer = query();
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().reason, PlatformReason::kUnauthorised);
    EXPECT_EQ(answer.error().detail, "CLOCK_OUT_OF_WINDOW");
  }
  bench.kiosk_clock.set_offset_ms(299'000);
  EXPECT_TRUE(query().has_value());
}

TEST_F(HttpClient, BothAlgorithmsWork) {
  const auto client =
      bench.client([](HttpPlatformConfig& c) { c.algorithm = SignatureAlgorithm::kHmacSha256; });
  EXPECT_TRUE(bench.run(client->permits_of(sample_person())).has_value());
}

TEST_F(HttpClient, ARecordedRequestCannotBePlayedAgain) {
  std::string recorded;
  bench.line.set_tamper([&recorded](bool to_device, std::vector<std::uint8_t>& bytes) {
    if (to_device) recorded.append(bytes.begin(), bytes.end());
  });
  ASSERT_TRUE(claim("a1").has_value());
  bench.line.set_tamper(nullptr);
  const std::string answer = bench.raw(recorded);
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 401 ")) << answer.substr(0, 40);
  EXPECT_NE(answer.find("NONCE_REPLAYED"), std::string::npos);
}

TEST_F(HttpClient, ARequestChangedOnItsWayIsRefused) {
  bench.line.set_tamper([](bool to_device, std::vector<std::uint8_t>& bytes) {
    std::string text(bytes.begin(), bytes.end());
    const auto at = text.find("permit-0001");
    if (to_device && at != std::string::npos) bytes[at + 10] = '2';
  });
  const auto answer = claim("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().detail, "BAD_SIGNATURE");
}

// --- faults of the platform ---

TEST_F(HttpClient, DownAcceptsNothing) {
  set_fault({FaultKind::kDown});
  const auto answer = claim("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kTimeout) << "for all the terminal knows";
  EXPECT_FALSE(bench.authority().find_claim("a1").has_value());
  bench.authority().clear_fault("permit-0001", FaultKind::kDown);
  EXPECT_TRUE(claim("a1").has_value());
}

TEST_F(HttpClient, SlowIsWaitedForWithinTheLimit) {
  set_fault({FaultKind::kSlow, Call::kClaim, 9000});
  EXPECT_TRUE(claim("a1").has_value());
  set_fault({FaultKind::kSlow, Call::kClaim, 11000});
  const auto answer = claim("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kTimeout);
  EXPECT_EQ(bench.events("platform.call").back()->number("tries"), 1) << "a person waits";
}

TEST_F(HttpClient, ALateAnswerIsNotTakenForTheNextCall) {
  set_fault({FaultKind::kSlow, Call::kQuery, 11000, 1});
  EXPECT_FALSE(query().has_value());
  bench.time.run_until(bench.time.now() + 5s);
  const auto next = state("a1");
  ASSERT_TRUE(next.has_value()) << next.error().detail;
  EXPECT_EQ(*next, ClaimState::kNone);
}

TEST_F(HttpClient, ALostReplyIsRepeatedAndCountedOnce) {
  set_fault({FaultKind::kReplyLost, Call::kAny, 0, 1});
  ASSERT_TRUE(claim("a1").has_value());
  EXPECT_EQ(bench.events("platform.call").back()->number("tries"), 2);
  set_fault({FaultKind::kReplyLost, Call::kReport, 0, 1});
  const auto answer = report("a1");
  ASSERT_TRUE(answer.has_value());
  EXPECT_TRUE(answer->duplicate);
  EXPECT_EQ(bench.authority().find_permit("permit-0001")->delivered, 1);
}

TEST_F(HttpClient, AServerErrorIsOne) {
  set_fault({FaultKind::kServerError, Call::kClaim});
  const auto answer = claim("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kServerError);
  EXPECT_TRUE(query().has_value()) << "only claims fail";
}

TEST_F(HttpClient, EveryLieIsABadAnswer) {
  ASSERT_TRUE(query().has_value());
  const std::pair<FaultKind, const char*> lies[] = {
      {FaultKind::kLiesAboutName, "name"},     {FaultKind::kLiesAboutNumber, "number"},
      {FaultKind::kLiesAboutPermit, "permit"}, {FaultKind::kLiesAboutItem, "item"},
      {FaultKind::kBadJson, "JSON"},           {FaultKind::kTamperedAnswer, "signature"}};
  for (const auto& [kind, word] : lies) {
    set_fault({kind, Call::kClaim});
    const auto answer = claim("a1");
    ASSERT_FALSE(answer.has_value()) << mock::to_string(kind);
    EXPECT_EQ(answer.error().reason, PlatformReason::kBadAnswer) << mock::to_string(kind);
    EXPECT_NE(answer.error().detail.find(word), std::string::npos) << answer.error().detail;
    bench.authority().clear_fault("permit-0001", kind);
  }
  EXPECT_TRUE(claim("a1").has_value());
}

TEST_F(HttpClient, AnOldAnswerPlayedAgainIsABadAnswer) {
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_EQ(state("a1").value(), ClaimState::kGranted);
  ASSERT_TRUE(bench.authority().withdraw("a1"));
  set_fault({FaultKind::kReplayedAnswer});
  const auto answer = state("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kBadAnswer);
  bench.authority().clear_fault("permit-0001", FaultKind::kReplayedAnswer);
  EXPECT_EQ(state("a1").value(), ClaimState::kWithdrawn);
}

TEST_F(HttpClient, AnotherPhotographIsPassedOn) {
  // The client cannot know; whoever compares faces can.
  const auto honest = claim("a1");
  set_fault({FaultKind::kLiesAboutPhoto, Call::kClaim});
  const auto lied = claim("a1");
  ASSERT_TRUE(lied.has_value());
  EXPECT_NE(*lied->certificate.photo, *honest->certificate.photo);
}

TEST_F(HttpClient, RevokedTheMomentTheClaimArrives) {
  ASSERT_EQ(query()->at(0).refusal, Refusal::kNone);
  set_fault({FaultKind::kRevokedBeforeClaim, Call::kAny, 0, 1});
  const auto answer = claim("a1");
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().reason, PlatformReason::kRefused);
  EXPECT_EQ(refusal_from(answer.error().detail), Refusal::kRevoked);
  EXPECT_EQ(bench.authority().find_permit("permit-0001")->state, mock::PermitState::kRevoked);
}

TEST_F(HttpClient, FaultsStrikeTheirPermitOnlyAndAreTold) {
  bench.authority().add_permit(sample_permit("permit-0002"));
  std::vector<std::pair<std::string, FaultKind>> told;
  bench.authority().on_fault_effect(
      [&told](const std::string& permit, FaultKind kind) { told.emplace_back(permit, kind); });
  set_fault({FaultKind::kServerError, Call::kClaim, 0, 1});
  EXPECT_TRUE(bench.run(bench.terminal().claim("a2", "permit-0002", sample_person())).has_value());
  EXPECT_TRUE(told.empty());
  EXPECT_FALSE(claim("a1").has_value());
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0], std::pair(std::string("permit-0001"), FaultKind::kServerError));
  EXPECT_TRUE(claim("a1").has_value()) << "it was to strike once";
  EXPECT_EQ(told.size(), 1u);
  EXPECT_FALSE(bench.authority().set_fault("permit-0009", {FaultKind::kDown}));
}

// --- the trace ---

TEST_F(HttpClient, TheTraceTellsTheStoryWithoutPersonalData) {
  ASSERT_TRUE(query().has_value());
  ASSERT_TRUE(claim("a1").has_value());
  ASSERT_TRUE(report("a1").has_value());
  const auto requests = bench.events("platform.request");
  ASSERT_EQ(requests.size(), 3u);
  EXPECT_EQ(requests[1]->text("call"), "claim");
  EXPECT_EQ(requests[1]->text("permit"), "permit-0001");
  EXPECT_EQ(requests[1]->text("attempt"), "a1");
  EXPECT_EQ(requests[1]->text("id_number"), "110***********002X");
  EXPECT_EQ(requests[1]->party, "platform");
  const auto answers = bench.events("platform.answer");
  ASSERT_EQ(answers.size(), 3u);
  EXPECT_EQ(answers[1]->number("status"), 200);
  EXPECT_EQ(answers[1]->text("code"), "OK");
  const auto claims = bench.events("platform.claim");
  ASSERT_EQ(claims.size(), 2u);
  EXPECT_EQ(claims[0]->text("state"), "granted");
  EXPECT_EQ(claims[1]->text("state"), "used");
  const auto reports = bench.events("platform.report");
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0]->text("outcome"), "delivered");
  EXPECT_EQ(reports[0]->text("duplicate"), "false");
  const auto calls = bench.events("platform.call");
  ASSERT_EQ(calls.size(), 3u);
  EXPECT_EQ(calls[1]->party, "kiosk");
  EXPECT_EQ(calls[1]->text("state"), "granted");
  const std::string lines = bench.trace.to_json_lines();
  EXPECT_EQ(lines.find("11010519491231002X"), std::string::npos);
  EXPECT_EQ(lines.find("张晓龘"), std::string::npos);
}

TEST_F(HttpClient, ANumberThatWasTypedIsInNoTrace) {
  auto permit = sample_permit();
  permit.record_number = "P2026000001";
  bench.authority().add_permit(permit);
  const auto found = bench.run(bench.terminal().lookup("s1", sample_person(), "P2026000001"));
  ASSERT_TRUE(found.has_value()) << found.error().detail;
  EXPECT_EQ(bench.events("platform.request").back()->text("call"), "lookup");
  EXPECT_EQ(bench.events("platform.request").back()->text("number"), "***");
  EXPECT_EQ(bench.events("platform.call").back()->text("permit"), "permit-0001");
  EXPECT_EQ(bench.trace.to_json_lines().find("P2026000001"), std::string::npos);
}

TEST(HttpClientTwice, SameRunSameTrace) {
  const auto run = [] {
    MemoryBench bench;
    bench.authority().add_permit(sample_permit());
    bench.authority().set_fault("permit-0001", {FaultKind::kReplyLost, Call::kClaim, 0, 1});
    bench.run(bench.terminal().permits_of(sample_person()));
    bench.run(bench.terminal().claim("a1", "permit-0001", sample_person()));
    bench.run(bench.terminal().release("a1"));
    return bench.trace.hash();
  };
  const std::string first = run();
  EXPECT_EQ(first, run());
  EXPECT_EQ(first.size(), 64u);
}

}  // namespace
}  // namespace cardrig::platform
