// The SAM of a simulated reader as a strict state machine: idle → found → selected → read, with the
// card as it lies in the world. It knows nothing of bytes on wires.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/runtime/random.h"
#include "simulators/id_reader/sam_frames.h"
#include "simulators/world/fault_catalogue.h"
#include "simulators/world/world.h"

namespace cardrig::sim {

struct ReaderOptions {
  /// 05.01-20201231-0123456789-0123456789 by the usual rendering.
  std::array<std::uint8_t, 16> sam_id{0x05, 0x00, 0x01, 0x00, 0x0F, 0x3F, 0x34, 0x01,
                                      0x15, 0xCD, 0x5B, 0x07, 0x15, 0xCD, 0x5B, 0x07};
  bool must_lift = true;  ///< after a read a card is found again only when it was lifted
  bool has_fingers = true;  ///< false: an older SAM, 21 to command 30 10
  std::size_t fingers_size = 1024;  ///< 1024, 512 or 0
  std::uint8_t bank_card_answer = 0x40;  ///< 0x40 or 0x80 to find
  bool has_new_address = true;  ///< false: 21 to command 30 03
  /// Whether the answer to select holds the chip's serial; false: zeros, as in the public trace.
  bool tells_serial = true;
  unsigned baud = 115200;  ///< as it is switched on
  bool keeps_baud = false;  ///< true: 21 to every command that would change it

  // What a command takes, before jitter.
  Nanos housekeeping{std::chrono::milliseconds(5)};
  Nanos reset{std::chrono::milliseconds(200)};
  Nanos find{std::chrono::milliseconds(100)};
  Nanos select{std::chrono::milliseconds(100)};
  Nanos read{std::chrono::milliseconds(700)};
  Nanos read_fingers{std::chrono::milliseconds(1100)};
  Nanos read_address{std::chrono::milliseconds(200)};
  double jitter = 0.1;  ///< ± this part of each
};

class Sam {
 public:
  enum class State { kIdle, kFound, kSelected };

  Sam(const World& world, FaultCatalogue& faults, const Loop& loop, Random random,
      ReaderOptions options);

  struct Reply {
    SamAnswer answer;
    bool breaks_off = false;  ///< the card left: the answer ends in the middle
    std::optional<unsigned> new_baud;  ///< takes effect once the answer is out
  };

  /// The request arrives. Returns how long its work takes; finish() is due then.
  [[nodiscard]] Nanos begin(const SamRequest& request);
  /// The work is done: looks at the card again and answers.
  [[nodiscard]] Reply finish(const SamRequest& request);

  void power_cycle();
  [[nodiscard]] State state() const { return state_; }

 private:
  /// One card in the field. The token differs after every lifting, real or by a fault.
  struct Presence {
    const DocumentThing* document;
    std::uint64_t token;
  };
  [[nodiscard]] std::optional<Presence> field() const;
  [[nodiscard]] bool still_there() const;
  void empty_field_for(double gap_ms);

  [[nodiscard]] Nanos nominal(std::uint16_t command) const;
  [[nodiscard]] std::optional<std::uint8_t> refusal(const SamRequest& request);
  [[nodiscard]] Reply do_command(const SamRequest& request);
  [[nodiscard]] Reply do_find();
  [[nodiscard]] Reply do_select();
  [[nodiscard]] Reply do_read(bool with_fingers);
  [[nodiscard]] Reply do_read_address();
  [[nodiscard]] Reply do_sam_id();
  /// The answer that ends a card command too early, if one does.
  [[nodiscard]] std::optional<Reply> card_refusal();
  [[nodiscard]] std::optional<SamAnswer> authentication_failure();
  [[nodiscard]] std::vector<std::uint8_t> fingers_of(const DocumentThing& document) const;
  [[nodiscard]] bool is_stale(const DocumentThing& document) const;
  [[nodiscard]] std::vector<std::uint8_t> serial_of(const DocumentThing& document) const;

  const World& world_;
  FaultCatalogue& faults_;
  const Loop& loop_;
  Random random_;
  ReaderOptions options_;
  State state_ = State::kIdle;
  std::uint64_t token_ = 0;  // of the card found last
  std::uint64_t read_token_ = 0;  // of the card read last; tokens start above 0
  std::uint64_t gaps_ = 0;
  Nanos field_empty_until_{0};
  struct LastRead {
    std::string document_id;
    std::vector<std::uint8_t> text, photo;
  };
  std::optional<LastRead> last_read_;
};

[[nodiscard]] const char* to_string(Sam::State state);

}  // namespace cardrig::sim
