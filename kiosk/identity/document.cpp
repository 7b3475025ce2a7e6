// The four layouts of the chip's text block (reference sheet "id-reader-sdt" §1.9).
#include "kiosk/identity/document.h"

#include <algorithm>
#include <array>

#include "kiosk/identity/numbers.h"
#include "kiosk/identity/utf16.h"

namespace cardrig::identity {

namespace {

using Block = std::span<const std::uint8_t, 256>;

/// Reads fields and remembers the first thing that was wrong.
class FieldReader {
 public:
  explicit FieldReader(Block block) : block_(block) {}

  std::string text(std::size_t offset, std::size_t size) {
    return decode(block_.subspan(offset, size), offset);
  }
  /// One text that lies in two places: padding is cut at the end of the whole only, since a space
  /// may stand at the seam.
  std::string text_in_two(std::size_t offset_1, std::size_t size_1, std::size_t offset_2,
                          std::size_t size_2) {
    std::array<std::uint8_t, 256> joined{};
    std::copy_n(block_.data() + offset_1, size_1, joined.data());
    std::copy_n(block_.data() + offset_2, size_2, joined.data() + size_1);
    return decode(std::span(joined).first(size_1 + size_2), offset_1);
  }
  /// YYYYMMDD.
  Date date(std::size_t offset) {
    const auto parsed = parse_date(text(offset, 16));
    if (!parsed) note(TextReason::kBadDate, offset);
    return parsed.value_or(Date{});
  }
  /// YYYYMMDD, or 长期 for no end.
  std::optional<Date> end_date(std::size_t offset) {
    const std::string raw = text(offset, 16);
    if (raw == "长期") return std::nullopt;
    const auto parsed = parse_date(raw);
    if (!parsed) note(TextReason::kBadDate, offset);
    return parsed;
  }
  int sex(std::size_t offset) {
    const std::string raw = text(offset, 2);
    return raw.size() == 1 && raw[0] >= '0' && raw[0] <= '9' ? raw[0] - '0' : 0;
  }
  std::string number(std::size_t offset, std::size_t size) {
    return normalise_number(text(offset, size));
  }

  [[nodiscard]] Result<Document, TextReason> finish(Document document) const {
    if (failed_) return tl::unexpected(*failed_);
    return document;
  }

 private:
  std::string decode(std::span<const std::uint8_t> bytes, std::size_t offset) {
    auto decoded = decode_utf16le(bytes);
    if (!decoded) note(TextReason::kBadEncoding, offset);
    return std::move(decoded).value_or("");
  }
  static std::optional<Date> parse_date(const std::string& s) {
    if (s.size() != 8) return std::nullopt;
    if (!std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return std::nullopt;
    }
    const Date d{std::stoi(s.substr(0, 4)), std::stoi(s.substr(4, 2)), std::stoi(s.substr(6, 2))};
    if (!is_valid(d)) return std::nullopt;
    return d;
  }
  void note(TextReason reason, std::size_t offset) {
    if (!failed_) failed_ = Error<TextReason>{reason, "field at offset " + std::to_string(offset)};
  }

  Block block_;
  std::optional<Error<TextReason>> failed_;
};

/// What stands at the same place in all layouts but that of 2017.
void read_common(FieldReader& fields, Document& document) {
  document.sex_code = fields.sex(30);
  document.birth = fields.date(36);
  document.number = fields.number(122, 36);
  document.valid_from = fields.date(188);
  document.valid_to = fields.end_date(204);
}

Result<Document, TextReason> decode_resident_or_hmt(Block block, DocumentType type) {
  FieldReader fields(block);
  Document document;
  document.type = type;
  document.name = fields.text(0, 30);
  read_common(fields, document);
  // On a permit for Hong Kong, Macao and Taiwan these two characters are reserved; they are kept,
  // because anything but blanks in them is a finding.
  document.ethnic_code = fields.text(32, 4);
  document.address = fields.text(52, 70);
  document.authority = fields.text(158, 30);
  if (type == DocumentType::kHmt) {
    document.travel_permit_number = fields.number(220, 18);
    document.times_issued = fields.text(238, 4);
  }
  return fields.finish(std::move(document));
}

Result<Document, TextReason> decode_foreigner_2017(Block block) {
  FieldReader fields(block);
  Document document;
  document.type = DocumentType::kForeigner2017;
  document.english_name = fields.text(0, 120);
  document.sex_code = fields.sex(120);
  document.number = fields.number(122, 30);
  document.nationality = fields.text(152, 6);
  document.name = fields.text(158, 30);
  document.valid_from = fields.date(188);
  document.valid_to = fields.end_date(204);
  document.birth = fields.date(220);
  document.card_version = fields.text(236, 4);
  document.authority = fields.text(240, 8);
  if (document.name.empty()) document.name = document.english_name;
  return fields.finish(std::move(document));
}

Result<Document, TextReason> decode_foreigner_2023(Block block) {
  FieldReader fields(block);
  Document document;
  document.type = DocumentType::kForeigner2023;
  document.name = fields.text(0, 30);
  read_common(fields, document);
  document.times_issued = fields.text(32, 4);
  document.english_name = fields.text_in_two(52, 70, 220, 22);
  document.nationality = fields.text(242, 6);
  document.former_link = fields.text(250, 6);
  if (document.name.empty()) document.name = document.english_name;
  return fields.finish(std::move(document));
}

}  // namespace

const char* to_string(DocumentType type) {
  switch (type) {
    case DocumentType::kResident:
      return "resident";
    case DocumentType::kForeigner2017:
      return "foreigner_2017";
    case DocumentType::kForeigner2023:
      return "foreigner_2023";
    case DocumentType::kHmt:
      return "hmt";
  }
  return "?";
}

const char* to_string(TextReason reason) {
  switch (reason) {
    case TextReason::kUnknownType:
      return "unknown_type";
    case TextReason::kBadEncoding:
      return "bad_encoding";
    case TextReason::kBadDate:
      return "bad_date";
  }
  return "?";
}

Result<Document, TextReason> decode_text(Block text) {
  const int letter = text[248] | text[249] << 8;
  switch (letter) {
    case ' ':
    case 0:
      return decode_resident_or_hmt(text, DocumentType::kResident);
    case 'J':
      return decode_resident_or_hmt(text, DocumentType::kHmt);
    case 'I':
      return decode_foreigner_2017(text);
    case 'Y':
      return decode_foreigner_2023(text);
    default:
      return fail(TextReason::kUnknownType, "type letter " + std::to_string(letter));
  }
}

Result<std::string, TextReason> decode_new_address(std::span<const std::uint8_t, 70> bytes) {
  auto address = decode_utf16le(bytes);
  if (!address) return fail(TextReason::kBadEncoding, "additional address");
  return std::move(*address);
}

}  // namespace cardrig::identity
