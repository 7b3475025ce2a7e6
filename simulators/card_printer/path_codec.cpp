// Card path frames, printer's side.
#include "simulators/card_printer/path_codec.h"

#include <algorithm>
#include <string_view>

namespace cardrig::sim {

namespace protocol = card_printer::protocol;

namespace {

std::uint16_t crc_of(const std::uint8_t* first, const std::uint8_t* last) {
  std::uint16_t crc = protocol::kCrcStart;
  for (; first != last; ++first) {
    crc = static_cast<std::uint16_t>(crc ^ *first);
    for (int bit = 8; bit > 0; --bit) {
      const bool carry = (crc & 1) != 0;
      crc = static_cast<std::uint16_t>(crc >> 1);
      if (carry) crc = static_cast<std::uint16_t>(crc ^ protocol::kCrcPolynomial);
    }
  }
  return crc;
}

std::vector<std::uint8_t> frame(std::uint8_t type, std::uint8_t sequence, std::uint8_t operation,
                                const std::vector<std::uint8_t>& payload) {
  const std::size_t body = protocol::kHeaderSize + payload.size();
  std::vector<std::uint8_t> out(body + protocol::kCrcSize);
  out[0] = protocol::kStart;
  out[1] = protocol::kVersion;
  out[2] = static_cast<std::uint8_t>(payload.size() / 256);
  out[3] = static_cast<std::uint8_t>(payload.size() % 256);
  out[4] = type;
  out[5] = sequence;
  out[6] = operation;
  std::copy(payload.begin(), payload.end(), out.begin() + protocol::kHeaderSize);
  const std::uint16_t crc = crc_of(out.data() + 1, out.data() + body);
  out[body] = static_cast<std::uint8_t>(crc % 256);
  out[body + 1] = static_cast<std::uint8_t>(crc / 256);
  return out;
}

void put(std::vector<std::uint8_t>& record, std::size_t at, std::size_t size,
         std::uint32_t number) {
  for (std::size_t i = size; i > 0; --i) {
    record[at + i - 1] = static_cast<std::uint8_t>(number % 256);
    number /= 256;
  }
}

}  // namespace

void PathRequestReader::feed(std::span<const std::uint8_t> bytes) {
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
}

std::optional<PathRequest> PathRequestReader::next() {
  std::size_t at = 0;
  std::optional<PathRequest> found;
  for (; at < pending_.size() && !found; ++at) {
    if (pending_[at] != protocol::kStart) continue;
    const std::uint8_t* head = pending_.data() + at;
    const std::size_t here = pending_.size() - at;
    if (here < protocol::kHeaderSize) break;
    const std::size_t length = head[2] * std::size_t{256} + head[3];
    if (head[1] != protocol::kVersion || length > protocol::kPayloadMax) continue;
    const std::size_t body = protocol::kHeaderSize + length;
    if (here < body + protocol::kCrcSize) break;
    if (crc_of(head + 1, head + body) != head[body] + head[body + 1] * 256) continue;
    if (head[4] == protocol::kTypeRequest) {
      found = PathRequest{head[5], head[6], {head + protocol::kHeaderSize, head + body}};
    }
    at += body + protocol::kCrcSize - 1;
  }
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
  return found;
}

std::vector<std::uint8_t> encode_path_response(std::uint8_t sequence, std::uint8_t operation,
                                               std::int8_t code,
                                               std::span<const std::uint8_t> record) {
  std::vector<std::uint8_t> payload{static_cast<std::uint8_t>(code)};
  payload.insert(payload.end(), record.begin(), record.end());
  return frame(protocol::kTypeResponse, sequence, operation, payload);
}

std::vector<std::uint8_t> encode_path_event(std::uint8_t sequence, std::uint8_t operation,
                                            std::span<const std::uint8_t> record) {
  return frame(protocol::kTypeEvent, sequence, operation, {record.begin(), record.end()});
}

std::vector<std::uint8_t> status_record(const PrinterView& view) {
  std::vector<std::uint8_t> record(protocol::kStatusSize);
  std::uint8_t flags = 0;
  const auto flag = [&flags](bool set, std::uint8_t bit) {
    if (set) flags = static_cast<std::uint8_t>(flags | bit);
  };
  flag(view.after_feed, protocol::kFlagAfterFeed);
  flag(view.reject_full, protocol::kFlagRejectFull);
  flag(view.job, protocol::kFlagJob);
  flag(view.cover_open, protocol::kFlagCoverOpen);
  flag(view.finished, protocol::kFlagCardFinished);
  put(record, protocol::kStatusState, 1, view.state);
  put(record, protocol::kStatusPosition, 1, view.position);
  put(record, protocol::kStatusFault, 1, view.fault);
  put(record, protocol::kStatusFlags, 1, flags);
  put(record, protocol::kStatusHopper, 1, view.hopper);
  put(record, protocol::kStatusRibbon, 1, view.ribbon);
  put(record, protocol::kStatusPanelsLeft, 2, static_cast<std::uint32_t>(view.panels_left));
  put(record, protocol::kStatusFed, 4, view.fed);
  put(record, protocol::kStatusPrinted, 4, view.printed);
  put(record, protocol::kStatusRejected, 4, view.rejected);
  put(record, protocol::kStatusStarts, 2, view.starts);
  return record;
}

std::vector<std::uint8_t> info_record() {
  std::vector<std::uint8_t> record{protocol::kInfoVersion,
                                   protocol::kCanRetract | protocol::kCanReject |
                                       protocol::kCountsCards | protocol::kKnowsPosition};
  const auto text = [&record](std::string_view what, std::size_t size) {
    record.insert(record.end(), what.begin(), what.end());
    record.insert(record.end(), size - what.size(), 0);
  };
  text("CARDRIG KP-1", protocol::kModelSize);
  text("1.0.0", protocol::kFirmwareSize);
  text("SIM-0000001", protocol::kSerialSize);
  return record;
}

}  // namespace cardrig::sim
