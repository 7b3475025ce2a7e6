// Card path frames, host's side.
#include "kiosk/devices/card_printer/path_driver_codec.h"

#include <algorithm>
#include <array>

#include "kiosk/devices/card_printer/protocol.h"

namespace cardrig::card_printer {

namespace {

constexpr std::array<std::uint16_t, 256> make_crc_table() {
  std::array<std::uint16_t, 256> table{};
  for (unsigned i = 0; i < 256; ++i) {
    unsigned crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 1U) != 0 ? (crc >> 1U) ^ protocol::kCrcPolynomial : crc >> 1U;
    }
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr auto kCrcTable = make_crc_table();

std::uint16_t u16(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8U | bytes[at + 1]);
}

std::uint32_t u32(std::span<const std::uint8_t> bytes, std::size_t at) {
  return static_cast<std::uint32_t>(u16(bytes, at)) << 16U | u16(bytes, at + 2);
}

std::optional<DeviceState> device_state(std::uint8_t byte) {
  switch (byte) {
    case protocol::kStateStarting:
      return DeviceState::kStarting;
    case protocol::kStateReady:
      return DeviceState::kReady;
    case protocol::kStateBusy:
      return DeviceState::kBusy;
    case protocol::kStateWarning:
    case protocol::kStateError:
      return DeviceState::kFault;
    default:
      return std::nullopt;
  }
}

std::optional<CardPosition> card_position(std::uint8_t byte) {
  switch (byte) {
    case protocol::kAtNone:
      return CardPosition::kNone;
    case protocol::kAtFeeder:
      return CardPosition::kFeeder;
    case protocol::kAtHead:
      return CardPosition::kHead;
    case protocol::kAtFlip:
      return CardPosition::kFlip;
    case protocol::kAtExit:
      return CardPosition::kExit;
    case protocol::kAtMoving:
      return CardPosition::kMoving;
    default:
      return std::nullopt;
  }
}

/// A fault that this driver does not know is a fault all the same.
PathFault path_fault(std::uint8_t byte) {
  switch (byte) {
    case protocol::kFaultNone:
      return PathFault::kNone;
    case protocol::kFaultCoverOpen:
      return PathFault::kCoverOpen;
    case protocol::kFaultFeederJam:
      return PathFault::kFeederJam;
    case protocol::kFaultHeadJam:
      return PathFault::kHeadJam;
    case protocol::kFaultExitJam:
      return PathFault::kExitJam;
    case protocol::kFaultRibbonOut:
      return PathFault::kRibbonOut;
    case protocol::kFaultRibbonMissing:
      return PathFault::kRibbonMissing;
    case protocol::kFaultRibbonBroken:
      return PathFault::kRibbonBroken;
    case protocol::kFaultHeadTemperature:
      return PathFault::kHeadTemperature;
    case protocol::kFaultDoubleFeed:
      return PathFault::kDoubleFeed;
    case protocol::kFaultCleaningDue:
      return PathFault::kCleaningDue;
    default:
      return PathFault::kOther;
  }
}

std::optional<SupplyState> supply_state(std::uint8_t byte) {
  switch (byte) {
    case protocol::kSupplyOk:
      return SupplyState::kOk;
    case protocol::kSupplyLow:
      return SupplyState::kLow;
    case protocol::kSupplyEmpty:
      return SupplyState::kEmpty;
    case protocol::kSupplyMissing:
      return SupplyState::kMissing;
    default:
      return std::nullopt;
  }
}

std::string padded_text(std::span<const std::uint8_t> bytes) {
  const auto end = std::find(bytes.begin(), bytes.end(), std::uint8_t{0});
  std::string text;
  for (auto it = bytes.begin(); it != end; ++it) {
    const bool printable = *it >= 0x20 && *it < 0x7F;
    text.push_back(printable ? static_cast<char>(*it) : '?');
  }
  return text;
}

}  // namespace

std::uint16_t path_crc(std::span<const std::uint8_t> bytes) {
  unsigned crc = protocol::kCrcStart;
  for (const std::uint8_t byte : bytes) crc = crc >> 8U ^ kCrcTable[(crc ^ byte) & 0xFFU];
  return static_cast<std::uint16_t>(crc);
}

std::vector<std::uint8_t> encode_path_request(std::uint8_t sequence, std::uint8_t operation) {
  std::vector<std::uint8_t> frame{protocol::kStart,       protocol::kVersion, 0,        0,
                                  protocol::kTypeRequest, sequence,           operation};
  const std::uint16_t crc = path_crc(std::span(frame).subspan(1));
  frame.push_back(static_cast<std::uint8_t>(crc & 0xFFU));
  frame.push_back(static_cast<std::uint8_t>(crc >> 8U));
  return frame;
}

void PathFrameReader::feed(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

std::optional<PathFrame> PathFrameReader::next() {
  for (;;) {
    while (!pending_.empty() && pending_.front() != protocol::kStart) pending_.pop_front();
    if (pending_.size() < protocol::kHeaderSize) return std::nullopt;
    const std::size_t length = static_cast<std::size_t>(pending_[2]) << 8U | pending_[3];
    if (pending_[1] != protocol::kVersion || length > protocol::kPayloadMax) {
      pending_.pop_front();
      continue;
    }
    const std::size_t size = protocol::kHeaderSize + length + protocol::kCrcSize;
    if (pending_.size() < size) return std::nullopt;
    const auto end = pending_.begin() + static_cast<std::ptrdiff_t>(size);
    const std::vector<std::uint8_t> frame(pending_.begin(), end);
    const auto checked = std::span(frame).subspan(1, size - 1 - protocol::kCrcSize);
    const unsigned crc = frame[size - 2] | static_cast<unsigned>(frame[size - 1]) << 8U;
    if (path_crc(checked) != crc) {
      pending_.pop_front();
      continue;
    }
    pending_.erase(pending_.begin(), end);
    return PathFrame{frame[4],
                     frame[5],
                     frame[6],
                     {frame.begin() + protocol::kHeaderSize, frame.end() - protocol::kCrcSize}};
  }
}

std::optional<PathStatus> decode_path_status(std::span<const std::uint8_t> record) {
  if (record.size() < protocol::kStatusSize) return std::nullopt;
  const auto device = device_state(record[protocol::kStatusState]);
  const auto position = card_position(record[protocol::kStatusPosition]);
  const auto hopper = supply_state(record[protocol::kStatusHopper]);
  const auto ribbon = supply_state(record[protocol::kStatusRibbon]);
  if (!device || !position || !hopper || !ribbon) return std::nullopt;
  const unsigned flags = record[protocol::kStatusFlags];
  const std::uint16_t panels = u16(record, protocol::kStatusPanelsLeft);
  PathStatus status;
  status.device = *device;
  status.position = *position;
  status.fault = path_fault(record[protocol::kStatusFault]);
  status.fault_after_feed = (flags & protocol::kFlagAfterFeed) != 0;
  status.hopper = *hopper;
  status.ribbon = *ribbon;
  status.ribbon_panels_left = panels == protocol::kPanelsUnknown ? -1 : panels;
  status.reject_bin_full = (flags & protocol::kFlagRejectFull) != 0;
  status.card_finished = (flags & protocol::kFlagCardFinished) != 0;
  status.cards_fed_total = u32(record, protocol::kStatusFed);
  status.cards_printed_total = u32(record, protocol::kStatusPrinted);
  status.cards_rejected_total = u32(record, protocol::kStatusRejected);
  status.starts_total = u16(record, protocol::kStatusStarts);
  return status;
}

std::optional<PathInfo> decode_path_info(std::span<const std::uint8_t> record) {
  if (record.size() < protocol::kInfoSize || record[0] != protocol::kInfoVersion) {
    return std::nullopt;
  }
  const unsigned mask = record[1];
  PathInfo info;
  info.capabilities.can_retract = (mask & protocol::kCanRetract) != 0;
  info.capabilities.can_reject = (mask & protocol::kCanReject) != 0;
  info.capabilities.counts_cards = (mask & protocol::kCountsCards) != 0;
  info.capabilities.knows_position = (mask & protocol::kKnowsPosition) != 0;
  info.model = padded_text(record.subspan(2, protocol::kModelSize));
  info.firmware = padded_text(record.subspan(2 + protocol::kModelSize, protocol::kFirmwareSize));
  info.serial = padded_text(
      record.subspan(2 + protocol::kModelSize + protocol::kFirmwareSize, protocol::kSerialSize));
  return info;
}

}  // namespace cardrig::card_printer
