// Numbers of the card printer's two channels, for driver and simulator alike.
// Source of the card path: docs/protocols/card-path.md (house-defined). Numbers only: a shared
// encoder or decoder would hide a mistake that both sides make.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cardrig::card_printer::protocol {

// --- card path: frame ---
inline constexpr std::uint8_t kStart = 0x02;
inline constexpr std::uint8_t kVersion = 0x01;
inline constexpr std::size_t kHeaderSize = 7;
inline constexpr std::size_t kCrcSize = 2;
inline constexpr std::size_t kPayloadMax = 256;
inline constexpr std::uint16_t kCrcPolynomial = 0xA001;  // reflected; start FFFF; low byte first
inline constexpr std::uint16_t kCrcStart = 0xFFFF;

inline constexpr std::uint8_t kTypeRequest = 0x01;
inline constexpr std::uint8_t kTypeResponse = 0x02;
inline constexpr std::uint8_t kTypeEvent = 0x03;

// --- card path: operations ---
inline constexpr std::uint8_t kOpGetInfo = 0x01;
inline constexpr std::uint8_t kOpGetStatus = 0x02;
inline constexpr std::uint8_t kOpPresent = 0x10;
inline constexpr std::uint8_t kOpRetract = 0x11;
inline constexpr std::uint8_t kOpReject = 0x12;
inline constexpr std::uint8_t kOpClearError = 0x20;
inline constexpr std::uint8_t kOpStatusChanged = 0x7F;

// --- card path: return codes ---
inline constexpr std::int8_t kCodeDone = 0;
inline constexpr std::int8_t kCodeUnsupported = -5;
inline constexpr std::int8_t kCodeBadParameter = -6;
inline constexpr std::int8_t kCodeBusy = -11;
inline constexpr std::int8_t kCodeNotReady = -21;
inline constexpr std::int8_t kCodeMechanical = -22;
inline constexpr std::int8_t kCodeNotPossible = -101;
inline constexpr std::int8_t kCodeRejectFull = -102;

// --- card path: info ---
inline constexpr std::uint8_t kInfoVersion = 1;
inline constexpr std::uint8_t kCanRetract = 0x01;
inline constexpr std::uint8_t kCanReject = 0x02;
inline constexpr std::uint8_t kCountsCards = 0x04;
inline constexpr std::uint8_t kKnowsPosition = 0x08;
inline constexpr std::size_t kModelSize = 16;
inline constexpr std::size_t kFirmwareSize = 8;
inline constexpr std::size_t kSerialSize = 16;
inline constexpr std::size_t kInfoSize = 2 + kModelSize + kFirmwareSize + kSerialSize;

// --- card path: status record, offsets ---
inline constexpr std::size_t kStatusState = 0;
inline constexpr std::size_t kStatusPosition = 1;
inline constexpr std::size_t kStatusFault = 2;
inline constexpr std::size_t kStatusFlags = 3;
inline constexpr std::size_t kStatusHopper = 4;
inline constexpr std::size_t kStatusRibbon = 5;
inline constexpr std::size_t kStatusPanelsLeft = 6;
inline constexpr std::size_t kStatusFed = 8;
inline constexpr std::size_t kStatusPrinted = 12;
inline constexpr std::size_t kStatusRejected = 16;
inline constexpr std::size_t kStatusStarts = 20;
inline constexpr std::size_t kStatusSize = 22;

inline constexpr std::uint8_t kStateStarting = 0;
inline constexpr std::uint8_t kStateReady = 1;
inline constexpr std::uint8_t kStateBusy = 2;
inline constexpr std::uint8_t kStateWarning = 3;
inline constexpr std::uint8_t kStateError = 4;

inline constexpr std::uint8_t kAtNone = 0;
inline constexpr std::uint8_t kAtFeeder = 1;
inline constexpr std::uint8_t kAtHead = 2;
inline constexpr std::uint8_t kAtFlip = 3;
inline constexpr std::uint8_t kAtExit = 4;
inline constexpr std::uint8_t kAtMoving = 5;

inline constexpr std::uint8_t kFaultNone = 0;
inline constexpr std::uint8_t kFaultCoverOpen = 1;
inline constexpr std::uint8_t kFaultFeederJam = 2;
inline constexpr std::uint8_t kFaultHeadJam = 3;
inline constexpr std::uint8_t kFaultExitJam = 4;
inline constexpr std::uint8_t kFaultRibbonOut = 5;
inline constexpr std::uint8_t kFaultRibbonMissing = 6;
inline constexpr std::uint8_t kFaultRibbonBroken = 7;
inline constexpr std::uint8_t kFaultHeadTemperature = 8;
inline constexpr std::uint8_t kFaultDoubleFeed = 9;
inline constexpr std::uint8_t kFaultCleaningDue = 10;
inline constexpr std::uint8_t kFaultCardInPath = 11;

inline constexpr std::uint8_t kFlagAfterFeed = 0x01;
inline constexpr std::uint8_t kFlagRejectFull = 0x02;
inline constexpr std::uint8_t kFlagJob = 0x04;
inline constexpr std::uint8_t kFlagCoverOpen = 0x08;
inline constexpr std::uint8_t kFlagCardFinished = 0x10;

inline constexpr std::uint8_t kSupplyOk = 0;
inline constexpr std::uint8_t kSupplyLow = 1;
inline constexpr std::uint8_t kSupplyEmpty = 2;
inline constexpr std::uint8_t kSupplyMissing = 3;
inline constexpr std::uint16_t kPanelsUnknown = 0xFFFF;

inline constexpr std::uint16_t kPathTcpPort = 9200;
inline constexpr unsigned kPathBaud = 115200;

// --- print channel (IPP, RFC 8010 and 8011) ---
inline constexpr std::uint16_t kIppTcpPort = 631;
inline constexpr const char* kIppPath = "/ipp/print";
inline constexpr const char* kIppContentType = "application/ipp";
inline constexpr const char* kDocumentFormat = "image/png";
// om_card_54x86mm as CUPS' own printer simulator names it; hundredths of a millimetre.
inline constexpr const char* kMediaName = "om_card_54x86mm";
inline constexpr int kMediaX_hundredths_mm = 5400;
inline constexpr int kMediaY_hundredths_mm = 8600;
// 300 dpi, overbleed included, as the firmware of the sheet's vendor has it.
inline constexpr int kCardWidth_px = 1016;
inline constexpr int kCardHeight_px = 648;

}  // namespace cardrig::card_printer::protocol
