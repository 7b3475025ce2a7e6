// Fuzzes the printer's IPP decoder: what it accepts, it writes back and reads again the same.
// Started with a corpus: fuzz_ipp fixtures/fuzz/ipp
#include <cstddef>
#include <cstdint>
#include <span>

#include "kiosk/runtime/check.h"
#include "simulators/card_printer/ipp_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace ipp = cardrig::sim::ipp;
  const auto decoded = ipp::decode_ipp(std::span(data, size));
  if (!decoded) return 0;
  CARDRIG_CHECK(decoded->size <= size);
  const auto bytes = ipp::encode_ipp(decoded->message);
  const auto again = ipp::decode_ipp(bytes);
  CARDRIG_CHECK(again.has_value() && again->size == bytes.size());
  CARDRIG_CHECK(ipp::encode_ipp(again->message) == bytes);
  return 0;
}
