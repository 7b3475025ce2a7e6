// The test vectors of docs/protocols/platform.md (made with the openssl command line), on both
// sides.
#include "kiosk/platform/signature.h"

#include <gtest/gtest.h>

#include <numeric>

#include "mock-platform/signature.h"

namespace cardrig::platform {
namespace {

namespace mock = mock_platform;

std::vector<std::uint8_t> key() {
  std::vector<std::uint8_t> bytes(32);
  std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
  return bytes;
}

constexpr const char* kTime = "1795300000000";
constexpr const char* kNonce = "000102030405060708090a0b0c0d0e0f";

struct RequestVector {
  SignatureAlgorithm algorithm;
  mock::Algorithm theirs;
  const char* method;
  const char* target;
  const char* body;
  const char* signature;
};
constexpr RequestVector kRequests[] = {
    {SignatureAlgorithm::kHmacSm3, mock::Algorithm::kHmacSm3, "POST", "/api/v1/permits/query",
     R"({"person":{}})", "39bd24cfe1a72436c9829f63b9a68a832cd2a19990ad235936b0c83b7464fbe7"},
    {SignatureAlgorithm::kHmacSha256, mock::Algorithm::kHmacSha256, "POST", "/api/v1/permits/query",
     R"({"person":{}})", "a8c56db57e7391e7ef3d68ff923c4a2dac01f5a5519f8fa4f028480cafbbccc4"},
    {SignatureAlgorithm::kHmacSm3, mock::Algorithm::kHmacSm3, "GET", "/api/v1/health", "",
     "e6a6daac22b30b99a2b1375262cacb51c030c00f4caf4bcf873f6f88e60abf1e"}};
constexpr const char* kAnswer = "de0ae81fe7ca67a41911e1bad1d5c7c84f1a9c5e84692e168837fcc19173fe4d";

TEST(Signature, TerminalSignsAsTheVectorsSay) {
  for (const auto& v : kRequests) {
    const Signer signer(v.algorithm, "kiosk-0001", key());
    const auto header = signer.request(v.method, v.target, kTime, kNonce, v.body);
    EXPECT_EQ(header, std::string(mock::to_string(v.theirs)) + " " + v.signature);
  }
}

TEST(Signature, PlatformChecksAsTheVectorsSay) {
  for (const auto& v : kRequests) {
    EXPECT_EQ(mock::sign_request(v.theirs, key(),
                                 {v.method, v.target, "kiosk-0001", kTime, kNonce, v.body}),
              v.signature);
  }
  EXPECT_EQ(
      mock::sign_answer(mock::Algorithm::kHmacSm3, key(), 200, kNonce, kTime, R"({"permits":[]})"),
      kAnswer);
}

TEST(Signature, TerminalKnowsAGenuineAnswer) {
  const Signer signer(SignatureAlgorithm::kHmacSm3, "kiosk-0001", key());
  const std::string good = std::string("HMAC-SM3 ") + kAnswer;
  const char* body = R"({"permits":[]})";
  EXPECT_TRUE(signer.is_genuine_answer(good, 200, kNonce, kTime, body));
  EXPECT_FALSE(signer.is_genuine_answer(good, 404, kNonce, kTime, body));
  EXPECT_FALSE(signer.is_genuine_answer(good, 200, "00", kTime, body));
  EXPECT_FALSE(signer.is_genuine_answer(good, 200, kNonce, "1795300000001", body));
  EXPECT_FALSE(signer.is_genuine_answer(good, 200, kNonce, kTime, "{}"));
  EXPECT_FALSE(signer.is_genuine_answer(kAnswer, 200, kNonce, kTime, body));
  EXPECT_FALSE(signer.is_genuine_answer("", 200, kNonce, kTime, body));
  const Signer other(SignatureAlgorithm::kHmacSha256, "kiosk-0001", key());
  EXPECT_FALSE(other.is_genuine_answer(good, 200, kNonce, kTime, body));
}

TEST(Signature, HeaderIsParsedStrictly) {
  const std::string hex(64, 'a');
  EXPECT_EQ(mock::parse_signature("HMAC-SM3 " + hex)->algorithm, mock::Algorithm::kHmacSm3);
  EXPECT_EQ(mock::parse_signature("HMAC-SHA256 " + hex)->algorithm, mock::Algorithm::kHmacSha256);
  for (const std::string& bad :
       {std::string(), hex, "HMAC-MD5 " + hex, "HMAC-SM3 " + hex + "a", "HMAC-SM3  " + hex}) {
    EXPECT_FALSE(mock::parse_signature(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace cardrig::platform
