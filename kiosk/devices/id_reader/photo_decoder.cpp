// Names of the reasons why a chip photo gives no picture.
#include "kiosk/devices/id_reader/photo_decoder.h"

namespace cardrig::id_reader {

const char* to_string(PhotoReason reason) {
  switch (reason) {
    case PhotoReason::kNotThisCoding:
      return "not_this_coding";
    case PhotoReason::kDamaged:
      return "damaged";
    case PhotoReason::kNotLicensed:
      return "not_licensed";
    case PhotoReason::kTooSlow:
      return "too_slow";
    case PhotoReason::kCrashed:
      return "crashed";
    case PhotoReason::kNonsense:
      return "nonsense";
    case PhotoReason::kCannotStart:
      return "cannot_start";
  }
  return "?";
}

}  // namespace cardrig::id_reader
