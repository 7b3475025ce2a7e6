// Signatures with OpenSSL.
#include "mock-platform/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <initializer_list>

#include "kiosk/runtime/check.h"

namespace cardrig::mock_platform {

namespace {

using Digest = std::array<unsigned char, EVP_MAX_MD_SIZE>;

const EVP_MD* digest_of(Algorithm algorithm) {
  return algorithm == Algorithm::kHmacSm3 ? EVP_sm3() : EVP_sha256();
}

std::string hex_of(const Digest& bytes, unsigned size) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += kDigits[bytes[i] >> 4];
    hex += kDigits[bytes[i] & 15];
  }
  return hex;
}

std::string digest_hex(Algorithm algorithm, std::string_view body) {
  Digest bytes{};
  unsigned size = 0;
  CARDRIG_CHECK(EVP_Digest(body.data(), body.size(), bytes.data(), &size, digest_of(algorithm),
                           nullptr) == 1);
  return hex_of(bytes, size);
}

std::string hmac_hex(Algorithm algorithm, std::span<const std::uint8_t> key,
                     std::initializer_list<std::string_view> lines) {
  std::string text;
  for (const auto& line : lines) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  Digest bytes{};
  unsigned size = 0;
  CARDRIG_CHECK(HMAC(digest_of(algorithm), key.data(), static_cast<int>(key.size()),
                     reinterpret_cast<const unsigned char*>(text.data()), text.size(), bytes.data(),
                     &size) != nullptr);
  return hex_of(bytes, size);
}

}  // namespace

const char* to_string(Algorithm algorithm) {
  return algorithm == Algorithm::kHmacSm3 ? "HMAC-SM3" : "HMAC-SHA256";
}

std::optional<Signature> parse_signature(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  Signature signature;
  const auto name = header.substr(0, space);
  if (name == "HMAC-SHA256") {
    signature.algorithm = Algorithm::kHmacSha256;
  } else if (name != "HMAC-SM3") {
    return std::nullopt;
  }
  signature.hex = header.substr(space + 1);
  if (signature.hex.size() != 64) return std::nullopt;
  return signature;
}

std::string sign_request(Algorithm algorithm, std::span<const std::uint8_t> key,
                         const SignedRequest& r) {
  return hmac_hex(algorithm, key,
                  {"CARDRIG1-REQUEST", to_string(algorithm), r.method, r.target, r.terminal, r.time,
                   r.nonce, digest_hex(algorithm, r.body)});
}

std::string sign_answer(Algorithm algorithm, std::span<const std::uint8_t> key, int status,
                        std::string_view nonce, std::string_view time, std::string_view body) {
  return hmac_hex(algorithm, key,
                  {"CARDRIG1-ANSWER", to_string(algorithm), std::to_string(status), nonce, time,
                   digest_hex(algorithm, body)});
}

bool equal_secret(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace cardrig::mock_platform
