// The platform's side of the signatures of docs/protocols/platform.md. The client has its own: a
// shared one would hide a mistake that both sides make.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cardrig::mock_platform {

enum class Algorithm { kHmacSm3, kHmacSha256 };
[[nodiscard]] const char* to_string(Algorithm algorithm);

/// What a request's signature is about.
struct SignedRequest {
  std::string_view method, target, terminal, time, nonce, body;
};

/// `X-Cardrig-Signature`, taken apart; nothing if it has another form.
struct Signature {
  Algorithm algorithm = Algorithm::kHmacSm3;
  std::string hex;
};
[[nodiscard]] std::optional<Signature> parse_signature(std::string_view header);

[[nodiscard]] std::string sign_request(Algorithm algorithm, std::span<const std::uint8_t> key,
                                       const SignedRequest& request);
[[nodiscard]] std::string sign_answer(Algorithm algorithm, std::span<const std::uint8_t> key,
                                      int status, std::string_view nonce, std::string_view time,
                                      std::string_view body);
/// Compares in constant time.
[[nodiscard]] bool equal_secret(std::string_view a, std::string_view b);

}  // namespace cardrig::mock_platform
