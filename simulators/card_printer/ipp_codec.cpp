// IPP messages, written and read by hand.
#include "simulators/card_printer/ipp_codec.h"

#include <algorithm>
#include <utility>

#include "kiosk/runtime/check.h"

namespace cardrig::sim::ipp {

namespace {

constexpr int kNestingMax = 8;

/// Reads big-endian fields; the first that does not fit makes it fail for good.
class Cursor {
 public:
  explicit Cursor(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::uint8_t u8() {
    if (at_ >= bytes_.size()) {
      failed_ = true;
      return 0;
    }
    return bytes_[at_++];
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8U | u8());
  }
  std::int32_t i32() {
    const std::uint32_t high = u16();
    return static_cast<std::int32_t>(high << 16U | u16());
  }
  std::span<const std::uint8_t> take(std::size_t size) {
    if (failed_ || bytes_.size() - at_ < size) {
      failed_ = true;
      return {};
    }
    at_ += size;
    return bytes_.subspan(at_ - size, size);
  }
  [[nodiscard]] std::uint8_t peek() const { return at_ < bytes_.size() ? bytes_[at_] : 0; }
  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  void fail() { failed_ = true; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

bool is_delimiter(std::uint8_t tag) { return tag <= kGroupLast; }

bool has_right_size(std::uint8_t tag, std::size_t size) {
  switch (tag) {
    case kTagInteger:
    case kTagEnum:
      return size == 4;
    case kTagBoolean:
      return size == 1;
    case kTagRange:
      return size == 8;
    case kTagResolution:
      return size == 9;
    case kTagBeginCollection:
      return size == 0;
    default:
      return true;
  }
}

std::string to_text(std::span<const std::uint8_t> bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<Attribute> read_members(Cursor& in, int depth);

/// The value behind its tag and name.
IppValue read_value(Cursor& in, std::uint8_t tag, int depth) {
  IppValue value;
  value.tag = tag;
  const auto bytes = in.take(in.u16());
  if (!has_right_size(tag, bytes.size())) in.fail();
  value.bytes.assign(bytes.begin(), bytes.end());
  if (tag == kTagBeginCollection) value.members = read_members(in, depth + 1);
  return value;
}

/// RFC 8010, 3.1.6: memberAttrName, value, more values …, until endCollection.
std::vector<Attribute> read_members(Cursor& in, int depth) {
  std::vector<Attribute> members;
  if (depth > kNestingMax) in.fail();
  while (!in.failed()) {
    const std::uint8_t tag = in.u8();
    if (in.u16() != 0) in.fail();  // names inside a collection are values
    if (tag == kTagEndCollection) {
      if (in.u16() != 0) in.fail();
      break;
    }
    if (tag == kTagMemberName) {
      members.push_back(Attribute{to_text(in.take(in.u16())), {}});
      continue;
    }
    if (is_delimiter(tag) || members.empty()) {
      in.fail();
      break;
    }
    members.back().values.push_back(read_value(in, tag, depth));
  }
  return members;
}

void read_attribute(Cursor& in, Group& group) {
  const std::uint8_t tag = in.u8();
  const std::string name = to_text(in.take(in.u16()));
  if (tag == kTagMemberName || tag == kTagEndCollection) return in.fail();
  if (!name.empty()) {
    group.attributes.push_back(Attribute{name, {}});
  } else if (group.attributes.empty()) {
    return in.fail();  // a further value of no attribute
  }
  group.attributes.back().values.push_back(read_value(in, tag, 0));
}

class Writer {
 public:
  void u8(unsigned value) { bytes_.push_back(static_cast<std::uint8_t>(value)); }
  void u16(std::size_t value) {
    CARDRIG_CHECK(value <= 0xFFFF);
    u8(static_cast<unsigned>(value >> 8U & 0xFFU));
    u8(static_cast<unsigned>(value & 0xFFU));
  }
  void raw(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
  void raw(const Bytes& bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }

  void value(std::string_view name, const IppValue& value) {
    u8(value.tag);
    u16(name.size());
    raw(name);
    u16(value.bytes.size());
    raw(value.bytes);
    if (value.tag != kTagBeginCollection) return;
    for (const auto& member : value.members) {
      u8(kTagMemberName);
      u16(0);
      u16(member.name.size());
      raw(member.name);
      for (const auto& v : member.values) this->value("", v);
    }
    u8(kTagEndCollection);
    u16(0);
    u16(0);
  }
  Bytes take() { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

}  // namespace

std::optional<std::int32_t> IppValue::integer() const {
  if ((tag != kTagInteger && tag != kTagEnum) || bytes.size() != 4) return std::nullopt;
  Cursor in(bytes);
  return in.i32();
}

const Attribute* Group::find(std::string_view name) const {
  const auto it = std::find_if(attributes.begin(), attributes.end(),
                               [name](const auto& a) { return a.name == name; });
  return it == attributes.end() ? nullptr : &*it;
}

const Group* IppMessage::group(std::uint8_t tag) const {
  const auto it =
      std::find_if(groups.begin(), groups.end(), [tag](const auto& g) { return g.tag == tag; });
  return it == groups.end() ? nullptr : &*it;
}

std::optional<Decoded> decode_ipp(std::span<const std::uint8_t> bytes) {
  Cursor in(bytes);
  IppMessage message;
  message.major = in.u8();
  message.minor = in.u8();
  message.code = in.u16();
  message.request_id = in.i32();
  while (!in.failed()) {
    if (!is_delimiter(in.peek())) {
      if (message.groups.empty()) return std::nullopt;
      read_attribute(in, message.groups.back());
      continue;
    }
    const std::uint8_t tag = in.u8();
    if (in.failed()) break;
    if (tag == kGroupEnd) return Decoded{std::move(message), in.at()};
    if (tag == 0) return std::nullopt;  // reserved
    message.groups.push_back(Group{tag, {}});
  }
  return std::nullopt;
}

Bytes encode_ipp(const IppMessage& message) {
  Writer out;
  out.u8(message.major);
  out.u8(message.minor);
  out.u16(message.code);
  const auto id = static_cast<std::uint32_t>(message.request_id);
  out.u16(id >> 16U);
  out.u16(id & 0xFFFFU);
  for (const auto& group : message.groups) {
    out.u8(group.tag);
    for (const auto& attribute : group.attributes) {
      CARDRIG_CHECK(!attribute.values.empty() && !attribute.name.empty());
      bool first = true;
      for (const auto& value : attribute.values) {
        out.value(first ? std::string_view(attribute.name) : std::string_view(), value);
        first = false;
      }
    }
  }
  out.u8(kGroupEnd);
  return out.take();
}

namespace {

void append(Bytes& bytes, std::int32_t number) {
  const auto n = static_cast<std::uint32_t>(number);
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    bytes.push_back(static_cast<std::uint8_t>(n >> shift));
  }
}

}  // namespace

IppValue integer_value(std::int32_t number, std::uint8_t tag) {
  IppValue value;
  value.tag = tag;
  append(value.bytes, number);
  return value;
}

IppValue no_value() {
  IppValue value;
  value.tag = kTagNoValue;
  return value;
}

IppValue range_value(std::int32_t lowest, std::int32_t highest) {
  IppValue value;
  value.tag = kTagRange;
  append(value.bytes, lowest);
  append(value.bytes, highest);
  return value;
}

IppValue resolution_value(std::int32_t dots_per_inch) {
  constexpr std::uint8_t kPerInch = 3;  // RFC 8010, 3.9
  IppValue value;
  value.tag = kTagResolution;
  append(value.bytes, dots_per_inch);
  append(value.bytes, dots_per_inch);
  value.bytes.push_back(kPerInch);
  return value;
}

IppValue text_value(std::uint8_t tag, std::string_view text) {
  IppValue value;
  value.tag = tag;
  value.bytes.assign(text.begin(), text.end());
  return value;
}

IppValue boolean_value(bool yes) {
  IppValue value;
  value.tag = kTagBoolean;
  value.bytes = {static_cast<std::uint8_t>(yes ? 1 : 0)};
  return value;
}

IppValue collection_value(std::vector<Attribute> members) {
  IppValue value;
  value.tag = kTagBeginCollection;
  value.members = std::move(members);
  return value;
}

Attribute one(std::string name, IppValue value) {
  Attribute attribute;
  attribute.name = std::move(name);
  attribute.values.push_back(std::move(value));
  return attribute;
}

Attribute texts(std::string name, std::uint8_t tag, const std::vector<std::string>& all) {
  Attribute attribute;
  attribute.name = std::move(name);
  for (const auto& text : all) attribute.values.push_back(text_value(tag, text));
  return attribute;
}

}  // namespace cardrig::sim::ipp
