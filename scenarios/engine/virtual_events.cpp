// One table. Words come from the kiosk's and the platform's own enumerations where they have some.
// tests/scenarios/suite runs the suite and compares: what is missing here, and what nobody says.
#include "scenarios/engine/virtual_events.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "kiosk/devices/card_printer/card_path.h"
#include "kiosk/devices/control_board/control_board.h"
#include "kiosk/devices/id_reader/id_reader.h"
#include "kiosk/devices/status.h"
#include "kiosk/face/match.h"
#include "kiosk/flow/endings.h"
#include "kiosk/flow/intents.h"
#include "kiosk/identity/document.h"
#include "kiosk/issuance/attempt.h"
#include "kiosk/journal/journal.h"
#include "kiosk/runtime/check.h"
#include "mock-platform/types.h"
#include "scenarios/engine/acts.h"
#include "simulators/id_reader/sam.h"

namespace cardrig::scenario {
namespace {

using Words = std::vector<std::string>;

/// A field is written as: name, anything; name?, true or false; name#, a number; name:list, a word
/// of that list (below); name:permit, a permit of the scenario.
struct Row {
  const char* kind;
  const char* parties;  ///< "": anybody
  const char* fields;
};

constexpr const char* kBoard = "control_board";
constexpr const char* kPrinter = "card_printer";
constexpr const char* kReader = "id_reader";

constexpr Row kRows[] = {
    {"board.dropped", "kiosk", "transaction#"},
    {"board.light", kBoard, "light:light on?"},
    {"board.outlet", kBoard, "covered? outwards? seen_total# taken_total#"},
    {"board.request", "kiosk", "function# address# result:board_result"},
    {"board.restarted", "kiosk", "restarts#"},
    {"board.started", kBoard, "restarts# covered?"},
    {"camera.frame", "camera", "sequence#"},
    {"camera.started", "camera", ""},
    {"camera.stopped", "camera", ""},
    {"card.at_exit", kPrinter, "card# attempt"},
    {"card.fed", kPrinter, "card# attempt job# fed_total#"},
    {"card.panel", kPrinter, "card# panel:panel panels_left#"},
    {"card.printed", kPrinter, "card# attempt printed_total#"},
    {"card.rejected", kPrinter, "card# attempt printed? spoilt? rejected_total#"},
    {"card.spoilt", kPrinter, "card# attempt panels#"},
    {"face.frame", "kiosk", "sequence# waited_us# age_us#"},
    {"face.result", "kiosk", "verdict:verdict similarity# threshold# faces# sequence# engine"},
    {"fault.cleared", "world", "fault:fault"},
    {"fault.effect", "world", "fault:fault"},
    {"fault.injected", "world", "fault:fault"},  // and the fault's parameters
    {"identity.finding", "kiosk", "finding:finding forgery?"},
    {"issuance.report", "kiosk", "attempt key outcome:outcome result:report_result duplicate?"},
    {"issuance.settled", "kiosk",
     "attempt permit:permit card# outcome:outcome trouble:trouble detail by_staff?"},
    {"issuance.stage", "kiosk", "attempt stage:stage"},
    {"journal.acknowledged", "kiosk", "key"},
    {"journal.committed", "kiosk", "attempt card# phase:phase key"},
    {"journal.failed", "kiosk", "what reason:journal_reason detail"},
    {"journal.opened", "kiosk", "cards#"},
    {"kiosk.in_service", "kiosk", ""},
    {"kiosk.log_exported", "kiosk", "ok? detail"},
    {"kiosk.maintenance", "kiosk", "open?"},
    {"kiosk.out_of_service", "kiosk", "cause:cause detail"},
    {"kiosk.power", "engine", "on? boot#"},
    {"kiosk.screen", "kiosk",
     "id:screen title sentence language:language large_text? step:screen_step tone:tone buttons "
     "staff_code:staff_code"},
    {"kiosk.self_test", "kiosk", "device:tested ok? detail"},
    {"kiosk.session_ended", "kiosk", "session reason:ending"},
    {"kiosk.session_started", "kiosk", "session by:begun_by"},
    {"kiosk.staff_found", "kiosk", "outcome:outcome"},
    {"kiosk.starting", "kiosk", ""},
    {"kiosk.step", "kiosk",
     "step:step result:step_result type:document_type name number permits# permit:permit try# "
     "trouble detail"},
    {"kiosk.suspicion", "kiosk", "what:suspicion session try#"},
    {"kiosk.touch", "kiosk", "button:button screen:screen result:touch"},
    {"platform.answer", "platform",
     "call:call path status# code delay_ms# lost? permit:permit attempt"},
    {"platform.call", "kiosk",
     "call:call ok? reason:platform_reason detail tries# ms# permit:permit attempt state:claim "
     "item_code number name outcome:outcome card_number# key duplicate? may_print_again?"},
    {"platform.claim", "platform", "attempt permit:permit state:claim"},
    {"platform.permit", "platform", "permit:permit state:permit_state"},
    {"platform.report", "platform",
     "key attempt permit:permit outcome:outcome card_number# duplicate? corrects:corrects"},
    {"platform.request", "platform",
     "call:call method path terminal id_number name number permit:permit attempt"},
    {"platform.suspicion", "platform", "what:suspicion terminal permit:permit"},
    {"printer.ipp", "kiosk", "op request# result"},
    {"printer.job", kPrinter, "job# attempt state:job_state"},
    {"printer.path", "kiosk", "op:path_op result:path_result code#"},
    {"printer.power", kPrinter, "on?"},
    {"printer.started", kPrinter, "starts# position:position"},
    {"printer.state", kPrinter,
     "state:printer_state position:position fault:printer_fault after_feed? hopper:supply "
     "ribbon:supply job?"},
    {"reader.answer", "kiosk", "name:reader_command status words size# fault:answer_fault"},
    {"reader.command", "kiosk", "name:reader_command code"},
    {"reader.sam_state", kReader, "state:sam_state baud#"},
    {"reader.state", "kiosk", "device:device detail sam"},
    {"scenario.act", "engine", "verb:verb args"},
    {"speaker.said", "speaker", "key:text language:language text volume# ms#"},
    {"wire.closed", "", "line:line conn#"},
    {"wire.opened", "", "line:line conn#"},
    {"wire.plugged", "", "line:line"},
    {"wire.received", "", "line:line conn# dir:direction offset# size#"},
    {"wire.sent", "", "line:line conn# dir:direction offset# size#"},
    {"wire.unplugged", "", "line:line"},
    {"world.card_moved", "world", "card# from:place to:place printed? spoilt?"},
    {"world.card_taken", "world", "card# by:person printed? attempt"},
    {"world.document_lifted", "world", "document:document"},
    {"world.document_placed", "world", "document:document"},
    {"world.hopper_loaded", "world", "cards# in_hopper#"},
    {"world.light", "world", "level#"},
    {"world.mains", "world", "on?"},
    {"world.network", "world", "up?"},
    {"world.reject_bin_emptied", "world", "cards#"},
    {"world.service_key", "world", "on?"},
    {"world.subjects", "world", "count# who"},
};

/// Words that stand in the code as literals, or are the protocol's.
const std::map<std::string, Words>& written_words() {
  static const std::map<std::string, Words> lists = {
      {"answer_fault", {"checksum", "broken_off", "not_an_answer_to_this", "timeout"}},
      {"begun_by", {"touch", "card"}},
      {"corrects", {"", "captured", "unknown"}},
      {"direction", {"to_device", "to_host"}},
      {"job_state", {"accepted", "completed", "canceled", "aborted"}},
      {"language", {"zh", "en"}},
      {"line", {"card_path", "control_board", "id_reader", "ipp", "platform"}},
      {"panel", {"Y", "M", "C", "K", "O"}},
      {"path_op", {"get_info", "get_status", "present", "retract", "reject", "clear_error"}},
      {"position", {"none", "feeder", "head", "flip", "exit", "moving"}},
      {"printer_fault",
       {"none", "cover_open", "feeder_jam", "head_jam", "exit_jam", "ribbon_out", "ribbon_missing",
        "ribbon_broken", "head_temperature", "double_feed", "cleaning_due", "card_in_path"}},
      {"printer_state", {"starting", "ready", "busy", "warning", "error"}},
      {"reader_command",
       {"find", "probe", "read", "read_address", "read_fingers", "reset", "resync", "sam_id",
        "select", "set_baud", "status"}},
      {"screen_step", {"none", "document", "face", "choose", "print", "take"}},
      {"step", {"consent", "document", "face", "platform", "choose", "number", "issuance"}},
      {"suspicion", {"number_of_another", "numbers_tried"}},
      {"supply", {"ok", "low", "empty", "missing"}},
      {"tested", {"reader", "camera", "printer", "board", "platform", "journal"}},
      {"tone", {"neutral", "good", "attention", "refusal"}},
  };
  return lists;
}

/// All words of an enumeration that counts from 0 and whose to_string() says "?" after its last.
template <class Enum>
Words words_of() {
  constexpr int kMost = 64;
  Words words;
  for (int i = 0; i < kMost; ++i) {
    std::string word = to_string(static_cast<Enum>(i));
    if (word == "?") return words;
    words.push_back(std::move(word));
  }
  CARDRIG_CHECK(!"an enumeration without an end");
  return words;
}

/// Those of an enumeration whose to_string() knows nothing but its values: up to its last one.
template <class Enum, class Word>
Words words_up_to(Enum last, Word word) {
  Words words;
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    words.emplace_back(word(static_cast<Enum>(i)));
  }
  return words;
}

Words join(std::initializer_list<Words> lists) {
  Words all;
  for (const Words& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

constexpr auto kLastEnding = flow::Ending::kJournalFailed;
constexpr auto kLastCause = flow::Cause::kNotAuthorised;

Words endings() {
  return words_up_to(kLastEnding, [](flow::Ending e) { return flow::to_string(e); });
}

Words staff_codes() {
  const auto of_endings = words_up_to(kLastEnding, [](auto e) { return flow::staff_code(e); });
  auto codes = words_up_to(kLastCause, [](auto c) { return flow::staff_code(c); });
  codes.insert(codes.end(), of_endings.begin(), of_endings.end());
  std::erase(codes, "");
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  return codes;
}

/// Words that the code knows by enumerations, or the vocabulary by its lists.
std::map<std::string, Words> known_words(const Vocabulary& vocabulary) {
  std::map<std::string, Words> lists = written_words();
  const Words outcomes = words_of<mock_platform::Outcome>();
  const Words platform_reasons = words_of<platform::PlatformReason>();
  const Words reader_reasons = words_of<id_reader::ReaderReason>();
  lists["board_result"] = join({{"answer"}, words_of<control_board::BoardReason>()});
  lists["call"] = words_of<mock_platform::Call>();
  lists["cause"] = words_up_to(kLastCause, [](flow::Cause c) { return flow::to_string(c); });
  lists["claim"] = vocabulary.claim_states;
  lists["device"] = words_of<DeviceState>();
  lists["document"] = vocabulary.documents;
  lists["document_type"] = words_of<identity::DocumentType>();
  lists["ending"] = endings();
  lists["finding"] = words_of<identity::Finding>();
  lists["journal_reason"] = words_of<journal::JournalReason>();
  lists["light"] = words_of<control_board::Light>();
  lists["outcome"] = outcomes;
  lists["path_result"] = join({{"answer"}, words_of<card_printer::PathReason>()});
  lists["permit_state"] = vocabulary.permit_states;
  lists["person"] = vocabulary.people;
  lists["phase"] = words_of<journal::Phase>();
  lists["place"] = words_of<sim::CardPlace>();
  lists["platform_reason"] = join({{""}, platform_reasons});
  lists["report_result"] = join({{"ok"}, platform_reasons});
  lists["sam_state"] = words_of<sim::Sam::State>();
  lists["screen"] = vocabulary.screens;
  lists["button"] = vocabulary.buttons;
  lists["staff_code"] = join({{""}, vocabulary.staff_codes});
  lists["stage"] = words_of<issuance::Stage>();
  lists["step_result"] =
      join({{"given", "genuine", "unknown_type", "unreadable_text", "photo_unusable", "matched",
             "answered", "nothing_free", "found", "confirmed", "once_more"},
            reader_reasons,
            platform_reasons,
            words_of<platform::Refusal>(),
            words_of<platform::LookupRefusal>(),
            outcomes,
            endings()});
  lists["text"] = vocabulary.texts;
  lists["touch"] = words_of<flow::TouchResult>();
  lists["trouble"] = words_of<issuance::Trouble>();
  lists["verdict"] = words_of<face::Verdict>();
  for (const auto& fault : vocabulary.faults) lists["fault"].push_back(fault.name);
  for (const auto& act : acts()) lists["verb"].emplace_back(act.verb);
  return lists;
}

FieldKind make_field(std::string word, const std::map<std::string, Words>& lists) {
  FieldKind field;
  const auto colon = word.find(':');
  if (colon != std::string::npos) {
    const std::string list = word.substr(colon + 1);
    field.name = word.substr(0, colon);
    if (list == "permit") {
      field.holds = FieldKind::Holds::kPermit;
      return field;
    }
    CARDRIG_CHECK(lists.contains(list) && "a list of words that the table does not have");
    field.holds = FieldKind::Holds::kWord;
    field.words = lists.at(list);
    return field;
  }
  if (word.back() == '?') field.holds = FieldKind::Holds::kBool;
  if (word.back() == '#') field.holds = FieldKind::Holds::kNumber;
  if (field.holds != FieldKind::Holds::kAnything) word.pop_back();
  field.name = std::move(word);
  return field;
}

std::vector<std::string> split(const char* text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

void add_fault_parameters(const Vocabulary& vocabulary, EventKind& injected) {
  for (const auto& fault : vocabulary.faults) {
    for (const auto& param : fault.params) {
      const auto same = [&](const FieldKind& field) { return field.name == param.name; };
      if (std::any_of(injected.fields.begin(), injected.fields.end(), same)) continue;
      injected.fields.push_back({param.name, FieldKind::Holds::kNumber, {}});
    }
  }
}

}  // namespace

void add_events(Vocabulary& vocabulary) {
  vocabulary.staff_codes = staff_codes();
  vocabulary.permit_states = words_of<mock_platform::PermitState>();
  vocabulary.claim_states = words_of<mock_platform::ClaimState>();
  const auto lists = known_words(vocabulary);
  for (const Row& row : kRows) {
    EventKind event{row.kind, split(row.parties), {}};
    for (auto& word : split(row.fields)) event.fields.push_back(make_field(std::move(word), lists));
    if (event.kind == "fault.injected") add_fault_parameters(vocabulary, event);
    vocabulary.events.push_back(std::move(event));
  }
}

}  // namespace cardrig::scenario
