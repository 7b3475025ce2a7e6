// CardPath: where the card is, how many were fed, and how to present, retract and reject it: a
// vendor's command channel. House-defined wire protocol: docs/protocols/card-path.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kiosk/devices/status.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig::card_printer {

enum class PathReason {
  kOffline,  ///< the channel cannot be opened or broke
  kTimeout,
  kBadAnswer,
  kNotPossible,  ///< the command does not fit where the card is
  kFeederEmpty,
  kJam,  ///< a mechanical error that must be cleared
  kRejectFull,
  kUnsupported,
};
[[nodiscard]] const char* to_string(PathReason reason);

/// Where the one card in the path is.
enum class CardPosition { kNone, kFeeder, kHead, kFlip, kExit, kMoving, kUnknown };
[[nodiscard]] const char* to_string(CardPosition position);

/// Defects can be waited out before a card has moved; errors came after one did.
enum class PathFault {
  kNone,
  kCoverOpen,
  kFeederJam,
  kHeadJam,
  kExitJam,
  kRibbonOut,
  kRibbonMissing,
  kRibbonBroken,
  kHeadTemperature,
  kDoubleFeed,
  kCleaningDue,
  kOther
};
[[nodiscard]] const char* to_string(PathFault fault);

struct PathStatus {
  DeviceState device = DeviceState::kUnknown;
  CardPosition position = CardPosition::kUnknown;
  PathFault fault = PathFault::kNone;
  bool fault_after_feed = false;  ///< true: an error, the card in the path is spoilt
  SupplyState hopper = SupplyState::kUnknown;
  SupplyState ribbon = SupplyState::kUnknown;
  int ribbon_panels_left = -1;  ///< -1 unknown
  bool reject_bin_full = false;
  bool card_finished = false;  ///< the card in the path or at the exit is fully printed
  std::uint32_t cards_fed_total = 0;  ///< rises when a card leaves the hopper, never falls
  std::uint32_t cards_printed_total = 0;  ///< rises when printing of a card has finished
  std::uint32_t cards_rejected_total = 0;  ///< rises when a card has fallen into the reject bin
  std::uint16_t starts_total = 0;  ///< rises when the printer has started
};

struct PathCapabilities {
  bool can_retract = false;
  bool can_reject = false;
  bool counts_cards = false;
  bool knows_position = false;
};

class CardPath {
 public:
  virtual ~CardPath() = default;
  virtual Async<Result<Unit, PathReason>> start() = 0;
  virtual Async<Result<PathStatus, PathReason>> status() = 0;
  /// Returns when the printer says unasked that its status has changed, or has said so since the
  /// last status(), and after `limit` at the latest. A hint when to ask, no more: a channel that
  /// cannot tell lets the whole limit pass.
  virtual Async<void> wait_for_change(Nanos limit) = 0;
  /// Ejects the printed card to the exit, where it can be taken.
  virtual Async<Result<Unit, PathReason>> present() = 0;
  /// Draws an untaken card back in and drops it into the reject bin.
  virtual Async<Result<Unit, PathReason>> retract() = 0;
  /// Moves whatever card is in the path into the reject bin.
  virtual Async<Result<Unit, PathReason>> reject() = 0;
  /// Clears a latched mechanical error after its cause is gone.
  virtual Async<Result<Unit, PathReason>> clear_error() = 0;
  [[nodiscard]] virtual PathCapabilities capabilities() const = 0;
};

}  // namespace cardrig::card_printer
