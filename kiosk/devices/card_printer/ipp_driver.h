// IppPrintJobs: print jobs over IPP (RFC 8010, 8011) on any byte stream: a network printer, a CUPS
// queue, or the simulated printer.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/devices/card_printer/ipp_driver_codec.h"
#include "kiosk/devices/card_printer/print_jobs.h"
#include "kiosk/runtime/byte_stream.h"
#include "kiosk/runtime/trace.h"

namespace cardrig::card_printer {

struct IppOptions {
  std::string host = "localhost";  ///< HTTP Host and printer-uri
  std::string path = "/ipp/print";
  Nanos query_limit{std::chrono::seconds(5)};  ///< opening included
  Nanos submit_limit{std::chrono::seconds(30)};  ///< the picture has to cross the wire
};

/// Opens a connection for every operation: nothing is left half open between jobs, and a printer
/// that was switched off in between is simply asked again.
class IppPrintJobs final : public PrintJobs {
 public:
  IppPrintJobs(Loop& loop, Tracer& tracer, std::unique_ptr<StreamSource> source,
               IppOptions options = {});

  Async<Result<PrinterStatus, PrintReason>> printer_status() override;
  Async<Result<int, PrintReason>> submit(const PrintTicket& ticket) override;
  Async<Result<JobStatus, PrintReason>> job_status(int job_id) override;
  Async<Result<std::vector<int>, PrintReason>> find_jobs(const std::string& attempt_id) override;
  Async<Result<Unit, PrintReason>> cancel(int job_id) override;

 private:
  using Bytes = ipp::Bytes;

  /// The IPP part of the reply.
  Async<Result<Bytes, PrintReason>> exchange(Bytes message);
  Async<Result<Bytes, PrintReason>> ask(Bytes message, Nanos limit);
  void note(const char* operation, int request_id, const std::string& outcome) const;

  Loop& loop_;
  Tracer& tracer_;
  std::unique_ptr<StreamSource> source_;
  IppOptions options_;
  ipp::Target target_;
  int next_request_id_ = 1;
};

}  // namespace cardrig::card_printer
