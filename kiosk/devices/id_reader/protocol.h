// The SDT / SAM-V wire protocol: numbers only, shared by driver and simulator. Facts and their
// sources: reference sheet "id-reader-sdt" §1.2 to §1.8.
//
// Request: AA AA AA 96 69 | LenHi LenLo | CMD | PARA | data… | CHK
// Answer:  AA AA AA 96 69 | LenHi LenLo | SW1 SW2 SW3 | data… | CHK
// Len counts everything after itself, CHK included. CHK is the XOR of all bytes from LenHi to the
// last data byte.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cardrig::id_reader::sdt {

inline constexpr std::array<std::uint8_t, 5> kPreamble{0xAA, 0xAA, 0xAA, 0x96, 0x69};
inline constexpr std::size_t kHeaderSize = 7;  ///< preamble and length
inline constexpr std::size_t kShortestRequest = 3;  ///< Len of CMD PARA CHK
inline constexpr std::size_t kShortestAnswer = 4;  ///< Len of SW1 SW2 SW3 CHK
inline constexpr std::size_t kLongestAnswer = 0x090A;  ///< Len of 30 10 with 1024 bytes of fingers

/// CMD and PARA as one number (§1.4). One public header gives reset as 01; all others as 10.
inline constexpr std::uint16_t kReset = 0x10FF;
inline constexpr std::uint16_t kCheckStatus = 0x11FF;
inline constexpr std::uint16_t kReadSamId = 0x12FF;
inline constexpr std::uint16_t kFindCard = 0x2001;
inline constexpr std::uint16_t kSelectCard = 0x2002;
inline constexpr std::uint16_t kReadBase = 0x3001;
inline constexpr std::uint16_t kReadBaseAndFingers = 0x3010;
inline constexpr std::uint16_t kReadNewAddress = 0x3003;
inline constexpr std::uint16_t kSetBaud = 0x6000;  ///< plus the index into kBauds
inline constexpr std::uint16_t kSetMaxRfFrame = 0x61FF;  ///< one data byte, 24…255

/// Rates in the order of PARA of command 60; the first is the default.
inline constexpr std::array<unsigned, 5> kBauds{115200, 57600, 38400, 19200, 9600};

/// SW3 (§1.7). SW1 and SW2 are the card's own words; non-zero for failures of the card only.
inline constexpr std::uint8_t kOk = 0x90;
inline constexpr std::uint8_t kCardFound = 0x9F;
inline constexpr std::uint8_t kNoSuchItem = 0x91;
inline constexpr std::uint8_t kRequestChecksumWrong = 0x10;
inline constexpr std::uint8_t kRequestLengthWrong = 0x11;
inline constexpr std::uint8_t kCommandWrong = 0x21;
inline constexpr std::uint8_t kNotPermitted = 0x23;
inline constexpr std::uint8_t kUnrecognisedError = 0x24;
inline constexpr std::uint8_t kCardRefusedReader = 0x31;
inline constexpr std::uint8_t kReaderRefusedCard = 0x32;
inline constexpr std::uint8_t kContentNotAuthentic = 0x33;
inline constexpr std::uint8_t kNoCardFoundYet = 0x34;
inline constexpr std::uint8_t kFingersNotAuthentic = 0x37;
inline constexpr std::uint8_t kContentLengthWrong = 0x3F;
inline constexpr std::uint8_t kWrongCardType = 0x40;
inline constexpr std::uint8_t kReadFailed = 0x41;
inline constexpr std::uint8_t kNoRandomNumber = 0x47;
inline constexpr std::uint8_t kWriteFailed = 0x50;
inline constexpr std::uint8_t kSelfTestFailed = 0x60;
inline constexpr std::uint8_t kLoginFailed = 0x61;
inline constexpr std::uint8_t kSamNotAuthorised = 0x66;
inline constexpr std::uint8_t kFindFailed = 0x80;
inline constexpr std::uint8_t kSelectFailed = 0x81;

/// Sizes of data (§1.5, §1.6).
inline constexpr std::size_t kFoundSize = 4;
inline constexpr std::size_t kSerialSize = 8;
inline constexpr std::size_t kSamIdSize = 16;
inline constexpr std::size_t kTextSize = 256;
inline constexpr std::size_t kPhotoSize = 1024;
inline constexpr std::size_t kNewAddressSize = 70;
inline constexpr std::size_t kMostFingersSize =
    1024;  ///< two features of 512 bytes; 512 or 0 occur

/// Whole frames: no data, a read of text and photo, and the longest there is.
inline constexpr std::size_t kShortFrame = 11;
inline constexpr std::size_t kReadBaseFrame = 1295;
inline constexpr std::size_t kLongestFrame = 2321;

}  // namespace cardrig::id_reader::sdt
