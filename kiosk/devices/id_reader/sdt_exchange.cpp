// One exchange of frames: flush, send, wait for the answer that fits, and what to do with noise,
// silence and answers to earlier commands.
#include <fmt/format.h>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/system/system_error.hpp>

#include "kiosk/devices/id_reader/sdt_command.h"
#include "kiosk/runtime/async.h"

namespace cardrig::id_reader {

namespace {

constexpr int kBitsPerByte = 10;  // one start, eight data, one stop

Nanos wire_time(std::size_t bytes, unsigned baud) {
  return Nanos(static_cast<std::int64_t>(bytes) * kBitsPerByte * 1'000'000'000LL / baud);
}

}  // namespace

Async<SdtReader::Got> SdtReader::exchange(const Command& command) {
  if (!stream_) co_return link_lost();
  if (out_of_step_) {
    auto in_step = co_await get_in_step();
    if (!in_step) co_return tl::unexpected(in_step.error());
  }
  if (!co_await flush(settings_.times.quiet_before)) co_return link_lost();
  tracer_.emit("reader.command",
               {{"name", command.name}, {"code", fmt::format("{:04X}", command.code)}});
  out_of_step_ = true;  // until its answer is here; stays so if this coroutine is cancelled
  if (!co_await send(command)) co_return link_lost();
  const Nanos deadline =
      loop_.now() + command.limit + wire_time(command.answer_size + sdt::kShortFrame, baud());
  auto got = co_await await_answer(command, deadline);
  if (got) out_of_step_ = false;
  co_return got;
}

/// After a time-out or a cancelled command its answer may still come, even to look like the right
/// one: the record of the person before (R12, R22). A SAM answers in order, so when the answer to a
/// status check has come, everything older has come too and was dropped.
Async<SdtReader::Done> SdtReader::get_in_step() {
  if (!co_await flush(settings_.times.quiet_after_noise)) co_return link_lost();
  const auto fits = [](const Answer& a) { return a.data.empty() && a.sw3 == sdt::kOk; };
  const Command barrier{"resync", sdt::kCheckStatus, settings_.times.status, fits};
  tracer_.emit("reader.command",
               {{"name", barrier.name}, {"code", fmt::format("{:04X}", barrier.code)}});
  if (!co_await send(barrier)) co_return link_lost();
  const Nanos deadline =
      loop_.now() + barrier.limit + wire_time(sdt::kLongestFrame + sdt::kShortFrame, baud());
  const auto got = co_await await_answer(barrier, deadline);
  if (!got) co_return tl::unexpected(got.error());
  out_of_step_ = false;
  co_return ok();
}

Async<SdtReader::Got> SdtReader::await_answer(const Command& command, Nanos deadline) {
  for (;;) {
    if (auto got = answer_in_buffer(command)) {
      // Noise: what follows belongs to the damaged frame (R18).
      if (!*got && !co_await flush(settings_.times.quiet_after_noise)) co_return link_lost();
      co_return std::move(*got);
    }
    const bool locked = parser_.is_locked();
    const Nanos silence = last_byte_ + settings_.times.inter_byte;
    const auto end = co_await read_until(locked ? std::min(deadline, silence) : deadline);
    if (end == ReadEnd::kLost) co_return link_lost();
    if (end == ReadEnd::kBytes) continue;
    if (!locked) {
      say_answer(command, {{"fault", "timeout"}});
      co_return fail(ReaderReason::kTimeout, std::string("no answer to ") + command.name);
    }
    // The answer broke off (R10, R19). Another one may lie inside what came.
    while (parser_.is_locked()) {
      parser_.unlock();
      if (auto got = answer_in_buffer(command)) co_return std::move(*got);
    }
    say_answer(command, {{"fault", "broken_off"}});
    co_return fail(command.asks_card ? ReaderReason::kCardMoved : ReaderReason::kBadAnswer,
                   std::string("the answer to ") + command.name + " broke off");
  }
}

/// The next answer in the buffer that fits, or the error that a damaged one is.
std::optional<SdtReader::Got> SdtReader::answer_in_buffer(const Command& command) {
  for (;;) {
    switch (parser_.next()) {
      case AnswerParser::Outcome::kNeedMore:
        return std::nullopt;
      case AnswerParser::Outcome::kBadChecksum:
        say_answer(command, {{"fault", "checksum"}});
        return Got(fail(ReaderReason::kBadAnswer,
                        std::string("checksum of the answer to ") + command.name));
      case AnswerParser::Outcome::kAnswer:
        break;
    }
    const Answer& answer = parser_.answer();
    std::vector<Field> fields{{"status", fmt::format("{:02X}", answer.sw3)},
                              {"words", fmt::format("{:02X}{:02X}", answer.sw1, answer.sw2)},
                              {"size", answer.data.size()}};
    if (command.fits(answer)) {
      say_answer(command, std::move(fields));
      return Got(answer);
    }
    fields.emplace_back("fault", "not_an_answer_to_this");
    say_answer(command, std::move(fields));
  }
}

Async<bool> SdtReader::send(const Command& command) {
  const auto frame = encode_request(command.code);
  auto write = write_once(frame);
  const auto sent = co_await with_timeout(loop_, settings_.times.open, std::move(write));
  if (sent && *sent) co_return true;
  if (stream_) lose_link(sent ? "writing failed" : "writing takes too long");
  co_return false;
}

/// Drops what comes until the line was silent for `quiet`: no byte of an earlier answer may be read
/// as part of the next. False if the link is lost.
Async<bool> SdtReader::flush(Nanos quiet) {
  const Nanos give_up = loop_.now() + settings_.times.flush_limit;
  ReadEnd end = ReadEnd::kBytes;
  while (end == ReadEnd::kBytes && loop_.now() < give_up) {
    parser_.wipe();
    end = co_await read_until(loop_.now() + quiet);
  }
  parser_.wipe();
  co_return end != ReadEnd::kLost;
}

Async<SdtReader::ReadEnd> SdtReader::read_until(Nanos until) {
  if (until <= loop_.now()) co_return ReadEnd::kTime;
  auto read = read_once();
  const auto got = co_await with_timeout(loop_, until - loop_.now(), std::move(read));
  if (!got) co_return ReadEnd::kTime;
  if (*got) co_return ReadEnd::kBytes;
  lose_link("reading failed");
  co_return ReadEnd::kLost;
}

/// False if the stream failed. Bytes go into the parser before anything can cancel.
Async<bool> SdtReader::read_once() {
  ErrorCode error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto space = parser_.space();
  const std::size_t size =
      co_await stream_->async_read_some(asio::buffer(space.data(), space.size()), token);
  if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
  if (error) co_return false;
  parser_.commit(size);
  last_byte_ = loop_.now();
  co_return true;
}

Async<bool> SdtReader::write_once(const std::vector<std::uint8_t>& frame) {
  for (std::size_t sent = 0; sent < frame.size();) {
    ErrorCode error;
    auto token = asio::redirect_error(asio::use_awaitable, error);
    const auto rest = asio::buffer(frame.data() + sent, frame.size() - sent);
    const std::size_t size = co_await stream_->async_write_some(rest, token);
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error) co_return false;
    sent += size;
  }
  co_return true;
}

void SdtReader::say_answer(const Command& command, std::vector<Field> fields) const {
  fields.insert(fields.begin(), Field("name", command.name));
  tracer_.emit("reader.answer", std::move(fields));
}

}  // namespace cardrig::id_reader
