// Declarations of the reader's faults. References are rows of the field catalogue of faults.
#include "simulators/id_reader/faults.h"

namespace cardrig::sim {

using namespace reader_fault;

namespace {

FaultSpec spec(const char* name, const char* reference, const char* title, const char* wire_shows,
               const char* kiosk_must) {
  FaultSpec s;
  s.name = name;
  s.reference = reference;
  s.title = title;
  s.wire_shows = wire_shows;
  s.kiosk_must = kiosk_must;
  return s;
}

FaultSpec once(FaultSpec s, const char* precondition) {
  s.once = true;
  s.precondition = precondition;
  return s;
}

void declare_link_faults(FaultCatalogue& catalogue) {
  catalogue.declare(spec(kUnplugged, "R1", "The reader is unplugged",
                         "The open port fails, opening it again finds nothing.",
                         "Go out of service naming the reader, try to reopen, resume once it is "
                         "back."));
  auto garbled = spec(kRequestGarbled, "R17", "The SAM sees damaged requests",
                      "Status 10 to the next requests, whatever they were.",
                      "Resend once, then try a slower rate.");
  garbled.params = {{"in_a_row", 1, 100, 1, "requests that arrive damaged"}};
  catalogue.declare(std::move(garbled));
  catalogue.declare(once(spec(kChecksumError, "R18", "The answer with the card's data is damaged",
                              "The checksum of a read answer does not fit.",
                              "Drop it, wait until the line is silent, read again from find."),
                         "a card is read"));
  auto lies = once(spec(kLengthLies, "R19", "The answer with the card's data is too short",
                        "A read answer announces its full length and ends early.",
                        "Stop waiting after a short silence, read again from find."),
                   "a card is read");
  lies.params = {{"missing_bytes", 1, 1200, 200, "bytes that do not come"}};
  catalogue.declare(std::move(lies));
  auto split = spec(kSplitDelivery, "R21", "Answers arrive in pieces",
                    "An answer comes in chunks with pauses between them.",
                    "Nothing: read as if it had come in one piece.");
  split.params = {{"chunk_bytes", 1, 1024, 64, "bytes in a piece"},
                  {"gap_ms", 0, 100, 5, "pause between pieces"}};
  catalogue.declare(std::move(split));
  auto stale = once(spec(kStaleAnswer, "R22", "An answer comes too late",
                         "Silence, and the answer while a later command waits for its own.",
                         "Never take it for the answer to another command."),
                    "the command is sent");
  stale.params = {{"delay_ms", 100, 60000, 6000, "how late"},
                  {"command", 0, 3, 1, "0 any, 1 find, 2 select, 3 read"}};
  catalogue.declare(std::move(stale));
  catalogue.declare(
      once(spec(kBaudLeftAt9600, "R23", "Somebody left the rate at 9600",
                "Nothing sensible at 115200.", "Probe the other rates, then set 115200 again."),
           "the kiosk sends something"));
}

void declare_sam_faults(FaultCatalogue& catalogue) {
  auto hangs = spec(kSamHangs, "R5", "The SAM hangs", "No answer to anything.",
                    "Reset it, then go out of service naming the reader.");
  hangs.params = {{"reset_helps", 0, 1, 0, "1: a reset command wakes it and ends the fault"}};
  catalogue.declare(std::move(hangs));
  catalogue.declare(spec(kSelfTestFailed, "R6", "The SAM's self-test failed",
                         "Status 60 to every command.", "Go out of service with an alarm."));
  catalogue.declare(spec(kSamNotAuthorised, "R7", "The SAM is not authorised",
                         "Status 66 to every command but reset and the SAM's number.",
                         "Go out of service with a security alarm."));
  catalogue.declare(spec(kSamReplaced, "R7", "Another SAM than the enrolled one",
                         "The SAM's number differs.",
                         "Go out of service with a security alarm, if a number was enrolled."));
}

void declare_card_faults(FaultCatalogue& catalogue) {
  const FaultParam gap{"gap_ms", 50, 60000, 400, "how long the field stays empty"};
  auto after_find = once(spec(kCardLiftedAfterFind, "R9", "The card moves between find and select",
                              "9F, then 81: the field is empty for a moment.",
                              "Start again at find without telling the person of an error."),
                         "a card is found");
  after_find.params = {gap};
  catalogue.declare(std::move(after_find));
  auto during_read = once(spec(kCardLiftedDuringRead, "R10", "The card moves while it is read",
                               "Status 41, or an answer that breaks off.",
                               "Ask to hold still, start again at find, at most three times."),
                          "a card is read");
  during_read.params = {gap, {"breaks_off", 0, 1, 0, "0: status 41, 1: the answer breaks off"}};
  catalogue.declare(std::move(during_read));
  auto stale = once(spec(kStaleCard, "R12", "The reader gives the card before once more",
                         "A read answer with the text and photo of the card read before.",
                         "Notice it by the card's serial, or take the same data again only after a "
                         "second reading; ask to lift the card and place it again."),
                    "another card was read before");
  stale.params = {{"tells_serial", 0, 1, 1, "1: select gives the new card's serial, 0: zeros"}};
  catalogue.declare(std::move(stale));
  auto auth = spec(kAuthFails, "R16", "The chip fails authentication",
                   "31, 32 or 33 to read, with the card's words.",
                   "Refuse, log the codes, do not retry more than once.");
  auth.precondition = "a card is read";
  auth.params = {{"code", 0x31, 0x33, 0x32, "49: card refuses, 50: reader refuses, 51: content"}};
  catalogue.declare(std::move(auth));
}

}  // namespace

void declare_id_reader_faults(FaultCatalogue& catalogue) {
  declare_link_faults(catalogue);
  declare_sam_faults(catalogue);
  declare_card_faults(catalogue);
}

}  // namespace cardrig::sim
