// GuideLights: the lights beside reader, camera and outlet, set in passing. A board that answers
// slowly, or not at all, never keeps a person waiting.
#pragma once

#include <array>
#include <cstddef>
#include <optional>

#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/runtime/loop.h"

namespace cardrig::flow {

class GuideLights {
 public:
  /// `limit`: for one answer of the board.
  GuideLights(Loop& loop, control_board::ControlBoard& board, Nanos limit)
      : loop_(loop), board_(board), limit_(limit) {}
  GuideLights(const GuideLights&) = delete;
  GuideLights& operator=(const GuideLights&) = delete;

  /// Returns at once; the board is told one light after the other, and of each light only the last
  /// word. A light that stays dark stops nobody: the idle check of the board speaks up.
  void set(control_board::Light light, bool on);

 private:
  static constexpr std::size_t kLights = 3;

  Async<void> tell_board();
  [[nodiscard]] std::optional<std::size_t> next_to_tell() const;

  Loop& loop_;
  control_board::ControlBoard& board_;
  Nanos limit_;
  // Nothing: not known, as after a start, when the board may still light what it lit before.
  std::array<std::optional<bool>, kLights> wanted_, told_;
  bool telling_ = false;
};

}  // namespace cardrig::flow
