// The card printer's drivers, plugged into the simulated printer, on virtual time.
#pragma once

#include <optional>
#include <utility>

#include "kiosk/devices/card_printer/ipp_driver.h"
#include "kiosk/devices/card_printer/path_driver.h"
#include "kiosk/runtime/async.h"
#include "tests/simulators/card_printer/printer_stand.h"

namespace cardrig::test {

template <class T>
Async<void> keep(Async<T> operation, std::optional<T>& into) {
  into.emplace(co_await std::move(operation));
}

class DriverStand : public PrinterStand {
 public:
  explicit DriverStand(int cards = 10) : PrinterStand(cards) {}

  /// Runs the operation on the kiosk's loop to its end.
  template <class T>
  T wait(Async<T> operation) {
    std::optional<T> result;
    spawn(*kiosk_loop, keep(std::move(operation), result));
    while (!result && time.step()) {
    }
    EXPECT_TRUE(result.has_value()) << "the operation never ended";
    return std::move(result.value());
  }

  [[nodiscard]] card_printer::PrintTicket ticket(const std::string& attempt) const {
    card_printer::PrintTicket ticket;
    ticket.attempt_id = attempt;
    ticket.width_px = 1016;
    ticket.height_px = 648;
    ticket.png = sample_png();
    return ticket;
  }
  int submit(const std::string& attempt) {
    const auto sent = ticket(attempt);
    const auto job = wait(jobs.submit(sent));
    EXPECT_TRUE(job.has_value()) << (job ? "" : job.error().detail);
    return job.value_or(0);
  }
  card_printer::PathStatus status() {
    const auto status = wait(path.status());
    EXPECT_TRUE(status.has_value()) << (status ? "" : status.error().detail);
    return status.value_or(card_printer::PathStatus{});
  }

  card_printer::IppPrintJobs jobs{*kiosk_loop, kiosk_tracer,
                                  ipp_line.source(*kiosk_loop, kiosk_tracer)};
  card_printer::VendorCardPath path{*kiosk_loop, kiosk_tracer,
                                    path_line.source(*kiosk_loop, kiosk_tracer)};
};

}  // namespace cardrig::test
