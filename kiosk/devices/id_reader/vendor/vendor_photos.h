// PhotoDecoder by a vendor's shared library (photo_library.h), loaded in a process of its own:
// whatever it does there, the kiosk goes on. For real rungs.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "kiosk/devices/id_reader/photo_decoder.h"
#include "kiosk/runtime/real_loop.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::id_reader {

struct VendorPhotosConfig {
  std::string program;  ///< path of bin/photo-decoder
  std::string library;  ///< path of the shared library
  Nanos limit{std::chrono::seconds(2)};  ///< for one photo
  Nanos start_limit{std::chrono::seconds(5)};  ///< for starting the process and loading the library
  unsigned memory_mb = 256;  ///< of address space; 0: no limit (sanitizers need it so)
};

/// The process is started for the first photo, kept, and started again for the next one when it
/// crashed, took too long or answered nonsense. Failures:
///   kCannotStart    no such program or library, another interface, or it was not there in time
///   kTooSlow        no picture within the limit: the process was killed
///   kCrashed        the process ended over this photo
///   kNonsense       another size than a picture has, or no answer of ours
///   kDamaged, kNotThisCoding, kNotLicensed   what the library said
/// Several callers take turns. No process outlives the decoder, nor the kiosk.
/// Trace: photo_decoder.started {pid}, photo_decoder.ended {pid, why}.
[[nodiscard]] std::unique_ptr<PhotoDecoder> make_vendor_photos(RealLoop& loop, const Tracer& tracer,
                                                               VendorPhotosConfig config);

}  // namespace cardrig::id_reader
