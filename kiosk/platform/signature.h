// The terminal's side of the signatures of docs/protocols/platform.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cardrig::platform {

enum class SignatureAlgorithm { kHmacSm3, kHmacSha256 };

class Signer {
 public:
  Signer(SignatureAlgorithm algorithm, std::string terminal_id, std::vector<std::uint8_t> key);
  ~Signer();
  Signer(const Signer&) = delete;
  Signer& operator=(const Signer&) = delete;

  /// The value of `X-Cardrig-Signature` for a request.
  [[nodiscard]] std::string request(std::string_view method, std::string_view target,
                                    std::string_view time, std::string_view nonce,
                                    std::string_view body) const;
  /// Does the answer to the request with this nonce carry the platform's signature?
  [[nodiscard]] bool is_genuine_answer(std::string_view signature, int status,
                                       std::string_view nonce, std::string_view time,
                                       std::string_view body) const;
  [[nodiscard]] const std::string& terminal_id() const { return terminal_id_; }

 private:
  [[nodiscard]] std::string digest(std::string_view bytes) const;
  [[nodiscard]] std::string mac(const std::string& text) const;

  SignatureAlgorithm algorithm_;
  std::string name_;
  std::string terminal_id_;
  std::vector<std::uint8_t> key_;
};

}  // namespace cardrig::platform
