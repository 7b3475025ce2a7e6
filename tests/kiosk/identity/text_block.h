// Builds chip text blocks field by field at literal offsets, so that a wrong offset in the decoder
// cannot hide behind the same mistake in a shared table.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace cardrig::identity {

class TextBlock {
 public:
  TextBlock() {
    for (std::size_t i = 0; i < bytes.size(); i += 2) bytes[i] = ' ';
  }
  TextBlock& put(std::size_t offset, std::u16string_view text) {
    for (const char16_t c : text) {
      bytes[offset++] = static_cast<std::uint8_t>(c & 0xFF);
      bytes[offset++] = static_cast<std::uint8_t>(c >> 8);
    }
    return *this;
  }

  std::array<std::uint8_t, 256> bytes{};
};

/// An invented resident who passes every check on 2026-11-21.
inline TextBlock resident_block() {
  return TextBlock()
      .put(0, u"张建国")
      .put(30, u"2")
      .put(32, u"01")
      .put(36, u"19491231")
      .put(52, u"北京市朝阳区虚构路1号")
      .put(122, u"11010519491231002X")
      .put(158, u"北京市公安局朝阳分局")
      .put(188, u"20100101")
      .put(204, u"长期");
}

inline TextBlock hmt_block() {
  return TextBlock()
      .put(0, u"陳大文")
      .put(30, u"1")
      .put(36, u"19900101")
      .put(52, u"广东省深圳市虚构路2号")
      .put(122, u"810000199001010019")
      .put(158, u"深圳市公安局")
      .put(188, u"20230501")
      .put(204, u"20280501")
      .put(220, u"H12345678")
      .put(238, u"01")
      .put(248, u"J");
}

inline TextBlock foreigner_2017_block() {
  return TextBlock()
      .put(0, u"SMITH, JOHN ALEXANDER")
      .put(120, u"2")
      .put(122, u"CAN110085010106")
      .put(152, u"CAN")
      .put(158, u"史密斯")
      .put(188, u"20180301")
      .put(204, u"20280229")
      .put(220, u"19850101")
      .put(236, u"01")
      .put(240, u"1500")
      .put(248, u"I");
}

inline TextBlock foreigner_2023_block() {
  return TextBlock()
      .put(0, u"沙特")
      .put(30, u"1")
      .put(32, u"01")
      .put(36, u"19850101")
      .put(52, u"AL FARSI MOHAMMED ABDULRAHMAN SALEM")  // 35 characters
      .put(122, u"932682198501010017")
      .put(188, u"20240102")
      .put(204, u"20340101")
      .put(220, u" BIN KHALID")
      .put(242, u"682")
      .put(248, u"Y")
      .put(250, u"R7Q");
}

}  // namespace cardrig::identity
