// JSON with nlohmann, base64 and JPEG with the libraries that are here anyway.
#include "mock-platform/json_codec.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <opencv2/imgcodecs.hpp>

#include "kiosk/runtime/picture_view.h"

namespace cardrig::mock_platform {

namespace {

using nlohmann::json;
using Certificate = certificate::Certificate;

bool take(const json& from, const char* key, std::string& into) {
  const auto it = from.find(key);
  if (it == from.end() || !it->is_string()) return false;
  into = it->get<std::string>();
  return true;
}

bool take(const json& from, const char* key, Date& into) {
  std::string text;
  if (!take(from, key, text) || text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&text](std::size_t at, std::size_t size, int& value) {
    const char* end = text.data() + at + size;
    const auto done = std::from_chars(text.data() + at, end, value);
    return done.ec == std::errc() && done.ptr == end;
  };
  return number(0, 4, into.year) && number(5, 2, into.month) && number(8, 2, into.day) &&
         is_valid(into);
}

}  // namespace

std::optional<Person> person_from_json(const json& from) {
  Person person;
  if (!from.is_object() || !take(from, "document_type", person.document_type) ||
      !take(from, "id_number", person.id_number) || !take(from, "name", person.name)) {
    return std::nullopt;
  }
  if (person.id_number.empty() || person.id_number.size() > 64 || person.name.empty() ||
      person.name.size() > 256) {
    return std::nullopt;
  }
  constexpr std::array<const char*, 4> kTypes{"resident", "foreigner_2017", "foreigner_2023",
                                              "hmt"};
  if (std::ranges::find(kTypes, person.document_type) == kTypes.end()) return std::nullopt;
  return person;
}

json certificate_to_json(const Certificate& c) {
  return {{"permit_id", c.permit_id},
          {"number", c.number},
          {"name", c.name},
          {"sex", c.sex},
          {"category_code", c.category_code},
          {"category", c.category},
          {"item_code", c.item_code},
          {"item", c.item},
          {"first_issued", to_iso(c.first_issued)},
          {"valid_from", to_iso(c.valid_from)},
          {"valid_to", to_iso(c.valid_to)},
          {"review_due", to_iso(c.review_due)},
          {"authority", c.authority},
          {"qr_payload", c.qr_payload}};
}

std::optional<Certificate> certificate_from_json(const json& from) {
  Certificate c;
  if (!from.is_object()) return std::nullopt;
  take(from, "permit_id", c.permit_id);
  take(from, "number", c.number);
  take(from, "qr_payload", c.qr_payload);
  const bool whole = take(from, "name", c.name) && take(from, "sex", c.sex) &&
                     take(from, "category_code", c.category_code) &&
                     take(from, "category", c.category) && take(from, "item_code", c.item_code) &&
                     take(from, "item", c.item) && take(from, "first_issued", c.first_issued) &&
                     take(from, "valid_from", c.valid_from) && take(from, "valid_to", c.valid_to) &&
                     take(from, "review_due", c.review_due) && take(from, "authority", c.authority);
  if (!whole) return std::nullopt;
  return c;
}

bool take_record(const json& from, Permit& permit) {
  const json number = from.value("record_number", json(""));
  const json listed = from.value("listed", json(true));
  if (!number.is_string() || !listed.is_boolean()) return false;
  permit.record_number = number.get<std::string>();
  permit.listed = listed.get<bool>();
  return permit.record_number.empty() || is_record_number(permit.record_number);
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL writes a final zero
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  std::size_t padding = 0;
  if (text.ends_with("==")) {
    padding = 2;
  } else if (text.ends_with('=')) {
    padding = 1;
  }
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::vector<std::uint8_t> encode_jpeg(const PicturePtr& picture) {
  std::vector<std::uint8_t> bytes;
  if (!picture || picture->empty()) return bytes;
  CARDRIG_CHECK(cv::imencode(".jpg", view_of(*picture), bytes, {cv::IMWRITE_JPEG_QUALITY, 92}));
  return bytes;
}

PicturePtr decode_png(std::span<const std::uint8_t> bytes) {
  // Width and height stand at bytes 16 and 20: looked at first, so that a small file cannot ask for
  // much memory.
  constexpr std::array<std::uint8_t, 8> kMagic{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
  constexpr std::uint64_t kPixelLimit = 4'000'000;
  if (bytes.size() < 24 || !std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) return nullptr;
  const auto number_at = [bytes](std::size_t at) {
    std::uint64_t number = 0;
    for (const auto byte : bytes.subspan(at, 4)) number = number << 8 | byte;
    return number;
  };
  const auto width = number_at(16), height = number_at(20);
  if (width == 0 || height == 0 || width * height > kPixelLimit) return nullptr;
  const std::vector<std::uint8_t> whole(bytes.begin(), bytes.end());
  const cv::Mat decoded = cv::imdecode(whole, cv::IMREAD_UNCHANGED);
  if (decoded.empty() || decoded.depth() != CV_8U || decoded.channels() == 2) return nullptr;
  return std::make_shared<const Picture>(picture_of(decoded));
}

std::vector<std::uint8_t> somebody_elses_jpeg() {
  Picture picture{358, 441, 1, {}};
  for (int y = 0; y < picture.height_px; ++y) {
    for (int x = 0; x < picture.width_px; ++x) {
      picture.pixels.push_back(static_cast<std::uint8_t>((x + y) % 256));
    }
  }
  return encode_jpeg(std::make_shared<const Picture>(std::move(picture)));
}

}  // namespace cardrig::mock_platform
