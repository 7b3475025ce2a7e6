// Writes and reads the content of the QR code.
#include "kiosk/certificate/qr_payload.h"

#include <openssl/evp.h>

#include <array>
#include <charconv>

#include "kiosk/runtime/check.h"

namespace cardrig::certificate {

namespace {

/// Takes `prefix` and what follows it up to the next ';' off the front of `rest`.
std::optional<std::string> take_field(std::string_view& rest, std::string_view prefix) {
  if (!rest.starts_with(prefix)) return std::nullopt;
  rest.remove_prefix(prefix.size());
  const auto end = rest.find(';');
  std::string value(rest.substr(0, end));
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
  if (value.empty()) return std::nullopt;
  return value;
}

std::optional<Date> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  Date date;
  const auto number = [text](std::size_t at, std::size_t size, int& into) {
    const char* end = text.data() + at + size;
    const auto done = std::from_chars(text.data() + at, end, into);
    return done.ec == std::errc() && done.ptr == end && into >= 0;
  };
  if (!number(0, 4, date.year) || !number(5, 2, date.month) || !number(8, 2, date.day)) {
    return std::nullopt;
  }
  if (!is_valid(date)) return std::nullopt;
  return date;
}

}  // namespace

std::string holder_digest(const Certificate& certificate) {
  const std::string text = certificate.number + "\n" + certificate.name;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  CARDRIG_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) ==
                1);
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  for (std::size_t i = 0; i < 8; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

std::string make_qr_payload(const Certificate& certificate) {
  return std::string(kQrMark) + ";permit=" + certificate.permit_id +
         ";item=" + certificate.item_code + ";to=" + to_iso(certificate.valid_to) +
         ";holder=" + holder_digest(certificate);
}

std::optional<QrContent> parse_qr_payload(std::string_view payload) {
  if (!payload.starts_with(kQrMark)) return std::nullopt;
  payload.remove_prefix(kQrMark.size());
  auto permit = take_field(payload, ";permit=");
  if (!permit) return std::nullopt;
  auto item = take_field(payload, ";item=");
  if (!item) return std::nullopt;
  const auto to = take_field(payload, ";to=");
  if (!to) return std::nullopt;
  const auto date = parse_date(*to);
  auto holder = take_field(payload, ";holder=");
  if (!date || !holder || !payload.empty()) return std::nullopt;
  return QrContent{std::move(*permit), std::move(*item), *date, std::move(*holder)};
}

}  // namespace cardrig::certificate
