// JSON of the platform's answers.
#include "kiosk/platform/answers.h"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace cardrig::platform {

namespace {

using nlohmann::json;

constexpr std::size_t kTextLimit = 256;  // bytes of one field
constexpr std::size_t kQrLimit = 300;
constexpr std::size_t kPermitLimit = 100;
constexpr std::size_t kCodedPhotoLimit = (kPhotoLimit + 2) / 3 * 4;

tl::unexpected<Error<PlatformReason>> bad(std::string detail) {
  return fail(PlatformReason::kBadAnswer, std::move(detail));
}

std::optional<json> parse_object(std::string_view body) {
  if (body.size() > kAnswerLimit) return std::nullopt;
  json parsed = json::parse(body, nullptr, false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

bool is_plain(const std::string& text) {
  return !text.empty() && text.size() <= kTextLimit &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

/// Reads the fields of one object and remembers the first that is missing or of another form.
class Fields {
 public:
  explicit Fields(const json& object) : object_(object) {}

  std::string text(const char* key) {
    const auto it = object_.find(key);
    if (it != object_.end() && it->is_string()) {
      auto value = it->get<std::string>();
      if (is_plain(value)) return value;
    }
    return miss(key), std::string();
  }
  /// Any bytes, at most `limit` of them, at least one.
  std::string long_text(const char* key, std::size_t limit) {
    const auto it = object_.find(key);
    if (it != object_.end() && it->is_string()) {
      auto value = it->get<std::string>();
      if (!value.empty() && value.size() <= limit) return value;
    }
    return miss(key), std::string();
  }
  Date date(const char* key) {
    const auto value = text(key);
    Date date;
    const bool whole = value.size() == 10 && value[4] == '-' && value[7] == '-' &&
                       number(value, 0, 4, date.year) && number(value, 5, 2, date.month) &&
                       number(value, 8, 2, date.day) && is_valid(date);
    if (!whole) miss(key);
    return date;
  }
  std::int64_t whole_number(const char* key) {
    const auto it = object_.find(key);
    if (it != object_.end() && it->is_number_integer()) return it->get<std::int64_t>();
    return miss(key), 0;
  }
  bool flag(const char* key) {
    const auto it = object_.find(key);
    if (it != object_.end() && it->is_boolean()) return it->get<bool>();
    return miss(key), false;
  }
  const json& object(const char* key) {
    static const json kEmpty = json::object();
    const auto it = object_.find(key);
    if (it != object_.end() && it->is_object()) return *it;
    return miss(key), kEmpty;
  }
  /// "": all were there.
  [[nodiscard]] const std::string& missing() const { return missing_; }

 private:
  void miss(const char* key) {
    if (missing_.empty()) missing_ = key;
  }
  static bool number(const std::string& text, std::size_t at, std::size_t size, int& into) {
    const char* end = text.data() + at + size;
    const auto done = std::from_chars(text.data() + at, end, into);
    return done.ec == std::errc() && done.ptr == end;
  }
  const json& object_;
  std::string missing_;
};

std::optional<ClaimState> state_from(const std::string& word) {
  for (const ClaimState state :
       {ClaimState::kNone, ClaimState::kGranted, ClaimState::kWithdrawn, ClaimState::kReleased,
        ClaimState::kUsed, ClaimState::kCaptured, ClaimState::kUnknown, ClaimState::kEnded}) {
    if (word == to_string(state)) return state;
  }
  return std::nullopt;
}

std::optional<std::vector<std::uint8_t>> from_base64(const std::string& text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kCodedPhotoLimit) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> bytes(text.size() / 4 * 3);
  const int size =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()),
                      static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const auto padding = text.ends_with("==") ? 2u : text.ends_with('=') ? 1u : 0u;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

certificate::Certificate read_certificate(Fields& fields) {
  certificate::Certificate c;
  c.permit_id = fields.text("permit_id");
  c.number = fields.text("number");
  c.name = fields.text("name");
  c.sex = fields.text("sex");
  c.category_code = fields.text("category_code");
  c.category = fields.text("category");
  c.item_code = fields.text("item_code");
  c.item = fields.text("item");
  c.first_issued = fields.date("first_issued");
  c.valid_from = fields.date("valid_from");
  c.valid_to = fields.date("valid_to");
  c.review_due = fields.date("review_due");
  c.authority = fields.text("authority");
  c.qr_payload = fields.long_text("qr_payload", kQrLimit);
  return c;
}

/// Why the certificate is not the one that was asked for; "": it is.
std::string contradiction(const certificate::Certificate& c, const ClaimAsked& asked) {
  if (c.permit_id != asked.permit_id) return "the certificate is of another permit";
  if (c.number != "T" + upper(asked.person.id_number)) return "the number is somebody else's";
  if (c.name != asked.person.name) return "the name is somebody else's";
  if (c.sex != "男" && c.sex != "女") return "the sex is none";
  if (c.first_issued > c.valid_from || c.valid_from >= c.valid_to || c.review_due < c.valid_from ||
      c.review_due > c.valid_to) {
    return "the dates contradict each other";
  }
  if (asked.entry && (c.item_code != asked.entry->item_code || c.item != asked.entry->item ||
                      c.category != asked.entry->category)) {
    return "the item is not the one that was chosen";
  }
  return "";
}

Result<PermitEntry, PlatformReason> read_entry(const json& item) {
  if (!item.is_object()) return bad("a permit is no object");
  Fields fields(item);
  PermitEntry entry;
  entry.permit_id = fields.text("permit_id");
  entry.category = fields.text("category");
  entry.item_code = fields.text("item_code");
  entry.item = fields.text("item");
  const auto word = fields.text("refusal");
  if (!fields.missing().empty()) return bad("a permit has no " + fields.missing());
  entry.refusal = refusal_from(word);
  if (entry.refusal == Refusal::kNone && word != "none") return bad("a refusal is not known");
  return entry;
}

}  // namespace

Result<std::vector<PermitEntry>, PlatformReason> read_permits(std::string_view body) {
  const auto answer = parse_object(body);
  const auto list = answer ? answer->find("permits") : json::const_iterator();
  if (!answer || list == answer->end() || !list->is_array()) return bad("permits is missing");
  if (list->size() > kPermitLimit) return bad("there are too many permits");
  std::vector<PermitEntry> entries;
  for (const auto& item : *list) {
    auto entry = read_entry(item);
    if (!entry) return tl::unexpected(entry.error());
    const bool twice = std::ranges::any_of(
        entries, [&entry](const auto& other) { return other.permit_id == entry->permit_id; });
    if (twice) return bad("a permit is there twice");
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<PermitEntry, PlatformReason> read_record(std::string_view body) {
  const auto answer = parse_object(body);
  const auto permit = answer ? answer->find("permit") : json::const_iterator();
  if (!answer || permit == answer->end()) return bad("permit is missing");
  return read_entry(*permit);
}

Result<ClaimAnswer, PlatformReason> read_claim(std::string_view body, const ClaimAsked& asked) {
  const auto parsed = parse_object(body);
  if (!parsed) return bad("the answer is no JSON object");
  Fields fields(*parsed);
  ClaimAnswer answer;
  answer.claim.attempt_id = fields.text("attempt_id");
  const auto permit_id = fields.text("permit_id");
  const auto state = fields.text("state");
  answer.claim.granted_at.unix_ms = fields.whole_number("granted_at_ms");
  Fields inner(fields.object("certificate"));
  answer.claim.certificate = read_certificate(inner);
  Fields photo(inner.object("photo"));
  const auto format = photo.text("format");
  const auto coded = photo.long_text("base64", kCodedPhotoLimit);
  for (const auto* each : {&fields, &inner, &photo}) {
    if (!each->missing().empty()) return bad("the claim has no " + each->missing());
  }
  auto jpeg = from_base64(coded);
  if (format != "jpeg" || !jpeg) return bad("the photo is in no known form");
  answer.photo_jpeg = std::move(*jpeg);
  if (answer.claim.attempt_id != asked.attempt_id) return bad("the claim is of another attempt");
  if (permit_id != asked.permit_id) return bad("the claim is of another permit");
  if (state != "granted") return bad("the claim is not granted");
  if (const auto why = contradiction(answer.claim.certificate, asked); !why.empty()) {
    return bad(why);
  }
  return answer;
}

Result<ClaimState, PlatformReason> read_state(std::string_view body,
                                              const std::string& attempt_id) {
  const auto parsed = parse_object(body);
  if (!parsed) return bad("the answer is no JSON object");
  Fields fields(*parsed);
  const auto attempt = fields.text("attempt_id");
  const auto word = fields.text("state");
  if (!fields.missing().empty()) return bad("the answer has no " + fields.missing());
  if (attempt != attempt_id) return bad("the state is of another attempt");
  const auto state = state_from(word);
  if (!state) return bad("the state is not known");
  return *state;
}

Result<ReportAnswer, PlatformReason> read_report(std::string_view body) {
  const auto parsed = parse_object(body);
  if (!parsed) return bad("the answer is no JSON object");
  Fields fields(*parsed);
  ReportAnswer answer;
  answer.duplicate = fields.flag("duplicate");
  answer.may_print_again = fields.flag("may_print_again");
  if (!fields.missing().empty()) return bad("the answer has no " + fields.missing());
  return answer;
}

Result<Unit, PlatformReason> read_health(std::string_view body) {
  const auto parsed = parse_object(body);
  if (!parsed) return bad("the answer is no JSON object");
  Fields fields(*parsed);
  if (fields.text("status") != "ok") return bad("the platform is not well");
  return ok();
}

Error<PlatformReason> read_error(int status, std::string_view body) {
  if (status >= 500) {
    return {PlatformReason::kServerError, "status " + std::to_string(status)};
  }
  const auto parsed = parse_object(body);
  std::string code = parsed ? Fields(*parsed).text("code") : "";
  if (code.empty()) code = "status " + std::to_string(status);
  switch (status) {
    case 401:
      return {PlatformReason::kUnauthorised, code};
    case 404:
      return {PlatformReason::kNotFound, code};
    case 409:
      return {PlatformReason::kConflict, code == "CLAIMED" ? "claimed" : code};
    case 422:
      break;
    default:
      return {PlatformReason::kBadAnswer, code};
  }
  // Codes of refusals are the refusals' words in capitals.
  for (char& c : code) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return {PlatformReason::kRefused, code};
}

}  // namespace cardrig::platform
