// A simulated card printer on virtual time with a world and a fault catalogue: what the tests of
// the mechanics, the channels and the drivers stand on.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/runtime/memory_line.h"
#include "kiosk/runtime/virtual_time.h"
#include "simulators/card_printer/card_printer.h"
#include "simulators/card_printer/faults.h"

namespace cardrig::test {

using namespace std::chrono_literals;

/// A card face of 1016 × 648 with a gradient, as picture and as PNG; made once.
const PicturePtr& sample_face();
const std::vector<std::uint8_t>& sample_png();

class PrinterStand {
 public:
  explicit PrinterStand(int cards = 10);
  virtual ~PrinterStand();

  /// Runs until `t` seconds of virtual time.
  void run_until(double t_s);
  void run_for(double t_s);
  [[nodiscard]] double now_s() const;

  /// Gives the mechanics a job as the IPP server would. The job's number.
  int print(const std::string& attempt = "attempt-1");
  void inject(const std::string& fault, nlohmann::json params = nlohmann::json::object());
  void clear(const std::string& fault);
  [[nodiscard]] bool took_effect(const std::string& fault) const;
  /// The code of a movement, run to its end.
  int move(void (sim::PrinterMechanics::*command)(sim::PrinterMechanics::Done));
  [[nodiscard]] sim::PrinterMechanics& printer() { return sim->mechanics(); }
  [[nodiscard]] sim::PrinterView view() { return sim->mechanics().view(); }
  [[nodiscard]] sim::JobPhase phase(int job) { return printer().jobs().at(job).phase; }
  /// Events of a kind, as "seconds" of their times.
  [[nodiscard]] std::vector<double> times_of(const std::string& kind) const;
  [[nodiscard]] int count(sim::CardPlace place) const { return world.count(place); }

  VirtualTime time;
  std::unique_ptr<VirtualLoop> device_loop = time.make_loop("devices");
  std::unique_ptr<VirtualLoop> kiosk_loop = time.make_loop("kiosk");
  Trace trace{[this] { return time.now(); }, &time.cause};
  Tracer world_tracer{trace, "world"};
  Tracer fault_tracer{trace, "engine"};
  Tracer printer_tracer{trace, "card_printer"};
  Tracer kiosk_tracer{trace, "kiosk"};
  sim::World world{world_tracer, *device_loop};
  sim::FaultCatalogue faults{fault_tracer};
  MemoryLine ipp_line{"card_printer.ipp", *device_loop, printer_tracer, {0, 500us, 64}};
  MemoryLine path_line{"card_printer.path", *device_loop, printer_tracer, {115200, 0us, 64}};
  std::unique_ptr<sim::CardPrinter> sim;

 private:
  /// Cards are where the counters say, at every event of the printer.
  void check_conservation(const Event& event);
  int loaded_;
};

}  // namespace cardrig::test
