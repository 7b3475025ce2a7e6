// The faults that the simulated card printer can show, by name.
#pragma once

#include "simulators/world/fault_catalogue.h"

namespace cardrig::sim {

namespace printer_fault {
inline constexpr const char* kOutOfCards = "card_printer.out_of_cards_after_claim";
inline constexpr const char* kJamAtFeeder = "card_printer.jam_at_feeder";
inline constexpr const char* kJamInHead = "card_printer.jam_in_head";
inline constexpr const char* kJamAtExit = "card_printer.jam_at_exit";
inline constexpr const char* kCoverOpened = "card_printer.cover_opened";
inline constexpr const char* kRibbonOut = "card_printer.ribbon_out_mid_card";
inline constexpr const char* kRibbonLow = "card_printer.ribbon_low";
inline constexpr const char* kRibbonMissing = "card_printer.ribbon_missing";
inline constexpr const char* kRejectBinFull = "card_printer.reject_bin_full";
inline constexpr const char* kHeadTooHot = "card_printer.head_too_hot";
inline constexpr const char* kIppUnplugged = "card_printer.ipp_unplugged";
inline constexpr const char* kUnplugged = "card_printer.unplugged";
inline constexpr const char* kPowerCycle = "card_printer.power_cycle";
inline constexpr const char* kBusy = "card_printer.busy";
inline constexpr const char* kCompletedWithoutCard = "card_printer.completed_without_card";
inline constexpr const char* kStaleReason = "card_printer.stale_reason";
inline constexpr const char* kDoubleFeed = "card_printer.double_feed";
}  // namespace printer_fault

/// Declares them all; once per run, before the printer is made.
void declare_card_printer_faults(FaultCatalogue& catalogue);

}  // namespace cardrig::sim
