// The chip's text block: literal offsets, and what the kiosk's decoder makes of it.
#include "simulators/id_reader/chip.h"

#include <gtest/gtest.h>

#include "kiosk/identity/document.h"

namespace cardrig::sim {
namespace {

using Bytes = std::vector<std::uint8_t>;

std::u16string at(const Bytes& block, std::size_t offset, std::size_t size) {
  std::u16string out;
  for (std::size_t i = offset; i < offset + size; i += 2) {
    out += static_cast<char16_t>(block[i] | block[i + 1] << 8);
  }
  return out;
}

identity::Document decode(const ChipData& data) {
  const Bytes text = build_chip_text(data);
  return identity::decode_text(std::span<const std::uint8_t, 256>(text.data(), 256)).value();
}

ChipData data(const std::string& kind) {
  ChipData d;
  d.kind = kind;
  d.name = "测试";
  d.english_name = "TEST PERSON WITH A NAME OF MORE THAN 35 CHARS";
  d.sex_code = 2;
  d.ethnic_code = "56";
  d.birth = {1985, 2, 28};
  d.address = "样例路1号";
  d.number = kind == "foreigner_2017" ? "CAN110085010106" : "11010519491231002X";
  d.authority = "测试分局";
  d.valid_from = {2020, 3, 4};
  d.valid_to = Date{2030, 3, 4};
  d.nationality = "840";
  d.card_version = "02";
  d.authority_code = "1500";
  d.former_link = "ABC";
  d.travel_permit_number = "H12345678";
  d.times_issued = "03";
  return d;
}

TEST(Chip, ResidentAtTheSheetsOffsets) {
  const Bytes b = build_chip_text(data("resident"));
  ASSERT_EQ(b.size(), 256U);
  EXPECT_EQ(at(b, 0, 6), u"测试 ");
  EXPECT_EQ(at(b, 30, 2), u"2");
  EXPECT_EQ(at(b, 32, 4), u"56");
  EXPECT_EQ(at(b, 36, 16), u"19850228");
  EXPECT_EQ(at(b, 52, 10), u"样例路1号");
  EXPECT_EQ(at(b, 122, 36), u"11010519491231002X");
  EXPECT_EQ(at(b, 158, 8), u"测试分局");
  EXPECT_EQ(at(b, 188, 16), u"20200304");
  EXPECT_EQ(at(b, 204, 16), u"20300304");
  EXPECT_EQ(at(b, 220, 36), std::u16string(18, u' '));
}

TEST(Chip, HmtAtTheSheetsOffsets) {
  const Bytes b = build_chip_text(data("hmt"));
  EXPECT_EQ(at(b, 32, 4), u"  ") << "no ethnic group";
  EXPECT_EQ(at(b, 220, 18), u"H12345678");
  EXPECT_EQ(at(b, 238, 4), u"03");
  EXPECT_EQ(at(b, 248, 2), u"J");
}

TEST(Chip, Foreigner2017AtTheSheetsOffsets) {
  const Bytes b = build_chip_text(data("foreigner_2017"));
  EXPECT_EQ(at(b, 0, 90), u"TEST PERSON WITH A NAME OF MORE THAN 35 CHARS");
  EXPECT_EQ(at(b, 120, 2), u"2");
  EXPECT_EQ(at(b, 122, 30), u"CAN110085010106");
  EXPECT_EQ(at(b, 152, 6), u"840");
  EXPECT_EQ(at(b, 158, 4), u"测试");
  EXPECT_EQ(at(b, 188, 16), u"20200304");
  EXPECT_EQ(at(b, 204, 16), u"20300304");
  EXPECT_EQ(at(b, 220, 16), u"19850228");
  EXPECT_EQ(at(b, 236, 4), u"02");
  EXPECT_EQ(at(b, 240, 8), u"1500");
  EXPECT_EQ(at(b, 248, 2), u"I");
}

TEST(Chip, Foreigner2023AtTheSheetsOffsets) {
  const Bytes b = build_chip_text(data("foreigner_2023"));
  EXPECT_EQ(at(b, 32, 4), u"03");
  EXPECT_EQ(at(b, 52, 70), u"TEST PERSON WITH A NAME OF MORE THA");
  EXPECT_EQ(at(b, 158, 30), std::u16string(15, u' ')) << "no authority";
  EXPECT_EQ(at(b, 220, 22), u"N 35 CHARS ");
  EXPECT_EQ(at(b, 242, 6), u"840");
  EXPECT_EQ(at(b, 248, 2), u"Y");
  EXPECT_EQ(at(b, 250, 6), u"ABC");
}

TEST(Chip, TheKiosksOwnDecoderReadsTheSame) {
  for (const std::string kind : {"resident", "hmt", "foreigner_2017", "foreigner_2023"}) {
    SCOPED_TRACE(kind);
    const ChipData d = data(kind);
    const auto doc = decode(d);
    EXPECT_EQ(to_string(doc.type), kind);
    EXPECT_EQ(doc.name, d.name);
    EXPECT_EQ(doc.sex_code, d.sex_code);
    EXPECT_EQ(doc.birth, d.birth);
    EXPECT_EQ(doc.number, d.number);
    EXPECT_EQ(doc.valid_from, d.valid_from);
    EXPECT_EQ(doc.valid_to, d.valid_to);
    const bool foreign = kind.rfind("foreigner", 0) == 0;
    EXPECT_EQ(doc.english_name, foreign ? d.english_name : "");
    EXPECT_EQ(doc.nationality, foreign ? d.nationality : "");
    EXPECT_EQ(doc.address, foreign ? "" : d.address);
  }
}

TEST(Chip, NoEndAndCharactersBeyondTheBmp) {
  ChipData d = data("resident");
  d.valid_to = std::nullopt;
  d.name = "𠮷𰻝";
  const Bytes b = build_chip_text(d);
  EXPECT_EQ(at(b, 204, 16), u"长期      ");
  EXPECT_EQ(at(b, 0, 10), u"𠮷𰻝 ");
  EXPECT_EQ(decode(d).name, "𠮷𰻝");
  EXPECT_EQ(decode(d).valid_to, std::nullopt);
}

TEST(Chip, AnUnknownTypeCanBeMade) {
  ChipData d = data("resident");
  d.type_letter = 'Q';
  const Bytes text = build_chip_text(d);
  const auto decoded = identity::decode_text(std::span<const std::uint8_t, 256>(text.data(), 256));
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().reason, identity::TextReason::kUnknownType);
}

TEST(ChipDeath, TextThatDoesNotFitIsAProgrammingError) {
  ChipData d = data("resident");
  d.name = "一二三四五六七八九十一二三四五六";
  EXPECT_DEATH(static_cast<void>(build_chip_text(d)), "the text fits its field");
  d = data("passport");
  EXPECT_DEATH(static_cast<void>(build_chip_text(d)), "a kind of document with a chip");
}

}  // namespace
}  // namespace cardrig::sim
