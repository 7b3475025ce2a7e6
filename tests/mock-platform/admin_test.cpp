// The admin interface by HTTP, and a store that outlives the process.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "mock-platform/json_codec.h"
#include "tests/mock-platform/memory_bench.h"

namespace cardrig::mock_platform {
namespace {

using nlohmann::json;
using tests::MemoryBench;
using tests::sample_person;

class Admin : public testing::Test {
 protected:
  std::pair<int, json> ask(const std::string& method, const std::string& target,
                           const json& body = json::object(),
                           const std::string& token = tests::kAdminToken) {
    const std::string text = method == "GET" ? "" : body.dump();
    const std::string answer =
        bench.raw(method + " " + target + " HTTP/1.1\r\nHost: p\r\nAuthorization: Bearer " + token +
                  "\r\nConnection: close\r\nContent-Length: " + std::to_string(text.size()) +
                  "\r\n\r\n" + text);
    return {std::stoi(answer.substr(9, 3)),
            json::parse(answer.substr(answer.find("\r\n\r\n") + 4))};
  }
  json permit_body() {
    const auto permit = tests::sample_permit();
    json certificate = certificate_to_json(permit.certificate);
    certificate.erase("qr_payload");
    certificate.erase("number");
    certificate["photo"] = {{"format", "jpeg"},
                            {"base64", base64(encode_jpeg(permit.certificate.photo))}};
    return {{"person",
             {{"document_type", permit.person.document_type},
              {"id_number", permit.person.id_number},
              {"name", permit.person.name}}},
            {"certificate", certificate},
            {"state", "approved"}};
  }

  MemoryBench bench;
};

TEST_F(Admin, NeedsTheToken) {
  EXPECT_EQ(ask("GET", "/admin/v1/permits/permit-0001", {}, "wrong").first, 401);
  EXPECT_EQ(ask("GET", "/admin/v1/permits/permit-0001", {}, "").first, 401);
  EXPECT_EQ(ask("GET", "/admin/v1/permits/permit-0001").first, 404);
}

TEST_F(Admin, SetsUpAPermitThatATerminalCanClaim) {
  ASSERT_EQ(ask("PUT", "/admin/v1/permits/permit-0001", permit_body()).first, 200);
  const auto claim = bench.run(bench.terminal().claim("a1", "permit-0001", sample_person()));
  ASSERT_TRUE(claim.has_value()) << claim.error().detail;
  EXPECT_EQ(claim->certificate.number, "T11010519491231002X");
  const auto [status, view] = ask("GET", "/admin/v1/permits/permit-0001");
  EXPECT_EQ(status, 200);
  EXPECT_EQ(view, (json{{"permit_id", "permit-0001"},
                        {"state", "approved"},
                        {"claim", "granted"},
                        {"attempt_id", "a1"},
                        {"delivered", 0},
                        {"captured", 0},
                        {"spoilt", 0},
                        {"no_card", 0},
                        {"foreign_lookups", 0},
                        {"unknown", 0}}));
  EXPECT_EQ(ask("GET", "/admin/v1/claims/a1").second["state"], "granted");
  EXPECT_EQ(ask("POST", "/admin/v1/claims/a1/withdraw").first, 200);
  EXPECT_EQ(ask("POST", "/admin/v1/claims/a1/withdraw").first, 404);
  EXPECT_EQ(ask("GET", "/admin/v1/claims/a1").second["state"], "withdrawn");
}

TEST_F(Admin, ChangesStates) {
  ask("PUT", "/admin/v1/permits/site/7", permit_body());
  const std::pair<const char*, const char*> acts[] = {
      {"suspend", "pending"}, {"approve", "approved"}, {"revoke", "revoked"}, {"issued", "issued"}};
  for (const auto& [act, state] : acts) {
    ASSERT_EQ(ask("POST", std::string("/admin/v1/permits/site/7/") + act).first, 200) << act;
    EXPECT_EQ(ask("GET", "/admin/v1/permits/site/7").second["state"], state);
  }
  EXPECT_EQ(ask("POST", "/admin/v1/permits/site/7/free").first, 404) << "nothing to free";
  EXPECT_EQ(ask("POST", "/admin/v1/permits/unknown/approve").first, 404);
  EXPECT_EQ(ask("POST", "/admin/v1/permits/site/7/explode").first, 404);
}

TEST_F(Admin, RefusesWhatIsNotWhole) {
  for (const char* key : {"person", "certificate", "state"}) {
    json body = permit_body();
    body.erase(key);
    EXPECT_EQ(ask("PUT", "/admin/v1/permits/p", body).first, 400) << key;
    body[key] = 5;
    EXPECT_EQ(ask("PUT", "/admin/v1/permits/p", body).first, 400) << key;
  }
  json body = permit_body();
  body["certificate"]["photo"] = {{"base64", "***"}};
  EXPECT_EQ(ask("PUT", "/admin/v1/permits/p", body).first, 400);
  EXPECT_EQ(ask("PUT", "/admin/v1/permits/p", json::array()).first, 400);
}

TEST_F(Admin, SetsAndMendsFaults) {
  ask("PUT", "/admin/v1/permits/permit-0001", permit_body());
  const std::string fault = "/admin/v1/permits/permit-0001/faults/";
  ASSERT_EQ(ask("PUT", fault + "server_error", {{"call", "claim"}, {"times", 1}}).first, 200);
  const auto claim = [this] {
    return bench.run(bench.terminal().claim("a1", "permit-0001", sample_person())).has_value();
  };
  EXPECT_FALSE(claim());
  EXPECT_TRUE(claim());
  ASSERT_EQ(ask("PUT", fault + "down").first, 200);
  EXPECT_FALSE(claim());
  ASSERT_EQ(ask("DELETE", fault + "down").first, 200);
  EXPECT_TRUE(claim());
  EXPECT_EQ(ask("PUT", fault + "gremlins").first, 404);
  EXPECT_EQ(ask("PUT", fault + "slow", {{"delay_ms", -1}}).first, 400);
  EXPECT_EQ(ask("PUT", fault + "slow", {{"call", "tea"}}).first, 400);
  EXPECT_EQ(ask("PUT", fault + "slow", {{"call", "health"}}).first, 400) << "concerns no permit";
  EXPECT_EQ(ask("PUT", "/admin/v1/permits/unknown/faults/down").first, 404);
}

TEST_F(Admin, ClosedWithoutAToken) {
  auto config = tests::bench_config();
  config.admin_token.clear();
  MockPlatform closed(config, *bench.platform_loop, bench.platform_clock, bench.platform_tracer);
  bench.line.on_accept([&closed](std::shared_ptr<ByteStream> s) { closed.serve(std::move(s)); });
  EXPECT_EQ(ask("GET", "/admin/v1/permits/permit-0001", {}, "").first, 401);
}

TEST(StoreFile, KeepsClaimsReportsAndNonces) {
  const std::string path =
      testing::TempDir() + "platform_store_test_" + std::to_string(::getpid()) + ".db";
  std::remove(path.c_str());
  auto config = tests::bench_config();
  config.database = path;
  MemoryBench bench;
  {
    MockPlatform first(config, *bench.platform_loop, bench.platform_clock, bench.platform_tracer);
    first.add_permit(tests::sample_permit());
    bench.line.on_accept([&first](std::shared_ptr<ByteStream> s) { first.serve(std::move(s)); });
    ASSERT_TRUE(
        bench.run(bench.terminal().claim("a1", "permit-0001", sample_person())).has_value());
    bench.time.run();  // the idle connection ends
  }
  MockPlatform second(config, *bench.platform_loop, bench.platform_clock, bench.platform_tracer);
  bench.line.on_accept([&second](std::shared_ptr<ByteStream> s) { second.serve(std::move(s)); });
  EXPECT_EQ(bench.run(bench.terminal().claim_state("a1")).value(), platform::ClaimState::kGranted);
  EXPECT_TRUE(bench.run(bench.terminal().claim("a1", "permit-0001", sample_person())).has_value());
  EXPECT_FALSE(bench.run(bench.terminal().claim("a2", "permit-0001", sample_person())).has_value());
  bench.time.run();
  std::remove(path.c_str());
}

}  // namespace
}  // namespace cardrig::mock_platform
