// Decodes the 1024-byte chip photo. The real coding (WLT) is proprietary: on real cards a vendor's
// library does it. Simulated cards carry a clearly marked stand-in coding, refused in production.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "kiosk/runtime/picture.h"
#include "kiosk/runtime/result.h"

namespace cardrig::id_reader {

inline constexpr int kPhotoWidth_px = 102;
inline constexpr int kPhotoHeight_px = 126;

enum class PhotoReason {
  kNotThisCoding,  ///< e.g. a real WLT photo given to the stand-in decoder
  kDamaged,
  kNotLicensed,  ///< vendor decoder without its licence file
};
[[nodiscard]] const char* to_string(PhotoReason reason);

class PhotoDecoder {
 public:
  virtual ~PhotoDecoder() = default;
  /// 102 × 126 BGR.
  virtual Result<Picture, PhotoReason> decode(std::span<const std::uint8_t, 1024> coded) = 0;
  /// True for the stand-in coding, which a production profile refuses.
  [[nodiscard]] virtual bool is_stand_in() const = 0;
};

/// The stand-in: magic "CRIGSIM1", then a JPEG scan whose fixed tables are left out.
[[nodiscard]] std::unique_ptr<PhotoDecoder> make_stand_in_decoder();

}  // namespace cardrig::id_reader
