// Names of the reasons why a stream cannot be opened.
#include "kiosk/runtime/byte_stream.h"

namespace cardrig {

const char* to_string(OpenReason reason) {
  switch (reason) {
    case OpenReason::kNotFound:
      return "not found";
    case OpenReason::kRefused:
      return "refused";
    case OpenReason::kUnreachable:
      return "unreachable";
    case OpenReason::kAuthFailed:
      return "authentication failed";
  }
  return "?";
}

}  // namespace cardrig
