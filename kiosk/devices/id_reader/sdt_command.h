// One command of the SDT driver and what a sensible answer to it looks like.
#pragma once

#include <cstdint>

#include "kiosk/devices/id_reader/sdt_driver.h"

namespace cardrig::id_reader {

struct SdtReader::Command {
  const char* name;
  std::uint16_t code;  ///< protocol.h
  Nanos limit;  ///< for the answer to begin and end, its time on the wire apart
  /// Answers carry no command, so a late one is known by its status and length only (R22). An
  /// answer that does not fit is dropped, and the wait goes on.
  bool (*fits)(const Answer&);
  std::size_t answer_size = sdt::kShortFrame;  ///< whole frame, bytes
  bool asks_card = false;  ///< an answer that breaks off means that the card was moved
};

}  // namespace cardrig::id_reader
