// Fuzzes decode_text and the checks: whatever a chip holds, they answer and do not crash.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "kiosk/identity/document.h"
#include "kiosk/runtime/masking.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::array<std::uint8_t, 256> text{};
  std::copy_n(data, std::min(size, text.size()), text.begin());
  const auto document = cardrig::identity::decode_text(text);
  if (!document) return 0;
  static_cast<void>(cardrig::identity::check_document(*document, {2026, 11, 21}));
  static_cast<void>(cardrig::mask_name(document->name));
  static_cast<void>(cardrig::mask_number(document->number));
  return 0;
}
