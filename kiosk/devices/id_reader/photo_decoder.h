// Decodes the 1024-byte chip photo. The real coding (WLT) is proprietary: on real cards a vendor's
// library does it. Simulated cards carry a clearly marked stand-in coding, refused in production.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/result.h"

namespace cardrig::id_reader {

inline constexpr int kPhotoWidth_px = 102;
inline constexpr int kPhotoHeight_px = 126;

enum class PhotoReason {
  kNotThisCoding,  ///< e.g. a real WLT photo given to the stand-in decoder
  kDamaged,
  kNotLicensed,  ///< vendor decoder without its licence file
  kTooSlow,  ///< no picture within the time limit
  kCrashed,  ///< the vendor's decoder died over it
  kNonsense,  ///< it gave something that is no picture of this size
  kCannotStart,  ///< no such decoder, or not one that can be used here
};
[[nodiscard]] const char* to_string(PhotoReason reason);

class PhotoDecoder {
 public:
  virtual ~PhotoDecoder() = default;
  /// 102 × 126 BGR, the top row first. `coded` must stay until this has ended. Whoever keeps the
  /// picture wipes it.
  virtual Async<Result<Picture, PhotoReason>> decode(std::span<const std::uint8_t, 1024> coded) = 0;
  /// True for the stand-in coding, which a production profile refuses.
  [[nodiscard]] virtual bool is_stand_in() const = 0;
};

/// The stand-in: magic "CRIGSIM1", then a JPEG scan whose fixed tables are left out.
[[nodiscard]] std::unique_ptr<PhotoDecoder> make_stand_in_decoder();
/// What it does, at once.
[[nodiscard]] Result<Picture, PhotoReason> decode_stand_in(
    std::span<const std::uint8_t, 1024> coded);

}  // namespace cardrig::id_reader
