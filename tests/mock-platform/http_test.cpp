// The server as seen by somebody who writes bytes by hand: bad requests of every kind.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mock-platform/signature.h"
#include "tests/mock-platform/memory_bench.h"

namespace cardrig::mock_platform {
namespace {

using nlohmann::json;
using tests::MemoryBench;

class Http : public testing::Test {
 protected:
  Http() { bench.authority().add_permit(tests::sample_permit()); }

  /// A signed request of terminal 1, as bytes.
  std::string signed_request(const std::string& method, const std::string& target,
                             const std::string& body, const std::string& nonce) {
    const auto time = std::to_string(bench.platform_clock.now().unix_ms);
    const auto signature = sign_request(Algorithm::kHmacSm3, tests::key_of(1),
                                        {method, target, "kiosk-0001", time, nonce, body});
    return method + " " + target + " HTTP/1.1\r\nHost: p\r\nX-Cardrig-Terminal: kiosk-0001\r\n" +
           "X-Cardrig-Time: " + time + "\r\nX-Cardrig-Nonce: " + nonce +
           "\r\nX-Cardrig-Signature: HMAC-SM3 " + signature +
           "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
           body;
  }
  std::string next_nonce() {
    std::string nonce = std::to_string(1'000'000'000'000'000 + ++nonces_);
    return nonce;
  }
  /// Status, and code of the body.
  std::pair<int, std::string> ask(const std::string& method, const std::string& target,
                                  const std::string& body = "") {
    return read(bench.raw(signed_request(method, target, body, next_nonce())));
  }
  static std::pair<int, std::string> read(const std::string& answer) {
    if (!answer.starts_with("HTTP/1.1 ")) return {0, answer};
    const auto body = json::parse(answer.substr(answer.find("\r\n\r\n") + 4), nullptr, false);
    return {std::stoi(answer.substr(9, 3)),
            body.is_object() ? body.value("code", std::string("none")) : "no JSON"};
  }

  MemoryBench bench;

 private:
  int nonces_ = 0;
};

using Answer = std::pair<int, std::string>;
const Answer kBad{400, "BAD_REQUEST"};

TEST_F(Http, SignedRequestsAreServed) {
  EXPECT_EQ(ask("GET", "/api/v1/health"), Answer(200, "none"));
}

TEST_F(Http, AnythingUnsignedIsRefusedFirst) {
  for (const char* target : {"/api/v1/health", "/api/v1/claims/a1", "/", "/nothing"}) {
    const auto answer =
        read(bench.raw(std::string("GET ") + target + " HTTP/1.1\r\nConnection: close\r\n\r\n"));
    EXPECT_EQ(answer, Answer(401, "UNKNOWN_TERMINAL")) << target;
  }
}

TEST_F(Http, NoncesHaveTheirForm) {
  for (const char* nonce : {"short", "UPPERCASE0000000", "0123456789abcdeg"}) {
    const auto answer = read(bench.raw(signed_request("GET", "/api/v1/health", "", nonce)));
    EXPECT_EQ(answer, Answer(401, "BAD_SIGNATURE")) << nonce;
  }
}

TEST_F(Http, PathsAndMethodsThatDoNotExist) {
  for (const auto& [method, target] : std::initializer_list<std::pair<const char*, const char*>>{
           {"GET", "/api/v1/"},
           {"GET", "/api/v1/claims"},
           {"GET", "/api/v1/claims/a%20b"},
           {"GET", "/api/v1/claims/a/b"},
           {"GET", "/api/v1/claims/a1/release"},
           {"POST", "/api/v1/claims/a1"},
           {"POST", "/api/v1/health"},
           {"DELETE", "/api/v1/claims/a1"},
           {"GET", "/api/v2/health"}}) {
    EXPECT_EQ(ask(method, target, method[0] == 'P' ? "{}" : ""), Answer(404, "NOT_FOUND"))
        << method << " " << target;
  }
}

TEST_F(Http, BodiesThatAreNotWhole) {
  for (const char* body :
       {"", "{", "[]", "null", R"({"person":5})", R"({"person":{"name":"x"}})",
        R"({"person":{"name":"x","id_number":"1","document_type":"passport"}})"}) {
    EXPECT_EQ(ask("POST", "/api/v1/permits/query", body), kBad) << body;
  }
  const json person{{"document_type", "resident"}, {"id_number", "1"}, {"name", "n"}};
  for (const json& body : {json{{"person", person}},
                           json{{"person", person}, {"attempt_id", "a/b"}, {"permit_id", "p"}},
                           json{{"person", person}, {"attempt_id", "a"}, {"permit_id", "p q"}},
                           json{{"attempt_id", "a"}, {"permit_id", "p"}}}) {
    EXPECT_EQ(ask("POST", "/api/v1/claims", body.dump()), kBad) << body;
  }
}

TEST_F(Http, ReportsThatAreNotWhole) {
  const json good{{"idempotency_key", "a1/1"},
                  {"attempt_id", "a1"},
                  {"permit_id", "permit-0001"},
                  {"outcome", "delivered"},
                  {"card_number", 1},
                  {"settled_at_ms", 1},
                  {"detail", ""}};
  EXPECT_EQ(ask("POST", "/api/v1/reports", good.dump()), Answer(404, "NOT_FOUND"));
  const std::pair<const char*, json> wrong[] = {
      {"idempotency_key", 1}, {"idempotency_key", ""}, {"outcome", "lost"},
      {"outcome", 1},         {"card_number", 0},      {"card_number", 3},
      {"card_number", "1"},   {"card_number", 1.5},    {"settled_at_ms", ""}};
  for (const auto& [key, value] : wrong) {
    json body = good;
    body[key] = value;
    EXPECT_EQ(ask("POST", "/api/v1/reports", body.dump()), kBad) << key << " " << value;
    body.erase(key);
    EXPECT_EQ(ask("POST", "/api/v1/reports", body.dump()), kBad) << key;
  }
}

TEST_F(Http, GarbageIsAnsweredOrDropped) {
  for (const std::string& bytes :
       {std::string("\r\n\r\n"), std::string("GET\r\n\r\n"), std::string("GET / HTTP/9.9\r\n\r\n"),
        std::string("\x00\x01\x02\r\n\r\n", 7),
        "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\n\r\n",
        std::string(
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")}) {
    const auto [status, code] = read(bench.raw(bytes));
    EXPECT_TRUE(status == 0 || status >= 400) << status << " " << code;
  }
  EXPECT_EQ(read(bench.raw("POST / HTTP/1.1\r\nContent-Length: 999999\r\n\r\n")),
            Answer(413, "TOO_LARGE"));
  EXPECT_EQ(ask("GET", "/api/v1/health"), Answer(200, "none")) << "still there";
}

TEST_F(Http, TwoRequestsInOneWriteAreBothAnswered) {
  std::string first = signed_request("GET", "/api/v1/health", "", next_nonce());
  first.replace(first.find("Connection: close"), 17, "X-Nothing: abcdef");
  const std::string both = first + signed_request("GET", "/api/v1/claims/a1", "", next_nonce());
  const std::string answer = bench.raw(both);
  EXPECT_NE(answer.find(R"("status":"ok")"), std::string::npos);
  EXPECT_NE(answer.find(R"("state":"none")"), std::string::npos);
}

TEST_F(Http, AnswersTakeTheirProcessingTime) {
  const Nanos start = bench.time.now();
  ASSERT_TRUE(bench.run(bench.terminal().health()).has_value());
  EXPECT_EQ(bench.time.now() - start, std::chrono::milliseconds(30));
}

TEST_F(Http, NoncesAreForgottenAfterTheirTime) {
  const std::string nonce = next_nonce();
  ASSERT_EQ(read(bench.raw(signed_request("GET", "/api/v1/health", "", nonce))).first, 200);
  bench.time.run_until(bench.time.now() + std::chrono::minutes(9));
  EXPECT_EQ(read(bench.raw(signed_request("GET", "/api/v1/health", "", nonce))),
            Answer(401, "NONCE_REPLAYED"));
  bench.time.run_until(bench.time.now() + std::chrono::minutes(2));
  EXPECT_EQ(read(bench.raw(signed_request("GET", "/api/v1/health", "", nonce))).first, 200)
      << "a recorded request of that age fails by its time instead";
}

}  // namespace
}  // namespace cardrig::mock_platform
