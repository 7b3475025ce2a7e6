// The content of the QR code on the card. The real one is not public: this is marked as a
// simulation's, and holds no name or number, only what a checker can compare with the card.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kiosk/certificate/certificate.h"

namespace cardrig::certificate {

inline constexpr std::string_view kQrMark = "CARDRIG-SIMULATION/1";

struct QrContent {
  std::string permit_id;
  std::string item_code;
  Date valid_to;
  std::string holder_digest;  ///< see holder_digest()

  bool operator==(const QrContent&) const = default;
};

/// First 16 hexadecimal digits of SHA-256 over certificate number, line feed, name.
[[nodiscard]] std::string holder_digest(const Certificate& certificate);
/// `CARDRIG-SIMULATION/1;permit=…;item=2.1;to=2032-11-20;holder=…`
[[nodiscard]] std::string make_qr_payload(const Certificate& certificate);
/// Nothing: not a code of this project.
[[nodiscard]] std::optional<QrContent> parse_qr_payload(std::string_view payload);

}  // namespace cardrig::certificate
