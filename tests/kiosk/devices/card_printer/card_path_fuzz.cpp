// Fuzzes both readers of the card path: any bytes, in pieces; no request is found that the
// driver's encoder would not have written the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "kiosk/devices/card_printer/path_driver_codec.h"
#include "kiosk/runtime/check.h"
#include "simulators/card_printer/path_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::uint8_t> all(data, size);
  const std::size_t piece = size == 0 ? 1 : std::size_t{data[0]} % 16 + 1;
  cardrig::card_printer::PathFrameReader host;
  cardrig::sim::PathRequestReader device;
  for (std::size_t at = 0; at < size; at += piece) {
    const auto part = all.subspan(at, std::min(piece, size - at));
    host.feed(part);
    device.feed(part);
    while (const auto frame = host.next()) {
      static_cast<void>(cardrig::card_printer::decode_path_status(frame->payload));
      static_cast<void>(cardrig::card_printer::decode_path_info(frame->payload));
    }
    while (const auto request = device.next()) {
      if (!request->payload.empty()) continue;
      const auto bytes =
          cardrig::card_printer::encode_path_request(request->sequence, request->operation);
      CARDRIG_CHECK(std::search(all.begin(), all.end(), bytes.begin(), bytes.end()) != all.end());
    }
  }
  return 0;
}
