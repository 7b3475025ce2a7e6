// Seals journal rows: AES-256-GCM under a key derived from the journal's key, and the keyed hashes
// by which rows are found without their names standing on the disk.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "kiosk/runtime/entropy.h"

namespace cardrig::journal {

using Bytes = std::vector<std::uint8_t>;
using Hash256 = std::array<std::uint8_t, 32>;

class Sealer {
 public:
  /// Derives three keys (sealing, look-up, key check) from `key` by HMAC-SHA256 over their names.
  explicit Sealer(const Key256& key);
  ~Sealer();
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  /// Keyed hash of a name (an attempt id, an idempotency key).
  [[nodiscard]] Hash256 lookup(std::string_view name) const;
  /// Stored in clear: tells a wrong key from a damaged row.
  [[nodiscard]] Hash256 key_check() const { return check_; }

  /// 12 bytes nonce, ciphertext, 16 bytes tag. `bound` is authenticated and not stored.
  [[nodiscard]] Bytes seal(std::span<const std::uint8_t> plain, std::span<const std::uint8_t> bound,
                           Entropy& entropy) const;
  /// Nothing: damaged, or bound to something else.
  [[nodiscard]] std::optional<Bytes> open(std::span<const std::uint8_t> sealed,
                                          std::span<const std::uint8_t> bound) const;

 private:
  Hash256 seal_key_{};
  Hash256 lookup_key_{};
  Hash256 check_{};
};

/// Overwrites and empties a buffer that held personal data.
void wipe(Bytes& bytes);

}  // namespace cardrig::journal
