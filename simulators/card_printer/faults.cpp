// Declarations of the card printer's faults.
#include "simulators/card_printer/faults.h"

namespace cardrig::sim {

namespace {

FaultParam at_panel(double initial, const char* help) {
  return {"at_panel", initial == 0 ? 0.0 : 1.0, 5, initial, help};
}

const FaultParam kStuck{"stuck", 0, 1, 0,
                        "1: nothing moves the card until the fault is cleared; 0: reject does"};
const FaultParam kCards{"cards", 1, 20, 1, "cards that jam before the fault spends itself"};

void declare_jams(FaultCatalogue& catalogue) {
  catalogue.declare({.name = printer_fault::kJamAtFeeder,
                     .reference = "P6",
                     .title = "The feeder cannot draw a card",
                     .wire_shows = "job aborted, media-jam; fault 2 without the after-feed flag; "
                                   "cards_fed_total unchanged",
                     .kiosk_must = "count no card as used, not retry blindly, call for staff",
                     .precondition = "a job is sent",
                     .params = {}});
  catalogue.declare(
      {.name = printer_fault::kJamInHead,
       .reference = "P7",
       .title = "The card jams under the head",
       .wire_shows = "job aborted, media-jam; fault 3 with the after-feed flag",
       .kiosk_must = "count the card as spoilt once it is seen in the reject bin, as "
                     "unknown otherwise",
       .precondition = "a job is sent",
       .params = {at_panel(2, "the panel during which it jams: 1 Y … 5 O"), kStuck, kCards}});
  catalogue.declare({.name = printer_fault::kJamAtExit,
                     .reference = "P8",
                     .title = "The finished card does not come out",
                     .wire_shows = "job aborted, media-jam; fault 4, card finished, position flip",
                     .kiosk_must = "reject the card and count it as not delivered",
                     .precondition = "a job is sent",
                     .params = {kStuck, kCards}});
  catalogue.declare({.name = printer_fault::kDoubleFeed,
                     .reference = "P26",
                     .title = "Two cards are fed together",
                     .wire_shows = "job aborted; fault 9; cards_fed_total + 2; after reject "
                                   "cards_rejected_total + 2",
                     .kiosk_must =
                         "reject both, report them as one spoilt card of the attempt (the "
                         "counters account for two blanks), and try once more",
                     .precondition = "a job is sent, two cards in the hopper",
                     .params = {},
                     .once = true});
}

void declare_supplies(FaultCatalogue& catalogue) {
  catalogue.declare({.name = printer_fault::kOutOfCards,
                     .reference = "P2",
                     .title = "The hopper proves empty when a card is to be fed",
                     .wire_shows = "hopper ok until then; job processing with media-needed, "
                                   "printer media-empty; nothing is fed",
                     .kiosk_must = "cancel the job, confirm that, report that no card was used",
                     .precondition = "a job is sent",
                     .params = {}});
  catalogue.declare({.name = printer_fault::kRibbonOut,
                     .reference = "P3",
                     .title = "The ribbon ends in the middle of a card",
                     .wire_shows = "job aborted, marker-supply-empty; fault 5 with the after-feed "
                                   "flag",
                     .kiosk_must = "reject the card, count it as spoilt, print nothing before the "
                                   "ribbon is replaced",
                     .precondition = "a job is sent",
                     .params = {at_panel(3, "the panel during which it ends: 1 Y … 5 O")}});
  catalogue.declare({.name = printer_fault::kRibbonLow,
                     .reference = "P4",
                     .title = "The ribbon is nearly used up",
                     .wire_shows = "marker-supply-low, ribbon low, panels left",
                     .kiosk_must = "go on and warn the operator",
                     .precondition = "",
                     .params = {{"panels", 5, 50, 25, "panels that are left"}}});
  catalogue.declare({.name = printer_fault::kRibbonMissing,
                     .reference = "P5",
                     .title = "No ribbon, or one of the wrong kind",
                     .wire_shows = "marker-supply-missing; fault 6 as a defect; a job waits",
                     .kiosk_must = "go out of service before anything is claimed",
                     .precondition = "",
                     .params = {}});
  catalogue.declare({.name = printer_fault::kRejectBinFull,
                     .reference = "P11",
                     .title = "The reject bin is full",
                     .wire_shows = "marker-waste-full, flag bit 1; retract and reject answer -102",
                     .kiosk_must = "go out of service: a captured card must have a place",
                     .precondition = "",
                     .params = {}});
}

void declare_states(FaultCatalogue& catalogue) {
  catalogue.declare(
      {.name = printer_fault::kCoverOpened,
       .reference = "P9",
       .title = "Somebody opens the cover",
       .wire_shows = "cover-open; fault 1: a defect before a card moved, an error after",
       .kiosk_must =
           "wait if it is a defect; else call staff: no card behind an open cover can be counted",
       .precondition = "",
       .params = {at_panel(0, "0: at once; 1 Y … 5 O: during that panel of the next card")}});
  catalogue.declare(
      {.name = printer_fault::kHeadTooHot,
       .reference = "P12",
       .title = "The head is too hot",
       .wire_shows = "fault 8, reason other: a defect (cooling) or an error during a panel",
       .kiosk_must = "wait while it cools; treat the card as spoilt if it is an error",
       .precondition = "",
       .params = {at_panel(0, "0: cooling before the next card; 1 Y … 5 O: during that panel")}});
  catalogue.declare({.name = printer_fault::kBusy,
                     .reference = "P29",
                     .title = "The printer takes no job",
                     .wire_shows = "server-error-busy to Print-Job",
                     .kiosk_must = "back off, look for the job, not send the attempt blindly again",
                     .precondition = "a job is sent",
                     .params = {{"jobs", 1, 1000, 1000, "requests that are answered so"}}});
  catalogue.declare({.name = printer_fault::kCompletedWithoutCard,
                     .reference = "P23",
                     .title = "The job is reported completed, no card came out",
                     .wire_shows = "job completed; counters and sensors unchanged",
                     .kiosk_must = "trust counters and outlet sensor, not the job's state",
                     .precondition = "a job is sent",
                     .params = {},
                     .once = true});
  catalogue.declare({.name = printer_fault::kStaleReason,
                     .reference = "P31",
                     .title = "A state reason stays after its cause has gone",
                     .wire_shows = "media-jam in the printer's reasons while everything is well",
                     .kiosk_must = "judge by state, job and sensors together",
                     .precondition = "",
                     .params = {}});
}

void declare_links(FaultCatalogue& catalogue) {
  catalogue.declare(
      {.name = printer_fault::kIppUnplugged,
       .reference = "P24",
       .title = "The print channel is unplugged",
       .wire_shows = "IPP connections break and cannot be opened; the card path works",
       .kiosk_must = "settle the card by card path and outlet sensor",
       .precondition = "",
       .params = {}});
  catalogue.declare({.name = printer_fault::kUnplugged,
                     .reference = "P21",
                     .title = "The printer's data cable is unplugged, both channels",
                     .wire_shows = "all connections break and cannot be opened; printing goes on",
                     .kiosk_must = "settle by the outlet sensor, or as unknown",
                     .precondition = "",
                     .params = {}});
  catalogue.declare({.name = printer_fault::kPowerCycle,
                     .reference = "P20",
                     .title = "The printer alone loses power for a while",
                     .wire_shows = "all connections break; later started anew, counters kept, jobs "
                                   "gone, a card in the path is an error",
                     .kiosk_must = "never send the job again before counters and sensors are read",
                     .precondition = "",
                     .params = {{"off_s", 0.1, 3600, 5, "seconds without power"}},
                     .once = true});
}

}  // namespace

void declare_card_printer_faults(FaultCatalogue& catalogue) {
  declare_jams(catalogue);
  declare_supplies(catalogue);
  declare_states(catalogue);
  declare_links(catalogue);
}

}  // namespace cardrig::sim
