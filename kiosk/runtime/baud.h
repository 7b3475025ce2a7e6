// Speeds of serial lines, as numbers and as termios codes.
#pragma once

#include <termios.h>

#include <optional>

namespace cardrig {

/// Nothing for a speed that the operating system has no code for.
[[nodiscard]] std::optional<speed_t> speed_of(unsigned baud);
/// 0 for a code that is none of these speeds.
[[nodiscard]] unsigned baud_of(speed_t speed);

}  // namespace cardrig
