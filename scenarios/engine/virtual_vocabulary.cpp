#include "scenarios/engine/virtual_vocabulary.h"

#include "fixtures/documents/documents.h"
#include "fixtures/people/people.h"
#include "kiosk/certificate/directory.h"
#include "scenarios/engine/virtual_rig.h"

namespace cardrig::scenario {
namespace {

/// Kinds of events that a scenario may speak of. A test runs the suite and finds what is missing.
const std::vector<std::string>& events() {
  static const std::vector<std::string> kinds = {"board.dropped",
                                                 "board.light",
                                                 "board.outlet",
                                                 "board.request",
                                                 "board.restarted",
                                                 "board.started",
                                                 "camera.frame",
                                                 "camera.started",
                                                 "camera.stopped",
                                                 "card.at_exit",
                                                 "card.fed",
                                                 "card.panel",
                                                 "card.printed",
                                                 "card.rejected",
                                                 "card.spoilt",
                                                 "face.result",
                                                 "fault.cleared",
                                                 "fault.effect",
                                                 "fault.injected",
                                                 "identity.finding",
                                                 "issuance.report",
                                                 "issuance.settled",
                                                 "issuance.stage",
                                                 "journal.acknowledged",
                                                 "journal.committed",
                                                 "journal.failed",
                                                 "journal.opened",
                                                 "kiosk.in_service",
                                                 "kiosk.out_of_service",
                                                 "kiosk.power",
                                                 "kiosk.screen",
                                                 "kiosk.session_ended",
                                                 "kiosk.session_started",
                                                 "kiosk.staff_found",
                                                 "kiosk.starting",
                                                 "kiosk.step",
                                                 "kiosk.touch",
                                                 "platform.answer",
                                                 "platform.call",
                                                 "platform.claim",
                                                 "platform.permit",
                                                 "platform.report",
                                                 "platform.request",
                                                 "printer.ipp",
                                                 "printer.job",
                                                 "printer.path",
                                                 "printer.power",
                                                 "printer.started",
                                                 "printer.state",
                                                 "reader.answer",
                                                 "reader.command",
                                                 "reader.sam_state",
                                                 "reader.state",
                                                 "scenario.act",
                                                 "wire.closed",
                                                 "wire.opened",
                                                 "wire.plugged",
                                                 "wire.received",
                                                 "wire.sent",
                                                 "wire.unplugged",
                                                 "world.card_moved",
                                                 "world.card_taken",
                                                 "world.document_lifted",
                                                 "world.document_placed",
                                                 "world.hopper_loaded",
                                                 "world.light",
                                                 "world.mains",
                                                 "world.network",
                                                 "world.reject_bin_emptied",
                                                 "world.subjects"};
  return kinds;
}

}  // namespace

std::optional<Vocabulary> virtual_vocabulary(const std::string& root) {
  const auto people = fixtures::load_person_data(root + "/" + fixtures::kPeopleFile);
  if (!people) return std::nullopt;
  Vocabulary vocabulary;
  vocabulary.faults = virtual_rung_faults();
  for (const auto& person : *people) {
    vocabulary.people.push_back(person.id);
    for (auto& name : fixtures::document_names(person)) {
      vocabulary.documents.push_back(std::move(name));
    }
  }
  for (const auto& category : certificate::categories()) {
    for (const auto& item : category.items) vocabulary.items.emplace_back(item.code);
  }
  // The screens and buttons of kiosk/flow/screens.h. A test runs the suite and finds what is
  // missing here.
  vocabulary.screens = {"starting",  "welcome",       "consent", "place_card", "reading",
                        "face",      "checking",      "choose",  "preview",    "printing",
                        "take_card", "done",          "refused", "counter",    "take_document",
                        "more_time", "out_of_service"};
  vocabulary.idle_screens = {"welcome"};
  vocabulary.closed_screens = {"out_of_service"};
  vocabulary.buttons = {"start",         "agree", "counter", "cancel", "choose:*",  "next_page",
                        "previous_page", "print", "back",    "finish", "more_time", "language"};
  vocabulary.events = events();
  return vocabulary;
}

}  // namespace cardrig::scenario
