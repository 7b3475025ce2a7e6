// A drawn portrait, 358 × 441 px (the shape of an electronic photo): shown wherever a picture of a
// card leaves the project, in the place of a photograph.
#pragma once

#include "kiosk/runtime/picture.h"

namespace cardrig::tests {

[[nodiscard]] PicturePtr drawn_portrait();

}  // namespace cardrig::tests
