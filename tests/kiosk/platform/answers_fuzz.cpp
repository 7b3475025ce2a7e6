// Bytes of a hostile platform against the readers of its answers. The first byte chooses.
#include <cstdint>
#include <string_view>

#include "kiosk/platform/answers.h"
#include "kiosk/runtime/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cardrig::platform;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const ClaimAsked asked{"a1", "permit-0001", {"resident", "11010519491231002X", "n"}, {}};
  switch (data[0] % 7) {
    case 0:
      static_cast<void>(read_permits(body));
      break;
    case 1: {
      const auto claim = read_claim(body, asked);
      CARDRIG_CHECK(!claim || claim->claim.certificate.number == "T11010519491231002X");
      break;
    }
    case 2:
      static_cast<void>(read_state(body, "a1"));
      break;
    case 3:
      static_cast<void>(read_report(body));
      break;
    case 4:
      static_cast<void>(read_health(body));
      break;
    case 5:
      static_cast<void>(read_error(data[0] * 3, body));
      break;
    default:
      static_cast<void>(decode_photo({data + 1, data + size}));
      break;
  }
  return 0;
}
