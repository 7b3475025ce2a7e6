// Names of the reasons why a file operation failed.
#include "kiosk/runtime/files.h"

namespace cardrig {

const char* to_string(FileReason reason) {
  switch (reason) {
    case FileReason::kNotFound:
      return "not found";
    case FileReason::kNoSpace:
      return "no space";
    case FileReason::kReadOnly:
      return "read-only";
    case FileReason::kIo:
      return "input/output error";
    case FileReason::kPowerLost:
      return "power lost";
  }
  return "?";
}

}  // namespace cardrig
