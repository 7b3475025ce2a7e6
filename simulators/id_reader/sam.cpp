// The SAM's commands.
#include "simulators/id_reader/sam.h"

#include <algorithm>
#include <utility>

#include "kiosk/runtime/check.h"
#include "simulators/id_reader/faults.h"

namespace cardrig::sim {

namespace sdt = id_reader::sdt;

namespace {

/// Card words as ISO 7816 cards give them: "authentication failed" and "data object damaged".
constexpr std::uint8_t kWord1NotAuthentic = 0x63;
constexpr std::uint8_t kWord1Damaged = 0x62;
constexpr std::uint8_t kWord2Damaged = 0x81;

SamAnswer status(std::uint8_t sw3) { return SamAnswer{sw3, {}, 0, 0}; }

Sam::Reply plain(std::uint8_t sw3) { return Sam::Reply{status(sw3), false, std::nullopt}; }

void append_size(std::vector<std::uint8_t>& out, std::size_t size) {
  out.push_back(static_cast<std::uint8_t>(size >> 8));
  out.push_back(static_cast<std::uint8_t>(size & 0xFF));
}

bool is_set_baud(std::uint16_t command) { return (command & 0xFF00) == sdt::kSetBaud; }

/// Size of the data that a command carries; nothing for a command that does not exist.
std::optional<std::size_t> data_size(std::uint16_t command) {
  switch (command) {
    case sdt::kReset:
    case sdt::kCheckStatus:
    case sdt::kReadSamId:
    case sdt::kFindCard:
    case sdt::kSelectCard:
    case sdt::kReadBase:
    case sdt::kReadBaseAndFingers:
    case sdt::kReadNewAddress:
      return 0;
    case sdt::kSetMaxRfFrame:
      return 1;
    default:
      break;
  }
  if (is_set_baud(command) && (command & 0xFF) < sdt::kBauds.size()) return 0;
  return std::nullopt;
}

}  // namespace

const char* to_string(Sam::State state) {
  switch (state) {
    case Sam::State::kIdle:
      return "idle";
    case Sam::State::kFound:
      return "found";
    case Sam::State::kSelected:
      return "selected";
  }
  return "?";
}

Sam::Sam(const World& world, FaultCatalogue& faults, const Loop& loop, Random random,
         ReaderOptions options)
    : world_(world), faults_(faults), loop_(loop), random_(random), options_(std::move(options)) {}

std::optional<Sam::Presence> Sam::field() const {
  const DocumentThing* document = world_.document_on_reader();
  if (document == nullptr || loop_.now() < field_empty_until_) return std::nullopt;
  return Presence{document, world_.placings() << 16 | (gaps_ & 0xFFFF)};
}

bool Sam::still_there() const {
  const auto card = field();
  return card && card->token == token_;
}

void Sam::empty_field_for(double gap_ms) {
  ++gaps_;
  field_empty_until_ = loop_.now() + Nanos(static_cast<std::int64_t>(gap_ms * 1e6));
}

void Sam::power_cycle() {
  state_ = State::kIdle;
  read_token_ = 0;
}

// --- times ---

Nanos Sam::nominal(std::uint16_t command) const {
  switch (command) {
    case sdt::kReset:
      return options_.reset;
    case sdt::kFindCard:
      return options_.find;
    case sdt::kSelectCard:
      return state_ == State::kFound ? options_.select : options_.housekeeping;
    case sdt::kReadBase:
      return state_ == State::kSelected ? options_.read : options_.housekeeping;
    case sdt::kReadBaseAndFingers:
      return state_ == State::kSelected ? options_.read_fingers : options_.housekeeping;
    case sdt::kReadNewAddress:
      return state_ == State::kSelected ? options_.read_address : options_.housekeeping;
    default:
      return options_.housekeeping;
  }
}

Nanos Sam::begin(const SamRequest& request) {
  const double factor = random_.uniform(1 - options_.jitter, 1 + options_.jitter);
  return Nanos(
      static_cast<std::int64_t>(static_cast<double>(nominal(request.command).count()) * factor));
}

// --- commands ---

std::optional<std::uint8_t> Sam::refusal(const SamRequest& request) {
  if (faults_.strikes(reader_fault::kSelfTestFailed)) return sdt::kSelfTestFailed;
  const auto size = data_size(request.command);
  if (!size) return sdt::kCommandWrong;
  if (request.data.size() != *size) return sdt::kRequestLengthWrong;
  const bool always = request.command == sdt::kReset || request.command == sdt::kReadSamId;
  if (!always && faults_.strikes(reader_fault::kSamNotAuthorised)) return sdt::kSamNotAuthorised;
  return std::nullopt;
}

Sam::Reply Sam::finish(const SamRequest& request) {
  if (const auto refused = refusal(request)) return plain(*refused);
  return do_command(request);
}

Sam::Reply Sam::do_command(const SamRequest& request) {
  switch (request.command) {
    case sdt::kReset:
      state_ = State::kIdle;
      return plain(sdt::kOk);
    case sdt::kCheckStatus:
      return plain(sdt::kOk);
    case sdt::kReadSamId:
      return do_sam_id();
    case sdt::kFindCard:
      return do_find();
    case sdt::kSelectCard:
      return do_select();
    case sdt::kReadBase:
      return do_read(false);
    case sdt::kReadBaseAndFingers:
      return options_.has_fingers ? do_read(true) : plain(sdt::kCommandWrong);
    case sdt::kReadNewAddress:
      return options_.has_new_address ? do_read_address() : plain(sdt::kCommandWrong);
    case sdt::kSetMaxRfFrame:
      return plain(request.data[0] < 24 ? sdt::kCommandWrong : sdt::kOk);
    default:
      break;
  }
  CARDRIG_CHECK(is_set_baud(request.command));
  if (options_.keeps_baud) return plain(sdt::kCommandWrong);
  Reply reply = plain(sdt::kOk);
  reply.new_baud = sdt::kBauds[request.command & 0xFF];
  return reply;
}

Sam::Reply Sam::do_sam_id() {
  Reply reply = plain(sdt::kOk);
  reply.answer.data.assign(options_.sam_id.begin(), options_.sam_id.end());
  if (faults_.strikes(reader_fault::kSamReplaced)) {
    reply.answer.data.back() = static_cast<std::uint8_t>(reply.answer.data.back() ^ 0x01);
  }
  return reply;
}

Sam::Reply Sam::do_find() {
  state_ = State::kIdle;
  const auto card = field();
  if (!card || card->document->kind == "plain_print" || !card->document->chip_works) {
    return plain(sdt::kFindFailed);
  }
  if (card->document->kind == "bank_card") return plain(options_.bank_card_answer);
  if (options_.must_lift && card->token == read_token_) return plain(sdt::kFindFailed);
  state_ = State::kFound;
  token_ = card->token;
  Reply reply = plain(sdt::kCardFound);
  reply.answer.data.assign(sdt::kFoundSize, 0);
  if (faults_.is_active(reader_fault::kCardLiftedAfterFind)) {
    empty_field_for(faults_.param(reader_fault::kCardLiftedAfterFind, "gap_ms"));
    faults_.took_effect(reader_fault::kCardLiftedAfterFind);
  }
  return reply;
}

Sam::Reply Sam::do_select() {
  if (state_ == State::kIdle) return plain(sdt::kNoCardFoundYet);
  state_ = State::kIdle;
  if (!still_there()) return plain(sdt::kSelectFailed);
  state_ = State::kSelected;
  Reply reply = plain(sdt::kOk);
  reply.answer.data = serial_of(*field()->document);
  return reply;
}

std::optional<Sam::Reply> Sam::card_refusal() {
  if (state_ == State::kIdle) return plain(sdt::kNoCardFoundYet);
  const bool selected = std::exchange(state_, State::kIdle) == State::kSelected;
  if (!selected || !still_there()) return plain(sdt::kReadFailed);
  return std::nullopt;
}

std::optional<SamAnswer> Sam::authentication_failure() {
  if (faults_.is_active(reader_fault::kAuthFails)) {
    const auto code = static_cast<std::uint8_t>(faults_.param(reader_fault::kAuthFails, "code"));
    faults_.took_effect(reader_fault::kAuthFails);
    return SamAnswer{code, {}, kWord1NotAuthentic, 0};
  }
  if (field()->document->chip_genuine) return std::nullopt;
  const auto code = static_cast<std::uint8_t>(
      random_.between(sdt::kCardRefusedReader, sdt::kContentNotAuthentic));
  if (code == sdt::kContentNotAuthentic) return SamAnswer{code, {}, kWord1Damaged, kWord2Damaged};
  return SamAnswer{code, {}, kWord1NotAuthentic, 0};
}

Sam::Reply Sam::do_read(bool with_fingers) {
  if (const auto refused = card_refusal()) return *refused;
  if (auto failure = authentication_failure()) return Reply{std::move(*failure), false, {}};
  bool breaks_off = false;
  if (faults_.is_active(reader_fault::kCardLiftedDuringRead)) {
    breaks_off = faults_.param(reader_fault::kCardLiftedDuringRead, "breaks_off") >= 0.5;
    empty_field_for(faults_.param(reader_fault::kCardLiftedDuringRead, "gap_ms"));
    faults_.took_effect(reader_fault::kCardLiftedDuringRead);
    if (!breaks_off) return plain(sdt::kReadFailed);
  }
  const DocumentThing& document = *world_.document_on_reader();
  CARDRIG_CHECK(document.text.size() == sdt::kTextSize && "a chip holds 256 bytes of text");
  CARDRIG_CHECK(document.photo.size() == sdt::kPhotoSize && "a chip holds 1024 bytes of photo");
  LastRead read{document.id, document.text, document.photo};
  if (is_stale(document) && faults_.strikes(reader_fault::kStaleCard)) {
    read = *last_read_;
  } else {
    last_read_ = read;
  }
  if (!breaks_off) read_token_ = token_;
  Reply reply{status(sdt::kOk), breaks_off, std::nullopt};
  auto& data = reply.answer.data;
  const auto fingers = with_fingers ? fingers_of(document) : std::vector<std::uint8_t>();
  append_size(data, read.text.size());
  append_size(data, read.photo.size());
  if (with_fingers) append_size(data, fingers.size());
  data.insert(data.end(), read.text.begin(), read.text.end());
  data.insert(data.end(), read.photo.begin(), read.photo.end());
  data.insert(data.end(), fingers.begin(), fingers.end());
  return reply;
}

Sam::Reply Sam::do_read_address() {
  if (state_ == State::kSelected && still_there()) {
    // Reading it does not use up the selection: cards hold four, read one after the other.
    const auto& address = field()->document->new_address;
    if (address.empty()) return plain(sdt::kNoSuchItem);
    CARDRIG_CHECK(address.size() == sdt::kNewAddressSize && "an additional address has 70 bytes");
    Reply reply = plain(sdt::kOk);
    reply.answer.data = address;
    return reply;
  }
  return card_refusal().value_or(plain(sdt::kReadFailed));
}

/// The fault is active, and there is another card's data to give.
bool Sam::is_stale(const DocumentThing& document) const {
  return last_read_ && last_read_->document_id != document.id &&
         faults_.is_active(reader_fault::kStaleCard);
}

/// Each chip has its own. What the real bytes mean nobody has published (GK).
std::vector<std::uint8_t> Sam::serial_of(const DocumentThing& document) const {
  std::vector<std::uint8_t> serial(sdt::kSerialSize, 0);
  if (!options_.tells_serial) return serial;
  if (is_stale(document) && faults_.param(reader_fault::kStaleCard, "tells_serial") < 0.5) {
    return serial;
  }
  Random bytes = Random(0x73657269).fork(document.id);
  for (auto& b : serial) b = static_cast<std::uint8_t>(bytes.below(256));
  return serial;
}

/// Not a real feature coding: bytes that are the same for the same document.
std::vector<std::uint8_t> Sam::fingers_of(const DocumentThing& document) const {
  Random bytes = Random(0x66696E67).fork(document.id);
  std::vector<std::uint8_t> out(options_.fingers_size);
  for (auto& b : out) b = static_cast<std::uint8_t>(bytes.below(256));
  return out;
}

}  // namespace cardrig::sim
