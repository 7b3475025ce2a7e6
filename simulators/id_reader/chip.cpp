// The chip's text block. The encoder is the simulator's own: it shares nothing with the kiosk's
// decoder.
#include "simulators/id_reader/chip.h"

#include <fmt/format.h>

#include "kiosk/runtime/check.h"

namespace cardrig::sim {

namespace {

std::u16string to_utf16(const std::string& utf8) {
  std::u16string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto byte = [&utf8](std::size_t at) {
      CARDRIG_CHECK(at < utf8.size() && "text is UTF-8");
      return static_cast<std::uint32_t>(static_cast<unsigned char>(utf8[at]));
    };
    const std::uint32_t lead = byte(i);
    std::uint32_t c = lead;
    std::size_t size = 1;
    if (lead >= 0xF0) {
      c = (lead & 0x07) << 18 | (byte(i + 1) & 0x3F) << 12 | (byte(i + 2) & 0x3F) << 6 |
          (byte(i + 3) & 0x3F);
      size = 4;
    } else if (lead >= 0xE0) {
      c = (lead & 0x0F) << 12 | (byte(i + 1) & 0x3F) << 6 | (byte(i + 2) & 0x3F);
      size = 3;
    } else if (lead >= 0xC0) {
      c = (lead & 0x1F) << 6 | (byte(i + 1) & 0x3F);
      size = 2;
    }
    if (c >= 0x10000) {
      out += static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10));
      out += static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF));
    } else {
      out += static_cast<char16_t>(c);
    }
    i += size;
  }
  return out;
}

/// A block of characters, blank at first. Positions and sizes are in bytes, as the sheet has them.
class Block {
 public:
  explicit Block(std::size_t size) : units_(size / 2, u' ') {}

  void put(std::size_t offset, std::size_t size, const std::u16string& text) {
    CARDRIG_CHECK(text.size() * 2 <= size && "the text fits its field");
    units_.replace(offset / 2, text.size(), text);
  }
  void put(std::size_t offset, std::size_t size, const std::string& utf8) {
    put(offset, size, to_utf16(utf8));
  }
  void put(std::size_t offset, const Date& d) {
    put(offset, 16, fmt::format("{:04}{:02}{:02}", d.year, d.month, d.day));
  }
  void put(std::size_t offset, const std::optional<Date>& end) {
    if (end) {
      put(offset, *end);
    } else {
      put(offset, 16, std::string("长期"));
    }
  }

  [[nodiscard]] std::vector<std::uint8_t> bytes() const {
    std::vector<std::uint8_t> out;
    for (const char16_t unit : units_) {
      out.push_back(static_cast<std::uint8_t>(unit & 0xFF));
      out.push_back(static_cast<std::uint8_t>(unit >> 8));
    }
    return out;
  }

 private:
  std::u16string units_;
};

/// The places that the resident card, the HMT permit and the 2023 card have in common.
void put_common(Block& block, const ChipData& d) {
  block.put(0, 30, d.name);
  block.put(30, 2, std::to_string(d.sex_code));
  block.put(36, d.birth);
  block.put(122, 36, d.number);
  block.put(188, d.valid_from);
  block.put(204, d.valid_to);
}

void put_resident(Block& block, const ChipData& d) {
  put_common(block, d);
  block.put(32, 4, d.ethnic_code);
  block.put(52, 70, d.address);
  block.put(158, 30, d.authority);
}

void put_hmt(Block& block, const ChipData& d) {
  put_common(block, d);
  block.put(52, 70, d.address);
  block.put(158, 30, d.authority);
  block.put(220, 18, d.travel_permit_number);
  block.put(238, 4, d.times_issued);
  block.put(248, 2, std::string("J"));
}

void put_foreigner_2017(Block& block, const ChipData& d) {
  block.put(0, 120, d.english_name);
  block.put(120, 2, std::to_string(d.sex_code));
  block.put(122, 30, d.number);
  block.put(152, 6, d.nationality);
  block.put(158, 30, d.name);
  block.put(188, d.valid_from);
  block.put(204, d.valid_to);
  block.put(220, d.birth);
  block.put(236, 4, d.card_version);
  block.put(240, 8, d.authority_code);
  block.put(248, 2, std::string("I"));
}

void put_foreigner_2023(Block& block, const ChipData& d) {
  constexpr std::size_t kFirstPart = 35;
  put_common(block, d);
  const std::u16string english = to_utf16(d.english_name);
  block.put(32, 4, d.times_issued);
  block.put(52, 70, english.substr(0, kFirstPart));
  if (english.size() > kFirstPart) block.put(220, 22, english.substr(kFirstPart));
  block.put(242, 6, d.nationality);
  block.put(248, 2, std::string("Y"));
  block.put(250, 6, d.former_link);
}

}  // namespace

std::vector<std::uint8_t> build_chip_text(const ChipData& data) {
  Block block(256);
  if (data.kind == "resident") {
    put_resident(block, data);
  } else if (data.kind == "hmt") {
    put_hmt(block, data);
  } else if (data.kind == "foreigner_2017") {
    put_foreigner_2017(block, data);
  } else if (data.kind == "foreigner_2023") {
    put_foreigner_2023(block, data);
  } else {
    CARDRIG_CHECK(false && "a kind of document with a chip");
  }
  if (data.type_letter) block.put(248, 2, std::string(1, *data.type_letter));
  return block.bytes();
}

std::vector<std::uint8_t> build_chip_address(const std::string& address_utf8) {
  Block block(70);
  block.put(0, 70, address_utf8);
  return block.bytes();
}

}  // namespace cardrig::sim
