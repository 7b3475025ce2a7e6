// The checks of printer, card path, outlet and queue before a card.
#include "kiosk/issuance/readiness.h"

#include "kiosk/runtime/async.h"

namespace cardrig::issuance {

using card_printer::CardPosition;
using card_printer::PathFault;

namespace {

using MaybeObstacle = std::optional<Obstacle>;

bool gone(SupplyState s) { return s == SupplyState::kEmpty || s == SupplyState::kMissing; }

MaybeObstacle obstacle_in(const card_printer::PathStatus& s) {
  if (gone(s.hopper)) return Obstacle{"no cards in the hopper", false};
  if (gone(s.ribbon)) return Obstacle{"no ribbon", false};
  if (s.reject_bin_full) return Obstacle{"the reject bin is full", false};
  if (s.fault != PathFault::kNone) {
    const bool passes = !s.fault_after_feed && (s.fault == PathFault::kCoverOpen ||
                                                s.fault == PathFault::kHeadTemperature);
    return Obstacle{to_string(s.fault), passes};
  }
  if (s.position == CardPosition::kMoving) return Obstacle{"the printer moves a card", true};
  if (s.position != CardPosition::kNone && s.position != CardPosition::kUnknown) {
    return Obstacle{std::string("a card is in the path: ") + to_string(s.position), false};
  }
  switch (s.device) {
    case DeviceState::kReady:
      return std::nullopt;
    case DeviceState::kFault:
    case DeviceState::kOffline:
      return Obstacle{"the printer reports a fault", false};
    default:
      return Obstacle{std::string("the printer is ") + to_string(s.device), true};
  }
}

MaybeObstacle obstacle_in(const card_printer::PrinterStatus& s) {
  if (s.queued_jobs > 0) return Obstacle{"the printer has a job", true};
  if (s.state != card_printer::PrinterState::kIdle) return Obstacle{"the queue is not idle", true};
  return std::nullopt;
}

}  // namespace

Async<MaybeObstacle> printer_obstacle(const Deps& deps, journal::Baseline& baseline) {
  const auto jobs = co_await deps.jobs.printer_status();
  if (!jobs) co_return Obstacle{"the print channel does not answer", true};
  if (auto o = obstacle_in(*jobs)) co_return o;
  const auto board = co_await deps.board.inputs();
  if (!board) co_return Obstacle{"the outlet sensor does not answer", true};
  if (board->card_in_outlet) co_return Obstacle{"a card is in the outlet", true};
  if (!deps.path.capabilities().counts_cards) (void)co_await deps.path.start();
  const auto path = co_await deps.path.status();
  if (!path) co_return Obstacle{"the card path does not answer", true};
  if (auto o = obstacle_in(*path)) co_return o;
  baseline.cards_fed_total = path->cards_fed_total;
  baseline.cards_printed_total = path->cards_printed_total;
  baseline.cards_rejected_total = path->cards_rejected_total;
  baseline.cards_seen_total = board->cards_seen_total;
  baseline.cards_taken_total = board->cards_taken_total;
  co_return std::nullopt;
}

Async<MaybeObstacle> wait_for_printer(const Deps& deps, journal::Baseline& baseline) {
  const Nanos limit = deps.loop.now() + deps.times.prepare_limit;
  for (;;) {
    auto obstacle = co_await printer_obstacle(deps, baseline);
    if (!obstacle || !obstacle->passes || deps.loop.now() >= limit) co_return obstacle;
    co_await sleep_for(deps.loop, deps.times.poll);
  }
}

}  // namespace cardrig::issuance
