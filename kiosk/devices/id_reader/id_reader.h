// The identity-document reader, as the flow sees it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/devices/id_reader/wipe.h"
#include "kiosk/devices/status.h"
#include "kiosk/runtime/loop.h"
#include "kiosk/runtime/result.h"

namespace cardrig::id_reader {

enum class ReaderReason {
  kNoCard,  ///< 80, or nothing in the field
  kCardMoved,  ///< 81 after a find, 41, or the answer broke off: ask again from find
  kNotAnIdCard,  ///< 40: unrecognised card type
  kForged,  ///< 31, 32, 33: authentication of the chip failed; never retried silently
  kStale,  ///< the data of the card before came for another card (R12): have it placed again
  kTimeout,  ///< no answer within the limit
  kBadAnswer,  ///< checksum, length or content of an answer is wrong
  kLinkLost,  ///< the port is gone
  kNotAuthorised,  ///< 66, 61, 23: the SAM itself is not usable
  kSelfTestFailed,  ///< 60
  kUnsupported,  ///< 21: the reader does not know the command
  kReaderError,  ///< any other status
};
[[nodiscard]] const char* to_string(ReaderReason reason);

/// What the chip gave, undecoded: identity/document.h interprets it. Every copy overwrites itself
/// when it dies, so that none stays behind in a coroutine's frame.
struct ChipRecord {
  ~ChipRecord() {
    wipe(text);
    wipe(photo);
    wipe(new_address);
    wipe(fingers);
  }
  std::array<std::uint8_t, 256> text{};
  std::array<std::uint8_t, 1024> photo{};
  std::array<std::uint8_t, 70> new_address{};  ///< the newest additional address, if there is one
  bool has_new_address = false;
  /// Features of fingerprints as the chip holds them, only if the reader was told to read them.
  std::array<std::uint8_t, 1024> fingers{};
  std::size_t fingers_size = 0;  ///< 0, 512 or 1024
};

struct ReaderStatus {
  DeviceState device = DeviceState::kUnknown;
  std::string sam_id;  ///< "05.01-20201231-0123456789-0123456789", empty before it was read
  std::string last_error;  ///< empty if none
};

class IdReader {
 public:
  virtual ~IdReader() = default;
  /// Opens the port, checks the SAM (status, number), finds the baud rate. To be repeated after
  /// kLinkLost, kTimeout and kSelfTestFailed.
  virtual Async<Result<Unit, ReaderReason>> start() = 0;
  /// SAM status check; a heartbeat while idle.
  virtual Async<Result<Unit, ReaderReason>> check() = 0;
  /// SAM reset (command 10 FF), then check().
  virtual Async<Result<Unit, ReaderReason>> reset() = 0;
  /// One find. ok: something answered in the field.
  virtual Async<Result<Unit, ReaderReason>> find_card() = 0;
  /// find, select, then read what the driver was set to read, once, without retries. kStale: what
  /// came is what the card before gave, and nothing shows that it is the same card.
  virtual Async<Result<ChipRecord, ReaderReason>> read_card() = 0;
  /// Forgets everything of the card read last, in memory and in the line's buffers. A fingerprint
  /// of the data, from which they cannot be had back, stays to know stale data by.
  virtual void forget() = 0;
  [[nodiscard]] virtual const ReaderStatus& status() const = 0;
};

}  // namespace cardrig::id_reader
