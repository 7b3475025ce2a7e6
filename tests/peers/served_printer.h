// The simulated card printer on a TCP port, on real time but quick: for clients that nobody here
// wrote. A person stands before it who takes every card at once.
#pragma once

#include <memory>
#include <string>

#include "simulators/card_printer/card_printer.h"
#include "simulators/card_printer/faults.h"
#include "tests/real_stand.h"

namespace cardrig::test {

[[nodiscard]] inline sim::PrinterTimes quick_times() {
  using namespace std::chrono_literals;
  sim::PrinterTimes times;
  times.draw = 10ms;
  times.feed = 10ms;
  times.panel = 10ms;
  times.eject = 10ms;
  times.retract = 10ms;
  times.reject = 10ms;
  times.start = 50ms;
  return times;
}

class ServedPrinter : public RealStand {
 public:
  explicit ServedPrinter(int cards = 500, sim::PrinterTimes times = quick_times()) {
    sim::CardPrinter::declare_faults(faults);
    world.load_hopper(cards);
    ipp_line = sim::tcp_plug(loop, device_tracer, {"card_printer.ipp"}, "127.0.0.1");
    path_line = sim::tcp_plug(loop, device_tracer, {"card_printer.path"}, "127.0.0.1");
    sim::PrinterStock stock;
    stock.ribbon_capacity_panels = 10'000;
    printer = std::make_unique<sim::CardPrinter>(loop, device_tracer, world, faults, *ipp_line,
                                                 *path_line, times, stock);
    world.on_change([this](const std::string&) {
      if (taken_by.empty() || world.card_at_exit() == nullptr) return;
      loop.post([this] { world.take_card(taken_by); });
    });
  }

  /// "ipp://127.0.0.1:40213/ipp/print"
  [[nodiscard]] std::string uri() const { return "ipp://" + ipp_line->address() + "/ipp/print"; }

  std::string taken_by = "p01";  ///< "": cards stay in the bezel
  sim::World world{world_tracer, loop};
  sim::FaultCatalogue faults{world_tracer};
  std::unique_ptr<sim::WirePlug> ipp_line;
  std::unique_ptr<sim::WirePlug> path_line;
  std::unique_ptr<sim::CardPrinter> printer;
};

}  // namespace cardrig::test
