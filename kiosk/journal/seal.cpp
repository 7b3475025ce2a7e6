// AES-256-GCM and HMAC-SHA256 from OpenSSL.
#include "kiosk/journal/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "kiosk/runtime/check.h"

namespace cardrig::journal {
namespace {

constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

struct ContextDeleter {
  void operator()(EVP_CIPHER_CTX* c) const { EVP_CIPHER_CTX_free(c); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;

Hash256 hmac(std::span<const std::uint8_t> key, std::string_view text) {
  Hash256 out{};
  unsigned size = 0;
  const auto* data = reinterpret_cast<const unsigned char*>(text.data());
  CARDRIG_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data, text.size(),
                     out.data(), &size) != nullptr);
  CARDRIG_CHECK(size == out.size());
  return out;
}

int length(std::size_t n) { return static_cast<int>(n); }

}  // namespace

Sealer::Sealer(const Key256& key)
    : seal_key_(hmac(key, "cardrig journal 1: seal")),
      lookup_key_(hmac(key, "cardrig journal 1: look up")),
      check_(hmac(key, "cardrig journal 1: key check")) {}

Sealer::~Sealer() {
  OPENSSL_cleanse(seal_key_.data(), seal_key_.size());
  OPENSSL_cleanse(lookup_key_.data(), lookup_key_.size());
}

Hash256 Sealer::lookup(std::string_view name) const { return hmac(lookup_key_, name); }

Bytes Sealer::seal(std::span<const std::uint8_t> plain, std::span<const std::uint8_t> bound,
                   Entropy& entropy) const {
  Bytes sealed(kNonceSize + plain.size() + kTagSize);
  entropy.fill(std::span(sealed).first(kNonceSize));
  const Context c(EVP_CIPHER_CTX_new());
  CARDRIG_CHECK(c != nullptr);
  int n = 0;
  bool good =
      EVP_EncryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, seal_key_.data(), sealed.data()) == 1;
  good = good && EVP_EncryptUpdate(c.get(), nullptr, &n, bound.data(), length(bound.size())) == 1;
  auto* out = &sealed[kNonceSize];
  good = good && EVP_EncryptUpdate(c.get(), out, &n, plain.data(), length(plain.size())) == 1;
  good = good && EVP_EncryptFinal_ex(c.get(), out + n, &n) == 1;
  auto* tag = &sealed[kNonceSize + plain.size()];
  good = good && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag) == 1;
  CARDRIG_CHECK(good && "AES-256-GCM sealing cannot fail");
  return sealed;
}

std::optional<Bytes> Sealer::open(std::span<const std::uint8_t> sealed,
                                  std::span<const std::uint8_t> bound) const {
  if (sealed.size() < kNonceSize + kTagSize) return std::nullopt;
  const auto coded = sealed.subspan(kNonceSize, sealed.size() - kNonceSize - kTagSize);
  Bytes plain(coded.size() + kTagSize);  // never empty: OpenSSL wants a place to write to
  Bytes tag(sealed.end() - kTagSize, sealed.end());
  const Context c(EVP_CIPHER_CTX_new());
  CARDRIG_CHECK(c != nullptr);
  int n = 0;
  bool good =
      EVP_DecryptInit_ex(c.get(), EVP_aes_256_gcm(), nullptr, seal_key_.data(), sealed.data()) == 1;
  good = good && EVP_DecryptUpdate(c.get(), nullptr, &n, bound.data(), length(bound.size())) == 1;
  good =
      good && EVP_DecryptUpdate(c.get(), plain.data(), &n, coded.data(), length(coded.size())) == 1;
  good = good && EVP_CIPHER_CTX_ctrl(c.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1;
  good = good && EVP_DecryptFinal_ex(c.get(), plain.data() + n, &n) == 1;
  if (!good) {
    wipe(plain);
    return std::nullopt;
  }
  plain.resize(coded.size());
  return plain;
}

void wipe(Bytes& bytes) {
  if (!bytes.empty()) OPENSSL_cleanse(bytes.data(), bytes.size());
  bytes.clear();
}

}  // namespace cardrig::journal
