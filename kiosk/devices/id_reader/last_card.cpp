// Digests of the last record, SHA-256.
#include "kiosk/devices/id_reader/last_card.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "kiosk/runtime/check.h"

namespace cardrig::id_reader {

LastCard::Digest LastCard::digest(const ChipRecord& record, std::span<const std::uint8_t> serial) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  Digest out{};
  unsigned size = 0;
  CARDRIG_CHECK(EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1);
  for (const std::span<const std::uint8_t> part :
       {std::span<const std::uint8_t>(record.text), std::span<const std::uint8_t>(record.photo),
        serial}) {
    CARDRIG_CHECK(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  }
  CARDRIG_CHECK(EVP_DigestFinal_ex(context.get(), out.data(), &size) == 1 && size == out.size());
  return out;
}

bool LastCard::is_plausible(const ChipRecord& record, const std::optional<Serial>& serial) {
  Seen now{digest(record, {}), std::nullopt};
  const bool tells =
      serial && std::any_of(serial->begin(), serial->end(), [](std::uint8_t b) { return b != 0; });
  if (tells) now.data_and_serial = digest(record, *serial);
  if (!last_ || last_->data != now.data) {
    last_ = now;
    return true;
  }
  if (now.data_and_serial && last_->data_and_serial) {
    return now.data_and_serial == last_->data_and_serial;
  }
  // Doubt is settled by the second reading. What is known of the serial stays known.
  const bool confirmed = last_->doubted;
  last_->doubted = !confirmed;
  if (confirmed && now.data_and_serial) last_->data_and_serial = now.data_and_serial;
  return confirmed;
}

}  // namespace cardrig::id_reader
