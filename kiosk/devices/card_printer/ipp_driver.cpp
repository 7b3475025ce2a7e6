// The IPP driver: encodes with libcups, carries with Beast, believes nothing unchecked.
#include "kiosk/devices/card_printer/ipp_driver.h"

#include <utility>

#include "kiosk/devices/card_printer/http_driver.h"
#include "kiosk/devices/card_printer/protocol.h"
#include "kiosk/runtime/async.h"

namespace cardrig::card_printer {

namespace {

const char* to_text(PrinterState state) {
  switch (state) {
    case PrinterState::kIdle:
      return "idle";
    case PrinterState::kProcessing:
      return "processing";
    case PrinterState::kStopped:
      return "stopped";
  }
  return "?";
}

const char* to_text(JobState state) {
  switch (state) {
    case JobState::kPending:
      return "pending";
    case JobState::kHeld:
      return "held";
    case JobState::kProcessing:
      return "processing";
    case JobState::kProcessingStopped:
      return "processing-stopped";
    case JobState::kCanceled:
      return "canceled";
    case JobState::kAborted:
      return "aborted";
    case JobState::kCompleted:
      return "completed";
  }
  return "?";
}

std::string with_reasons(std::string state, const std::vector<std::string>& reasons) {
  for (const auto& reason : reasons) state += " " + reason;
  return state;
}

/// The outcome for the trace: what `describe` says of the value, or the reason.
template <class T, class Describe>
std::string outcome_of(const Result<T, PrintReason>& result, Describe describe) {
  return result ? describe(*result) : to_string(result.error().reason);
}

}  // namespace

IppPrintJobs::IppPrintJobs(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
                           IppOptions options)
    : loop_(loop),
      tracer_(tracer),
      source_(std::move(source)),
      options_(std::move(options)),
      target_{"ipp://" + options_.host + options_.path} {}

void IppPrintJobs::note(const char* operation, int request_id, const std::string& outcome) const {
  tracer_.emit("printer.ipp", {{"op", operation}, {"request", request_id}, {"result", outcome}});
}

Async<Result<ipp::Bytes, PrintReason>> IppPrintJobs::exchange(Bytes message) {
  auto stream = co_await source_->open();
  if (!stream) {
    co_return fail(PrintReason::kUnreachable,
                   source_->name() + ": " + to_string(stream.error().reason));
  }
  auto reply = co_await http_post(**stream, options_.host, options_.path, protocol::kIppContentType,
                                  std::move(message));
  if (!reply) co_return fail(PrintReason::kUnreachable, reply.error().detail);
  if (reply->status != 200) {
    const bool later = reply->status == 503;
    co_return fail(later ? PrintReason::kBusy : PrintReason::kBadAnswer,
                   "HTTP status " + std::to_string(reply->status));
  }
  if (reply->content_type != protocol::kIppContentType) {
    co_return fail(PrintReason::kBadAnswer, "the reply is no IPP: " + reply->content_type);
  }
  co_return std::move(reply->body);
}

Async<Result<ipp::Bytes, PrintReason>> IppPrintJobs::ask(Bytes message, Nanos limit) {
  auto answer = co_await with_timeout(loop_, limit, exchange(std::move(message)));
  if (!answer) co_return fail(PrintReason::kTimeout, "no answer from " + source_->name());
  co_return std::move(*answer);
}

Async<Result<PrinterStatus, PrintReason>> IppPrintJobs::printer_status() {
  const int id = next_request_id_++;
  const auto answer =
      co_await ask(ipp::encode_get_printer_attributes(target_, id), options_.query_limit);
  const Result<PrinterStatus, PrintReason> result =
      answer ? ipp::decode_printer_status(*answer, id) : tl::unexpected(answer.error());
  note("get_printer_attributes", id, outcome_of(result, [](const PrinterStatus& s) {
         return with_reasons(to_text(s.state), s.reasons);
       }));
  co_return result;
}

Async<Result<int, PrintReason>> IppPrintJobs::submit(const PrintTicket& ticket) {
  const int id = next_request_id_++;
  Bytes message = ipp::encode_print_job(target_, id, ticket);
  message.insert(message.end(), ticket.png.begin(), ticket.png.end());
  const auto answer = co_await ask(std::move(message), options_.submit_limit);
  const Result<int, PrintReason> result =
      answer ? ipp::decode_job_id(*answer, id) : tl::unexpected(answer.error());
  note("print_job", id, outcome_of(result, [](int job) { return "job " + std::to_string(job); }));
  co_return result;
}

Async<Result<JobStatus, PrintReason>> IppPrintJobs::job_status(int job_id) {
  const int id = next_request_id_++;
  const auto answer =
      co_await ask(ipp::encode_get_job_attributes(target_, id, job_id), options_.query_limit);
  const Result<JobStatus, PrintReason> result =
      answer ? ipp::decode_job_status(*answer, id) : tl::unexpected(answer.error());
  note("get_job_attributes", id, outcome_of(result, [](const JobStatus& s) {
         return with_reasons(to_text(s.state), s.reasons);
       }));
  co_return result;
}

Async<Result<std::vector<int>, PrintReason>> IppPrintJobs::find_jobs(
    const std::string& attempt_id) {
  const int id = next_request_id_++;
  const std::string name = attempt_id;  // the caller's may be gone after the first suspension
  const auto answer = co_await ask(ipp::encode_get_jobs(target_, id), options_.query_limit);
  Result<std::vector<int>, PrintReason> result = std::vector<int>{};
  if (answer) {
    result = ipp::decode_jobs_named(*answer, id, name);
  } else {
    result = tl::unexpected(answer.error());
  }
  note("get_jobs", id, outcome_of(result, [](const std::vector<int>& jobs) {
         return std::to_string(jobs.size()) + " of that name";
       }));
  co_return result;
}

Async<Result<Unit, PrintReason>> IppPrintJobs::cancel(int job_id) {
  const int id = next_request_id_++;
  const auto answer =
      co_await ask(ipp::encode_cancel_job(target_, id, job_id), options_.query_limit);
  const Result<Unit, PrintReason> result =
      answer ? ipp::decode_done(*answer, id) : tl::unexpected(answer.error());
  note("cancel_job", id, outcome_of(result, [](const Unit&) { return std::string("done"); }));
  co_return result;
}

const char* to_string(PrintReason reason) {
  switch (reason) {
    case PrintReason::kUnreachable:
      return "unreachable";
    case PrintReason::kTimeout:
      return "timeout";
    case PrintReason::kBusy:
      return "busy";
    case PrintReason::kRefused:
      return "refused";
    case PrintReason::kNoSuchJob:
      return "no_such_job";
    case PrintReason::kBadAnswer:
      return "bad_answer";
  }
  return "?";
}

}  // namespace cardrig::card_printer
