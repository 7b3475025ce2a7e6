// Names of the reader's reasons.
#include "kiosk/devices/id_reader/id_reader.h"

namespace cardrig::id_reader {

const char* to_string(ReaderReason reason) {
  switch (reason) {
    case ReaderReason::kNoCard:
      return "no_card";
    case ReaderReason::kCardMoved:
      return "card_moved";
    case ReaderReason::kNotAnIdCard:
      return "not_an_id_card";
    case ReaderReason::kForged:
      return "forged";
    case ReaderReason::kStale:
      return "stale";
    case ReaderReason::kTimeout:
      return "timeout";
    case ReaderReason::kBadAnswer:
      return "bad_answer";
    case ReaderReason::kLinkLost:
      return "link_lost";
    case ReaderReason::kNotAuthorised:
      return "not_authorised";
    case ReaderReason::kSelfTestFailed:
      return "self_test_failed";
    case ReaderReason::kUnsupported:
      return "unsupported";
    case ReaderReason::kReaderError:
      return "reader_error";
  }
  return "?";
}

}  // namespace cardrig::id_reader
