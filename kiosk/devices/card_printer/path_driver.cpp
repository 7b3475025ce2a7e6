// The card path driver: one connection, one request at a time, everything with a time limit.
#include "kiosk/devices/card_printer/path_driver.h"

#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <utility>

#include "kiosk/devices/card_printer/protocol.h"
#include "kiosk/runtime/async.h"

namespace cardrig::card_printer {

namespace {

const char* operation_name(std::uint8_t operation) {
  switch (operation) {
    case protocol::kOpGetInfo:
      return "get_info";
    case protocol::kOpGetStatus:
      return "get_status";
    case protocol::kOpPresent:
      return "present";
    case protocol::kOpRetract:
      return "retract";
    case protocol::kOpReject:
      return "reject";
    case protocol::kOpClearError:
      return "clear_error";
    default:
      return "?";
  }
}

tl::unexpected<Error<PathReason>> refused(std::int8_t code) {
  const std::string said = "the printer answered " + std::to_string(code);
  switch (code) {
    case protocol::kCodeUnsupported:
      return fail(PathReason::kUnsupported, said);
    case protocol::kCodeBusy:
    case protocol::kCodeNotReady:
    case protocol::kCodeNotPossible:
      return fail(PathReason::kNotPossible, said);
    case protocol::kCodeMechanical:
      return fail(PathReason::kJam, said);
    case protocol::kCodeRejectFull:
      return fail(PathReason::kRejectFull, said);
    default:
      return fail(PathReason::kBadAnswer, said);
  }
}

}  // namespace

VendorCardPath::VendorCardPath(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
                               PathLimits limits)
    : loop_(loop), tracer_(tracer), source_(std::move(source)), limits_(limits), mutex_(loop) {}

void VendorCardPath::disconnect() {
  stream_.reset();
  reader_.clear();
}

Async<Result<Unit, PathReason>> VendorCardPath::connect() {
  if (stream_ && stream_->is_open()) co_return ok();
  disconnect();
  auto opened = co_await source_->open();
  if (!opened) {
    co_return fail(PathReason::kOffline, source_->name() + ": " + to_string(opened.error().reason));
  }
  stream_ = std::move(*opened);
  stream_->set_baud(protocol::kPathBaud);
  co_return ok();
}

/// Bytes go to the reader before anything can cancel.
Async<ErrorCode> VendorCardPath::read_some() {
  std::array<std::uint8_t, 512> buffer{};
  ErrorCode error;
  const std::size_t size = co_await stream_->async_read_some(
      asio::buffer(buffer), asio::redirect_error(asio::use_awaitable, error));
  if (!error) reader_.feed(std::span(buffer).first(size));
  co_return error;
}

Async<Result<PathFrame, PathReason>> VendorCardPath::receive(std::uint8_t sequence) {
  for (;;) {
    while (auto frame = reader_.next()) {
      if (frame->type == protocol::kTypeEvent) changed_ = true;
      // Events and answers to requests that were given up are no answer to this one.
      if (frame->type != protocol::kTypeResponse || frame->sequence != sequence) continue;
      // What was told before this status is in it.
      if (frame->operation == protocol::kOpGetStatus) changed_ = false;
      co_return std::move(*frame);
    }
    const ErrorCode error = co_await read_some();
    if (error) co_return fail(PathReason::kOffline, "the channel broke: " + error.message());
  }
}

Async<bool> VendorCardPath::hear_change() {
  for (;;) {
    while (auto frame = reader_.next()) {
      if (frame->type == protocol::kTypeEvent) changed_ = true;
    }
    if (changed_) co_return true;
    const ErrorCode error = co_await read_some();
    if (error) co_return false;
  }
}

Async<void> VendorCardPath::wait_for_change(Nanos limit) {
  const Nanos end = loop_.now() + limit;
  {
    const auto turn = co_await mutex_.lock();
    if (std::exchange(changed_, false)) co_return;
    const Nanos left = end - loop_.now();
    if (stream_ && stream_->is_open() && left > Nanos{0}) {
      const auto heard = co_await with_timeout(loop_, left, hear_change());
      changed_ = false;
      if (heard && *heard) co_return;
      if (heard) disconnect();
    }
  }
  if (loop_.now() < end) co_await sleep_until(loop_, end);
}

Async<Result<std::vector<std::uint8_t>, PathReason>> VendorCardPath::exchange(
    std::uint8_t operation) {
  const auto connected = co_await connect();
  if (!connected) co_return tl::unexpected(connected.error());
  const std::uint8_t sequence = next_sequence_++;
  const Bytes bytes = encode_path_request(sequence, operation);
  ErrorCode error;
  co_await asio::async_write(*stream_, asio::buffer(bytes),
                             asio::redirect_error(asio::use_awaitable, error));
  if (error) co_return fail(PathReason::kOffline, "the channel broke: " + error.message());
  auto answer = co_await receive(sequence);
  if (!answer) co_return tl::unexpected(answer.error());
  if (answer->operation != operation || answer->payload.empty()) {
    co_return fail(PathReason::kBadAnswer, "the answer does not fit the request");
  }
  co_return std::move(answer->payload);
}

Async<Result<std::vector<std::uint8_t>, PathReason>> VendorCardPath::request(std::uint8_t operation,
                                                                             Nanos limit) {
  const auto turn = co_await mutex_.lock();
  // Whatever interrupts an exchange leaves the connection in doubt; the next one opens another.
  struct Doubt {
    VendorCardPath& path;
    bool clean = false;
    ~Doubt() {
      if (!clean) path.disconnect();
    }
  } doubt{*this};
  auto answer = co_await with_timeout(loop_, limit, exchange(operation));
  const char* what = operation_name(operation);
  if (!answer) {
    tracer_.emit("printer.path", {{"op", what}, {"result", "timeout"}});
    co_return fail(PathReason::kTimeout, std::string("no answer to ") + what);
  }
  if (!*answer) {
    const auto& error = answer->error();
    tracer_.emit("printer.path", {{"op", what}, {"result", to_string(error.reason)}});
    co_return tl::unexpected(error);
  }
  doubt.clean = true;
  Bytes payload = std::move(**answer);
  const auto code = static_cast<std::int8_t>(payload.front());
  tracer_.emit("printer.path", {{"op", what}, {"result", "answer"}, {"code", int{code}}});
  if (code != protocol::kCodeDone) co_return refused(code);
  payload.erase(payload.begin());
  co_return payload;
}

Async<Result<Unit, PathReason>> VendorCardPath::command(std::uint8_t operation, Nanos limit) {
  const auto answer = co_await request(operation, limit);
  if (!answer) co_return tl::unexpected(answer.error());
  co_return ok();
}

Async<Result<Unit, PathReason>> VendorCardPath::start() {
  const auto answer = co_await request(protocol::kOpGetInfo, limits_.query);
  if (!answer) co_return tl::unexpected(answer.error());
  auto info = decode_path_info(*answer);
  if (!info) co_return fail(PathReason::kBadAnswer, "unreadable info record");
  info_ = std::move(*info);
  co_return ok();
}

Async<Result<PathStatus, PathReason>> VendorCardPath::status() {
  const auto answer = co_await request(protocol::kOpGetStatus, limits_.query);
  if (!answer) co_return tl::unexpected(answer.error());
  const auto status = decode_path_status(*answer);
  if (!status) co_return fail(PathReason::kBadAnswer, "unreadable status record");
  co_return *status;
}

Async<Result<Unit, PathReason>> VendorCardPath::present() {
  return command(protocol::kOpPresent, limits_.movement);
}
Async<Result<Unit, PathReason>> VendorCardPath::retract() {
  return command(protocol::kOpRetract, limits_.movement);
}
Async<Result<Unit, PathReason>> VendorCardPath::reject() {
  return command(protocol::kOpReject, limits_.movement);
}
Async<Result<Unit, PathReason>> VendorCardPath::clear_error() {
  return command(protocol::kOpClearError, limits_.query);
}

const char* to_string(PathReason reason) {
  switch (reason) {
    case PathReason::kOffline:
      return "offline";
    case PathReason::kTimeout:
      return "timeout";
    case PathReason::kBadAnswer:
      return "bad_answer";
    case PathReason::kNotPossible:
      return "not_possible";
    case PathReason::kFeederEmpty:
      return "feeder_empty";
    case PathReason::kJam:
      return "jam";
    case PathReason::kRejectFull:
      return "reject_full";
    case PathReason::kUnsupported:
      return "unsupported";
  }
  return "?";
}

const char* to_string(CardPosition position) {
  switch (position) {
    case CardPosition::kNone:
      return "none";
    case CardPosition::kFeeder:
      return "feeder";
    case CardPosition::kHead:
      return "head";
    case CardPosition::kFlip:
      return "flip";
    case CardPosition::kExit:
      return "exit";
    case CardPosition::kMoving:
      return "moving";
    case CardPosition::kUnknown:
      return "unknown";
  }
  return "?";
}

const char* to_string(PathFault fault) {
  switch (fault) {
    case PathFault::kNone:
      return "none";
    case PathFault::kCoverOpen:
      return "cover_open";
    case PathFault::kFeederJam:
      return "feeder_jam";
    case PathFault::kHeadJam:
      return "head_jam";
    case PathFault::kExitJam:
      return "exit_jam";
    case PathFault::kRibbonOut:
      return "ribbon_out";
    case PathFault::kRibbonMissing:
      return "ribbon_missing";
    case PathFault::kRibbonBroken:
      return "ribbon_broken";
    case PathFault::kHeadTemperature:
      return "head_temperature";
    case PathFault::kDoubleFeed:
      return "double_feed";
    case PathFault::kCleaningDue:
      return "cleaning_due";
    case PathFault::kOther:
      return "other";
  }
  return "?";
}

}  // namespace cardrig::card_printer
