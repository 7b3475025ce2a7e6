// Joins the printer's parts, its two lines, the mains and the faults of cable and power.
#include "simulators/card_printer/card_printer.h"

#include <utility>

#include "simulators/card_printer/faults.h"

namespace cardrig::sim {

void CardPrinter::declare_faults(FaultCatalogue& faults) { declare_card_printer_faults(faults); }

CardPrinter::CardPrinter(Loop& loop, Tracer& tracer, World& world, FaultCatalogue& faults,
                         Plug& ipp_line, Plug& path_line, PrinterTimes times, PrinterStock stock)
    : loop_(loop),
      world_(world),
      faults_(faults),
      ipp_line_(ipp_line),
      path_line_(path_line),
      mechanics_(loop, tracer, world, faults, times, stock),
      ipp_(loop, mechanics_, faults),
      path_(loop, mechanics_) {
  ipp_line_.on_accept([this](std::shared_ptr<ByteStream> s) { ipp_.accept(std::move(s)); });
  path_line_.on_accept([this](std::shared_ptr<ByteStream> s) { path_.accept(std::move(s)); });
  mechanics_.on_change([this] { path_.status_changed(); });
  mechanics_.on_power([this] { follow_power(); });
  world_.on_change([this, weak = std::weak_ptr<bool>(alive_)](const std::string& kind) {
    if (!weak.expired() && kind == "world.mains") follow_mains();
  });
  faults_.on_change(
      [this, weak = std::weak_ptr<bool>(alive_)](const std::string& name, bool active) {
        if (!weak.expired()) fault_changed(name, active);
      });
  follow_mains();
}

CardPrinter::~CardPrinter() {
  loop_.cancel(cycle_timer_);
  ipp_line_.on_accept(nullptr);
  path_line_.on_accept(nullptr);
}

void CardPrinter::follow_mains() {
  if (world_.mains() && !cycling_) {
    mechanics_.power_on();
  } else {
    mechanics_.power_off();
  }
}

void CardPrinter::follow_power() {
  if (!mechanics_.is_started()) {
    ipp_.drop_all();
    path_.drop_all();
  }
  set_reach();
}

void CardPrinter::set_reach() {
  const auto reach = [this](bool plugged) {
    return mechanics_.is_started() && plugged ? Plug::Reach::kOpen : Plug::Reach::kUnplugged;
  };
  const bool cable = !faults_.is_active(printer_fault::kUnplugged);
  ipp_line_.set_reach(reach(cable && !faults_.is_active(printer_fault::kIppUnplugged)));
  path_line_.set_reach(reach(cable));
}

void CardPrinter::fault_changed(const std::string& name, bool active) {
  if (name == printer_fault::kUnplugged || name == printer_fault::kIppUnplugged) {
    if (active) faults_.took_effect(name);
    return set_reach();
  }
  if (name != printer_fault::kPowerCycle || !active) return;
  cycling_ = true;
  const double off_s = faults_.param(name, "off_s");
  follow_mains();
  cycle_timer_ = loop_.after(Nanos(static_cast<std::int64_t>(off_s * 1e9)), [this] {
    cycling_ = false;
    follow_mains();
  });
  faults_.took_effect(name);
}

}  // namespace cardrig::sim
