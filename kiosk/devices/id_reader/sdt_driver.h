// Driver of ID-card readers that speak the SDT / SAM-V protocol over a byte stream (UART, USB
// serial, TCP). Protocol facts: reference sheet "id-reader-sdt"; reactions to faults: rows R1 to
// R23 of the fault catalogue.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "kiosk/devices/id_reader/id_reader.h"
#include "kiosk/devices/id_reader/last_card.h"
#include "kiosk/devices/id_reader/sdt_frames.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::id_reader {

/// How long the driver waits. An answer's own time on the wire at the present rate comes on top.
struct SdtTimes {
  Nanos open{std::chrono::seconds(3)};
  Nanos probe{std::chrono::milliseconds(600)};  ///< one status check at one rate
  Nanos status{std::chrono::seconds(2)};  ///< asked twice: a hung SAM is known after 4.5 s
  Nanos find{std::chrono::seconds(2)};
  Nanos select{std::chrono::seconds(2)};
  Nanos read{std::chrono::seconds(5)};
  Nanos reset{std::chrono::seconds(5)};
  Nanos inter_byte{std::chrono::milliseconds(250)};  ///< silence that breaks an answer off
  Nanos quiet_before{std::chrono::milliseconds(2)};  ///< silence before a command is sent
  Nanos quiet_after_noise{std::chrono::milliseconds(50)};
  Nanos flush_limit{std::chrono::seconds(1)};  ///< a line that is never silent
  Nanos error_pause{std::chrono::milliseconds(500)};  ///< from an error to the next find
};

struct SdtSettings {
  std::string enrolled_sam_id;  ///< another SAM is refused as kNotAuthorised; "": any is taken
  /// Reads the newest additional address too (command 30 03), before text and photo.
  bool reads_new_address = false;
  /// Reads the fingerprints too (30 10 in place of 30 01). They are personal data that nothing in
  /// the kiosk needs: whoever switches this on has a use for them. A SAM that does not know the
  /// command (21) is asked for text and photo alone from then on.
  bool reads_fingers = false;
  /// The eight bytes of the answer to select are the card's own and stay the same (GK: the public
  /// trace shows zeros, which tell nothing). False for a reader that gives others each time.
  bool serial_is_the_cards = true;
  SdtTimes times;
};

/// What a status byte means; nothing for the successes 90 and 9F.
[[nodiscard]] std::optional<ReaderReason> reason_of_status(std::uint8_t sw3);

/// "05.01-20201231-0123456789-0123456789" from the 16 bytes of command 12 FF.
[[nodiscard]] std::string format_sam_id(std::span<const std::uint8_t, sdt::kSamIdSize> bytes);

/// Trace events: reader.command (name), reader.answer (name, status or fault, size),
/// reader.state (device, detail). None holds personal data.
class SdtReader final : public IdReader {
 public:
  SdtReader(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
            SdtSettings settings = {});
  ~SdtReader() override;

  Async<Result<Unit, ReaderReason>> start() override;
  Async<Result<Unit, ReaderReason>> check() override;
  Async<Result<Unit, ReaderReason>> reset() override;
  Async<Result<Unit, ReaderReason>> find_card() override;
  Async<Result<ChipRecord, ReaderReason>> read_card() override;
  void forget() override;
  [[nodiscard]] const ReaderStatus& status() const override { return status_; }

  /// The rate of the line, as found by start(); bit/s.
  [[nodiscard]] unsigned baud() const { return sdt::kBauds[rate_]; }

 private:
  struct Command;
  class Turn;
  using Done = Result<Unit, ReaderReason>;
  using Got = Result<Answer, ReaderReason>;

  // Start-up.
  Async<Done> bring_up();
  Async<Done> open_port();
  Async<bool> find_rate();
  Async<bool> answers_at(std::size_t rate);
  Async<void> restore_rate();
  Async<Done> read_sam_id();

  // Commands.
  Async<Done> check_twice();
  Async<Done> find();
  Async<Done> select();
  Async<Result<ChipRecord, ReaderReason>> read_selected();
  Async<Done> read_new_address(ChipRecord& into);
  Async<Done> read_base(ChipRecord& into);
  Async<Done> read_base_and_fingers(ChipRecord& into);
  Done accept_record(const ChipRecord& record);
  Async<Got> run(const Command& command);
  Async<Got> run_resending(const Command& command);
  Async<bool> lower_rate();

  // One exchange of frames.
  Async<Got> exchange(const Command& command);
  Async<Done> get_in_step();
  Async<Got> await_answer(const Command& command, Nanos deadline);
  std::optional<Got> answer_in_buffer(const Command& command);
  Async<bool> send(const Command& command);
  Async<bool> flush(Nanos quiet);
  enum class ReadEnd { kBytes, kTime, kLost };
  Async<ReadEnd> read_until(Nanos until);
  Async<bool> read_once();
  Async<bool> write_once(const std::vector<std::uint8_t>& frame);

  void set_rate(std::size_t rate);
  void lose_link(const std::string& why);
  tl::unexpected<Error<ReaderReason>> link_lost() const;
  void set_state(DeviceState device, const std::string& error);
  Got judged(Got got);
  void judge(const Error<ReaderReason>& error);
  void pause_before_next_find();
  void say_answer(const Command& command, std::vector<Field> fields) const;

  Loop& loop_;
  Tracer& tracer_;
  std::unique_ptr<StreamSource> source_;
  SdtSettings settings_;
  std::unique_ptr<ByteStream> stream_;
  AnswerParser parser_;
  ReaderStatus status_;
  LastCard last_card_;
  std::array<std::uint8_t, sdt::kSerialSize> serial_{};  // of the card selected last
  bool knows_fingers_ = true;  // until it says 21
  bool knows_new_address_ = true;
  std::size_t rate_ = 0;  // index into sdt::kBauds
  Nanos last_byte_{0};
  Nanos earliest_find_{0};
  bool accepted_ = false;  // start() has succeeded: cards may be read through it
  bool busy_ = false;  // an operation is under way
  bool out_of_step_ = false;  // an answer may still be under way
  bool forget_at_end_ = false;
};

}  // namespace cardrig::id_reader
