// Decoding of the four layouts, their padding and their encoding.
#include "kiosk/identity/document.h"

#include <gtest/gtest.h>

#include "tests/kiosk/identity/text_block.h"

namespace cardrig::identity {
namespace {

TextReason reason_of(const TextBlock& block) {
  const auto decoded = decode_text(block.bytes);
  EXPECT_FALSE(decoded.has_value());
  return decoded ? TextReason{} : decoded.error().reason;
}

TEST(Document, Resident) {
  const auto d = decode_text(resident_block().bytes);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->type, DocumentType::kResident);
  EXPECT_EQ(d->name, "张建国");
  EXPECT_EQ(d->english_name, "");
  EXPECT_EQ(d->sex_code, 2);
  EXPECT_EQ(d->ethnic_code, "01");
  EXPECT_EQ(d->birth, (Date{1949, 12, 31}));
  EXPECT_EQ(d->address, "北京市朝阳区虚构路1号");
  EXPECT_EQ(d->number, "11010519491231002X");
  EXPECT_EQ(d->authority, "北京市公安局朝阳分局");
  EXPECT_EQ(d->valid_from, (Date{2010, 1, 1}));
  EXPECT_EQ(d->valid_to, std::nullopt);
  EXPECT_EQ(d->travel_permit_number, "");
}

TEST(Document, HongKongMacaoTaiwan) {
  const auto d = decode_text(hmt_block().bytes);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->type, DocumentType::kHmt);
  EXPECT_EQ(d->name, "陳大文");
  EXPECT_EQ(d->ethnic_code, "");
  EXPECT_EQ(d->number, "810000199001010019");
  EXPECT_EQ(d->travel_permit_number, "H12345678");
  EXPECT_EQ(d->times_issued, "01");
  EXPECT_EQ(d->valid_to, (Date{2028, 5, 1}));
}

TEST(Document, Foreigner2017) {
  const auto d = decode_text(foreigner_2017_block().bytes);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->type, DocumentType::kForeigner2017);
  EXPECT_EQ(d->name, "史密斯");
  EXPECT_EQ(d->english_name, "SMITH, JOHN ALEXANDER");
  EXPECT_EQ(d->sex_code, 2);
  EXPECT_EQ(d->number, "CAN110085010106");
  EXPECT_EQ(d->nationality, "CAN");
  EXPECT_EQ(d->birth, (Date{1985, 1, 1}));
  EXPECT_EQ(d->valid_from, (Date{2018, 3, 1}));
  EXPECT_EQ(d->valid_to, (Date{2028, 2, 29}));
  EXPECT_EQ(d->authority, "1500");
  EXPECT_EQ(d->card_version, "01");
  EXPECT_EQ(d->former_link, "");
  EXPECT_EQ(d->address, "");
}

// Number and dates stand where the resident's stand, but no address, ethnic code or authority does.
TEST(Document, Foreigner2023) {
  const auto d = decode_text(foreigner_2023_block().bytes);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->type, DocumentType::kForeigner2023);
  EXPECT_EQ(d->name, "沙特");
  EXPECT_EQ(d->english_name, "AL FARSI MOHAMMED ABDULRAHMAN SALEM BIN KHALID");
  EXPECT_EQ(d->ethnic_code, "");
  EXPECT_EQ(d->times_issued, "01");
  EXPECT_EQ(d->address, "");
  EXPECT_EQ(d->authority, "");
  EXPECT_EQ(d->nationality, "682");
  EXPECT_EQ(d->number, "932682198501010017");
  EXPECT_EQ(d->former_link, "R7Q");
  EXPECT_EQ(d->card_version, "");
}

// The trap of the 2023 card: whatever the English name looks like, nothing takes it for an address,
// the times renewed for an ethnic group, or what is reserved for an authority.
TEST(Document, TheEnglishNameOfA2023CardIsNeverAnAddress) {
  const std::u16string letters = u"ABCDEFGHIJKLMNOPQRSTUVWXYZ ABCDEFGHIJKLMNOPQRS";
  ASSERT_EQ(letters.size(), 46U);
  for (std::size_t size = 1; size <= letters.size(); ++size) {
    if (letters[size - 1] == u' ') continue;
    auto block = foreigner_2023_block();
    block.put(52, std::u16string(35, u' ')).put(220, std::u16string(11, u' '));
    block.put(52, letters.substr(0, std::min<std::size_t>(size, 35)));
    if (size > 35) block.put(220, letters.substr(35, size - 35));
    block.put(158, u"RESERVED");
    const auto d = decode_text(block.bytes);
    ASSERT_TRUE(d.has_value());
    EXPECT_EQ(d->english_name.size(), size);
    EXPECT_EQ(d->address, "");
    EXPECT_EQ(d->new_address, "");
    EXPECT_EQ(d->ethnic_code, "");
    EXPECT_EQ(d->authority, "");
  }
}

TEST(Document, AdditionalAddress) {
  std::array<std::uint8_t, 70> bytes{};
  for (std::size_t i = 0; i < bytes.size(); i += 2) bytes[i] = ' ';
  EXPECT_EQ(*decode_new_address(bytes), "");
  const std::u16string text = u"上海市测试区𠮷路1号";
  for (std::size_t i = 0; i < text.size(); ++i) {
    bytes[2 * i] = static_cast<std::uint8_t>(text[i] & 0xFF);
    bytes[2 * i + 1] = static_cast<std::uint8_t>(text[i] >> 8);
  }
  EXPECT_EQ(*decode_new_address(bytes), "上海市测试区𠮷路1号");
  bytes[0] = 0x42;
  bytes[1] = 0xD8;  // half a pair
  const auto bad = decode_new_address(bytes);
  ASSERT_FALSE(bad.has_value());
  EXPECT_EQ(bad.error().reason, TextReason::kBadEncoding);
  EXPECT_EQ(bad.error().detail, "additional address");
}

TEST(Document, ForeignerWithoutChineseNameGoesByTheEnglishOne) {
  auto block = foreigner_2017_block();
  block.put(158, u"   ");
  EXPECT_EQ(decode_text(block.bytes)->name, "SMITH, JOHN ALEXANDER");
}

TEST(Document, EveryUnknownLetterIsRefusedPolitely) {
  for (int letter = 1; letter < 0x10000; ++letter) {
    if (letter == ' ' || letter == 'I' || letter == 'J' || letter == 'Y') continue;
    auto block = resident_block();
    block.bytes[248] = static_cast<std::uint8_t>(letter & 0xFF);
    block.bytes[249] = static_cast<std::uint8_t>(letter >> 8);
    const auto decoded = decode_text(block.bytes);
    ASSERT_FALSE(decoded.has_value()) << letter;
    ASSERT_EQ(decoded.error().reason, TextReason::kUnknownType) << letter;
  }
}

TEST(Document, ZeroPaddingIsPadding) {
  auto block = resident_block();
  for (std::size_t i = 6; i < 30; ++i) block.bytes[i] = 0;
  for (std::size_t i = 220; i < 256; ++i) block.bytes[i] = 0;
  const auto d = decode_text(block.bytes);
  ASSERT_TRUE(d.has_value());
  EXPECT_EQ(d->name, "张建国");
  EXPECT_EQ(d->type, DocumentType::kResident);
}

TEST(Document, SurrogatePairsAreKept) {
  auto block = resident_block();
  block.put(0, u"𠮷田𰻝");
  EXPECT_EQ(decode_text(block.bytes)->name, "𠮷田𰻝");
}

TEST(Document, PrivateUseIsKeptExactly) {
  auto block = resident_block();
  block.put(0, u"张\uE123 ");
  EXPECT_EQ(decode_text(block.bytes)->name, "张\uE123");
}

TEST(Document, SpacesInsideANameStay) {
  auto block = foreigner_2017_block();
  EXPECT_EQ(decode_text(block.bytes)->english_name, "SMITH, JOHN ALEXANDER");
}

TEST(Document, BadEncodingIsRefused) {
  const std::u16string bad[] = {
      {0xD842}, {0xDFB7}, {0xD842, u'田'}, {0xDFB7, 0xD842}, {0x0007}, {u'a', 0x0000, u'b'},
      {0xFFFD}, {0xFFFF}, {0x0085},        {0x202E, u'国'},  {0x200B}, {u'a', 0x000A, u'b'}};
  for (const auto& text : bad) {
    SCOPED_TRACE(static_cast<int>(text[0]));
    EXPECT_EQ(reason_of(resident_block().put(0, text)), TextReason::kBadEncoding);
    EXPECT_EQ(reason_of(resident_block().put(52, text)), TextReason::kBadEncoding);
  }
}

TEST(Document, AHighSurrogateAtTheEndOfAFieldDoesNotReachIntoTheNext) {
  auto block = resident_block();
  block.put(0, u"张张张张张张张张张张张张张张\xD842");  // 15 characters fill the name
  block.put(30, u"\xDFB7");
  EXPECT_EQ(reason_of(block), TextReason::kBadEncoding);
}

TEST(Document, BadDatesAreRefused) {
  for (const auto* date : {u"19490230", u"1949123 ", u"        ", u"1949-1-1", u"19491301",
                           u"长期    ", u"00000000", u"２０１００１０１"}) {
    EXPECT_EQ(reason_of(resident_block().put(36, date)), TextReason::kBadDate);
    EXPECT_EQ(reason_of(resident_block().put(188, date)), TextReason::kBadDate);
  }
  EXPECT_EQ(reason_of(resident_block().put(204, u"20210229")), TextReason::kBadDate);
  EXPECT_EQ(reason_of(resident_block().put(204, u"        ")), TextReason::kBadDate);
  EXPECT_EQ(reason_of(foreigner_2017_block().put(220, u"19850132")), TextReason::kBadDate);
}

TEST(Document, FailuresNameNoPersonalData) {
  const auto decoded = decode_text(resident_block().put(36, u"19490230").bytes);
  ASSERT_FALSE(decoded.has_value());
  EXPECT_EQ(decoded.error().detail, "field at offset 36");
}

TEST(Document, NumberIsMadeUpperCase) {
  EXPECT_EQ(decode_text(resident_block().put(122, u"11010519491231002x").bytes)->number,
            "11010519491231002X");
}

TEST(Document, TypesHaveNames) {
  EXPECT_STREQ(to_string(DocumentType::kResident), "resident");
  EXPECT_STREQ(to_string(DocumentType::kForeigner2017), "foreigner_2017");
  EXPECT_STREQ(to_string(DocumentType::kForeigner2023), "foreigner_2023");
  EXPECT_STREQ(to_string(DocumentType::kHmt), "hmt");
}

}  // namespace
}  // namespace cardrig::identity
