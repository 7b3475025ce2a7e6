// The printer's own IPP encoder and decoder (RFC 8010, section 3): every length and nesting is
// checked; nothing is shared with the driver's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cardrig::sim::ipp {

using Bytes = std::vector<std::uint8_t>;

// Delimiter and value tags (RFC 8010, 3.5).
inline constexpr std::uint8_t kGroupOperation = 0x01;
inline constexpr std::uint8_t kGroupJob = 0x02;
inline constexpr std::uint8_t kGroupEnd = 0x03;
inline constexpr std::uint8_t kGroupPrinter = 0x04;
inline constexpr std::uint8_t kGroupUnsupported = 0x05;
inline constexpr std::uint8_t kGroupLast = 0x0F;
inline constexpr std::uint8_t kTagNoValue = 0x13;
inline constexpr std::uint8_t kTagInteger = 0x21;
inline constexpr std::uint8_t kTagBoolean = 0x22;
inline constexpr std::uint8_t kTagEnum = 0x23;
inline constexpr std::uint8_t kTagResolution = 0x32;
inline constexpr std::uint8_t kTagRange = 0x33;
inline constexpr std::uint8_t kTagBeginCollection = 0x34;
inline constexpr std::uint8_t kTagNameWithLanguage = 0x36;
inline constexpr std::uint8_t kTagEndCollection = 0x37;
inline constexpr std::uint8_t kTagText = 0x41;
inline constexpr std::uint8_t kTagName = 0x42;
inline constexpr std::uint8_t kTagKeyword = 0x44;
inline constexpr std::uint8_t kTagUri = 0x45;
inline constexpr std::uint8_t kTagCharset = 0x47;
inline constexpr std::uint8_t kTagLanguage = 0x48;
inline constexpr std::uint8_t kTagMimeType = 0x49;
inline constexpr std::uint8_t kTagMemberName = 0x4A;

struct Attribute;

struct IppValue {
  std::uint8_t tag = 0;
  Bytes bytes;  ///< as they stand on the wire; empty for a collection
  std::vector<Attribute> members;  ///< of a collection

  [[nodiscard]] std::optional<std::int32_t> integer() const;
  [[nodiscard]] std::string text() const { return {bytes.begin(), bytes.end()}; }
};

struct Attribute {
  std::string name;
  std::vector<IppValue> values;
};

struct Group {
  std::uint8_t tag = 0;
  std::vector<Attribute> attributes;

  [[nodiscard]] const Attribute* find(std::string_view name) const;
};

struct IppMessage {
  std::uint8_t major = 2;
  std::uint8_t minor = 0;
  std::uint16_t code = 0;  ///< operation or status
  std::int32_t request_id = 0;
  std::vector<Group> groups;

  [[nodiscard]] const Group* group(std::uint8_t tag) const;
};

struct Decoded {
  IppMessage message;
  std::size_t size = 0;  ///< bytes of the message; what follows is the document
};

/// Nothing if the bytes are no complete IPP message.
[[nodiscard]] std::optional<Decoded> decode_ipp(std::span<const std::uint8_t> bytes);
[[nodiscard]] Bytes encode_ipp(const IppMessage& message);

// Makers of attributes.
[[nodiscard]] IppValue integer_value(std::int32_t number, std::uint8_t tag = kTagInteger);
[[nodiscard]] IppValue text_value(std::uint8_t tag, std::string_view text);
[[nodiscard]] IppValue boolean_value(bool yes);
[[nodiscard]] IppValue no_value();
[[nodiscard]] IppValue range_value(std::int32_t lowest, std::int32_t highest);
[[nodiscard]] IppValue resolution_value(std::int32_t dots_per_inch);
[[nodiscard]] IppValue collection_value(std::vector<Attribute> members);
[[nodiscard]] Attribute one(std::string name, IppValue value);
[[nodiscard]] Attribute texts(std::string name, std::uint8_t tag,
                              const std::vector<std::string>& all);

}  // namespace cardrig::sim::ipp
