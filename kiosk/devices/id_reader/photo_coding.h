// The numbers of the stand-in photo coding: 1024 bytes that hold a JPEG without its headers and
// tables. House-defined, for simulated cards only; a real card's photo is coded differently (WLT).
//
//   offset  bytes
//        0  8     magic "CRIGSIM1"
//        8  1     quality 1..100 of the quantisation tables (the usual scaling, see below)
//        9  2     length n of the scan, high byte first, 1..1000
//       11  2     CRC-16 over quality, length and scan, high byte first
//       13  n     the entropy-coded scan; FF is always followed by 00
//     13+n        zeros up to 1024
//
// Everything else of the JPEG is fixed: baseline, 102 × 126, Y Cb Cr with 4:2:0 sampling, the
// example Huffman tables of ITU-T T.81 Annex K.3, and the example quantisation tables of Annex K.1
// scaled by quality q as (table × s + 50) / 100, kept in 1..255, with s = 5000 / q below 50 and
// 200 − 2q from there on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace cardrig::id_reader::coding {

inline constexpr int kWidth_px = 102;
inline constexpr int kHeight_px = 126;
inline constexpr std::size_t kPhoto_bytes = 1024;

inline constexpr std::array<std::uint8_t, 8> kMagic{'C', 'R', 'I', 'G', 'S', 'I', 'M', '1'};
inline constexpr std::size_t kQualityOffset = 8;
inline constexpr std::size_t kLengthOffset = 9;
inline constexpr std::size_t kCrcOffset = 11;
inline constexpr std::size_t kScanOffset = 13;
inline constexpr std::size_t kMaxScan_bytes = 1000;

/// CRC-16/CCITT-FALSE: most significant bit first, no final inversion.
inline constexpr std::uint16_t kCrcPolynomial = 0x1021;
inline constexpr std::uint16_t kCrcInitial = 0xFFFF;

}  // namespace cardrig::id_reader::coding
