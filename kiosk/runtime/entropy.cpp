// The two sources of random bytes, and the file that holds the journal's key.
#include "kiosk/runtime/entropy.h"

#include <openssl/rand.h>

#include <fstream>

#include "kiosk/runtime/check.h"

namespace cardrig {

void SystemEntropy::fill(std::span<std::uint8_t> bytes) {
  CARDRIG_CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
}

void SeededEntropy::fill(std::span<std::uint8_t> bytes) {
  std::uint64_t word = 0;
  int left = 0;
  for (auto& b : bytes) {
    if (left == 0) {
      word = random_.next();
      left = 8;
    }
    b = static_cast<std::uint8_t>(word);
    word >>= 8;
    --left;
  }
}

std::string random_id(Entropy& entropy) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::array<std::uint8_t, 16> bytes{};
  entropy.fill(bytes);
  std::string id;
  for (const auto b : bytes) {
    id += kHex[b >> 4];
    id += kHex[b & 15];
  }
  return id;
}

Result<Key256, KeyReason> FileKeySource::journal_key() {
  std::ifstream file(path_);
  if (!file) return fail(KeyReason::kMissing, "no journal key at " + path_);
  std::string hex;
  file >> hex;
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Key256 key{};
  bool good = hex.size() == 2 * key.size();
  for (std::size_t i = 0; good && i < key.size(); ++i) {
    const int high = digit(hex[2 * i]);
    const int low = digit(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    if (good) key[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  if (!good) return fail(KeyReason::kUnreadable, path_ + " does not hold 64 hexadecimal digits");
  return key;
}

}  // namespace cardrig
