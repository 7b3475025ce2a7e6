// HMAC over the lines of a request or answer, with OpenSSL's EVP_MAC.
#include "kiosk/platform/signature.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "kiosk/runtime/check.h"

namespace cardrig::platform {

namespace {

struct FreeMac {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
struct FreeMd {
  void operator()(EVP_MD* md) const { EVP_MD_free(md); }
};

std::string lower_hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char kDigit[] = "0123456789abcdef";
  std::string text(size * 2, '0');
  for (std::size_t i = 0; i < size; ++i) {
    text[2 * i] = kDigit[bytes[i] / 16];
    text[2 * i + 1] = kDigit[bytes[i] % 16];
  }
  return text;
}

const char* digest_name(SignatureAlgorithm algorithm) {
  return algorithm == SignatureAlgorithm::kHmacSm3 ? "SM3" : "SHA256";
}

}  // namespace

Signer::Signer(SignatureAlgorithm algorithm, std::string terminal_id, std::vector<std::uint8_t> key)
    : algorithm_(algorithm),
      name_(algorithm == SignatureAlgorithm::kHmacSm3 ? "HMAC-SM3" : "HMAC-SHA256"),
      terminal_id_(std::move(terminal_id)),
      key_(std::move(key)) {
  CARDRIG_CHECK(!key_.empty());
}

Signer::~Signer() { OPENSSL_cleanse(key_.data(), key_.size()); }

std::string Signer::digest(std::string_view bytes) const {
  const std::unique_ptr<EVP_MD, FreeMd> md(EVP_MD_fetch(nullptr, digest_name(algorithm_), nullptr));
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned size = 0;
  CARDRIG_CHECK(md != nullptr &&
                EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, md.get(), nullptr) == 1);
  return lower_hex(out.data(), size);
}

std::string Signer::mac(const std::string& text) const {
  const std::unique_ptr<EVP_MAC, FreeMac> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
  const std::unique_ptr<EVP_MAC_CTX, FreeMac> context(EVP_MAC_CTX_new(mac.get()));
  std::string digest(digest_name(algorithm_));
  const std::array<OSSL_PARAM, 2> params{
      OSSL_PARAM_construct_utf8_string("digest", digest.data(), 0), OSSL_PARAM_construct_end()};
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  std::size_t size = 0;
  const bool done =
      EVP_MAC_init(context.get(), key_.data(), key_.size(), params.data()) == 1 &&
      EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(text.data()),
                     text.size()) == 1 &&
      EVP_MAC_final(context.get(), out.data(), &size, out.size()) == 1;
  CARDRIG_CHECK(done);
  return lower_hex(out.data(), size);
}

std::string Signer::request(std::string_view method, std::string_view target, std::string_view time,
                            std::string_view nonce, std::string_view body) const {
  std::string text = "CARDRIG1-REQUEST\n" + name_ + "\n";
  text.append(method).append("\n").append(target).append("\n").append(terminal_id_).append("\n");
  text.append(time).append("\n").append(nonce).append("\n").append(digest(body));
  return name_ + " " + mac(text);
}

bool Signer::is_genuine_answer(std::string_view signature, int status, std::string_view nonce,
                               std::string_view time, std::string_view body) const {
  std::string text = "CARDRIG1-ANSWER\n" + name_ + "\n" + std::to_string(status) + "\n";
  text.append(nonce).append("\n").append(time).append("\n").append(digest(body));
  const std::string expected = name_ + " " + mac(text);
  return signature.size() == expected.size() &&
         CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
}

}  // namespace cardrig::platform
