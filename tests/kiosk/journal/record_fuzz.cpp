// Any bytes decode to a record or a typed reason; what decodes encodes to the same bytes again.
#include <cstdint>
#include <vector>

#include "kiosk/journal/record_codec.h"
#include "kiosk/runtime/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardrig::journal;
  const auto record = decode_record(std::span(data, size));
  if (record) {
    const auto again = encode_record(*record);
    CARDRIG_CHECK(again == std::vector<std::uint8_t>(data, data + size));
  }
  return 0;
}
