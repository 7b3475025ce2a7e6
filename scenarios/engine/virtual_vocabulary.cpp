#include "scenarios/engine/virtual_vocabulary.h"

#include "fixtures/documents/documents.h"
#include "fixtures/people/people.h"
#include "kiosk/certificate/directory.h"
#include "kiosk/flow/texts.h"
#include "scenarios/engine/virtual_events.h"
#include "scenarios/engine/virtual_rig.h"

namespace cardrig::scenario {
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
  vocabulary.screens = {"starting",
                        "welcome",
                        "consent",
                        "place_card",
                        "reading",
                        "face",
                        "checking",
                        "choose",
                        "preview",
                        "printing",
                        "take_card",
                        "done",
                        "refused",
                        "counter",
                        "take_document",
                        "more_time",
                        "out_of_service",
                        "enter_number",
                        "maintenance",
                        "maintenance_self_test",
                        "maintenance_supplies",
                        "maintenance_counters",
                        "maintenance_issuances",
                        "maintenance_export_log"};
  vocabulary.idle_screens = {"welcome"};
  vocabulary.closed_screens = {"out_of_service"};
  vocabulary.buttons = {"start",     "agree",         "counter",      "cancel",   "choose:*",
                        "next_page", "previous_page", "print",        "back",     "finish",
                        "more_time", "language",      "enter_number", "digit:*",  "letter:*",
                        "delete",    "enter",         "self_test",    "supplies", "counters",
                        "issuances", "export_log",    "menu",         "text_size"};
  for (const auto& text : flow::text_table()) vocabulary.texts.emplace_back(text.key);
  add_events(vocabulary);
  return vocabulary;
}

}  // namespace cardrig::scenario
