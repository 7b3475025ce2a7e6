// The SDT driver: start-up, the card's commands, and what each status means.
#include "kiosk/devices/id_reader/sdt_driver.h"

#include <fmt/format.h>

#include <algorithm>

#include "kiosk/devices/id_reader/sdt_command.h"
#include "kiosk/devices/id_reader/sdt_records.h"
#include "kiosk/runtime/async.h"

namespace cardrig::id_reader {

namespace {

/// How often a caller looks whether another one has finished.
constexpr Nanos kTurnPoll = std::chrono::milliseconds(5);
/// A SAM needs a moment to change its rate after it has answered.
constexpr Nanos kRateSettles = std::chrono::milliseconds(20);

bool is_failure(const Answer& a) {
  return a.data.empty() && a.sw3 != sdt::kOk && a.sw3 != sdt::kCardFound;
}
bool fits_plain(const Answer& a) { return is_failure(a) || (a.sw3 == sdt::kOk && a.data.empty()); }
bool fits_sam_id(const Answer& a) {
  return is_failure(a) || (a.sw3 == sdt::kOk && a.data.size() == sdt::kSamIdSize);
}
// Four bytes on the wire, but programs keep room for eight (sheet §1.12).
bool fits_find(const Answer& a) {
  return is_failure(a) || (a.sw3 == sdt::kCardFound && a.data.size() <= sdt::kSerialSize);
}
bool fits_select(const Answer& a) {
  return is_failure(a) || (a.sw3 == sdt::kOk && a.data.size() == sdt::kSerialSize);
}
// Longer than what any other command answers; whether it is right is judged apart.
bool fits_read(const Answer& a) {
  return is_failure(a) || (a.sw3 == sdt::kOk && a.data.size() > sdt::kSamIdSize &&
                           a.data.size() != sdt::kNewAddressSize);
}
bool fits_new_address(const Answer& a) {
  return is_failure(a) || (a.sw3 == sdt::kOk && a.data.size() == sdt::kNewAddressSize);
}

std::uint32_t little_endian(std::span<const std::uint8_t> bytes) {
  std::uint32_t n = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) n = n << 8 | bytes[i];
  return n;
}

Error<ReaderReason> error_of(const Answer& a, ReaderReason reason) {
  return {reason, fmt::format("status {:02X}, card words {:02X} {:02X}", a.sw3, a.sw1, a.sw2)};
}

}  // namespace

std::optional<ReaderReason> reason_of_status(std::uint8_t sw3) {
  switch (sw3) {
    case sdt::kOk:
    case sdt::kCardFound:
      return std::nullopt;
    case sdt::kFindFailed:
      return ReaderReason::kNoCard;
    case sdt::kSelectFailed:
    case sdt::kReadFailed:
    case sdt::kNoCardFoundYet:
      return ReaderReason::kCardMoved;
    case sdt::kWrongCardType:
      return ReaderReason::kNotAnIdCard;
    case sdt::kCardRefusedReader:
    case sdt::kReaderRefusedCard:
    case sdt::kContentNotAuthentic:
      return ReaderReason::kForged;
    case sdt::kRequestChecksumWrong:
    case sdt::kRequestLengthWrong:
      return ReaderReason::kBadAnswer;
    case sdt::kSamNotAuthorised:
    case sdt::kLoginFailed:
    case sdt::kNotPermitted:
      return ReaderReason::kNotAuthorised;
    case sdt::kSelfTestFailed:
      return ReaderReason::kSelfTestFailed;
    case sdt::kCommandWrong:
      return ReaderReason::kUnsupported;
    default:
      return ReaderReason::kReaderError;
  }
}

std::string format_sam_id(std::span<const std::uint8_t, sdt::kSamIdSize> b) {
  return fmt::format("{:02}.{:02}-{:08}-{:010}-{:010}", little_endian(b.subspan(0, 2)),
                     little_endian(b.subspan(2, 2)), little_endian(b.subspan(4, 4)),
                     little_endian(b.subspan(8, 4)), little_endian(b.subspan(12, 4)));
}

/// Holds the reader for one operation: heartbeat and session may both want it, the line carries one
/// exchange. A cancelled operation lets go as it unwinds.
class SdtReader::Turn {
 public:
  explicit Turn(SdtReader& reader) : reader_(reader) { reader_.busy_ = true; }
  ~Turn() {
    reader_.busy_ = false;
    if (!reader_.forget_at_end_) return;
    reader_.forget_at_end_ = false;
    reader_.parser_.wipe();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  SdtReader& reader_;
};

SdtReader::SdtReader(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
                     SdtSettings settings)
    : loop_(loop), tracer_(tracer), source_(std::move(source)), settings_(std::move(settings)) {}

SdtReader::~SdtReader() = default;

// --- what the flow calls ---

Async<SdtReader::Done> SdtReader::start() {
  while (busy_) co_await sleep_for(loop_, kTurnPoll);
  const Turn turn(*this);
  accepted_ = false;  // also if this is cancelled half-way
  auto done = co_await bring_up();
  if (done) {
    accepted_ = true;
    set_state(DeviceState::kReady, "");
  } else {
    judge(done.error());
    stream_.reset();
  }
  co_return done;
}

Async<SdtReader::Done> SdtReader::check() {
  while (busy_) co_await sleep_for(loop_, kTurnPoll);
  const Turn turn(*this);
  if (!accepted_) co_return link_lost();
  co_return co_await check_twice();
}

Async<SdtReader::Done> SdtReader::reset() {
  while (busy_) co_await sleep_for(loop_, kTurnPoll);
  const Turn turn(*this);
  if (!accepted_) co_return link_lost();
  const Command command{"reset", sdt::kReset, settings_.times.reset, fits_plain};
  const auto answer = co_await run(command);
  if (!answer) co_return tl::unexpected(answer.error());
  co_return co_await check_twice();
}

Async<SdtReader::Done> SdtReader::find_card() {
  while (busy_) co_await sleep_for(loop_, kTurnPoll);
  const Turn turn(*this);
  if (!accepted_) co_return link_lost();
  co_return co_await find();
}

Async<Result<ChipRecord, ReaderReason>> SdtReader::read_card() {
  while (busy_) co_await sleep_for(loop_, kTurnPoll);
  const Turn turn(*this);
  if (!accepted_) co_return link_lost();
  auto found = co_await find();
  if (!found) co_return tl::unexpected(found.error());
  auto selected = co_await select();
  if (!selected) co_return tl::unexpected(selected.error());
  auto record = co_await read_selected();
  parser_.wipe();  // the caller's copy is the only one
  wipe(serial_);
  if (!record) pause_before_next_find();
  co_return record;
}

void SdtReader::forget() {
  if (busy_) {
    forget_at_end_ = true;  // the line may be writing into the buffer right now
  } else {
    parser_.wipe();
  }
}

// --- start-up ---

Async<SdtReader::Done> SdtReader::bring_up() {
  auto opened = co_await open_port();
  if (!opened) co_return opened;
  const bool answers = co_await find_rate();
  if (!stream_) co_return link_lost();
  if (!answers) co_return fail(ReaderReason::kTimeout, "no answer at any rate, nor to a reset");
  if (rate_ != 0) co_await restore_rate();
  auto healthy = co_await check_twice();
  if (!healthy) co_return healthy;
  co_return co_await read_sam_id();
}

Async<SdtReader::Done> SdtReader::open_port() {
  stream_.reset();
  parser_.wipe();
  out_of_step_ = false;
  knows_fingers_ = knows_new_address_ = true;
  status_.sam_id.clear();
  set_state(DeviceState::kStarting, "");
  auto opened = co_await with_timeout(loop_, settings_.times.open, source_->open());
  if (!opened) co_return fail(ReaderReason::kLinkLost, source_->name() + " takes too long to open");
  if (!*opened) {
    const auto& error = opened->error();
    co_return fail(ReaderReason::kLinkLost, fmt::format("{}: {} {}", source_->name(),
                                                        to_string(error.reason), error.detail));
  }
  stream_ = std::move(**opened);
  co_return ok();
}

/// Probes the rates (R23). The usual one gets a second chance after a pause: a USB port that was
/// asleep loses the first command (R3). A SAM that is silent everywhere may have hung: reset (R5).
Async<bool> SdtReader::find_rate() {
  if (co_await answers_at(0)) co_return true;
  co_await sleep_for(loop_, settings_.times.error_pause);
  for (std::size_t rate = 0; rate < sdt::kBauds.size() && stream_; ++rate) {
    if (co_await answers_at(rate)) co_return true;
  }
  if (!stream_) co_return false;
  set_rate(0);
  out_of_step_ = false;
  const Command command{"reset", sdt::kReset, settings_.times.reset, fits_plain};
  const auto woken = co_await exchange(command);
  co_return woken.has_value();
}

Async<bool> SdtReader::answers_at(std::size_t rate) {
  if (!stream_) co_return false;
  set_rate(rate);
  out_of_step_ = false;  // nothing was heard at this rate yet that could be late
  const Command probe{"probe", sdt::kCheckStatus, settings_.times.probe, fits_plain};
  const auto answer = co_await exchange(probe);
  co_return answer.has_value();
}

/// Sets the usual rate again. A reader that refuses is used at the rate it has: slow, but it works.
Async<void> SdtReader::restore_rate() {
  const std::size_t found = rate_;
  const Command command{"set_baud", sdt::kSetBaud, settings_.times.status, fits_plain};
  static_cast<void>(co_await exchange(command));
  co_await sleep_for(loop_, kRateSettles);
  if (co_await answers_at(0)) co_return;
  static_cast<void>(co_await answers_at(found));
}

Async<SdtReader::Done> SdtReader::read_sam_id() {
  const Command command{"sam_id", sdt::kReadSamId, settings_.times.status, fits_sam_id};
  const auto answer = co_await run(command);
  if (!answer) co_return tl::unexpected(answer.error());
  status_.sam_id = format_sam_id(answer->data.first<sdt::kSamIdSize>());
  if (!settings_.enrolled_sam_id.empty() && status_.sam_id != settings_.enrolled_sam_id) {
    co_return fail(ReaderReason::kNotAuthorised,
                   "SAM " + status_.sam_id + " is not the enrolled one");
  }
  co_return ok();
}

// --- commands ---

Async<SdtReader::Done> SdtReader::check_twice() {
  const Command command{"status", sdt::kCheckStatus, settings_.times.status, fits_plain};
  auto answer = co_await exchange(command);
  if (!answer && answer.error().reason != ReaderReason::kLinkLost) {
    co_await sleep_for(loop_, settings_.times.error_pause);  // silent: it may have been asleep (R3)
    answer = co_await exchange(command);
  }
  answer = judged(std::move(answer));
  if (!answer) co_return tl::unexpected(answer.error());
  co_return ok();
}

Async<SdtReader::Done> SdtReader::find() {
  if (loop_.now() < earliest_find_) co_await sleep_until(loop_, earliest_find_);
  const Command command{
      "find", sdt::kFindCard, settings_.times.find, fits_find, sdt::kShortFrame + sdt::kSerialSize,
      true};
  const auto answer = co_await run(command);
  if (answer) co_return ok();
  if (answer.error().reason != ReaderReason::kNoCard) pause_before_next_find();
  co_return tl::unexpected(answer.error());
}

Async<SdtReader::Done> SdtReader::select() {
  const Command command{"select",
                        sdt::kSelectCard,
                        settings_.times.select,
                        fits_select,
                        sdt::kShortFrame + sdt::kSerialSize,
                        true};
  const auto answer = co_await run(command);
  if (answer) {
    std::copy_n(answer->data.begin(), serial_.size(), serial_.begin());
    co_return ok();
  }
  pause_before_next_find();
  co_return tl::unexpected(answer.error());
}

/// The address comes first: text and photo use the selection up (sheet §1.8), it does not (GK).
Async<Result<ChipRecord, ReaderReason>> SdtReader::read_selected() {
  ChipRecord record;
  if (settings_.reads_new_address && knows_new_address_) {
    auto address = co_await read_new_address(record);
    if (!address) co_return tl::unexpected(address.error());
  }
  Done done = ok();
  if (settings_.reads_fingers && knows_fingers_) done = co_await read_base_and_fingers(record);
  // A command that the SAM does not know leaves the card selected.
  if (!settings_.reads_fingers || !knows_fingers_) done = co_await read_base(record);
  if (done) done = accept_record(record);
  if (!done) co_return tl::unexpected(done.error());
  co_return record;
}

/// Cards without one answer 91, SAMs that cannot 21: the record is then without one too.
Async<SdtReader::Done> SdtReader::read_new_address(ChipRecord& into) {
  const Command command{"read_address",
                        sdt::kReadNewAddress,
                        settings_.times.read,
                        fits_new_address,
                        sdt::kShortFrame + sdt::kNewAddressSize,
                        true};
  const auto answer = co_await run_resending(command);
  if (answer && answer->sw3 == sdt::kNoSuchItem) co_return ok();
  if (answer && answer->sw3 == sdt::kCommandWrong) {
    knows_new_address_ = false;
    co_return ok();
  }
  const auto got = judged(answer);
  if (!got) co_return tl::unexpected(got.error());
  std::copy_n(got->data.begin(), into.new_address.size(), into.new_address.begin());
  into.has_new_address = true;
  co_return ok();
}

Async<SdtReader::Done> SdtReader::read_base(ChipRecord& into) {
  const Command command{"read",    sdt::kReadBase,      settings_.times.read,
                        fits_read, sdt::kReadBaseFrame, true};
  const auto answer = co_await run(command);
  if (!answer) co_return tl::unexpected(answer.error());
  if (!take_text_and_photo(answer->data, into)) {
    co_return fail(ReaderReason::kBadAnswer, "text and photo have other lengths than 256 and 1024");
  }
  co_return ok();
}

Async<SdtReader::Done> SdtReader::read_base_and_fingers(ChipRecord& into) {
  const Command command{"read_fingers", sdt::kReadBaseAndFingers, settings_.times.read,
                        fits_read,      sdt::kLongestFrame,       true};
  const auto answer = co_await run_resending(command);
  if (answer && answer->sw3 == sdt::kCommandWrong) {
    knows_fingers_ = false;
    co_return fail(ReaderReason::kUnsupported, "an older SAM: it reads no fingerprints");
  }
  const auto got = judged(answer);
  if (!got) co_return tl::unexpected(got.error());
  if (!take_text_photo_and_fingers(got->data, into)) {
    co_return fail(ReaderReason::kBadAnswer,
                   "text, photo and fingerprints have other lengths than they can have");
  }
  co_return ok();
}

/// The last look at a record before anybody gets it: is it this card's (R12)?
SdtReader::Done SdtReader::accept_record(const ChipRecord& record) {
  std::optional<LastCard::Serial> serial = serial_;
  if (!settings_.serial_is_the_cards) serial.reset();
  if (last_card_.is_plausible(record, serial)) return ok();
  const Error<ReaderReason> stale{ReaderReason::kStale, "the data of the card before"};
  judge(stale);
  return tl::unexpected(stale);
}

/// One command with its outcome judged: a failure status is an error here.
Async<SdtReader::Got> SdtReader::run(const Command& command) {
  co_return judged(co_await run_resending(command));
}

SdtReader::Got SdtReader::judged(Got got) {
  if (got) {
    const auto reason = reason_of_status(got->sw3);
    if (reason) got = tl::unexpected(error_of(*got, *reason));
  }
  if (!got) {
    judge(got.error());
  } else if (status_.device != DeviceState::kStarting) {
    set_state(DeviceState::kReady, "");
  }
  return got;
}

/// The SAM saw our frame damaged: resend once, then try a slower rate (R17).
Async<SdtReader::Got> SdtReader::run_resending(const Command& command) {
  const auto garbled = [](const Got& got) {
    return got && (got->sw3 == sdt::kRequestChecksumWrong || got->sw3 == sdt::kRequestLengthWrong);
  };
  auto got = co_await exchange(command);
  if (garbled(got)) got = co_await exchange(command);
  if (garbled(got) && co_await lower_rate()) got = co_await exchange(command);
  co_return got;
}

Async<bool> SdtReader::lower_rate() {
  if (rate_ + 1 >= sdt::kBauds.size()) co_return false;
  const std::size_t lower = rate_ + 1;
  const Command command{"set_baud", static_cast<std::uint16_t>(sdt::kSetBaud + lower),
                        settings_.times.status, fits_plain};
  const auto answer = co_await exchange(command);
  if (!answer || answer->sw3 != sdt::kOk) co_return false;
  set_rate(lower);
  co_await sleep_for(loop_, kRateSettles);
  co_return true;
}

// --- state ---

void SdtReader::set_rate(std::size_t rate) {
  rate_ = rate;
  stream_->set_baud(sdt::kBauds[rate]);
}

void SdtReader::lose_link(const std::string& why) {
  accepted_ = false;
  stream_.reset();
  parser_.wipe();
  set_state(DeviceState::kOffline, source_->name() + ": " + why);
}

tl::unexpected<Error<ReaderReason>> SdtReader::link_lost() const {
  return fail(ReaderReason::kLinkLost,
              status_.last_error.empty() ? "the port is not open" : status_.last_error);
}

void SdtReader::pause_before_next_find() {
  earliest_find_ = loop_.now() + settings_.times.error_pause;
}

/// What an error says of the reader itself.
void SdtReader::judge(const Error<ReaderReason>& error) {
  const std::string text = std::string(to_string(error.reason)) + ": " + error.detail;
  switch (error.reason) {
    case ReaderReason::kLinkLost:
      return set_state(DeviceState::kOffline, error.detail);
    case ReaderReason::kTimeout:
    case ReaderReason::kNotAuthorised:
    case ReaderReason::kSelfTestFailed:
      return set_state(DeviceState::kFault, text);
    case ReaderReason::kBadAnswer:
    case ReaderReason::kUnsupported:
    case ReaderReason::kReaderError:
      // While it starts, this is why it did not come up; later, one bad answer is no fault yet.
      if (status_.device == DeviceState::kStarting) return set_state(DeviceState::kFault, text);
      return set_state(status_.device, text);
    case ReaderReason::kNoCard:
    case ReaderReason::kCardMoved:
    case ReaderReason::kNotAnIdCard:
    case ReaderReason::kForged:
    case ReaderReason::kStale:
      // It answers, so it is well again if it was not.
      if (status_.device != DeviceState::kStarting) set_state(DeviceState::kReady, "");
      return;
  }
}

void SdtReader::set_state(DeviceState device, const std::string& error) {
  if (device == status_.device && error == status_.last_error) return;
  status_.device = device;
  status_.last_error = error;
  tracer_.emit("reader.state",
               {{"device", to_string(device)}, {"detail", error}, {"sam", status_.sam_id}});
}

}  // namespace cardrig::id_reader
