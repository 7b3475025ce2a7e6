// Pictures of the reports: scaled, coded, kept once; and decoded again to be compared.
// (OpenCV stays behind this header: its own `Event` and the trace's do not go together in lint.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/picture.h"
#include "scenarios/engine/result.h"

namespace cardrig::scenario {

/// Scales a picture to the width (never up), codes it, stores it and returns its key. Photographs
/// must have been replaced before. `lossless`: PNG, else JPEG. "" for an empty picture.
[[nodiscard]] std::string store_picture(PictureStore& store, const Picture& picture, int width_px,
                                        bool lossless);

/// A PNG or JPEG as BGR; nothing if it is damaged.
[[nodiscard]] std::optional<Picture> decode_picture(const std::vector<std::uint8_t>& coded);

}  // namespace cardrig::scenario
