// The simulated kiosk card printer: mechanics, IPP channel, card path, power and cable.
#pragma once

#include <memory>

#include "kiosk/runtime/plug.h"
#include "simulators/card_printer/ipp_server.h"
#include "simulators/card_printer/mechanics.h"
#include "simulators/card_printer/path_server.h"

namespace cardrig::sim {

class CardPrinter {
 public:
  /// Once per run, before the printer is made.
  static void declare_faults(FaultCatalogue& faults);

  /// Serves both lines as long as it lives. It sets their reach: unplugged without power, during
  /// the start, and by the faults of the cable.
  CardPrinter(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults, Plug& ipp_line,
              Plug& path_line, PrinterTimes times = {}, PrinterStock stock = {});
  ~CardPrinter();
  CardPrinter(const CardPrinter&) = delete;
  CardPrinter& operator=(const CardPrinter&) = delete;

  [[nodiscard]] PrinterMechanics& mechanics() { return mechanics_; }
  [[nodiscard]] IppServer& ipp() { return ipp_; }

 private:
  void follow_mains();
  void follow_power();
  void fault_changed(const std::string& name, bool active);
  void set_reach();

  Loop& loop_;
  World& world_;
  FaultCatalogue& faults_;
  Plug& ipp_line_;
  Plug& path_line_;
  PrinterMechanics mechanics_;
  IppServer ipp_;
  PathServer path_;
  bool cycling_ = false;  // the fault power_cycle holds the power off
  TimerId cycle_timer_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace cardrig::sim
