// The two engines' makers, for engine.cpp alone.
#pragma once

#include "kiosk/face/engine.h"

namespace cardrig::face {

[[nodiscard]] Result<std::unique_ptr<Engine>, FaceReason> make_fast_engine(
    const std::string& model_dir);
[[nodiscard]] Result<std::unique_ptr<Engine>, FaceReason> make_dlib_engine(
    const std::string& model_dir);

}  // namespace cardrig::face
