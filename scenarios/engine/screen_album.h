// ScreenAlbum: pictures of screens for reports. Most screens are the same in every run: what was
// drawn once in this process is not drawn again.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "kiosk/flow/screen.h"
#include "kiosk/runtime/picture.h"
#include "scenarios/engine/result.h"

namespace cardrig::scenario {

/// How a screen becomes a picture (BGR or BGRA). `now`: for the countdown and the bar.
using DrawScreen = std::function<Picture(const flow::Screen&, flow::Language, Nanos now)>;

class ScreenAlbum {
 public:
  explicit ScreenAlbum(DrawScreen draw) : draw_(std::move(draw)) {}

  /// Puts the picture of the screen, as it was when it came up, into the store; returns its key.
  /// Photographs must have been replaced before.
  std::string add(PictureStore& store, const flow::Screen& screen, flow::Language language);

 private:
  DrawScreen draw_;
  std::map<std::string, std::pair<std::string, StoredPicture>> drawn_;  // by content of the screen
};

/// Everything of a screen that can be seen, as text; moments of time left out. A picture counts by
/// its pixels.
[[nodiscard]] std::string content_of(const flow::Screen& screen, flow::Language language);

}  // namespace cardrig::scenario
