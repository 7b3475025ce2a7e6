// The one seam through which every random byte of the kiosk comes, and where journal keys live.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "kiosk/runtime/random.h"
#include "kiosk/runtime/result.h"

namespace cardrig {

class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<std::uint8_t> bytes) = 0;
  /// True only for the seeded source, which a production profile refuses.
  [[nodiscard]] virtual bool is_seeded() const = 0;
};

/// The operating system's generator. Aborts if the system has none.
class SystemEntropy final : public Entropy {
 public:
  void fill(std::span<std::uint8_t> bytes) override;
  [[nodiscard]] bool is_seeded() const override { return false; }
};

/// For the virtual rung only.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(std::uint64_t seed) : random_(seed) {}
  void fill(std::span<std::uint8_t> bytes) override;
  [[nodiscard]] bool is_seeded() const override { return true; }

 private:
  Random random_;
};

/// 128 random bits as 32 lower-case hexadecimal digits: attempt ids, idempotency keys, nonces.
[[nodiscard]] std::string random_id(Entropy& entropy);

using Key256 = std::array<std::uint8_t, 32>;

enum class KeyReason { kMissing, kUnreadable };

/// Gives the key of the journal. It must not lie on the journal's disk.
class KeySource {
 public:
  virtual ~KeySource() = default;
  [[nodiscard]] virtual Result<Key256, KeyReason> journal_key() = 0;
};

class FixedKeySource final : public KeySource {
 public:
  explicit FixedKeySource(Key256 key) : key_(key) {}
  [[nodiscard]] Result<Key256, KeyReason> journal_key() override { return key_; }

 private:
  Key256 key_;
};

/// Reads 64 hexadecimal digits from a file (a key store mount, systemd credential, TPM unseal).
class FileKeySource final : public KeySource {
 public:
  explicit FileKeySource(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<Key256, KeyReason> journal_key() override;

 private:
  std::string path_;
};

}  // namespace cardrig
